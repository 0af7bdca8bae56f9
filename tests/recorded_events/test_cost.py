"""What recording costs: nothing where nobody wants events, and the same few statements for one member or hundreds."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from liveroom.clock import SystemClock
from liveroom.domain.accounts.users import FOR_EVER
from liveroom.domain.events.records import Target
from liveroom.domain.ids import TenantName, UserId
from liveroom.ports import TargetsOf
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import Statement
from liveroom.store.sql.events import rows as events
from liveroom.store.sql.presence import stays
from liveroom.store.sql.rooms import rows as rooms
from liveroom.store.sql.streams import rows as streams
from liveroom.usecases.events.recorder import EventRecorder, no_targets
from liveroom.usecases.presence.recovery import Journaling
from tests.counted import CountedEngine
from tests.recorded_events.rebuilding import empty, everybody
from tests.recorded_events.test_journaling import history
from tests.service import serving

T = TypeVar("T")
_NAMES = {
    found: f"{subject}_{name.lower().strip('_')}"
    for subject, file in {"events": events, "rooms": rooms, "stays": stays, "streams": streams}.items()
    for name, found in vars(file).items()
    if isinstance(found, Statement)
}
_OF_BATCHES = ("stays_known", "streams_look")
OF_EVENTS = {name for name in _NAMES.values() if name.startswith("events_")} | {"rooms_categories"}


async def asked_in_a_day(folder: Path, others: TargetsOf) -> list[Statement]:
    """Return every statement of a day on which everything happens that can be told, in order."""
    engines: list[CountedEngine] = []

    def through(database: SqlDatabase) -> SqlDatabase:
        engines.append(CountedEngine(database.engine))
        return SqlDatabase(engines[-1])

    async with serving(folder, through=through, others=others) as service:
        host, guest = await service.sign_up("host"), await service.sign_up("guest")
        room = await host.go_live()
        await guest.enter(room)
        await guest.call("auth_users/user_update", {"name": "new"})
        await host.call("rooms/update_room", {"roomId": room, "title": "new"})
        await guest.leave(room)
        await host.call("rooms/destroy_room", {"roomId": room})
        await service.core.moderation.ban(UserId(guest.user), FOR_EVER, "spam")
        await service.core.moderation.unban(UserId(guest.user))
        await host.call("auth_users/user_delete")
        service.clock.advance(timedelta(minutes=1))
    return engines[0].asked


def elsewhere(tenant: TenantName) -> Sequence[Target]:
    """Return one who listens to another tenant, and one who listens to nothing that happens."""
    listens = (
        Target("wh_1", frozenset(), frozenset()) if tenant else Target("wh_2", frozenset({"polls.*"}), frozenset())
    )
    return (listens,)


async def test_a_tenant_who_is_told_nothing_has_not_one_statement_more(tmp_path: Path) -> None:
    silent = await asked_in_a_day(tmp_path / "silent", no_targets)
    assert {_NAMES.get(statement, "") for statement in silent} & OF_EVENTS == set()
    others = await asked_in_a_day(tmp_path / "others", elsewhere)
    assert _counted(others) == _counted(silent)


def _counted(asked: Sequence[Statement]) -> Counter[Statement]:
    """Return how often each was asked, but for what is asked for each batch of stays: how many there are varies."""
    return Counter(one for one in asked if _NAMES.get(one) not in _OF_BATCHES)


async def test_the_day_would_have_been_told(tmp_path: Path) -> None:
    recorded = await asked_in_a_day(tmp_path, everybody)
    assert {_NAMES.get(statement, "") for statement in recorded} >= {"events_add_events", "events_wake", "stays_known"}


async def test_hundreds_who_enter_at_once_are_told_of_in_as_many_statements_as_one(url: str) -> None:
    counts: dict[int, int] = {}
    for crowd in (1, 400):
        database = await SqlDatabase.open(url)
        await empty(database)
        engine = CountedEngine(database.engine)
        made = history([("enter", str(number % 50), f"user{number}") for number in range(crowd)])
        await Journaling(SqlDatabase(engine), EventRecorder(everybody, SystemClock())).save(made.versions)
        counts[crowd] = len(engine.asked)
        await database.close()
    assert counts == {1: 9, 400: 9}  # one of them marks the broadcast for its statistics
