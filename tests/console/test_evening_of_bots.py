"""An evening as operators have them: 300 bots in 40 rooms, one of them bad, and a process that is killed meanwhile.

Afterwards statistics, webhooks and audit have to agree with what the bots and operators were told, to the unit: what
was acknowledged counts once, what was never answered may.
"""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, expect

from liveroom.api.codes import Code
from tests.console.bots import Bot
from tests.console.desk import Desk, Office
from tests.console.night import Night, evening
from tests.servers import Mariadb, Redis

pytestmark = pytest.mark.asyncio(loop_scope="module")
A_SECOND: Final = 1000
_REPORTERS: Final = 6


@dataclass
class Spammer(Bot):
    """Somebody who tells the bad room of free prizes for as long as they can."""

    is_muted: bool = False

    async def act(self) -> None:
        """Go to the one room, and talk."""
        if self.perhaps:
            await self.settle()
        if not self.room:
            await self.enter(self.rooms[0])
        else:
            self.said += 1
            code = await self.say(f"free prizes at shady.example/{self.said}")
            self.is_muted = self.is_muted or code == Code.UserMuted


def spoil(night: Night) -> Spammer:
    """Make one bot a spammer, six report them, and three others report rooms that are not bad."""
    bad, *others = [host.user for host in night.hosts]
    first, *bots = [bot for bot in night.crowd.bots if bot.rooms]
    spammer = Spammer(first.caller, night.ledger, first.dice, [bad])
    night.crowd.bots = [spammer if bot is first else bot for bot in night.crowd.bots]
    night.hosts[0].rooms = ()

    async def complain(bot: Bot) -> None:
        if bot.room != bad:
            await bot.enter(bad)
        assert await bot.report("spam", targetId=spammer.user) == 0

    async def grumble(bot: Bot) -> None:
        if bot.room != others[7]:
            await bot.enter(others[7])
        assert await bot.report("boring") == 0

    for bot in bots[:_REPORTERS]:
        bot.mood = complain
    for bot in bots[-3:]:
        bot.mood = grumble
    return spammer


async def find_on_the_wall(desk: Desk, night: Night) -> None:
    """Open the room that needs eyes most."""
    await desk.at("nav-wall").click()
    first = desk.at("wall").get_by_role("listitem").first
    await night.crowd.until(lambda: night.ledger.sure["reports", night.hosts[0].user] >= _REPORTERS)
    await expect(first).to_contain_text(re.compile(r"reported \d+×"), timeout=3 * A_SECOND)
    await expect(first).to_contain_text("Show number 0")
    await first.get_by_role("heading").get_by_role("link").click()
    await expect(desk.at("feed")).to_contain_text("shady.example")


async def warn_the_host(desk: Desk) -> None:
    await desk.page.get_by_role("button", name="Warn").click()
    await desk.at("confirm").locator("[name=text]").fill("look after your guests")
    await desk.at("confirm-go").click()
    await expect(desk.at("confirm")).to_be_hidden()


async def mute(desk: Desk, user: str) -> None:
    await desk.page.get_by_role("tab", name="Members").click()
    await desk.page.get_by_role("row").filter(has_text=user).get_by_role("button", name="Actions").click()
    await desk.page.get_by_text("Mute", exact=True).click()
    await desk.confirm("free prizes")


async def ban(desk: Desk, user: str) -> None:
    await desk.find(user)
    await desk.page.get_by_role("button", name="Ban", exact=True).click()
    await desk.confirm("free prizes all evening")


async def close(desk: Desk, room: str) -> None:
    await desk.find(room)
    await desk.at("close-room").click()
    await desk.confirm("a room of adverts")
    await expect(desk.at("close-room")).to_be_hidden()


