"""The way to the collector: it costs calls nothing, says when it is broken, and is emptied when the service stops."""

import asyncio
import io
import json
import logging
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind

from liveroom.app.traced import RecordedInstruments
from liveroom.settings import SettingsError, load_settings
from liveroom.tracing.http_calls import TracedAsgi
from liveroom.tracing.spans import SPANS_MAX, Tracing
from tests.realtime.conftest import staging
from tests.servers import free_ports
from tests.service import serving
from tests.tracing.collector import Collector, flush

_OFF = """
import asyncio, sys
from liveroom.app import serving, tracing
from liveroom.app.instruments import Instruments
from liveroom.settings import SettingsError, load_settings

async def main():
    async with tracing.recording(load_settings({}, environ={}, dotenv=None)) as instruments:
        assert type(instruments) is Instruments
        assert instruments.asgi(serving.LiveroomAsgi) is serving.LiveroomAsgi
    assert not [name for name in sys.modules if name.startswith(("opentelemetry", "liveroom.tracing", "requests"))]
    sys.modules["opentelemetry"] = None
    try:
        async with tracing.recording(load_settings({"traces": True}, environ={}, dotenv=None)):
            pass
    except SettingsError as missing:
        print(missing)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _library_log_as_it_was() -> Iterator[None]:
    library = logging.getLogger("opentelemetry")
    before = library.handlers, library.propagate
    yield
    library.handlers, library.propagate = before


async def test_what_is_left_is_sent_when_the_service_stops(collector: Collector, tmp_path: Path) -> None:
    async with serving(tmp_path, traces=True, traces_ratio=1, traces_endpoint=collector.url) as service:
        await service.call("gslb")
        assert collector.requests == 0
    assert [one.name for one in collector.spans] == ["POST /base/v1/gslb"]


async def test_a_collector_that_is_not_there_costs_a_warning(tmp_path: Path, written_log: io.StringIO) -> None:
    (port,) = free_ports(1)
    endpoint = f"http://127.0.0.1:{port}"
    async with staging(tmp_path, traces=True, traces_ratio=1, traces_endpoint=endpoint) as stage:
        for _ in range(3):
            assert (await stage.service.call("gslb")).code == 0
        began = time.monotonic()
    assert time.monotonic() - began < 9, "a stop waits for three seconds, the exporter for ten"
    lines = [json.loads(line) for line in written_log.getvalue().splitlines()]
    warnings = [line["event"] for line in lines if line["event"].startswith("traces.")]
    assert warnings.count("traces.unsent") + warnings.count("traces.given_up") >= 1
    assert warnings.count("traces.unsent") <= 1
    assert not any("opentelemetry" in line.get("logger", "") for line in lines)


async def test_where_the_process_is_frozen_spans_are_sent_before_the_answer(
    collector: Collector, tmp_path: Path
) -> None:
    async with serving(tmp_path, traces=True, traces_ratio=1, traces_endpoint=collector.url) as service:
        assert isinstance(service.app, TracedAsgi)
        assert isinstance(service.core.instruments, RecordedInstruments)
        service.app.flush = partial(service.core.instruments.export.flush, 60.0)
        await service.call("gslb")
        assert [one.name for one in collector.spans] == ["POST /base/v1/gslb"]


async def test_the_page_of_figures_counts_what_was_sent(collector: Collector, tmp_path: Path) -> None:
    async with serving(tmp_path, traces=True, traces_ratio=1, traces_endpoint=collector.url) as service:
        await service.call("gslb")
        assert isinstance(service.core.instruments, RecordedInstruments)
        await flush(service.core)
        page = (await service.send("GET", "/metrics")).text
    assert 'liveroom_spans_total{outcome="sent"} 1.0' in page
    assert 'liveroom_spans_total{outcome="lost"} 0.0' in page


def test_one_trace_does_not_grow_without_end() -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    tracing = Tracing(provider.get_tracer("test"), ratio=1, per_second=10)
    with tracing.trace("call", SpanKind.SERVER, {}) as top:
        recorded = 0
        for _ in range(SPANS_MAX + 7):
            with tracing.span("step", SpanKind.CLIENT, {}) as step:
                recorded += step is not None
    assert recorded == SPANS_MAX
    assert getattr(top, "attributes", {})["liveroom.spans_left_out"] == 7


async def test_off_nothing_is_imported_and_on_without_the_packages_says_what_to_install() -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _OFF, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await child.communicate()
    assert child.returncode == 0, said.decode()
    assert "pip install 'liveroom[otel]'" in said.decode()


def test_the_standard_s_name_sets_the_ratio_unless_ours_does() -> None:
    standard = {"OTEL_TRACES_SAMPLER_ARG": "0.25"}
    assert load_settings(environ=standard, dotenv=None).traces_ratio == 0.25
    assert load_settings(environ={**standard, "LIVEROOM_TRACES_RATIO": "0.5"}, dotenv=None).traces_ratio == 0.5


@pytest.mark.parametrize("wrong", [{"traces_ratio": 1.5}, {"traces_per_second": 0}, {"traces_endpoint": "collector"}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong)).upper()):
        load_settings(wrong, environ={}, dotenv=None)
