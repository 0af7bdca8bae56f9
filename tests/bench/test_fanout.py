"""The measuring of fan-out: every event is heard by every socket, and what the page says of the figures."""

import pytest

from tests.bench.fanout.contenders import BARE, Contender, Ours
from tests.bench.fanout.listeners import ListenResult, Reading, news, numbers_in
from tests.bench.fanout.page import BEGIN, BUDGETED, Measured, page
from tests.bench.fanout.sends import BURSTS, compare
from tests.bench.fanout.tongues import Centrifuge, SocketIo
from tests.bench.fanout.trial import Fanout, Found, Plan, delays, measure
from tests.bench.page import END
from tests.bench.processes import CannotMeasure
from tests.sync.crowd import client_frame

TINY = Plan(sockets=(20,), bursts=(1, 5), deliveries=100, least=2, calls=5, repetitions=1, quiet=0.1)


@pytest.mark.long
@pytest.mark.parametrize("contender", [Ours("liveroom, memory"), BARE], ids=lambda contender: contender.name)
def test_fan_out_is_measured_on_a_running_server(contender: Contender) -> None:
    said: list[str] = []
    found = measure(contender, 20, 300, TINY, said.append)
    assert set(found.fanouts) == {1, 5}
    assert all(0 < fanout.p50 <= fanout.p99 for fanout in found.fanouts.values())
    assert found.fanouts[1].messages == 1
    assert 1 <= found.fanouts[5].messages <= 5
    assert len(said) == 3


@pytest.mark.long
async def test_a_write_is_measured_beside_a_bare_send() -> None:
    found = await compare(sockets=20, seconds=0.1)
    assert {name: set(bursts) for name, bursts in found.items()} == {"bare send": set(BURSTS), "liveroom": set(BURSTS)}
    assert all(cost > 0 for bursts in found.values() for cost in bursts.values())


def test_events_are_known_again_in_whatever_they_come() -> None:
    assert numbers_in(b'{"a":"' + news(7).encode() + b'","b":"' + news(12, 40).encode()) == (7, 12)
    assert len(news(7, 40)) == 40


def test_replies_pings_and_events_of_the_protocol_are_told_apart() -> None:
    read = Centrifuge().read
    assert read(b'{"id":1,"connect":{}}\n{"push":{"pub":{"data":"news-3-"}}}') == Reading((3,), 1)
    assert read(b"{}").back == client_frame(1, b"{}")
    assert SocketIo().read(b"2").back == client_frame(1, b"3")
    assert SocketIo().read(b'40{"sid":"x"}').answers == 1


@pytest.mark.parametrize("refusal", [b'{"id":1,"error":{"code":103}}', b'{"id":1,"rpc":{"data":{"errorCode":2004}}}'])
def test_a_socket_that_is_refused_ends_the_measurement(refusal: bytes) -> None:
    with pytest.raises(CannotMeasure, match="refused"):
        Centrifuge().read(refusal)


def test_each_delivery_counts_from_when_its_event_was_published() -> None:
    assert delays([ListenResult(10.0, (1, 2)), ListenResult(11.0, (2,))], {1: 9.5, 2: 9.75}) == [0.25, 0.5, 1.25]


def test_a_plan_publishes_often_enough_for_the_clock_and_not_for_ever() -> None:
    plan = Plan(deliveries=300_000, least=8, most=60)
    assert (plan.times(1000, 1), plan.times(5000, 1), plan.times(5000, 30)) == (60, 60, 8)


def measured(cpu: float) -> Measured:
    found = Found({1: Fanout(cpu, 0.02, 0.04, 1.0), 10: Fanout(cpu / 20, 0.02, 0.04, 1.0)}, 0.0003, 0.01, 9000, 12_000)
    plan = Plan(sockets=(BUDGETED,), bursts=(1, 10))
    names = ("liveroom, memory", BARE.name)
    return Measured(plan, {name: {BUDGETED: found} for name in names}, {"Centrifugo": "No Go."}, 0.0)


def test_the_page_judges_seconds_and_multiples_of_ours_alone_and_says_who_was_left_out() -> None:
    good, bad = page(measured(6.0), ""), page(measured(9.0), "")
    assert "| liveroom, memory | 6.00 ✓ · 1× ✓ | 0.30 ✓ · 1× ✗ |" in good
    assert "| liveroom, memory | 9.00 ✗ · 1× ✓ | 0.45 ✗ · 1× ✗ |" in bad
    assert "| bare `send` | 9.00 · 1× | 0.45 · 1× |" in bad
    assert "Not measured: Centrifugo. No Go." in good


def test_new_figures_leave_the_words() -> None:
    first = page(measured(6.0), f"# Sync\n\n{BEGIN}\nold\n{END}\n\n## After\n")
    assert first.startswith("# Sync\n")
    assert first.endswith("## After\n")
    assert "old" not in first
    assert page(measured(6.0), first) == first
