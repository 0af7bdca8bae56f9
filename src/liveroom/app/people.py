"""Accounts, and every way to sign in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from liveroom.app.code_login import make_delivery
from liveroom.app.settlement import make_agency_hosts
from liveroom.app.wiring import Wiring
from liveroom.domain.ids import UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.keys import Tokens
from liveroom.providers.tencent.usersig import user_sig
from liveroom.settings import Settings
from liveroom.usecases.accounts.attempts import Guesses
from liveroom.usecases.accounts.contacts import Codes, ContactBindings
from liveroom.usecases.accounts.logins import CodeLogins, Guests, Logins, LoginSignatures
from liveroom.usecases.accounts.own_users import OwnAccounts, OwnUsers
from liveroom.usecases.accounts.profiles import Languages, Profiles, ProfileWriter
from liveroom.usecases.accounts.registration import Registration, SignupLimits
from liveroom.usecases.accounts.sessions import Authentication, LoginTokens, Logouts, NewSessions
from liveroom.usecases.importing.logins import ImportedLogins
from liveroom.usecases.ledger.closing import WalletClosing
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.privacy.erasures import AccountDeletion
from liveroom.usecases.tenants.keys import FixedSecrets


@dataclass(frozen=True, slots=True)
class People:
    """Who is who."""

    sessions: Authentication
    login_tokens: LoginTokens
    new_sessions: NewSessions
    logouts: Logouts
    registration: Registration
    logins: Logins
    deletion: AccountDeletion
    profiles: Profiles
    languages: Languages
    own_users: OwnUsers
    guests: Guests
    codes: Codes
    code_logins: CodeLogins
    address_bans: AddressBans


def make_people(wiring: Wiring) -> People:
    """Build what accounts need."""
    settings, clock, db, live, keys = wiring.settings, wiring.clock, wiring.db, wiring.live, wiring.keys
    relay, vendor_tasks, recorder, screening = wiring.relay, wiring.vendor_tasks, wiring.recorder, wiring.screening
    stamps, tokens = wiring.stamps, Tokens(keys, lifetime=settings.token_ttl)
    guesses, address_bans = Guesses(live, stamps), AddressBans(db, clock, stamps)
    login_tokens = LoginTokens(db, clock, tokens, _user_sigs(settings))
    sessions = NewSessions(db, live, clock, address_bans, vendor_tasks, login_tokens)
    codes = Codes(db, live, clock, stamps, guesses, make_delivery(settings, clock), settings.code_address_limit)
    writer, languages = ProfileWriter(db, clock, relay, vendor_tasks, recorder), Languages(db, clock)
    limits, is_open = SignupLimits(live, address_bans), settings.registration == "open"
    imported = ImportedLogins(db, clock, recorder)
    signatures = LoginSignatures(db, live, keys, guesses, imported, settings.signature_ts == "required")
    logins = Logins(db, clock, signatures, address_bans, screening, sessions, writer)
    secrets, own_accounts = FixedSecrets(db, keys, clock), OwnAccounts(recorder, writer)
    return People(
        sessions=Authentication(tokens, live, db, clock),
        login_tokens=login_tokens,
        new_sessions=sessions,
        logouts=Logouts(db, clock, tokens, relay),
        registration=Registration(
            db, clock, keys, limits, screening, vendor_tasks, recorder, is_open=is_open, limit=settings.account_limit
        ),
        logins=logins,
        deletion=AccountDeletion(
            db,
            clock,
            wiring.broadcasts,
            relay,
            vendor_tasks,
            recorder,
            WalletClosing(clock, recorder, make_agency_hosts(wiring)),
        ),
        profiles=Profiles(screening, ContactBindings(db, clock, codes), languages, writer),
        languages=languages,
        own_users=OwnUsers(db, clock, secrets, logins, screening, sessions, own_accounts),
        guests=Guests(
            db,
            clock,
            limits,
            screening,
            sessions,
            recorder,
            is_open=settings.guests and is_open,
            limit=settings.guest_limit,
        ),
        codes=codes,
        code_logins=CodeLogins(clock, codes, address_bans, sessions, recorder, makes_accounts=is_open),
        address_bans=address_bans,
    )


def _user_sigs(settings: Settings) -> Callable[[Tenant, UserId, datetime], str]:
    def sign(tenant: Tenant, user: UserId, now: datetime) -> str:
        if not (tenant.sdk_app_id and tenant.sdk_secret):
            return ""
        return user_sig(tenant.sdk_app_id, tenant.sdk_secret, user, now=now, ttl=settings.usersig_ttl)

    return sign
