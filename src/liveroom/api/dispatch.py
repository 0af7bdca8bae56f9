"""From a declared method and raw parameters to an answer: who is calling, what they ask, the envelope.

HTTP and the socket's RPC both come through here, so that they cannot differ. Nothing is decided here: rules
are in the domain, what happens is in the use cases. What each call makes is a named tuple: a frozen dataclass takes 0.6
µs where it takes 0.24, and there are five of them in a call of 20 µs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog

from liveroom import deadlines
from liveroom.api.codes import Code, code_of
from liveroom.api.declare import Method, Who
from liveroom.api.envelopes import Outcome, refusal, success
from liveroom.api.identity import Callers, RequestContext, Visitor, preferred_language, spoken, text_of
from liveroom.api.offer import ALL_ON, Switches
from liveroom.api.operators.console import ConsoleCalls, ConsoleUse, is_console_call
from liveroom.api.parameters import read_request
from liveroom.api.privacy.concealing import REVEALING, as_seen
from liveroom.api.sentences import sentence_for
from liveroom.api.tenants.server_keys import KeyedCalls, KeyUse
from liveroom.api.unknown import unknown_names, unknown_parameters, unknown_tenant
from liveroom.domain.accounts.sessions import Actor, Claims
from liveroom.domain.errors import (
    BadRequest,
    BanTerms,
    Failure,
    LiveUnavailable,
    Maintenance,
    NotOffered,
    RateLimited,
    StaleVersion,
    Unavailable,
)
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.failures import ApprovalRequired
from liveroom.domain.moments import seconds_to_wait
from liveroom.domain.operators.caller import Operator
from liveroom.domain.tenants.model import Language, Tenant
from liveroom.domain.tenants.server_keys import KEY_PREFIX
from liveroom.log import log_unexpected
from liveroom.usecases.accounts.profiles import Languages
from liveroom.usecases.moderation.statements import Appeals
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.tenants.registry import Tenancy

log = structlog.get_logger("liveroom.api")

_DEPENDED_ON: Final = frozenset(
    {
        Code.ServiceUnavailable,
        Code.ServiceResponseInvalid,
        Code.ServiceSmsFailed,
        Code.ServiceDBFailed,
        Code.ServiceUnknownError,
    }
)
"""What is answered when something that the service depends on fails: the operator is told in the log."""


class Dispatcher:
    """Calls declared methods."""

    def __init__(
        self,
        tenants: Tenancy,
        callers: Callers,
        languages: Languages,
        privacy: Privacy,
        keyed: KeyedCalls,
        consoles: ConsoleCalls,
        use_cases: Mapping[type, Any],
        switches: Switches = ALL_ON,
    ) -> None:
        """``use_cases``: what handlers are given, by its type."""
        self._tenants = tenants
        self._callers = callers
        self._app_signatures = callers.app_signatures
        self._languages = languages
        self._privacy = privacy
        self._keyed = keyed
        self._consoles = consoles
        self._audit = keyed.audit
        self._use_cases = use_cases
        self._modules = switches.modules
        self._maintenance = switches.maintenance
        self._uses: dict[str, tuple[Any, ...]] = {}
        """What the handlers of methods that were called are given, by their paths."""

    async def call(self, method: Method, raw: Mapping[str, Any] | BadRequest, context: RequestContext) -> Outcome:
        """Return the answer to a call, within its time; ``raw`` is a ``BadRequest`` when the body could not be read."""
        began = deadlines.begin()
        try:
            return await self._answer(method, raw, context)
        finally:
            deadlines.over(began)

    async def _answer(self, method: Method, raw: Mapping[str, Any] | BadRequest, context: RequestContext) -> Outcome:
        tenant, claims = self._tenants.default, None
        use: KeyUse | ConsoleUse | None = None
        try:
            uses = self._uses_of(method)
            if isinstance(raw, BadRequest):
                raise raw
            by_operator = context.console is not None or context.bearer.startswith(KEY_PREFIX)
            use = await self._admit(method, raw, context) if by_operator else None
            if use is not None:
                tenant = use.tenant
                result = await self._run_used(method, raw, context, use, uses)
            else:
                tenant, claims = self._callers.identify(method, raw, context)
                result = await self._run(method, raw, context, tenant, claims, uses)
        except Failure as failure:
            language = await self._language(tenant, context, claims, failure)
            warnings, appeal = self._warnings(method, raw, language), await self._appeal_token(failure)
            outcome = self._refuse(method, failure, language, context, warnings, appeal=appeal)
        except deadlines.Overdue as late:
            outcome = self._refuse(method, LiveUnavailable(str(late)), spoken(tenant, context), context)
        except Exception as problem:
            log_unexpected(log, "call.failed", problem, method=method.path)
            outcome = refusal(Code.SystemError, spoken(tenant, context), context.request_id, data=method.data)
        else:
            strange = self._has_unknown(method, raw)
            warnings = self._warnings(method, raw, await self._language(tenant, context, claims)) if strange else ()
            outcome = success(method, result, context.request_id, warnings)
        return outcome if use is None else self._noted(use, outcome)

    def _noted(self, use: KeyUse | ConsoleUse, outcome: Outcome) -> Outcome:
        """Have the audit note how an operator's call ended."""
        self._audit.answered(use.noted, int(outcome.code), use.change)
        return outcome

    def refuse(self, method: Method, failure: Failure, context: RequestContext) -> Outcome:
        """Return the answer to a call that this process does not even look at."""
        return self._refuse(method, failure, spoken(self._tenants.default, context), context)

    def offers(self, method: Method) -> bool:
        """Say whether the method is part of this installation."""
        return method.is_offered if self._modules is None else method.is_offered_by(self._modules)

    def _uses_of(self, method: Method) -> tuple[Any, ...]:
        """Return what the handler is given beside request and caller; raises what tells why it is not called."""
        if self._maintenance is not None:
            raise Maintenance
        uses = self._uses.get(method.path)
        if uses is None:
            if not self.offers(method):
                raise NotOffered
            uses = self._uses[method.path] = tuple([self._use_cases[kind] for kind in method.uses])
        return uses

    async def _run(
        self,
        method: Method,
        raw: Mapping[str, Any],
        context: RequestContext,
        tenant: Tenant,
        claims: Claims | None,
        uses: tuple[Any, ...],
    ) -> Any:
        rule = self._app_signatures.rules.get(tenant.name)
        if rule is not None:
            self._app_signatures.check(rule, method.module, tenant.name, context.signed, by_socket=context.by_socket)
        caller: Actor | Visitor
        if claims is None:
            user = text_of(raw, "userId") or text_of(raw, "apaasUserId")
            caller = Visitor(
                tenant, context.address, user, text_of(raw, "token") or context.bearer, spoken(tenant, context)
            )
        else:
            await self._callers.check_session(method, claims, by_socket=context.by_socket)
            caller = Actor(claims.user, claims.session, tenant, context.by_socket, context.address)
        request = read_request(method.request, method.fields, raw)
        try:
            return await method.handler(request, caller, *uses)
        except REVEALING as failure:
            if not isinstance(caller, Actor):
                raise
            raise await as_seen(failure, method, request, caller, self._privacy) from failure

    async def _admit(
        self, method: Method, raw: Mapping[str, Any], context: RequestContext
    ) -> KeyUse | ConsoleUse | None:
        """Return whose call it is in place of a user's: a server key's, or of the console; None for neither."""
        if context.bearer.startswith(KEY_PREFIX):
            return None if context.by_socket else await self._keyed.admit(method, raw, context)
        if context.console is None or not is_console_call(method):
            return None
        return await self._consoles.admit(method, raw, context.console, context)

    async def _run_used(
        self,
        method: Method,
        raw: Mapping[str, Any],
        context: RequestContext,
        use: KeyUse | ConsoleUse,
        uses: tuple[Any, ...],
    ) -> Any:
        if isinstance(use, KeyUse):
            return await self._run_keyed(method, raw, context, use, uses)
        caller = self._consoles.caller(method, use, spoken(use.tenant, context))
        return await method.handler(read_request(method.request, method.fields, raw), caller, *uses)

    async def _run_keyed(
        self, method: Method, raw: Mapping[str, Any], context: RequestContext, use: KeyUse, uses: tuple[Any, ...]
    ) -> Any:
        caller: Actor | Operator | Visitor | None = await self._keyed.caller(method, raw, use)
        if method.who is Who.ANYONE:
            token = self._keyed.token_of(caller) if isinstance(caller, Actor) else text_of(raw, "token")
            user = text_of(raw, "actAs") or text_of(raw, "userId") or text_of(raw, "apaasUserId")
            caller = Visitor(use.tenant, context.address, user, token, spoken(use.tenant, context))
        request = read_request(method.request, method.fields, raw)
        return await method.handler(request, caller, *uses)

    async def _language(
        self, tenant: Tenant, context: RequestContext, claims: Claims | None, failure: Failure | None = None
    ) -> Language:
        """Return the language of the request, else the user's choice, else the tenant's.

        Where something does not answer, the choice is not asked for: nobody waits for it.
        """
        named = preferred_language(context.languages)
        if named is None and claims is not None and not isinstance(failure, Unavailable):
            named = await self._languages.of(claims.user)
        return named or tenant.language

    async def _appeal_token(self, failure: Failure) -> str:
        """Return with what somebody who is banned can appeal, as they cannot sign in; "" for any other failure."""
        if not isinstance(failure, BanTerms) or not failure.user:
            return ""
        appeals: Appeals = self._use_cases[Appeals]
        return await appeals.token_while_banned(UserId(failure.user))

    def _has_unknown(self, method: Method, raw: Mapping[str, Any]) -> bool:
        """Say whether there may be something to warn of."""
        if method.is_keepalive:
            return False
        return not raw.keys() <= method.known or self._names_unknown_tenant(raw)

    def _names_unknown_tenant(self, raw: Mapping[str, Any]) -> bool:
        named = raw.get("apaasAppId", "")
        return isinstance(named, str | int) and named != "" and self._tenants.find(str(named)) is None

    def _warnings(self, method: Method, raw: Mapping[str, Any] | BadRequest, language: Language) -> Sequence[str]:
        """Return what is told beside the answer of names in a call that mean nothing here."""
        if isinstance(raw, BadRequest) or method.is_keepalive or not method.is_offered:
            return ()
        names = unknown_names(method, raw)
        found = unknown_parameters(method, names, language) if names else []
        if self._names_unknown_tenant(raw):
            found += unknown_tenant(str(raw["apaasAppId"]), language)
        return found

    def _refuse(
        self,
        method: Method,
        failure: Failure,
        language: Language,
        context: RequestContext,
        warnings: Sequence[str] = (),
        *,
        appeal: str = "",
    ) -> Outcome:
        code = code_of(failure, method.bad_request)
        if code is Code.Success:
            return success(method, None, context.request_id, warnings)
        beside: dict[str, Any] = {"warnings": warnings} if warnings else {}
        if code is Code.Maintenance:
            beside["notice"] = self._maintenance
        if appeal:
            beside["appealToken"] = appeal
        if isinstance(failure, RateLimited):
            beside["retryAfter"] = max(1, seconds_to_wait(failure.retry_after))
        if isinstance(failure, ApprovalRequired):
            beside["approvalId"] = failure.approval
        if code in _DEPENDED_ON:
            log.warning(
                "call.unavailable", method=method.path, code=code.name, cause=repr(failure.__cause__ or failure)
            )
        return refusal(
            code,
            language,
            context.request_id,
            said=sentence_for(failure, code, language),
            data=method.data,
            current=failure.current if isinstance(failure, StaleVersion) else None,
            beside=beside,
        )
