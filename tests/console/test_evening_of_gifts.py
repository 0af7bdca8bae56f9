"""An evening of gifts in Chromium: two hosts, ten viewers, combos, a refund for which it takes two operators.

Afterwards every statement adds up to the coin: what was bought is spent or still there, and what was spent is what the
hosts were sent.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
from playwright.async_api import expect

from tests.console.desk import Desk, Office
from tests.console.evening import PRESSED, Evening, id_of
from tests.console.giving import Giver, Shop, givers, key_of_a_shop
from tests.page.browser import Hall, Person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
SETTINGS: Final = {"approval_limit": 500}
BOTS: Final = 7
COINS: Final = 2_000
FIREWORKS: Final = 1_314
_REFUND: Final = """async (given) => (await fetch('/base/v1/admin/refund_gift', {
  method: 'POST',
  headers: {'content-type': 'application/json', 'x-liveroom-console': '1'},
  body: JSON.stringify(given),
})).json()"""
"""Asks for a refund as the console's pages ask: with the operator's cookie."""


@dataclass
class Scene:
    """Two hosts, three viewers at the page, and bots."""

    hosts: Sequence[Person]
    viewers: Sequence[Person]
    bots: Sequence[Giver]
    rooms: Sequence[str]
    shop: Shop


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Give three pages and seven bots the time that a small machine takes."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


async def set_up(hall: Hall, office: Office, http: httpx.AsyncClient) -> Scene:
    """Let everybody come, and buy coins."""
    shop = Shop(http, await key_of_a_shop(office.folder))
    hosts = [await hall.guest(name) for name in ("Mara", "Nils")]
    rooms = [await host.go_live(f"An evening with {name}") for host, name in zip(hosts, ("Mara", "Nils"), strict=True)]
    places = (("Ada", rooms[0]), ("Ben", rooms[0]), ("Cho", rooms[1]))
    viewers = [await hall.guest(name, f"/room/{room}") for name, room in places]
    bots = await givers(http, rooms, BOTS, seed=21)
    await shop.opens()
    for user in [*[await id_of(viewer) for viewer in viewers], *[bot.user for bot in bots]]:
        await shop.sell(user, COINS)
    return Scene(hosts, viewers, bots, rooms, shop)


async def tap(person: Person, gift: str, times: int, tab: str = "") -> None:
    """Send a gift from the tray, as a combo."""
    if not await person.at("gift-tray").is_visible():
        await person.at("gift-open").click()
    if tab:
        await person.at(f"tab-{tab}").click()
    for _ in range(times):
        await person.at("gift").filter(has_text=gift).click()


async def test_two_hosts_ten_viewers_and_a_refund_by_two_operators_add_up_to_the_coin(
    office: Office, hall: Hall
) -> None:
    async with httpx.AsyncClient(base_url=office.url, timeout=30) as http:
        scene = await set_up(hall, office, http)
        (mara, nils), (ada, ben, cho) = scene.hosts, scene.viewers
        await tap(ada, "Rose", 3)
        await expect(mara.at("gift-row").filter(has_text="Ada")).to_contain_text("Rose for Mara")
        await expect(ada.at("gift-balance")).to_have_text(f"You have {COINS - 3:,} coins")
        await tap(cho, "Coffee", 2)
        await expect(nils.at("gift-row").filter(has_text="Cho")).to_contain_text("Coffee for Nils")
        await expect(cho.at("gift-balance")).to_have_text(f"You have {COINS - 2 * 10:,} coins")
        playing = asyncio.gather(*(bot.give(combos=6) for bot in scene.bots))
        await tap(ben, "Fireworks", 1, tab="grand")
        await expect(mara.at("gift-row").filter(has_text="Ben")).to_contain_text("Fireworks")
        await expect(ben.at("gift-balance")).to_have_text(f"You have {COINS - FIREWORKS:,} coins")
        await playing
        await refund(office, hall, scene)
        await expect(ben.at("gift-balance")).to_have_text("You have 2,000 coins")
        await check_statements(scene)
        await check_pages(scene)
        hall.check_silence()


async def refund(office: Office, hall: Hall, scene: Scene) -> None:
    """Take the fireworks back: one operator asks, another approves, the first carries it out."""
    chief, second = await office.desk(), await office.desk()
    for desk, name in ((chief, "chief"), (second, "second")):
        await desk.page.add_init_script(PRESSED)
        await desk.accept(await office.invite(name))
    received = await scene.shop.rows("admin/received_gifts", userId=await id_of(scene.hosts[0]))
    (gift,) = [one for one in received if one["giftId"] == "fireworks"]
    given = {"sentId": gift["sentId"], "key": "refund-1", "reason": "sent by a child"}
    asked = await _ask_for(chief, given)
    assert asked["errorCode"] == 3054, asked
    await approve(second, scene, hall)
    done = await _ask_for(chief, given)
    assert (done["errorCode"], done["data"]["coins"]) == (0, FIREWORKS), done
    assert (await _ask_for(chief, given))["data"]["repeated"]
    assert chief.complaints == second.complaints == []


async def _ask_for(desk: Desk, given: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = await desk.page.evaluate(_REFUND, given)
    return found


async def approve(desk: Desk, scene: Scene, hall: Hall) -> None:
    """Approve what another operator has asked for, at the console."""
    other = Evening(desk, scene.hosts[0], scene.rooms[0], hall)
    await desk.page.reload()
    await expect(desk.at("nav-money")).to_contain_text("1")
    await desk.at("nav-money").click()
    await other.row("sent by a child").get_by_role("button").first.click()
    await desk.at("approve").click()
    await other.go()
    await other.toast("It is approved.")


async def check_statements(scene: Scene) -> None:
    """Fail unless each statement says what its wallet has, and all of them together what was bought and sent."""
    shop, spent, received = scene.shop, 0, 0
    viewers = [await id_of(viewer) for viewer in scene.viewers]
    for user in [*viewers, *[bot.user for bot in scene.bots]]:
        wallet = await shop.data("admin/wallet", userId=user)
        assert wallet["coins"] == await shop.balance_by_statement(user, "coin")
        spent += COINS - wallet["coins"]
    for bot in scene.bots:
        assert (await shop.data("admin/wallet", userId=bot.user))["coins"] == COINS - bot.spent
    for host in scene.hosts:
        user = await id_of(host)
        gifts = [one for one in await shop.rows("admin/received_gifts", userId=user) if one["giftId"] != "fireworks"]
        received += sum(one["coins"] for one in gifts)
        points = (await shop.data("admin/wallet", userId=user))["points"]
        assert points == await shop.balance_by_statement(user, "point") == sum(one["points"] for one in gifts)
    assert spent == received == sum(bot.spent for bot in scene.bots) + 3 * 1 + 2 * 10


async def check_pages(scene: Scene) -> None:
    """Fail unless hosts see as many gifts as were sent to them, those that were taken back included."""
    for host in scene.hosts:
        sent = await scene.shop.rows("admin/received_gifts", userId=await id_of(host))
        await expect(host.at("room-gifts")).to_have_text(f"{sum(one['count'] for one in sent)} gifts")
