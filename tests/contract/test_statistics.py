"""Statistics over HTTP: hosts see their own broadcasts, operators their tenant's, and spreadsheets run nothing."""

import csv
import io
import itertools

import pytest

from tests.contract.scene import Stage, set_stage
from tests.contract.statistics_scenes import count_all
from tests.service import Keyholder, Service

_numbers = itertools.count(1)
FORMULA = '=HYPERLINK("http://example.com","😀")'


async def fresh_tenant(service: Service) -> str:
    """Return a tenant in which nothing has happened: services are shared with other tests."""
    name = f"counted{next(_numbers)}"
    await service.make_tenant(name)
    return name


async def shown(service: Service) -> tuple[Stage, Keyholder]:
    """Return a stage on which a show is over and counted: the guest came twice and said something."""
    tenant = await fresh_tenant(service)
    stage, backend = await set_stage(service, app=tenant), await service.make_key(tenant)
    await stage.guest.call("rooms/leave_room", {"roomId": stage.room})
    service.clock.advance(60)
    await stage.guest.enter(stage.room, "audience")
    assert (await stage.guest.call("messages/send", {"roomId": stage.room, "text": "大家好"})).code == 0
    assert (await stage.guest.call("rooms/like", {"roomId": stage.room, "count": 7})).code == 0
    service.clock.advance(30)
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    await service.core.jobs.backlog.write_all()
    await count_all(service.core.jobs.statistics)
    return stage, backend


async def test_a_host_sees_the_figures_of_a_show_that_is_over(service: Service) -> None:
    stage, backend = await shown(service)
    found = (await stage.host.call("stats/my_broadcast", {"roomId": stage.room})).data
    assert found["final"] is True
    assert [found[name] for name in ("viewers", "newViewers", "peakViewers", "entries")] == [1, 1, 1, 2]
    assert [found[name] for name in ("messages", "likes", "returningViewers")] == [1, 7, 0]
    assert 30 <= found["watchSeconds"] <= 40
    assert (await stage.host.call("stats/my_broadcasts")).data == [found]
    assert (await backend.call("stats/broadcasts")).data == [found]
    (day,) = (await stage.host.call("stats/my_series")).data
    assert (day["viewers"], day["entries"], day["messages"]) == (1, 2, 1)
    (whole,) = (await backend.call("stats/series")).data
    assert (whole["viewers"], whole["newViewers"], whole["accounts"], whole["hosts"]) == (1, 1, 2, 1)
    (host,) = (await backend.call("stats/hosts")).data
    assert (host["hostId"], host["dailyViewers"], host["likes"]) == (stage.host.user, 1, 7)
    assert (await backend.call("stats/categories")).data[0]["entries"] == 2
    assert (await backend.call("stats/retention", {"unit": "week"})).data[-1]["came"] == [2]


async def test_attendance_has_an_interval_for_each_time(service: Service) -> None:
    stage, _ = await shown(service)
    asked = {"broadcastId": stage.broadcast, "limit": 1}
    first = await stage.host.call("stats/my_attendance", asked)
    second = await stage.host.call("stats/my_attendance", {**asked, "cursor": first.body["nextCursor"]})
    assert second.body["nextCursor"] == ""
    people = {one["userId"]: one for one in [*first.data, *second.data]}
    assert people.keys() == {stage.host.user, stage.guest.user}
    came = people[stage.guest.user]["attendanceIntervals"]
    assert len(came) == 2
    assert 30 <= came[1]["durationInSeconds"] <= people[stage.guest.user]["totalAttendanceInSeconds"]
    assert came[0]["leaveDateTime"] < came[1]["joinDateTime"]


async def test_nobody_sees_the_figures_of_somebody_elses_show(service: Service) -> None:
    stage, _ = await shown(service)
    for method in ("my_broadcast", "my_attendance"):
        assert (await stage.guest.call(f"stats/{method}", {"broadcastId": stage.broadcast})).code == 2004
    assert (await stage.guest.call("stats/my_broadcasts")).data == []
    elsewhere = await service.make_key(await fresh_tenant(service))
    assert (await elsewhere.call("stats/broadcast", {"broadcastId": stage.broadcast})).code == 2004
    assert (await elsewhere.call("stats/broadcasts")).data == []


@pytest.mark.parametrize(
    ("method", "asked"),
    [
        ("broadcast", {}),
        ("broadcast", {"roomId": "1", "broadcastId": "b"}),
        ("broadcasts", {"cursor": "x"}),
        ("broadcasts", {"fromDay": "yesterday"}),
        ("series", {"unit": "minute"}),
        ("series", {"unit": "hour", "fromDay": "2020-01-01"}),
        ("series", {"hostId": "1", "category": "c"}),
        ("hosts", {"orderBy": "name"}),
        ("retention", {"unit": "month"}),
        ("export", {"kind": "attendance"}),
        ("export", {"kind": "everything"}),
        ("series", {"fromDay": "2026-02-02", "toDay": "2026-02-01"}),
        ("series", {"fromDay": "0001-01-01", "toDay": "0001-01-02"}),
        ("series", {"fromDay": "9999-12-31", "toDay": "9999-12-31"}),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(method: str, asked: dict[str, str], service: Service) -> None:
    backend = await service.make_key()
    answer = await backend.call(f"stats/{method}", asked)
    assert answer.code == (0 if asked.get("toDay", "").startswith("9999") else 2002), answer.text


async def _rows(backend: Keyholder, service: Service, **asked: str) -> list[list[str]]:
    link = (await backend.call("stats/export", asked)).data["link"]
    answer = await service.http.get(f"/{link}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def test_exports_are_csv_in_which_no_cell_is_a_formula(service: Service) -> None:
    tenant = await fresh_tenant(service)
    host = await service.sign_up(app=tenant)
    await host.call("auth_users/user_update", {"name": FORMULA})
    room = await host.go_live(title=FORMULA, category="+1")
    await host.call("rooms/destroy_room", {"roomId": room})
    await service.core.jobs.backlog.write_all()
    await count_all(service.core.jobs.statistics)
    backend = await service.make_key(tenant)
    names, row = await _rows(backend, service)
    found = dict(zip(names, row, strict=True))
    assert (found["title"], found["category"]) == (f"'{FORMULA}", "'+1")
    attendance = await _rows(backend, service, kind="attendance", broadcastId=found["broadcastId"].removeprefix("'"))
    assert attendance[1][:2] == [host.user, f"'{FORMULA}"]
    series = await _rows(backend, service, kind="series")
    assert series[0][0] == "beginUtc"
    assert len(series) == 2


async def test_a_link_is_good_for_five_minutes_and_for_what_it_was_made_for(service: Service) -> None:
    backend = await service.make_key()
    link = (await backend.call("stats/export")).data["link"]
    for wrong in (link[:-1], link.replace("ticket=", "ticket=A"), f"{link}é", "downloads/statistics.csv"):
        assert (await service.http.get(f"/{wrong}")).status_code == 403
    assert (await service.http.get(f"/{link}")).status_code == 200
    service.clock.advance(301)
    assert (await service.http.get(f"/{link}")).status_code == 403
