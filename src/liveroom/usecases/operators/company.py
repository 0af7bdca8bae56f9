"""Operators who sign in by the company's accounts: sent to its provider, and let in by their groups when they are back.

What has to be the same on the way back (state, nonce, the secret of PKCE) is in a sealed cookie of five minutes: no
process has to remember it. So is which session the browser had before: its own cookie does not come along on the way
back from another site. Roles and tenants follow the groups at each sign-in. An account that was made here is never
taken over: whoever comes from the company has one of their own.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.errors import KeyMissing, NotOffered
from liveroom.domain.ids import digest_of, new_id
from liveroom.domain.operators.account import DISPLAYED_MAX, OperatorAccount, read_displayed
from liveroom.domain.operators.company import CompanyIdentity, Granted, GroupRule, free_name, granted
from liveroom.domain.operators.failures import CompanyRefused, SignInExpired, SignInRefused
from liveroom.ports import CompanyProvider, Tx
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.operators.accounts import OPERATORS, OperatorAccounts, check_others
from liveroom.usecases.operators.sessions import Browser, Opened, note_sign_in

LASTS: Final = timedelta(minutes=5)
CALLBACK: Final = "console/oidc/callback"
_CONTEXT: Final = "console sign-in by the company"
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Departure(NamedTuple):
    """Where the browser is sent, and the cookie that it brings back."""

    address: str
    cookie: str


class _Kept(NamedTuple):
    state: str
    nonce: str
    verifier: str
    """PKCE's secret."""
    until: int
    """Seconds."""
    fresh: bool
    """Whether the password is asked for anew."""
    former: str
    """The digest of the session that the browser had before; "" for none."""


@dataclass(frozen=True, slots=True)
class CompanySignIns:
    """The company's way in; ``provider`` None: there is none."""

    accounts: OperatorAccounts
    provider: CompanyProvider | None
    rules: Sequence[GroupRule]
    trail: Audit

    async def begin(self, token: str, *, fresh: bool) -> Departure:
        """Send a browser to the provider; the session of its ``token`` ends when it is let in.

        ``fresh``: the password is asked for there. Raises ``NotOffered``.
        """
        if self.provider is None:
            raise NotOffered
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        until = int((self.accounts.clock.now() + LASTS).timestamp())
        kept = _Kept(state, nonce, verifier, until, fresh, digest_of(token) if token else "")
        address = await self.provider.address(state, nonce, verifier, fresh=fresh)
        return Departure(address, self.accounts.vault.seal(msgspec.json.encode(kept).decode(), _CONTEXT))

    async def finish(self, cookie: str, state: str, code: str, browser: Browser) -> Opened:
        """Let in who has come back. Raises ``SignInExpired``, ``CompanyRefused``, ``SignInRefused``."""
        if self.provider is None:
            raise NotOffered
        kept = self._read(cookie)
        is_late = self.accounts.clock.now().timestamp() >= kept.until
        if is_late or not hmac.compare_digest(kept.state.encode(), state.encode()) or not code:
            raise SignInExpired
        found = await self.provider.identity(code, kept.verifier, kept.nonce, fresh=kept.fresh)
        grant = granted(self.rules, found.groups)
        if grant is None:
            raise CompanyRefused

        async def work(tx: Tx) -> Opened:
            opened = await self._admit(tx, found, grant, browser)
            if kept.former:
                await tx.operator_sessions.end(kept.former)
            return opened

        opened = await self.accounts.roles.in_turn(work)
        self.accounts.sessions.forget()
        await note_sign_in(self.trail, opened.signed_in.account.actor, CALLBACK, browser)
        return opened

    async def _admit(self, tx: Tx, found: CompanyIdentity, grant: Granted, browser: Browser) -> Opened:
        now, vault = self.accounts.clock.now(), self.accounts.vault
        everyone = [stored.item for stored in await tx.operators.list()]
        known = next((one for one in everyone if one.subject == found.key), None)
        if known is not None and known.disabled is not None:
            raise SignInRefused
        shown = read_displayed(found.display_name[:DISPLAYED_MAX])
        if known is None:
            name = free_name(found.name, [one.name for one in everyone])
            fresh = OperatorAccount(new_id(now), name, shown or name, grant.roles, grant.tenants, "", now)
            account = replace(fresh, subject=found.key, signed_in=now)
        else:
            account = replace(known, roles=grant.roles, tenants=grant.tenants, signed_in=now)
            account = replace(account, display_name=shown or known.display_name)
            if known.is_administrator and not account.is_administrator:
                await check_others(tx, known.id)
        await tx.operators.put(OPERATORS.seal(account, vault))
        confirmed = min(found.authenticated or _LONG_AGO, now)
        return await self.accounts.sessions.open(tx, account, browser, confirmed=confirmed)

    def _read(self, cookie: str) -> _Kept:
        try:
            return msgspec.json.decode(self.accounts.vault.open(cookie, _CONTEXT), type=_Kept)
        except (KeyMissing, msgspec.DecodeError):
            raise SignInExpired from None

    async def close(self) -> None:
        """Hang up."""
        if self.provider is not None:
            await self.provider.close()
