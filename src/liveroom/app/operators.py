"""Operators: how they sign in to the console, and what they may."""

from collections.abc import Iterable
from dataclasses import dataclass

from liveroom.api.codes import Code, code_of
from liveroom.api.declare import Method, permissions_of
from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.errors import Failure
from liveroom.domain.operators.company import GroupRule, read_rule_tenants
from liveroom.domain.operators.roles import BESIDE_METHODS
from liveroom.keys.passwords import Argon2Hashes, TotpCodes
from liveroom.usecases.accounts.attempts import Guesses
from liveroom.usecases.operators.accounts import OperatorAccounts
from liveroom.usecases.operators.company import CompanySignIns
from liveroom.usecases.operators.first import FirstOperator
from liveroom.usecases.operators.roles import OperatorRoles
from liveroom.usecases.operators.sessions import OperatorSessions
from liveroom.usecases.operators.signing_in import OperatorSignIns


@dataclass(frozen=True, slots=True)
class OperatorServices(ServiceGroup):
    """The use cases."""

    roles: OperatorRoles
    sessions: OperatorSessions
    accounts: OperatorAccounts
    sign_ins: OperatorSignIns
    first: FirstOperator
    company: CompanySignIns


def make_operators(wiring: Wiring, methods: Iterable[Method]) -> OperatorServices:
    """Build them; ``methods`` say which permissions there are."""
    settings, db, clock, keys = wiring.settings, wiring.db, wiring.clock, wiring.keys
    roles = OperatorRoles(db, clock, permissions_of(methods) | BESIDE_METHODS)
    sessions = OperatorSessions(db, clock, roles, settings.operator_idle, settings.operator_session)
    accounts = OperatorAccounts(roles, sessions, wiring.tenants, clock, keys, TotpCodes())
    guesses, needs_totp = Guesses(wiring.live, wiring.stamps), settings.operator_totp == "required"
    sign_ins = OperatorSignIns(accounts, sessions, Argon2Hashes(), guesses, wiring.trail, _code_of, needs_totp)
    return OperatorServices(
        roles, sessions, accounts, sign_ins, FirstOperator(accounts, wiring.trail), _company(wiring, accounts)
    )


def _code_of(failure: Failure) -> int:
    return int(code_of(failure, Code.SystemVerifyError))


def _company(wiring: Wiring, accounts: OperatorAccounts) -> CompanySignIns:
    settings, secret = wiring.settings, wiring.settings.oidc_client_secret
    rules = [GroupRule(one.group, one.role, read_rule_tenants(one.tenants)) for one in settings.oidc_groups]
    provider = None
    if settings.oidc_issuer and secret is not None:
        # Few have one, and what reads its tokens takes a while to import.
        from liveroom.providers.openid import OpenIdClient, OpenIdProvider

        callback = f"{settings.oidc_url.rstrip('/')}/oidc/callback"
        client = OpenIdClient(
            issuer=settings.oidc_issuer,
            id=settings.oidc_client_id,
            secret=secret.reveal(),
            callback=callback,
            scope=settings.oidc_scope,
            groups_claim=settings.oidc_groups_claim,
        )
        provider = OpenIdProvider(client, wiring.clock)
    return CompanySignIns(accounts, provider, rules, wiring.trail)
