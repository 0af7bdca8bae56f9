"""Passwords of rooms: kept as digests that outlive a change of the installation's keys."""

from pathlib import Path

from liveroom.domain.ids import RoomId
from liveroom.usecases.accounts.attempts import ACCOUNT_FAILURES, ADDRESS_FAILURES
from tests.service import SECRET, serving

NEW = "another-secret-0123456789-abcdefghijklm"


async def test_a_password_is_good_behind_a_change_of_keys_until_the_old_one_is_gone(tmp_path: Path) -> None:
    async with serving(tmp_path, secret=f"old:{SECRET}") as service:
        host = await service.sign_up()
        room = await host.go_live()
        assert (await host.call("rooms/set_options", {"roomId": room, "password": "kept"})).code == 0
    async with serving(tmp_path, secret=f"new:{NEW},old:{SECRET}") as service:
        guest, options = await service.sign_up(), service.services.room_settings.options
        assert (await guest.enter(room, "audience", password="wrong")).code == 3006
        assert (await guest.enter(room, "audience", password="kept")).code == 0
        made = options.passwords.kept(RoomId(room), "kept")
        stored = await service.core.db.rooms.get(RoomId(room))
        assert stored is not None
        assert made != stored.options.password, "the new key makes others"
    async with serving(tmp_path, secret=f"new:{NEW}") as service:
        guest = await service.sign_up()
        assert (await guest.enter(room, "audience", password="kept")).code == 3006


async def test_one_address_guesses_no_more_with_accounts_than_it_may_in_all(tmp_path: Path) -> None:
    async with serving(tmp_path, trusted_proxies="127.0.0.1") as service:
        here, there = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
        host = await service.sign_up()
        room = await host.go_live()
        assert (await host.call("rooms/set_options", {"roomId": room, "password": "right"})).code == 0
        crowd = [await service.sign_up(headers=here) for _ in range(ADDRESS_FAILURES // ACCOUNT_FAILURES)]
        for guest in crowd:
            for _ in range(ACCOUNT_FAILURES):
                assert (await guest.enter(room, "audience", password="wrong")).code == 3006
        fresh, other = await service.sign_up(headers=here), await service.sign_up(headers=there)
        assert (await fresh.enter(room, "audience", password="wrong")).code == 3004
        assert (await fresh.enter(room, "audience", password="right")).code == 3004
        assert (await other.enter(room, "audience", password="right")).code == 0
        service.clock.advance(601)
        assert (await fresh.enter(room, "audience", password="right")).code == 0
