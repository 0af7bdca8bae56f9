"""What operators do to the service: webhooks, hooks, keys, tenants, and the audit's file."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import expect

from liveroom.simulate.endpoint import VendorResponse
from tests.console.desk import Office
from tests.console.evening import Evening, in_turn, until
from tests.console.house import caller_of, come
from tests.hook_server import hook_server, refuse
from tests.service import Keyholder
from tests.webhooks.receiver import Receiver, listening, take_all

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
SETTINGS: Final = {"webhook_give_up": "1s"}


async def add(evening: Evening, receiver: Receiver) -> None:
    """Add a webhook, and open what there is of it."""
    await evening.open("/webhooks")
    await evening.press("Add")
    await evening.go(url=receiver.url, kinds="room.*")
    receiver.secrets.append(await evening.secret())
    await evening.row(receiver.url).click()


async def test_a_webhook_is_made_tried_changed_and_removed(evening: Evening) -> None:
    async with listening() as receiver:
        await add(evening, receiver)
        await evening.press("Test")
        await evening.toast("Answered 204")
        await evening.press("Change")
        await evening.go(kinds="room.*, member.*")
        await evening.press("Pause")
        await evening.lists("paused")
        await evening.press("Resume")
        await evening.press("New secret")
        await evening.go("it leaked")
        receiver.secrets[:] = [await evening.secret()]
        await evening.guest("Bob")
        await until(lambda: taken(receiver, "member.entered"))
        await evening.press("Remove")
        await evening.go("no longer needed")
        await evening.lists(receiver.url, there=False)
    await evening.check(
        *("admin/create_webhook", "admin/test_webhook", "admin/update_webhook", "admin/rotate_webhook_secret"),
        "admin/delete_webhook",
    )


async def test_events_that_nobody_took_are_delivered_again(evening: Evening) -> None:
    async def is_dead() -> bool:
        await evening.press("Refresh")
        return await evening.page.get_by_role("button", name="Replay dead letters").is_visible()

    async with listening() as receiver:
        await add(evening, receiver)
        receiver.rule = lambda _: VendorResponse(b"no", 500)
        await evening.host.at("edit").click()
        await evening.host.at("edit-title").fill("Late show")
        await evening.host.at("save").click()
        await until(is_dead, 60)
        receiver.rule = take_all
        await evening.press("Replay dead letters")
        await evening.go()
        await until(lambda: taken(receiver, "room.updated"))
        await until(lambda: is_not(is_dead))
        await evening.press("Remove")
        await evening.go("no longer needed")
    await evening.check("admin/replay_webhook")


async def taken(receiver: Receiver, kind: str) -> bool:
    """Say whether an event of this kind has come."""
    return any(event["type"] == kind for event in receiver.taken)


async def is_not(asked: Callable[[], Awaitable[bool]]) -> bool:
    """Say whether something is not so."""
    return not await asked()


async def test_a_hook_keeps_people_out_until_it_is_removed(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    bob = await evening.hall.guest("Bob")
    async with hook_server(refuse) as server:
        url = f"{server.endpoint.url}/enter"
        await evening.open("/hooks")
        await evening.desk.at("hook-add").click()
        await evening.go(url=url)
        server.secrets.append(await evening.secret())
        await evening.row(url).click()
        await evening.desk.at("hook-test").click()
        await evening.toast("members only")
        await bob.open(f"/room/{evening.room}")
        await expect(bob.at("ending")).to_contain_text("members only")
        await evening.press("Change")
        await evening.go(picks={"Waits at most": "500 ms", "Where it does not answer": "refuse"})
        await expect(evening.page.locator("main aside")).to_contain_text("500 ms")
        await evening.press("New secret")
        await evening.go("it leaked")
        server.secrets[:] = [await evening.secret()]
        await evening.desk.at("hook-test").click()
        await expect(evening.desk.at("toast").filter(has_text="members only").last).to_be_visible()
        await evening.press("Remove")
        back = in_turn(evening.go("no longer needed"), bob.at("again").click())
        await evening.after("hook removed", back, bob, "[data-testid=room-title]", "Evening show")
        await evening.lists(url, there=False)
    with capsys.disabled():
        await evening.check(
            *("admin/create_hook", "admin/test_hook", "admin/update_hook", "admin/rotate_hook_secret"),
            "admin/delete_hook",
        )


async def test_keys_are_shown_once_and_refused_once_they_are_ended(evening: Evening, office: Office) -> None:
    await evening.open("/keys")
    await evening.press("Make a server key")
    await evening.go(name="billing", scopes="admin:rooms", picks={"Valid for": "30 days"})
    key = await evening.secret()
    async with caller_of(office) as caller:
        billing = Keyholder(caller, key)
        assert (await billing.call("admin/get_room", {"roomId": evening.room})).code == 0
        await evening.lists("billing")
        assert key not in await evening.page.content()
        await evening.press("Revoke")
        await evening.go("no longer needed")
        await evening.lists("revoked")
        await until(lambda: refused(billing, evening.room), 5)
    await evening.press("Make an app key")
    await evening.go(name="android")
    assert await evening.secret() != ""
    await evening.desk.at("tab-app").click()
    await evening.lists("android")
    await evening.press("Remove")
    await evening.go("no longer needed")
    await evening.lists("android", there=False)
    await evening.press("Make a login secret")
    await evening.go(tag="partner")
    assert await evening.secret() != ""
    await evening.desk.at("tab-login").click()
    await evening.lists("partner")
    await evening.press("Remove")
    await evening.go("no longer needed")
    await evening.lists("partner", there=False)
    await evening.check(
        *("admin/create_server_key", "admin/revoke_server_key", "admin/create_app_key", "admin/delete_app_key"),
        *("admin/create_login_secret", "admin/delete_login_secret"),
    )


async def refused(server: Keyholder, room: str) -> bool:
    """Say whether a key no longer counts."""
    return (await server.call("admin/get_room", {"roomId": room})).code != 0


async def test_calls_without_a_signature_are_refused_while_the_rule_asks_for_it(
    evening: Evening, office: Office
) -> None:
    async with caller_of(office) as caller:
        bob = await come(caller, "Bob")
        await evening.open("/keys?tab=app")
        await evening.press("Make an app key")
        await evening.go(name="ios")
        await evening.secret()
        for modules, is_refused in (("moderation", True), ("none", False)):
            await evening.desk.at("change-signing").click()
            await evening.go(modules=modules)
            await expect(evening.desk.at("signing-rule")).to_have_text(modules)

            async def counts(wanted: bool = is_refused) -> bool:
                return (await bob.code("moderation/statements") != 0) is wanted

            await until(counts, 5)
    await evening.check("admin/require_signatures")


async def test_a_tenant_is_added_and_changed(evening: Evening) -> None:
    await evening.open("/tenants")
    await evening.press("Add")
    await evening.go(name="second", hosts="second.example.com", quotaUsers="100", picks={"Language": "en"})
    await evening.lists("second.example.com")
    await evening.row("second.example.com").click()
    await evening.go(quotaRooms="7")
    await evening.lists("100 / 7 / –")
    await evening.check("admin/create_tenant", "admin/update_tenant")


async def test_the_audit_is_saved_as_a_file_of_all_that_fits(evening: Evening, tmp_path: Path) -> None:
    await evening.press("Warn")
    await evening.go(text="=1+1 is no joke")
    await evening.open("/audit")
    for kind, begin in (("csv", "auditId,"), ("jsonl", "{")):
        async with evening.page.expect_download() as coming:
            await evening.desk.at(f"export-{kind}").click()
        kept = tmp_path / kind
        await (await coming.value).save_as(kept)
        text = kept.read_text("utf-8-sig")
        assert text.startswith(begin)
        assert "admin/warn_room" in text
    await evening.check("admin/export_audit")


async def test_repairs_that_are_held_are_allowed(evening: Evening) -> None:
    await evening.open("/drift")
    await evening.press("Allow repairs")
    await evening.go("the list is right")
    await evening.toast("Repairs are allowed for 15 minutes")
    await evening.check("admin/allow_repair")
