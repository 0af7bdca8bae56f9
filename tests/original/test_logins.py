"""Whose user an imported username is: by tag, by who comes first, and after a deletion."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from liveroom.app.importing import make_import
from liveroom.domain.ids import UserId
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.usecases.importing import logins
from liveroom.usecases.importing.logins import BINDINGS_MAX
from tests import migrated
from tests.original.database import PASSWORD
from tests.original.listed import ListedOriginal
from tests.original.sample import rivals
from tests.service import Account, Answer, Device, Service, salt_of, serving


@dataclass
class Moved:
    """A service, and the original that moves into it."""

    service: Service
    original: ListedOriginal

    async def move(self) -> None:
        await self.original.move_into(self.service)

    def account(self, name: str) -> Account:
        return Account(self.service, name, salt_of(name, PASSWORD))

    async def sign_in(self, name: str, tag: str) -> Device:
        return await self.account(name).sign_in(tag=tag)

    async def user(self, name: str, tag: str) -> str:
        return (await self.sign_in(name, tag)).user

    async def register(self, name: str) -> Answer:
        return await self.service.call("oauth/register", {"username": name, "salt": salt_of(name, PASSWORD)})


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.services)])
async def moved(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Moved]:
    """Yield a service into which nothing has moved yet."""
    settings: dict[str, Any] = {}
    if request.param == "mariadb":
        settings["database_url"] = migrated.mariadb_url(request.getfixturevalue("mariadb"))
    async with serving(tmp_path / "data", **settings) as service:
        yield Moved(service, ListedOriginal())


async def test_each_tag_has_the_user_that_it_had(moved: Moved) -> None:
    moved.original.register("alice")
    users = {tag: moved.original.sign_in("alice", tag) for tag in ("xiaozhibo", "karaoke", "player", "")}
    await moved.move()
    assert len(set(users.values())) == 4
    for tag, user in users.items():
        assert await moved.user("alice", tag) == user


async def test_an_unknown_tag_has_its_user_from_the_first_login_on(moved: Moved) -> None:
    moved.original.register("alice")
    moved.original.sign_in("alice", "xiaozhibo")
    user = moved.original.sign_in("alice", "tuiroom")
    await moved.move()
    assert await moved.service.core.db.bindings.to([UserId(user)]) == []
    assert await moved.user("alice", "tuiroom") == user
    (binding,) = await moved.service.core.db.bindings.to([UserId(user)])
    assert binding.bound is not None
    assert await moved.user("alice", "tuiroom") == user


async def test_a_tag_without_a_user_goes_to_the_user_of_the_main_tag(moved: Moved) -> None:
    moved.original.register("alice")
    moved.original.sign_in("alice", "player")
    main = moved.original.sign_in("alice", "xiaozhibo")
    await moved.move()
    assert {await moved.user("alice", tag) for tag in ("", "karaoke", "tuiroom")} == {main}


async def test_without_a_main_tag_it_goes_to_the_user_bound_first(moved: Moved) -> None:
    moved.original.register("alice")
    player, late = moved.original.sign_in("alice", "player"), moved.original.sign_in("alice", "tuiroom")
    await moved.move()
    moved.service.clock.advance(1)
    assert await moved.user("alice", "tuiroom") == late
    assert await moved.user("alice", "karaoke") == player


async def test_a_name_without_any_user_gets_one_at_its_first_login_and_keeps_it(moved: Moved) -> None:
    moved.original.register("erin")
    await moved.move()
    user = await moved.user("erin", "xiaozhibo")
    assert int(user) >= 40_000_001
    assert {await moved.user("erin", tag) for tag in ("xiaozhibo", "", "player")} == {user}


async def test_two_first_logins_at_once_make_one_user(moved: Moved) -> None:
    moved.original.register("erin")
    await moved.move()
    assert len(set(await asyncio.gather(*(moved.user("erin", "xiaozhibo") for _ in range(4))))) == 1


@pytest.mark.parametrize("first", [0, 1])
async def test_of_two_names_that_lead_to_one_user_the_first_to_sign_in_gets_it(moved: Moved, first: int) -> None:
    names = rivals()
    for name in names:
        moved.original.register(name)
        disputed = moved.original.sign_in(name, "xiaozhibo")
    await moved.move()
    assert await moved.user(names[first], "xiaozhibo") == disputed
    other = await moved.user(names[1 - first], "xiaozhibo")
    assert int(other) >= 40_000_001
    await moved.move()
    assert await moved.user(names[first], "xiaozhibo") == disputed
    assert await moved.user(names[1 - first], "xiaozhibo") == other


async def test_a_tag_without_a_user_wins_the_disputed_one_of_the_main_tag(moved: Moved) -> None:
    first, late = rivals()
    for name in (first, late):
        moved.original.register(name)
        disputed = moved.original.sign_in(name, "xiaozhibo")
    await moved.move()
    assert await moved.user(first, "tuiroom") == disputed
    assert await moved.user(first, "xiaozhibo") == disputed
    assert await moved.user(late, "tuiroom") != disputed


async def test_rivals_who_sign_in_at_once_are_two_users(moved: Moved) -> None:
    for name in rivals():
        moved.original.register(name)
        disputed = moved.original.sign_in(name, "xiaozhibo")
    await moved.move()
    users = await asyncio.gather(*(moved.user(name, "xiaozhibo") for name in rivals() * 2))
    assert disputed in users
    assert users[:2] == users[2:]
    assert len(set(users)) == 2


async def test_a_rival_who_comes_later_does_not_take_a_user_who_has_signed_in_here(moved: Moved) -> None:
    first, late = rivals()
    moved.original.register(first)
    disputed = moved.original.sign_in(first, "xiaozhibo")
    await moved.move()
    assert await moved.user(first, "xiaozhibo") == disputed
    moved.original.register(late)
    await moved.move()
    assert await moved.user(late, "xiaozhibo") != disputed
    assert await moved.user(first, "xiaozhibo") == disputed


async def test_a_rival_who_comes_before_anybody_has_signed_in_has_the_same_right(moved: Moved) -> None:
    first, late = rivals()
    moved.original.register(first)
    disputed = moved.original.sign_in(first, "xiaozhibo")
    await moved.move()
    moved.original.register(late)
    await moved.move()
    assert await moved.user(late, "xiaozhibo") == disputed
    assert await moved.user(first, "xiaozhibo") != disputed


async def test_no_username_leads_to_a_user_who_signs_in_by_phone_or_mail(moved: Moved) -> None:
    moved.original.register("alice")
    reached = moved.original.sign_in("alice", "player", phone="13800000001")
    hidden = moved.original.sign_in("alice", "tuiroom", email="a@example.com")
    await moved.move()
    assert not {await moved.user("alice", tag) for tag in ("player", "tuiroom")} & {reached, hidden}


async def test_a_wrong_password_binds_nothing(moved: Moved) -> None:
    moved.original.register("erin")
    await moved.move()
    wrong = moved.service.sign("erin", salt_of("erin", "guessed"))
    assert (await moved.service.call("oauth/signature", wrong)).code == 98
    assert await moved.service.core.db.bindings.of(moved.service.services.tenants.default.name, ["erin"]) == []


async def test_the_name_is_the_same_in_capitals_and_with_blanks(moved: Moved) -> None:
    moved.original.register("Éva ")
    user = moved.original.sign_in("Éva ", "xiaozhibo")
    await moved.move()
    signed = moved.service.sign("éVA", salt_of("Éva ", PASSWORD))
    assert (await moved.service.call("oauth/signature", signed)).data["userId"] == user
    assert (await moved.register("éva")).code == 98


async def test_more_tags_than_are_remembered_make_no_more_users(moved: Moved) -> None:
    moved.original.register("erin")
    await moved.move()
    user = await moved.user("erin", "xiaozhibo")
    assert {await moved.user("erin", f"tag{number}") for number in range(BINDINGS_MAX + 3)} == {user}
    tenant = moved.service.services.tenants.default.name
    assert len(await moved.service.core.db.bindings.of(tenant, ["erin"])) == BINDINGS_MAX


async def test_a_deleted_user_takes_their_tags_along_and_no_others(moved: Moved) -> None:
    moved.original.register("alice")
    main, player = moved.original.sign_in("alice", "xiaozhibo"), moved.original.sign_in("alice", "player")
    await moved.move()
    device = await moved.sign_in("alice", "player")
    assert (await device.call("auth_users/user_delete")).code == 0
    assert await moved.user("alice", "xiaozhibo") == main
    assert (await moved.register("alice")).code == 98
    assert await moved.user("alice", "player") == main
    await moved.move()
    assert await moved.user("alice", "player") == main
    assert await moved.service.core.db.bindings.to([UserId(player)]) == []


async def test_with_its_last_user_a_name_is_free_and_a_further_import_does_not_bring_it_back(moved: Moved) -> None:
    moved.original.register("alice")
    old = moved.original.sign_in("alice", "xiaozhibo")
    await moved.move()
    device = await moved.sign_in("alice", "xiaozhibo")
    assert (await device.call("auth_users/user_delete")).code == 0
    await moved.move()
    signed = moved.service.sign("alice", salt_of("alice", PASSWORD))
    assert (await moved.service.call("oauth/signature", signed)).code == 98
    assert (await moved.register("alice")).code == 0
    fresh = await moved.user("alice", "xiaozhibo")
    assert fresh != old
    await moved.move()
    assert await moved.user("alice", "player") == fresh


async def test_a_banned_user_stays_out_with_that_tag(moved: Moved) -> None:
    moved.original.register("alice")
    moved.original.sign_in("alice", "xiaozhibo")
    player = moved.original.sign_in("alice", "player")
    await moved.move()
    core = moved.service.core
    await core.moderation.ban(player, core.clock.now().replace(year=2999), "spam")  # type: ignore[arg-type]
    signed = moved.service.sign("alice", salt_of("alice", PASSWORD), tag="player")
    assert (await moved.service.call("oauth/signature", signed)).code == 3002
    assert await moved.user("alice", "xiaozhibo") != player


async def test_a_username_registered_here_asks_for_no_bindings(tmp_path: Path) -> None:
    class Untouchable:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"bindings.{name} was asked")

    def through(db: Any) -> Any:
        db.bindings = Untouchable()
        return db

    async with serving(tmp_path / "data", through=through) as service:
        assert (await service.sign_up("alice")).user


async def test_a_dispute_is_reported_alike_in_every_run(moved: Moved) -> None:
    for name in rivals():
        moved.original.register(name)
        moved.original.sign_in(name, "xiaozhibo")
    core = moved.service.core
    run = make_import(moved.original, core.db, core.clock, core.keys, PresenceTimeouts(), batch=1)
    first = await run.run()
    assert first.logins.notes == (await run.run()).logins.notes == {logins.COLLISION: 2}
