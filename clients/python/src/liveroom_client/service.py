"""A liveroom service, and every way to sign in there."""

from collections.abc import Mapping
from typing import Any, cast
from weakref import WeakSet

from liveroom_client.calls import Calls
from liveroom_client.closing import ClosedAtTheEnd
from liveroom_client.errors import SignedOut
from liveroom_client.login import salt_of, sign_in_params, tidy_name
from liveroom_client.session import Session, user_of
from liveroom_client.shapes import Login
from liveroom_client.tokens import TokenStore, User


class Liveroom(ClosedAtTheEnd):
    """A service, and the users who sign in there: ``async with Liveroom("https://live.example.com") as service``.

    ``tenant``: its name, if not the default one. ``language``: of sentences for people, ``en`` or ``zh``. ``timeout``:
    seconds to wait for one answer. ``store``: where the last user who signed in is kept, for ``restore``. ``socket``:
    its address, if it is not the service's own (``wss://…/connection/websocket``); False for a service without sockets,
    such as a web function: rooms are polled then, and have no events but ``state.replaced``.
    """

    def __init__(
        self,
        url: str,
        *,
        tenant: str = "",
        language: str = "en",
        timeout: float = 10.0,
        store: TokenStore | None = None,
        socket: bool | str = True,
    ) -> None:
        self._calls = Calls(url, tenant=tenant, language=language, timeout=timeout)
        self._store = store
        self._socket = socket
        self._sessions: WeakSet[Session] = WeakSet()

    async def close(self) -> None:
        """Close all sessions; stored tokens stay good."""
        for session in list(self._sessions):
            await session.close()
        await self._calls.close()

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method that needs no login; return its data. Raises ``Refused`` or ``Unreachable``."""
        return (await self._calls.call(method, params)).data

    async def register(self, username: str, password: str) -> Session:
        """Make an account and sign in. Raises ``WrongCredentials`` if the name is taken."""
        name = tidy_name(username)
        await self.call("oauth/register", username=name, salt=salt_of(name, password))
        return await self.sign_in(name, password)

    async def sign_in(self, username: str, password: str, *, tag: str = "") -> Session:
        """Sign a registered user in. The password stays here: a signature of it is sent."""
        name = tidy_name(username)
        return await self.sign_in_signed(sign_in_params(name, salt_of(name, password), tag=tag))

    async def sign_in_signed(self, params: Mapping[str, Any]) -> Session:
        """Sign in with the parameters that somebody else signed: the operator's server, for its own users."""
        return self._begin(await self.call("oauth/signature", **params))

    async def sign_in_with_token(self, token: str) -> Session:
        """Take over a token, such as one that the operator's server got for its user."""
        return self._begin((await self._calls.call("auth_users/user_login_token", {}, token)).data)

    async def guest(self, nickname: str = "") -> Session:
        """Make a guest, who is lost with their token."""
        return self._begin(await self.call("auth_users/guest", nickname=nickname or None))

    async def send_code(self, *, phone: str | None = None, email: str | None = None, **captcha: str) -> str:
        """Have a code sent to a phone or mailbox; return what ``sign_in_with_code`` wants as ``code_session``.

        ``captcha``: ``appId``, ``ticket`` and ``randstr`` of a solved one, where the service asks for it.
        """
        sent = await self.call("auth_users/user_verify_by_picture", phone=phone, email=email, **captcha)
        return str(sent["sessionId"])

    async def sign_in_with_code(
        self, code_session: str, code: str, *, phone: str | None = None, email: str | None = None
    ) -> Session:
        """Sign in with the code that came. Raises ``WrongCode``. The first time makes the account."""
        given = {"sessionId": code_session, "code": code, "phone": phone, "email": email}
        return self._begin(await self.call("auth_users/user_login_code", **given))

    async def restore(self) -> Session | None:
        """Return the stored user's session with a fresh token, or None if there is none, or it has ended."""
        user = self._store.load() if self._store is not None else None
        if user is None:
            return None
        try:
            return await self.sign_in_with_token(user.token)
        except SignedOut:
            self._forget()
            return None

    def _forget(self) -> None:
        if self._store is not None:
            self._store.clear()

    def _begin(self, login: Any) -> Session:
        user: User = user_of(cast(Login, login))
        session = Session(self._calls, user, self._store, socket=self._socket)
        self._sessions.add(session)
        return session
