"""An evening of gifts in Chromium: two hosts, ten viewers, combos, a battle, a refund for which it takes two operators.

While they battle, one host has no network for five seconds; then the browser of the other one closes. Afterwards scores
are sums of gifts, and every statement adds up to the coin: what was bought is spent or still there, and what was spent
is what the hosts were sent.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.console.desk import Desk, Office
from tests.console.evening import PRESSED, Evening, id_of, until
from tests.console.giving import Giver, Shop, givers, key_of_a_shop
from tests.page.browser import Hall, Person, chromium
from tests.sdk.cuts import Wire, wire
from tests.servers import LOOPBACK
from tests.worlds import a_moment

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
SETTINGS: Final = {"approval_limit": 500, "grace_owner": "40s", "battle_result": "60s"}
BOTS: Final = 7
COINS: Final = 2_000
FIREWORKS: Final = 1_314
ADAS: Final = 3 * 1 + 2 * 5
"""Roses before, and hearts while Mara has no network."""
CHOS: Final = 2 * 10
CUT_SECONDS: Final = 5.0
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
    owners: Sequence[str]
    """The hosts' ids: one of them goes without a word."""
    shop: Shop
    cable: Wire
    """What Mara's browser reaches the service by."""

    @property
    def people(self) -> Sequence[Person]:
        """Everybody who is at the page."""
        return (*self.hosts, *self.viewers)

    def scores(self) -> list[int]:
        """Return what the gifts of all have cost, in each room."""
        bots = [sum(bot.spent for bot in self.bots if bot.room == room) for room in self.rooms]
        return [bots[0] + ADAS + FIREWORKS, bots[1] + CHOS]


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Give three pages and seven bots the time that a small machine takes."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest_asyncio.fixture(loop_scope="module")
async def other() -> AsyncIterator[Browser]:
    """Yield a browser elsewhere, which closes in the middle."""
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def cable(office: Office) -> AsyncIterator[Wire]:
    """Yield a wire to the service."""
    async with wire(int(office.url.rpartition(":")[2])) as made:
        yield made


async def set_up(hall: Hall, other: Browser, office: Office, cable: Wire, http: httpx.AsyncClient) -> Scene:
    """Let everybody come, and buy coins."""
    shop = Shop(http, await key_of_a_shop(office.folder))
    mara = Hall(hall.browser, f"http://{LOOPBACK}:{cable.port}")
    hosts = [await mara.guest("Mara"), await Hall(other, hall.url).guest("Nils")]
    rooms = [await host.go_live(f"An evening with {name}") for host, name in zip(hosts, ("Mara", "Nils"), strict=True)]
    places = (("Ada", rooms[0]), ("Ben", rooms[0]), ("Cho", rooms[1]))
    viewers = [await hall.guest(name, f"/room/{room}") for name, room in places]
    bots = await givers(http, rooms, BOTS, seed=21)
    await shop.opens()
    for user in [*[await id_of(viewer) for viewer in viewers], *[bot.user for bot in bots]]:
        await shop.sell(user, COINS)
    return Scene(hosts, viewers, bots, rooms, [await id_of(host) for host in hosts], shop, cable)


async def tap(person: Person, gift: str, times: int, tab: str = "") -> None:
    """Send a gift from the tray, as a combo."""
    if not await person.at("gift-tray").is_visible():
        await person.at("gift-open").click()
    if tab:
        await person.at(f"tab-{tab}").click()
    for _ in range(times):
        await person.at("gift").filter(has_text=gift).click()


async def test_two_hosts_ten_viewers_a_battle_and_a_refund_by_two_operators_add_up_to_the_coin(
    office: Office, hall: Hall, other: Browser, cable: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    async with httpx.AsyncClient(base_url=office.url, timeout=30) as http:
        scene = await set_up(hall, other, office, cable, http)
        await begin_battle(scene)
        await give(scene)
        for person, scores in zip(scene.people, _by_room(scene), strict=True):
            await expect(person.at("battle-score")).to_have_text([f"{score:,}" for score in scores])
        await check_pages(scene)
        await other.close()
        await check_result(scene)
        ben = scene.viewers[1]
        await refund(office, hall, scene)
        await expect(ben.at("gift-balance")).to_have_text("You have 2,000 coins")
        spent = await check_statements(scene)
        await check_score(scene)
        hall.check_silence()
    gifts, again = sum(len(bot.gifts) for bot in scene.bots), sum(bot.again for bot in scene.bots)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{gifts} gifts of bots, {again} asked again; {spent} coins spent; scores {scene.scores()}\n"
        )


async def begin_battle(scene: Scene) -> None:
    """Let Mara invite Nils to a battle of ten minutes, as nobody knows how long they take."""
    mara, nils = scene.hosts
    await mara.at("battle-open").click()
    await mara.at("battle-length").select_option("600")
    candidate = mara.page.locator(f'[data-testid="candidate"][data-room="{scene.rooms[1]}"]')
    await candidate.get_by_test_id("battle-invite").click()
    await nils.at("ask").get_by_test_id("ask-agree").click()
    await mara.page.keyboard.press("Escape")
    for person in scene.people:
        await expect(person.at("battle")).to_have_attribute("data-state", "running")


