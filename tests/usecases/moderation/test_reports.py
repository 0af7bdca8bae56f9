"""Reports whose process dies, or whose stores are down, while an operator acts on them; and late kicks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.events.outbox import RoomAccessChanged
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.handling import Handling, ReportOutcome
from liveroom.domain.moderation.reports import Measure, ReportState
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.moderation.queue import ReportQueue
from liveroom.usecases.moderation.reports import Complaint
from tests.dying import Died, die
from tests.usecases.conftest import World

KICK = Handling(Measure.KICK, reason="spam")


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


def operator_of(world: World, name: str = "one") -> Operator:
    tenant = world.core.services.tenants.default
    return Operator(tenant, f"operator:{name}", world.service.clock.now(), may=lambda _: True)


def queue_of(world: World) -> ReportQueue:
    return world.core.services.moderators.report_queue


async def enter(world: World, who: Actor, room: RoomId) -> None:
    await world.core.services.entering.enter(who, room, role="audience", changes=RoomChanges())


async def reported(world: World) -> tuple[Actor, RoomId, str]:
    """Return a member of the audience, their room, and a report of them."""
    host, guest = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await enter(world, guest, room)
    filing = world.core.services.moderators.report_filing
    return guest, room, await filing.file(host, Complaint("spam", room=room, target=guest.user))


@pytest.mark.parametrize("measure", [Measure.KICK, Measure.BAN, Measure.CLOSE])
async def test_a_process_that_dies_after_the_commit_has_acted_once_and_another_carries_it_out(
    world: World, measure: Measure
) -> None:
    guest, room, report = await reported(world)
    faults.arm("report.resolved", die)
    with pytest.raises(Died):
        await queue_of(world).resolve(operator_of(world), [report], Handling(measure))
    faults.disarm()
    assert await world.core.live.member(room, guest.user) is not None, "nobody has carried it out yet"
    world.pass_by()
    await world.core.jobs.relay.run()
    if measure is Measure.CLOSE:
        assert await world.core.live.room(room) is None
    else:
        assert await world.core.live.member(room, guest.user) is None
    (again,) = await queue_of(world).resolve(operator_of(world, "two"), [report], Handling(measure))
    assert again.outcome is ReportOutcome.ALREADY
    stated = await world.core.db.statements.of_report(report)
    assert stated is not None
    assert len(await world.core.db.statements.of_user(stated.user, "", 9)) == 1


async def test_without_a_database_nothing_is_done_and_the_report_stays_open(world: World) -> None:
    guest, room, report = await reported(world)
    world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await queue_of(world).resolve(operator_of(world), [report], KICK)
    world.sql.down = False
    stored = await world.core.db.reports.get(report)
    assert stored is not None
    assert stored.state is ReportState.OPEN
    assert await world.core.live.member(room, guest.user) is not None


async def test_without_the_live_store_it_is_done_when_that_is_back(world: World) -> None:
    guest, room, report = await reported(world)
    world.live.down = True
    (done,) = await queue_of(world).resolve(operator_of(world), [report], KICK)
    assert done.outcome is ReportOutcome.DONE
    world.live.down = False
    world.pass_by()
    await world.core.jobs.relay.run()
    assert await world.core.live.member(room, guest.user) is None


async def test_a_late_kick_meets_nobody_who_has_come_back_since(world: World) -> None:
    guest, room, report = await reported(world)
    await queue_of(world).resolve(operator_of(world), [report], KICK)
    world.pass_by()
    await enter(world, guest, room)
    early = world.service.clock.now() - timedelta(seconds=1)
    row = await world.core.db.outbox.add(
        guest.tenant.name, RoomAccessChanged(room, guest.user, UserId(""), kicked=early), early
    )
    await world.core.jobs.relay.run()
    assert await world.core.live.member(room, guest.user) is not None
    await world.core.jobs.relay.deliver(
        replace(row, message=RoomAccessChanged(room, guest.user, UserId(""), kicked=world.service.clock.now()))
    )
    assert await world.core.live.member(room, guest.user) is None


async def test_a_report_that_cannot_be_acted_on_leaves_the_others_alone(world: World) -> None:
    guest, room, report = await reported(world)
    host = UserId(room)
    filing = world.core.services.moderators.report_filing
    of_host = await filing.file(guest, Complaint("spam", room=room, target=host))
    refused, done = await queue_of(world).resolve(operator_of(world), [of_host, report], Handling(Measure.BAN))
    assert (refused.outcome, done.outcome) == (ReportOutcome.REFUSED, ReportOutcome.DONE)
    assert refused.problem.startswith("PermissionDenied"), "nobody is banned from a room that they may open"
    assert refused.report is not None
    assert refused.report.state is ReportState.OPEN
