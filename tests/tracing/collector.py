"""A collector: it takes OTLP over HTTP as OpenTelemetry's protocol declares it, and shows what came as a tree."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from liveroom.app.assembly import Core
from liveroom.app.traced import RecordedInstruments
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving

_SECONDS: Final = 60.0
"""On a full machine a thread may wait long for its turn."""


@dataclass(frozen=True)
class Told:
    """One span as it came."""

    span: Span
    resource: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.span.name

    @property
    def trace(self) -> str:
        return self.span.trace_id.hex()

    @property
    def id(self) -> str:
        return self.span.span_id.hex()

    @property
    def parent(self) -> str:
        return self.span.parent_span_id.hex()

    @property
    def about(self) -> dict[str, Any]:
        return read(self.span.attributes)

    @property
    def links(self) -> list[str]:
        return [link.span_id.hex() for link in self.span.links]

    @property
    def has_failed(self) -> bool:
        return self.span.status.code == Status.STATUS_CODE_ERROR


@dataclass
class Collector:
    """What came."""

    spans: list[Told] = field(default_factory=list)
    requests: int = 0
    bodies: list[bytes] = field(default_factory=list)
    """Of requests, as they came."""
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer)

    @property
    def url(self) -> str:
        return self.endpoint.url

    def _answer(self, request: VendorRequest) -> VendorResponse:
        assert (request.method, request.target) == ("POST", "/v1/traces")
        assert request.headers["content-type"] == "application/x-protobuf"
        self.requests += 1
        self.bodies.append(request.body)
        for resource_spans in ExportTraceServiceRequest.FromString(request.body).resource_spans:
            resource = read(resource_spans.resource.attributes)
            for scope_spans in resource_spans.scope_spans:
                self.spans += [Told(span, resource) for span in scope_spans.spans]
        more = "content-type: application/x-protobuf\r\n"
        return VendorResponse(ExportTraceServiceResponse().SerializeToString(), more=more)

    def named(self, name: str) -> Told:
        """Return the newest span of a name."""
        found = [one for one in self.spans if one.name == name]
        assert found, sorted(one.name for one in self.spans)
        return found[-1]

    def listed(self) -> str:
        """Return the spans as lines for a failed test: trace, name and what is said of each."""
        return "\n".join(f"{one.trace[:8]} {one.name} {dict(one.about)}" for one in self.spans)

    def under(self, parent: Told) -> list[Told]:
        """Return the spans below another, in the order in which they began."""
        found = [one for one in self.spans if one.trace == parent.trace and one.parent == parent.id]
        return sorted(found, key=lambda one: one.span.start_time_unix_nano)

    def tree(self, top: Told, depth: int = 0) -> list[str]:
        """Return a span and those below it as lines, each as deep as it stands."""
        below = (line for one in self.under(top) for line in self.tree(one, depth + 1))
        return ["  " * depth + top.name, *below]

    def below(self, top: Told) -> Iterator[Told]:
        """Yield all spans below another."""
        for one in self.under(top):
            yield one
            yield from self.below(one)


def read(attributes: Any) -> dict[str, Any]:
    """Return attributes as a dictionary."""
    return {one.key: _value(one) for one in attributes}


def _value(one: KeyValue) -> Any:
    return getattr(one.value, one.value.WhichOneof("value") or "string_value")


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """Yield a collector at a free port."""
    collector = Collector()
    async with serving(collector.endpoint):
        yield collector


async def flush(core: Core) -> None:
    """Have a service send what it has recorded."""
    assert isinstance(core.instruments, RecordedInstruments)
    await core.instruments.export.flush(_SECONDS)
