"""Accounts, and every way to sign in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from liveroom.app.code_login import make_delivery
from liveroom.app.wiring import Wiring
from liveroom.domain.ids import UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.keys import KeyedStamps, Tokens
from liveroom.providers.tencent.usersig import user_sig
from liveroom.settings import Settings
from liveroom.usecases.accounts.attempts import Guesses
from liveroom.usecases.accounts.authentication import Authentication
from liveroom.usecases.accounts.codes import Codes
from liveroom.usecases.accounts.guests import Guests
from liveroom.usecases.accounts.logins import Accounts, Gate
from liveroom.usecases.accounts.own_users import OwnUsers
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.tenants.fixed_secrets import FixedSecrets


@dataclass(frozen=True, slots=True)
class People:
    """Who is who."""

    sessions: Authentication
    accounts: Accounts
    fixed_secrets: FixedSecrets
    own_users: OwnUsers
    guests: Guests
    codes: Codes


def make_people(wiring: Wiring) -> People:
    """Build what accounts need."""
    settings, clock, db, live, keys = wiring.settings, wiring.clock, wiring.db, wiring.live, wiring.keys
    stamps = KeyedStamps(keys)
    tokens = Tokens(keys, lifetime=settings.token_ttl)
    gate = Gate(settings.registration == "open", settings.signature_ts == "required", settings.account_limit)
    guesses = Guesses(live, stamps)
    accounts = Accounts(
        db,
        live,
        clock,
        tokens,
        keys,
        _user_sigs(settings),
        wiring.broadcasts,
        wiring.relay,
        gate,
        wiring.vendor_tasks,
        wiring.recorder,
        wiring.screening,
        guesses,
        AddressBans(db, clock, stamps),
    )
    welcome = settings.guests and gate.registration
    fixed_secrets = FixedSecrets(db, keys, clock)
    return People(
        sessions=Authentication(tokens, live, db, clock),
        accounts=accounts,
        fixed_secrets=fixed_secrets,
        own_users=OwnUsers(db, live, clock, fixed_secrets, accounts),
        guests=Guests(db, live, clock, accounts, is_open=welcome, limit=settings.guest_limit),
        codes=Codes(db, live, clock, stamps, guesses, make_delivery(settings, clock), settings.code_address_limit),
    )


def _user_sigs(settings: Settings) -> Callable[[Tenant, UserId, datetime], str]:
    def sign(tenant: Tenant, user: UserId, now: datetime) -> str:
        if not (tenant.sdk_app_id and tenant.sdk_secret):
            return ""
        return user_sig(tenant.sdk_app_id, tenant.sdk_secret, user, now=now, ttl=settings.usersig_ttl)

    return sign