async def give(scene: Scene) -> None:
    """Send gifts, by hand and by bots; for five seconds of it Mara has no network."""
    (mara, nils), (ada, ben, cho) = scene.hosts, scene.viewers
    await tap(ada, "Rose", 3)
    await expect(mara.at("gift-row").filter(has_text="Ada")).to_contain_text("Rose for Mara")
    await expect(ada.at("gift-balance")).to_have_text(f"You have {COINS - 3:,} coins")
    await tap(cho, "Coffee", 2)
    await expect(nils.at("gift-row").filter(has_text="Cho")).to_contain_text("Coffee for Nils")
    await expect(cho.at("gift-balance")).to_have_text(f"You have {COINS - CHOS:,} coins")
    playing = asyncio.gather(*(bot.give(combos=6) for bot in scene.bots))
    await cut(scene, tap(ada, "Heart", 2))
    await expect(ada.at("gift-balance")).to_have_text(f"You have {COINS - ADAS:,} coins")
    await tap(ben, "Fireworks", 1, tab="grand")
    await expect(mara.at("gift-row").filter(has_text="Ben")).to_contain_text("Fireworks")
    await expect(ben.at("gift-balance")).to_have_text(f"You have {COINS - FIREWORKS:,} coins")
    await playing


async def cut(scene: Scene, meanwhile: Awaitable[None]) -> None:
    """Take Mara's network for five seconds; something happens meanwhile. Fail unless her socket was lost."""
    mara = scene.hosts[0]
    sockets, lost = len(mara.nodes), mara.page.get_by_text("Connection lost. Reconnecting")
    await mara.page.context.set_offline(True)
    scene.cable.cut()
    over = asyncio.create_task(a_moment(CUT_SECONDS))
    await expect(lost).to_be_visible()
    await meanwhile
    await over
    scene.cable.mend()
    await mara.page.context.set_offline(False)

    async def is_back() -> bool:
        return len(mara.nodes) > sockets

    await until(is_back, 90)
    await expect(lost).to_have_count(0)


def _by_room(scene: Scene) -> list[list[int]]:
    """Return the scores as everybody at the page sees them: those of their own room first."""
    mara, nils = scene.scores()
    return [[mara, nils], [nils, mara], [mara, nils], [mara, nils], [nils, mara]]


async def check_result(scene: Scene) -> None:
    """Fail unless Mara has won, as nobody is left against her."""
    await expect(scene.hosts[0].at("battle-result")).to_have_text("You win!", timeout=150_000)
    for person in scene.viewers:
        await expect(person.at("battle-result").or_(person.at("ending")).first).to_be_visible()
    await expect(scene.viewers[0].at("battle-result")).to_have_text("Mara wins")
    await check_score(scene)


async def check_score(scene: Scene) -> None:
    """Fail unless the result is the sum of the gifts of each room."""
    (battle,) = await scene.shop.rows("admin/list_battles", roomId=scene.rooms[0])
    assert (battle["winner"], battle["reason"]) == (1, "alone")
    assert [room["score"] for room in battle["rooms"]] == scene.scores()
    assert battle["rooms"][1]["left"] == "closed"


async def refund(office: Office, hall: Hall, scene: Scene) -> None:
    """Take the fireworks back: one operator asks, another approves, the first carries it out."""
    chief, second = await office.desk(), await office.desk()
    for desk, name in ((chief, "chief"), (second, "second")):
        await desk.page.add_init_script(PRESSED)
        await desk.accept(await office.invite(name))
    received = await scene.shop.rows("admin/received_gifts", userId=scene.owners[0])
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


async def check_statements(scene: Scene) -> int:
    """Fail unless each statement says what its wallet has, and all what was bought and sent; return the sum."""
    shop, spent, received = scene.shop, 0, 0
    viewers = [await id_of(viewer) for viewer in scene.viewers]
    for user in [*viewers, *[bot.user for bot in scene.bots]]:
        wallet = await shop.data("admin/wallet", userId=user)
        assert wallet["coins"] == await shop.balance_by_statement(user, "coin")
        spent += COINS - wallet["coins"]
    for bot in scene.bots:
        assert (await shop.data("admin/wallet", userId=bot.user))["coins"] == COINS - bot.spent
    for user in scene.owners:
        gifts = [one for one in await shop.rows("admin/received_gifts", userId=user) if one["giftId"] != "fireworks"]
        received += sum(one["coins"] for one in gifts)
        points = (await shop.data("admin/wallet", userId=user))["points"]
        assert points == await shop.balance_by_statement(user, "point") == sum(one["points"] for one in gifts)
    assert spent == received == sum(scene.scores()) - FIREWORKS
    return spent


async def check_pages(scene: Scene) -> None:
    """Fail unless hosts see as many gifts as were sent to them."""
    for host, user in zip(scene.hosts, scene.owners, strict=True):
        sent = await scene.shop.rows("admin/received_gifts", userId=user)
        await expect(host.at("room-gifts")).to_have_text(f"{sum(one['count'] for one in sent)} gifts")
