"""RPC: every declared method by its path, answered with the envelope that HTTP answers; never with a protocol error."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import BASE, Method, Registry
from liveroom.api.envelopes import Outcome, refusal
from liveroom.api.identity import RequestContext, preferred_language
from liveroom.api.parameters import read_object
from liveroom.domain.errors import BadRequest
from liveroom.domain.tenants.model import Language, Tenant
from liveroom.log import bind_request
from liveroom.realtime.framing import Opening

Observe = Callable[[str, int, float], None]


class Dispatch(Protocol):
    """Whoever answers declared methods."""

    async def call(self, method: Method, raw: Mapping[str, Any] | BadRequest, context: RequestContext) -> Outcome: ...


class RpcCaller(Protocol):
    """Whoever calls: a connected client."""

    @property
    def opening(self) -> Opening: ...
    @property
    def token(self) -> str: ...
    @property
    def tenant(self) -> Tenant | None: ...


class RpcCalls:
    """Calls declared methods for connected clients."""

    def __init__(self, dispatch: Dispatch, registry: Registry, language: Language, observe: Observe | None) -> None:
        self._dispatch = dispatch
        self._methods = registry.methods
        self._language = language
        self._observe = observe

    async def call(self, client: RpcCaller, request_id: str, path: str, raw: Mapping[str, Any] | BadRequest) -> bytes:
        """Return the envelope of a call: ``rooms/enter_room``, or the whole path below the root."""
        path = path.strip("/")
        method = self._methods.get(path) or self._methods.get(BASE + path)
        opening = client.opening
        if method is None:
            tenant = client.tenant
            spoken = tenant.language if tenant is not None else self._language
            return refusal(Code.SystemError, preferred_language(opening.languages) or spoken, request_id).body
        bind_request(request_id)
        started = time.perf_counter()
        context = RequestContext(
            request_id, opening.address, opening.languages, opening.host, client.token, by_socket=True
        )
        outcome = await self._dispatch.call(method, raw, context)
        if self._observe is not None:
            self._observe(method.path, outcome.code, time.perf_counter() - started)
        return outcome.body


def read_parameters(data: msgspec.Raw) -> dict[str, Any] | BadRequest:
    """Return the members of a JSON object, or why there are none; nothing at all is an object without any."""
    try:
        return read_object(bytes(data))
    except BadRequest as problem:
        return problem
