"""The accounts of a run: made on the service, signed in, and removed again with their rooms.

They are made by calls of conform's own, in the form that most apps use, where an app does not make them itself.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Final

from liveroom.conform.judging import ServiceAnswer
from liveroom.conform.phrases import quote
from liveroom.conform.sending import AppSender, CannotConform, NoServiceAnswer, check_open
from liveroom.conform.shipped import AppForm, Sent
from liveroom.ports import Clock

CATEGORY: Final = "mlvb-show-live"
_FORMS: Final = (AppForm.POST_JSON, AppForm.GET_QUERY)
"""The second is for a service that cannot take the first: that is for its apps to find out."""


def md5_of(text: str) -> str:
    """Return the MD5 of a text in hexadecimal, as apps sign with."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class ConformAccount:
    """An account of a run, and what it has left on the service."""

    username: str
    password: str
    user: str = ""
    token: str = ""
    sdk_app_id: int = 0
    may_exist: bool = False
    """Whether the service was asked to make it: a run may be cut short before the answer."""
    is_registered: bool = False
    may_be_gone: bool = False
    """Whether the service was asked to delete it."""
    is_deleted: bool = False
    rooms: set[str] = field(default_factory=set)
    """Rooms that may be open, or reserved."""

    @property
    def salt(self) -> str:
        """Return what stands for the password."""
        return md5_of(f"{self.username}-{self.password}")

    def sign(self, values: Mapping[str, Sent]) -> str:
        """Return the signature of a login with these parameters."""
        parts = (str(values.get(name, "")) for name in ("tag", "ts", "nonce"))
        return md5_of("-".join((self.username, *parts, self.salt)))

    def take_login(self, answer: ServiceAnswer) -> None:
        """Keep who has signed in."""
        user, token, number = (answer.value(f"data.{name}") for name in ("userId", "token", "sdkAppId"))
        self.user = str(user or answer.value("data.apaasUserId") or self.user)
        self.token = str(token or self.token)
        self.sdk_app_id = int(number) if str(number).isdecimal() else 0


@dataclass(slots=True)
class RunAccounts:
    """Makes accounts on one service and removes them."""

    sender: AppSender
    clock: Clock
    run: str
    """What the names of this run's accounts have in common."""
    left_behind: list[str] = field(default_factory=list)

    def new(self, name: str) -> ConformAccount:
        """Return an account that the service does not have yet."""
        username = f"conform-{self.run}-{name}"
        return ConformAccount(username, password=token_hex(16))

    async def register(self, account: ConformAccount) -> None:
        """Make the account, unless it is there. Raises ``CannotConform``."""
        account.may_exist = True
        values: Mapping[str, Sent] = {"username": account.username, "salt": account.salt}
        try:
            await self._expect("oauth/register", values, "registers nobody")
        except CannotConform as refused:
            try:
                await self.sign_in(account)
            except CannotConform:
                raise refused from None
        account.is_registered = True

    async def sign_in(self, account: ConformAccount) -> None:
        """Sign the account in. Raises ``CannotConform``."""
        values: dict[str, Sent] = {
            "username": account.username,
            "tag": "xiaozhibo",
            "ts": self.now(),
            "nonce": "conform",
            "hash": "md5",
        }
        answer = await self._expect("oauth/signature", {**values, "signature": account.sign(values)}, "signs nobody in")
        account.take_login(answer)
        if not (account.user and account.token):
            raise CannotConform("the service signs in without an id or a token: there is nothing to go on with")

    async def go_live(self, account: ConformAccount) -> bool:
        """Open the account's room; say whether it is open."""
        values = {"roomId": account.user, "role": "anchor", "category": CATEGORY, "appId": str(account.sdk_app_id)}
        account.rooms.add(account.user)
        try:
            answer = await self.sender.send(
                AppForm.POST_JSON, "base/v1/rooms/enter_room", {**_identity(account), **values}
            )
        except NoServiceAnswer:
            return False
        if answer.code != 0:
            account.rooms.discard(account.user)
        return answer.code == 0

    async def remove(self, account: ConformAccount) -> None:
        """Close the account's rooms and delete it; what cannot be removed is noted."""
        if not account.may_exist or account.is_deleted:
            return
        try:
            await self._sign_in_anew(account)
            for room in sorted(account.rooms):
                if not await self._try("rooms/destroy_room", {**_identity(account), "roomId": room}):
                    self.left_behind.append(f"room {room} of {account.username}")
            if not await self._try("auth_users/user_delete", _identity(account)):
                await self._try("auth_users/user_logout", _identity(account))
                self.left_behind.append(f"user {account.user} ({account.username})")
        except (CannotConform, NoServiceAnswer) as problem:
            if account.is_registered and not account.may_be_gone:
                self.left_behind.append(f"{account.username} and its rooms: {problem}")

    async def _sign_in_anew(self, account: ConformAccount) -> None:
        """Sign in once more: what the app was told, its id or its token, may have been wrong."""
        try:
            await self.sign_in(account)
        except CannotConform:
            if not account.token:
                raise

    async def log_out(self, login: ServiceAnswer, contact: str) -> None:
        """End a session that was begun with a code; the account may have been there before, and stays."""
        identity = {"userId": str(login.value("data.userId")), "token": str(login.value("data.token"))}
        said = "logged out" if await self._try("auth_users/user_logout", identity) else "still signed in"
        self.left_behind.append(f"the account of {contact}, which may have been there before: {said}")

    def now(self) -> str:
        """Return the time in milliseconds, as apps send it."""
        return str(int(self.clock.now().timestamp() * 1000))

    async def _try(self, path: str, values: Mapping[str, Any]) -> bool:
        try:
            return (await self.sender.send(AppForm.POST_JSON, f"base/v1/{path}", values)).code == 0
        except NoServiceAnswer:
            return False

    async def _expect(self, path: str, values: Mapping[str, Sent], otherwise: str) -> ServiceAnswer:
        said = ""
        for form in _FORMS:
            try:
                answer = await self.sender.send(form, f"base/v1/{path}", values)
            except NoServiceAnswer as problem:
                said = str(problem)
                continue
            check_open(answer)
            if answer.code == 0:
                return answer
            said = f"code {answer.code} ({quote(str(answer.value('errorMessage')))})"
        raise CannotConform(f"the service {otherwise}, and without an account there is nothing to try: {said}")


def _identity(account: ConformAccount) -> dict[str, Sent]:
    return {"userId": account.user, "token": account.token}
