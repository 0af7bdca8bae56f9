"""Every way to sign in works, the token is kept and renewed, and the end of a session is told."""

import asyncio
import stat
from pathlib import Path

import pytest

from liveroom_client import (
    FileStore,
    Liveroom,
    MemoryStore,
    NotFound,
    SignedOut,
    Unreachable,
    User,
    WrongCode,
    WrongCredentials,
)
from tests.clients.python.evenings import Evening, ended, until
from tests.sdk.stages import Stage, builtin
from tests.servers import free_ports
from tests.service import CODE, Device, fresh_contact

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_whoever_registers_is_signed_in_and_can_sign_in_again(service: Liveroom) -> None:
    session = await service.register(" ann-py ", "correct horse")
    again = await service.sign_in("ann-py", "correct horse")
    assert session.user_id == again.user_id
    assert session.user.token != again.user.token
    with pytest.raises(WrongCredentials):
        await service.register("ann-py", "another")
    with pytest.raises(WrongCredentials):
        await service.sign_in("ann-py", "wrong")


async def test_a_code_signs_in(service: Liveroom) -> None:
    phone, email = fresh_contact()
    asked = await service.send_code(phone=phone)
    with pytest.raises(WrongCode):
        await service.sign_in_with_code(asked, "000000", phone=phone)
    session = await service.sign_in_with_code(asked, CODE, phone=phone)
    assert session.user_id
    by_mail = await service.send_code(email=email)
    assert (await service.sign_in_with_code(by_mail, CODE, email=email)).user_id != session.user_id


async def test_a_stored_login_is_restored_with_a_fresh_token_and_forgotten_with_the_logout(
    stage: Stage, tmp_path: Path
) -> None:
    store = FileStore(tmp_path / "login.json")
    async with Liveroom(stage.liveroom.url, store=store) as first:
        session = await first.guest("Bob")
        user = session.user
    assert stat.S_IMODE((tmp_path / "login.json").stat().st_mode) == 0o600
    async with Liveroom(stage.liveroom.url, store=store) as second:
        restored = await second.restore()
        assert restored is not None
        assert restored.user.user_id == user.user_id
        assert store.load() == restored.user
        await restored.log_out()
        assert restored.ended == "logout"
        assert store.load() is None
        assert await second.restore() is None


async def test_a_session_that_ended_meanwhile_is_not_restored(stage: Stage) -> None:
    store = MemoryStore()
    async with Liveroom(stage.liveroom.url, store=store) as service:
        session = await service.guest("Bob")
        user = session.user
        await service.call("auth_users/user_logout", token=user.token)
        assert store.load() == user
        assert await service.restore() is None
        assert store.load() is None
        with pytest.raises(SignedOut):
            await session.call("auth_users/user_keepalive")
        assert session.ended == "expired"


async def test_a_logout_elsewhere_ends_the_session_and_its_rooms(evening: Evening, service: Liveroom) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        told = evening.guest.events()
        await service.call("auth_users/user_logout", token=evening.guest.user.token)
        assert (await ended(room)).why == "signed_out"
        assert (await until(told, lambda event: event["type"] == "user.signed_out"))[-1]["type"] == "user.signed_out"
    assert evening.guest.ended == "logout"


async def test_a_ban_ends_the_session_and_its_rooms(evening: Evening) -> None:
    guest = evening.guest
    async with guest.enter(evening.room_id) as room:
        told = guest.events()
        await evening.stage.ban(Device(evening.host.account, guest.user_id, guest.user.token))
        assert (await ended(room)).why == "banned"
        assert "user.signed_out" in [event["type"] async for event in told]
    assert guest.ended == "banned"
    with pytest.raises(SignedOut, match="banned"):
        await guest.enter(evening.room_id)


async def test_a_token_is_renewed_before_it_expires_and_the_room_does_not_notice(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    kept, given = Kept(), {"LIVEROOM_TOKEN_TTL": "6s"}
    async with (
        builtin(tmp_path_factory.mktemp("tokens"), **given) as stage,
        Liveroom(stage.liveroom.url, store=kept) as service,
        (await service.guest("Ann")).go_live(title="Evening") as room,
    ):
        tokens = {(await asyncio.wait_for(kept.users.get(), 10)).token for _ in range(3)}
        assert len(tokens) == 3
        await room.send("still here")
        assert room.ended is None


async def test_what_is_told_to_the_user_is_read_as_it_comes(evening: Evening) -> None:
    told = evening.guest.events()
    await until(told, lambda event: event["type"] == "connection")
    await evening.act("rooms/invite", targetId=evening.guest.user_id)
    (*_, invited) = await until(told, lambda event: event["type"] == "user.invited")
    assert invited["type"] == "user.invited"
    assert invited["data"]["roomId"] == evening.room_id


async def test_any_method_can_be_called_and_paged_through(evening: Evening, service: Liveroom) -> None:
    assert "service" in await service.call("gslb")
    found = [room["roomId"] async for room in evening.guest.list_rooms()]
    assert evening.room_id in found
    paged = [user["userId"] async for user in evening.guest.pages("rooms/list_users", roomId=evening.room_id, limit=1)]
    assert paged == [evening.host.user]
    with pytest.raises(NotFound):
        await evening.guest.room("1")


async def test_a_service_that_is_not_there_is_unreachable() -> None:
    (port,) = free_ports(1)
    async with Liveroom(f"http://127.0.0.1:{port}") as service:
        with pytest.raises(Unreachable, match="no answer"):
            await service.guest()


class Kept:
    """Keeps every user that is saved, in order."""

    def __init__(self) -> None:
        self.users: asyncio.Queue[User] = asyncio.Queue()

    def load(self) -> User | None:
        return None

    def save(self, user: User) -> None:
        self.users.put_nowait(user)

    def clear(self) -> None:
        pass
