"""How an operator signs in: by name, password and second factor, or for the first time by a link.

Wrong guesses are limited per name and address, as those of users are (``usecases.accounts.attempts``). Each try at an
operator that there is goes into the audit.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from liveroom.domain.errors import CodeInvalid, Failure
from liveroom.domain.operators.account import (
    PASSWORD_MAX,
    OperatorAccount,
    fold_name,
    new_recovery_codes,
    read_password,
    recovery_digest,
)
from liveroom.domain.operators.failures import LinkSpent, SecondFactorMissing, SecondFactorRequired, SignInRefused
from liveroom.ports import PasswordHashes, Tx
from liveroom.usecases.accounts.attempts import Attempt, Guesses
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.operators.accounts import OPERATORS, OperatorAccounts
from liveroom.usecases.operators.sessions import Browser, Opened, OperatorSessions, SignedIn, note_sign_in

SIGN_IN: Final = "base/v1/operators/sign_in"
ACCEPT: Final = "base/v1/operators/accept_invitation"


_NOBODY: Final = "operator:-"
"""Whoever gives a name that nobody has, which may be a password in the wrong field: it is not kept."""


class OpenInvitation(NamedTuple):
    """What a link shows to whom it is for."""

    account: OperatorAccount
    uri: str
    """What an app for second factors reads as a QR code."""
    needs_totp: bool


class Accepted(NamedTuple):
    """An operator who has set their password, and codes to write down."""

    opened: Opened
    recovery_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperatorSignIns:
    """The ways in."""

    accounts: OperatorAccounts
    sessions: OperatorSessions
    hashes: PasswordHashes
    guesses: Guesses
    trail: Audit
    code_of: Callable[[Failure], int]
    """Returns how the audit calls a refusal."""
    needs_totp: bool

    async def sign_in(self, name: str, password: str, code: str, browser: Browser) -> Opened:
        """Open a session. Raises ``SignInRefused``, ``SecondFactorRequired``, ``CodeInvalid``, ``RateLimited``."""
        name = fold_name(name)
        attempt = await self.guesses.begin(f"operator:{name}", browser.address)
        account = next((one.item for one in await self.sessions.db.operators.list() if one.item.name == name), None)
        actor = _NOBODY if account is None else account.actor
        try:
            opened = await self._admit(account, password, code, browser, attempt)
        except Failure as failure:
            # Of a name that nobody has too: how long an answer takes must not say whose names there are.
            await note_sign_in(self.trail, actor, SIGN_IN, browser, self.code_of(failure))
            raise
        await note_sign_in(self.trail, actor, SIGN_IN, browser)
        attempt.remember()
        return opened

    async def _admit(
        self, account: OperatorAccount | None, password: str, code: str, browser: Browser, attempt: Attempt
    ) -> Opened:
        is_right = await self.hashes.is_right("" if account is None else account.password, _typed(password))
        if account is None or not is_right or account.disabled is not None:
            await attempt.failed()
            raise SignInRefused
        # Guesses that are made at once have all passed the first check: a right one among them must not be told.
        await attempt.check()
        if not account.has_totp and self.needs_totp:
            raise SecondFactorMissing
        if account.has_totp and not code:
            raise SecondFactorRequired

        async def work(tx: Tx) -> Opened | None:
            stored = await tx.operators.lock(account.id)
            known = None if stored is None else OPERATORS.open(stored, self.accounts.vault)
            if known is None or known.password != account.password or known.disabled is not None:
                return None
            used = self._use_code(known, code) if known.has_totp else known
            if used is None:
                return None
            used = replace(used, signed_in=self.sessions.clock.now())
            await tx.operators.put(OPERATORS.seal(used, self.accounts.vault))
            return await self.sessions.open(tx, used, browser)

        opened = await self.sessions.db.transact(work)
        if opened is None:
            await attempt.failed()
            raise CodeInvalid
        return opened

    def _use_code(self, account: OperatorAccount, code: str) -> OperatorAccount | None:
        """Return the account behind the use of a code, which counts once; None for a wrong one."""
        step = self.accounts.factors.step_of(account.totp, code, self.sessions.clock.now(), account.totp_step)
        if step is not None:
            return replace(account, totp_step=step)
        digest = recovery_digest(code)
        return replace(account, recovery=account.recovery - {digest}) if digest in account.recovery else None

    async def confirm(self, signed_in: SignedIn, password: str, browser: Browser) -> None:
        """Note that an operator gave their password again. Raises ``SignInRefused`` and ``RateLimited``."""
        account = signed_in.account
        attempt = await self.guesses.begin(f"operator:{account.name}", browser.address)
        if not await self.hashes.is_right(account.password, _typed(password)):
            await attempt.failed()
            raise SignInRefused
        await attempt.check()
        await self.sessions.confirm(signed_in)

    async def change_password(self, signed_in: SignedIn, current: str, password: str, browser: Browser) -> None:
        """Set a new password and end the operator's other sessions; ``current`` is "" where they have none yet.

        Raises ``SignInRefused``, ``RateLimited``, and ``BadRequest`` for a bad one.
        """
        account = signed_in.account
        if account.password:
            await self.confirm(signed_in, current, browser)
        hashed = await self.hashes.hash(read_password(password, account.name))

        async def work(tx: Tx) -> bool:
            stored = await tx.operators.lock(account.id)
            known = None if stored is None else OPERATORS.open(stored, self.accounts.vault)
            if known is None or known.password != account.password or known.disabled is not None:
                return False
            changed = replace(known, password=hashed, link="", link_until=None)
            await tx.operators.put(OPERATORS.seal(changed, self.accounts.vault))
            for session in await tx.operator_sessions.of(account.id):
                if session.digest != signed_in.session.digest:
                    await tx.operator_sessions.end(session.digest)
            await tx.operator_sessions.confirmed(signed_in.session.digest, self.sessions.clock.now())
            return True

        if not await self.sessions.db.transact(work):
            raise SignInRefused
        self.sessions.forget()

    async def invitation(self, token: str) -> OpenInvitation:
        """Return what a link is for; it stays good. Raises ``LinkSpent``."""
        account = await self.accounts.with_link(self.sessions.db, token)
        if account is None:
            raise LinkSpent
        return OpenInvitation(account, self.accounts.factors.uri(account.totp, account.name), self.needs_totp)

    async def accept(self, token: str, password: str, code: str, browser: Browser) -> Accepted:
        """Set password and, with a code of it, second factor; open a session. The link is spent then.

        Raises ``LinkSpent``, ``BadRequest`` for a bad password, ``CodeInvalid``, ``SecondFactorRequired``.
        """
        asked = (await self.invitation(token)).account
        if self.needs_totp and not code:
            raise SecondFactorRequired
        step = self.accounts.factors.step_of(asked.totp, code, self.sessions.clock.now(), 0) if code else 0
        if step is None:
            raise CodeInvalid
        hashed = await self.hashes.hash(read_password(password, asked.name))
        codes = tuple(new_recovery_codes()) if step else ()

        async def work(tx: Tx) -> Opened | None:
            await tx.operators.lock(asked.id)
            known = await self.accounts.with_link(tx, token)
            if known is None:
                return None
            now = self.sessions.clock.now()
            fresh = replace(known, password=hashed, link="", link_until=None, signed_in=now, totp_step=step or 0)
            fresh = replace(fresh, totp_since=now if step else None, totp=known.totp if step else "")
            fresh = replace(fresh, recovery=frozenset(map(recovery_digest, codes)))
            await tx.operators.put(OPERATORS.seal(fresh, self.accounts.vault))
            return await self.sessions.open(tx, fresh, browser)

        opened = await self.sessions.db.transact(work)
        if opened is None:
            raise LinkSpent
        await note_sign_in(self.trail, asked.actor, ACCEPT, browser)
        return Accepted(opened, codes)


def _typed(password: str) -> str:
    """Return a password as it was hashed; what is too long to be one is cut."""
    return unicodedata.normalize("NFC", password[: 4 * PASSWORD_MAX])