def disagreements(night: Night) -> Iterator[str]:
    """Yield where figures, webhooks and reports are not what the bots were told."""
    ledger, hosts = night.ledger, {host.user for host in night.hosts}
    stays = [one for one in night.told("member.entered") if one["userId"] != one["roomId"]]
    ended = night.told("member.left")
    for what in ("entries", "messages", "likes"):
        yield from ledger.disagreements(what, Counter({room: one[what] for room, one in night.figures.items()}))
    yield from ledger.disagreements("reports", Counter(one["roomId"] for one in night.told("report.filed")))
    yield from ledger.disagreements("warnings", Counter(one["userId"] for one in night.told("user.warned")))
    told = Counter(one["roomId"] for one in stays)
    for room, figures in night.figures.items():
        people = {one["userId"] for one in stays if one["roomId"] == room}
        yield from ledger.strangers(room, people)
        if figures["entries"] != told[room] or figures["viewers"] != len(people):
            yield f"{room}: {figures}, but webhooks told of {told[room]} stays of {len(people)}"
    if sorted(one["stayId"] for one in ended) != sorted({one["stayId"] for one in night.told("member.entered")}):
        yield "not every stay has one end"
    if {one["roomId"] for one in night.told("room.closed")} != hosts:
        yield "not every room was told to have closed"


async def more_disagreements(night: Night) -> list[str]:
    """Return where attendance, series, reports and audit do not agree with the rest."""
    found: list[str] = []
    for room, figures in night.figures.items():
        there = await night.rows("stats/attendance", broadcastId=figures["broadcastId"], limit=100)
        viewers = {one["userId"] for one in there} - {room}
        found += night.ledger.strangers(room, viewers)
        if len(viewers) != figures["viewers"]:
            found.append(f"attendance of {room}: {len(viewers)} people, but {figures['viewers']} viewers")
    found += [f"the series never had the sums {night.sums()}"] if not await night.series_agree() else []
    filed = [one for state in ("open", "resolved") for one in await night.rows("admin/list_reports", state=state)]
    found += night.ledger.disagreements("reports", Counter(one["roomId"] for one in filed))
    warned = [one for name in ("warn_user", "warn_room") for one in await night.rows("admin/audit", action=name)]
    found += night.ledger.disagreements("warnings", Counter(re.sub(r"\w+:", "", one["subject"]) for one in warned))
    return found


async def moderate(desk: Desk, night: Night, spammer: Spammer) -> None:
    """Find the bad room, warn, mute, ban and close; in the middle of it a process is killed."""
    night.crowd.start()
    await find_on_the_wall(desk, night)
    await warn_the_host(desk)
    night.ledger.sure["warnings", night.hosts[0].user] += 1
    await mute(desk, spammer.user)
    await night.crowd.until(lambda: spammer.is_muted)
    night.patrol.task = asyncio.create_task(night.patrol.go_on())
    await night.lose_a_process(acts=300)
    await ban(desk, spammer.user)
    await night.crowd.until(lambda: spammer.is_out)
    await close(desk, night.hosts[0].user)
    await night.crowd.until(lambda: night.hosts[0].is_out)


@pytest.mark.long
@pytest.mark.services
async def test_what_came_of_an_evening_is_what_everybody_was_told(
    browser: Browser, tmp_path: Path, mariadb: Mariadb, redis_server: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    async with evening(tmp_path, mariadb, redis_server) as night:
        office = Office(browser, night.processes[1].url, tmp_path)
        desk = await office.desk()
        await desk.accept(night.link)
        spammer = spoil(night)
        await moderate(desk, night, spammer)
        await night.crowd.reach(600)
        await night.end()
        found = [*disagreements(night), *await more_disagreements(night)]
        audited = await night.audited(night.moderator)
        with capsys.disabled():
            sys.stdout.write(f"\n{sum_up(night)}\n")
        assert found == []
        done = {name: audited[name] for name in ("warn_room", "mute_user", "ban_user", "close_room")}
        assert done == {"warn_room": 1, "mute_user": 1, "ban_user": 1, "close_room": 1}
        assert [one["reason"] for one in night.told("room.closed") if one["roomId"] == spammer.rooms[0]] == [
            "closed_by_admin"
        ]
        assert [one["userId"] for one in night.told("member.muted")] == [spammer.user]
        assert [one["userId"] for one in night.told("user.banned")] == [spammer.user]
        assert night.crowd.broken > 0
        assert night.receiver.forged == 0
        assert desk.complaints == []
        await office.close()


def sum_up(night: Night) -> str:
    """Say how much there was."""
    sure, maybe = Counter[str](), Counter[str]()
    for total, kept in ((sure, night.ledger.sure), (maybe, night.ledger.maybe)):
        for (what, _), count in kept.items():
            total[what] += count
    events = len({event["id"] for event in night.receiver.taken})
    return f"acknowledged {dict(sure)}, unanswered {dict(maybe)}; {night.crowd.acts} acts, {events} events"
