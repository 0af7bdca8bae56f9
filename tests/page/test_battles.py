"""Hosts who battle: they invite, gifts count for all rooms, the time is over, and everybody reads who has won."""

import re
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.console.giving import ask
from tests.page.browser import SECONDS, Hall, Person
from tests.page.looks import PHONE, check_axe
from tests.page.test_connected import invite as connect
from tests.service import process

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield where a service on which gifts are tried out is."""
    async with process(
        tmp_path_factory.mktemp("service"), guest_limit=0, gifts="test", battle_duration="30s", language="en"
    ) as running:
        yield str(running.http.base_url)


async def _hosts(hall: Hall) -> tuple[Person, Person, str, str]:
    mara, noor = await hall.guest("Mara"), await hall.guest("Noor")
    return mara, noor, await mara.go_live("Mara's show"), await noor.go_live("Noor's show")


async def invite(host: Person, room: str) -> None:
    await host.at("battle-open").click()
    candidate = host.page.locator(f'[data-testid="candidate"][data-room="{room}"]')
    await candidate.get_by_test_id("battle-invite").click()
    await expect(candidate.get_by_test_id("battle-cancel")).to_be_visible()


async def give(viewer: Person, name: str) -> None:
    await viewer.at("gift-open").click()
    await viewer.at("gift-coins").click()
    await expect(viewer.at("gift-balance")).to_contain_text("1,000")
    await viewer.at("gift").filter(has_text=name).click()
    await viewer.page.keyboard.press("Escape")


async def _begin(hall: Hall) -> tuple[Person, Person, Person]:
    """Let Mara invite Noor, who declines and then accepts; Ada is with Mara, at a phone."""
    mara, noor, first, second = await _hosts(hall)
    ada = await hall.guest("Ada", f"/room/{first}", **PHONE, color_scheme="dark", reduced_motion="reduce")
    await ada.see()
    await invite(mara, second)
    await expect(noor.at("ask")).to_contain_text("Mara invites you to a battle of 5 min")
    await noor.at("ask-refuse").click()
    await expect(mara.at("toast")).to_contain_text("declined")
    await mara.page.keyboard.press("Escape")
    await invite(mara, second)
    await noor.at("ask-agree").click()
    await mara.page.keyboard.press("Escape")
    for person in (mara, noor, ada):
        await expect(person.at("battle")).to_have_attribute("data-state", "running")
        await expect(person.at("player")).to_have_attribute("data-arrangement", "grid")
        await expect(person.at("battle-time")).to_have_text(re.compile(r"^[45]:\d\d$"))
    return mara, noor, ada


async def test_two_hosts_battle_until_one_gives_up_and_everybody_reads_who_has_won(hall: Hall) -> None:
    mara, noor, ada = await _begin(hall)
    await give(ada, "Coffee")
    for person, scores in ((mara, ["10", "0"]), (ada, ["10", "0"]), (noor, ["0", "10"])):
        await expect(person.at("battle-score")).to_have_text(scores)
    assert await ada.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    await check_axe(ada)
    await noor.at("battle-open").click()
    await noor.at("battle-end").click()
    await expect(noor.at("battle-dialog")).to_contain_text("Your side loses")
    await noor.at("battle-end").click()
    await expect(mara.at("battle-result")).to_have_text("You win!")
    await expect(ada.at("battle-result")).to_have_text("Mara wins")
    await check_axe(mara)
    for person in (mara, ada):
        await expect(person.at("battle")).to_have_count(0, timeout=SECONDS * 1000)
        await expect(person.at("player").locator("[data-user]")).to_have_count(2)
    await mara.at("battle-open").click()
    await mara.at("tab-history").click()
    await expect(mara.at("battle-history")).to_contain_text("Won")
    hall.check_silence()


async def test_connected_hosts_begin_at_once_where_both_have_turned_that_on(hall: Hall) -> None:
    mara, noor, _, second = await _hosts(hall)
    await connect(mara, second)
    await noor.at("ask").get_by_test_id("ask-agree").click()
    await expect(mara.at("player").locator("[data-user]")).to_have_count(2)
    await mara.page.keyboard.press("Escape")
    await mara.at("battle-open").click()
    await expect(mara.at("battle-invite").first).to_be_visible()
    await expect(mara.at("battle-start")).to_have_count(0)
    await mara.page.keyboard.press("Escape")
    await _allow(mara)
    await mara.at("battle-open").click()
    await mara.at("battle-start").click()
    await expect(mara.at("toast")).to_contain_text("Invite them")
    await _allow(noor)
    await mara.at("battle-start").click()
    for host in (mara, noor):
        await expect(host.at("battle")).to_have_attribute("data-state", "running")
    await expect(mara.at("battle-dialog")).to_have_count(0)
    hall.check_silence(but="409")


async def test_three_connected_hosts_begin_in_teams_at_once_where_all_have_turned_that_on(hall: Hall) -> None:
    mara, noor, _, second = await _hosts(hall)
    await connect(mara, second)
    await noor.at("ask").get_by_test_id("ask-agree").click()
    await expect(mara.at("player").locator("[data-user]")).to_have_count(2)
    await mara.page.keyboard.press("Escape")
    async with httpx.AsyncClient(base_url=hall.url) as http:
        lena = (await ask(http, "auth_users/guest", nickname="Lena"))["data"]
        third = {"token": lena["token"], "roomId": lena["userId"]}
        await ask(http, "rooms/enter_room", **third, role="anchor")
        await connect(mara, lena["userId"])
        (asked,) = (await ask(http, "connections/current", **third))["data"]["requests"]
        await ask(http, "connections/accept", **third, requestId=asked["requestId"])
        await mara.page.keyboard.press("Escape")
        await _allow(mara)
        await _allow(noor)
        await mara.at("battle-open").click()
        await mara.at("battle-teams").click()
        await _choose_teams(mara, {lena["userId"]: "1", second: "2"})
        await mara.at("battle-start-teams").click()
        await expect(mara.at("toast")).to_contain_text("Invite them")
        await ask(http, "rooms/set_options", **third, openBattles="true")
    await mara.at("battle-start-teams").click()
    for host, ours in ((mara, "Mara · Lena"), (noor, "Noor")):
        await expect(host.at("battle")).to_have_attribute("data-state", "running")
        await expect(host.at("battle").locator(".name").first).to_have_text(ours)
    await expect(mara.at("battle-dialog")).to_have_count(0)
    hall.check_silence(but="409")


async def _allow(host: Person) -> None:
    """Turn on that connected hosts may begin a battle without asking."""
    await host.at("manage-open").click()
    await host.at("open-battles").click()
    await expect(host.at("open-battles")).to_have_attribute("aria-checked", "true")
    await check_axe(host)
    await host.page.keyboard.press("Escape")


async def _begin_teams(hall: Hall) -> tuple[Person, Person, Person]:
    """Let Mara invite Lena to her side, and Noor, who declines and then accepts, to the other; Ada is with Noor."""
    mara, noor, _, second = await _hosts(hall)
    ada = await hall.guest("Ada", f"/room/{second}", **PHONE, locale="zh-CN")
    await ada.see()
    async with httpx.AsyncClient(base_url=hall.url) as http:
        lena = (await ask(http, "auth_users/guest", nickname="Lena"))["data"]
        third = {"token": lena["token"], "roomId": lena["userId"]}
        await ask(http, "rooms/enter_room", **third, role="anchor")
        await _invite_teams(mara, {lena["userId"]: "1", second: "2"})
        await expect(noor.at("ask")).to_contain_text("Mara invites you to a battle of 1 min: Noor against Mara · Lena")
        await noor.at("ask-refuse").click()
        await expect(mara.at("toast")).to_contain_text("Noor has declined the battle.")
        await _invite_teams(mara, {lena["userId"]: "1", second: "2"})
        (invited,) = (await ask(http, "battles/current", **third))["data"]["invitations"]
        await ask(http, "battles/accept", **third, battleId=invited["battleId"])
    await expect(mara.at("battle-sides")).to_contain_text("Lena accepted")
    await expect(mara.at("battle-sides")).to_contain_text("Noor has not answered yet")
    await check_axe(mara)
    await noor.at("ask-agree").click()
    await expect(mara.at("battle-dialog")).to_have_count(0)
    return mara, noor, ada


async def test_a_host_invites_others_into_teams_and_each_viewer_reads_of_the_own_side_first(hall: Hall) -> None:
    mara, noor, ada = await _begin_teams(hall)
    for person, ours in ((mara, "Mara · Lena"), (noor, "Noor"), (ada, "Noor")):
        await expect(person.at("battle-side")).to_have_count(2)
        await expect(person.at("battle").locator(".name").first).to_have_text(ours)
    await give(ada, "咖啡")
    for person, scores in ((mara, ["0", "10"]), (noor, ["10", "0"]), (ada, ["10", "0"])):
        await expect(person.at("battle-score")).to_have_text(scores)
    await check_axe(ada)
    await mara.at("battle-open").click()
    await mara.at("battle-end").click()
    await mara.at("battle-end").click()
    await expect(mara.at("battle")).to_have_count(0)
    await expect(ada.at("battle")).to_contain_text("Mara（已离开） · Lena")
    await expect(ada.at("battle-result")).to_have_text("Noor 获胜", timeout=90_000)
    await expect(noor.at("battle-result")).to_have_text("You win!")
    assert await ada.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    await check_axe(ada)
    hall.check_silence()


async def _invite_teams(host: Person, sides: Mapping[str, str]) -> None:
    """Put hosts into teams by their rooms, and invite them to a minute; the dialog may be open from the last time."""
    if await host.at("battle-dialog").count() == 0:
        await host.at("battle-open").click()
        await host.at("battle-teams").click()
        await host.at("battle-length").select_option("60")
    await expect(host.at("battle-invite-teams")).to_be_disabled()
    await _choose_teams(host, sides)
    await host.at("battle-invite-teams").click()
    await expect(host.at("battle-cancel")).to_be_visible()


async def _choose_teams(host: Person, sides: Mapping[str, str]) -> None:
    for room, side in sides.items():
        candidate = host.page.locator(f'[data-testid="candidate"][data-room="{room}"]')
        await candidate.get_by_test_id("battle-team").select_option(side)


async def test_two_who_look_for_an_opponent_battle_until_the_time_is_over(hall: Hall) -> None:
    mara, noor, _, _ = await _hosts(hall)
    await mara.at("battle-open").click()
    await mara.at("battle-match").click()
    await expect(mara.at("battle-unmatch")).to_be_visible()
    await noor.at("battle-open").click()
    await noor.at("battle-match").click()
    for host in (mara, noor):
        await expect(host.at("battle")).to_have_attribute("data-state", "running")
        await expect(host.at("battle-time")).to_have_text(re.compile(r"^0:[0-3]\d$"))
    for host in (mara, noor):
        await expect(host.at("battle-result")).to_have_text("A draw", timeout=45_000)
    hall.check_silence()
