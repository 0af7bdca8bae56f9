"""Signatures without a time can be sent again; whose app sends a time is asked for one from then on."""

from pathlib import Path
from typing import Any

from liveroom.domain.accounts.signatures import TIMED_MAX
from liveroom.domain.accounts.users import fold_username
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from tests.service import Account, Answer, Service, salt_of, serving
from tests.usecases.conftest import World


async def sign_in(service: Service, account: Account, **given: Any) -> Answer:
    return await service.call("oauth/signature", service.sign(account.username, account.salt, **given))


async def test_once_somebody_has_sent_a_time_a_signature_without_one_is_refused(world: World) -> None:
    """A signature that was once seen signed in for ever, also after the app had been changed to send its time."""
    service, account = world.service, await world.service.register()
    seen = service.sign(account.username, account.salt, ts="", nonce="")
    assert [(await service.call("oauth/signature", seen)).code for _ in range(3)] == [0, 0, 0]
    assert (await sign_in(service, account)).code == 0
    refused = await service.call("oauth/signature", seen)
    assert refused.code == 210
    assert "ts: required" in refused.body["errorMessage"]
    assert (await sign_in(service, account)).code == 0


async def test_another_tag_is_another_app_and_goes_on(world: World) -> None:
    service, account = world.service, await world.service.register()
    assert (await sign_in(service, account, tag="new")).code == 0
    assert (await sign_in(service, account, tag="new", ts="")).code == 210
    assert (await sign_in(service, account, tag="old", ts="")).code == 0
    assert (await sign_in(service, account, tag="new-2", ts="")).code == 0


async def test_what_is_signed_is_not_read_as_another_tags(world: World) -> None:
    """Dashes part what is signed: ``name-new--a--b`` is also the tag ``new--a`` with the nonce ``b``."""
    service, account = world.service, await world.service.register()
    seen = service.sign(account.username, account.salt, tag="new", ts="", nonce="a--b")
    assert (await service.call("oauth/signature", seen)).code == 0
    assert (await sign_in(service, account, tag="new")).code == 0
    assert (await service.call("oauth/signature", seen)).code == 210
    assert (await service.call("oauth/signature", {**seen, "tag": "new--a", "nonce": "b"})).code == 210


async def test_a_wrong_signature_says_nothing_of_it(world: World) -> None:
    service, account = world.service, await world.service.register()
    assert (await sign_in(service, account)).code == 0
    wrong = service.sign(account.username, salt_of(account.username, "wrong"), ts="")
    assert (await service.call("oauth/signature", wrong)).code == 98


async def test_it_is_known_after_a_restart(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        account = await service.register()
        assert (await sign_in(service, account)).code == 0
    async with serving(tmp_path) as service:
        assert (await sign_in(service, account, ts="")).code == 210


async def test_the_operator_lifts_it_until_the_next_signature_with_a_time(world: World) -> None:
    service, account = world.service, await world.service.register()
    user = UserId(str((await sign_in(service, account)).data["userId"]))
    assert await world.core.moderation.accept_timeless(user)
    assert not await world.core.moderation.accept_timeless(user)
    assert (await sign_in(service, account, ts="")).code == 0
    assert (await sign_in(service, account)).code == 0
    assert (await sign_in(service, account, ts="")).code == 210


async def test_so_many_tags_are_remembered_and_no_more(world: World) -> None:
    service, account = world.service, await world.service.register()
    for number in range(TIMED_MAX + 2):
        assert (await sign_in(service, account, tag=f"tag{number}")).code == 0
    found = await world.core.db.users.credential(DEFAULT_TENANT, fold_username(account.username))
    assert found is not None
    assert found[0].timed == tuple(f"tag{number}" for number in range(TIMED_MAX))
