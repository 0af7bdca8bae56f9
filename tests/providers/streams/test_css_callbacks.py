"""What CSS says: signed, believed for as long as it repeats, and read whatever is in it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.streams.model import (
    PushSession,
    StreamCall,
    StreamFile,
    StreamName,
    StreamReport,
    StreamReportKind,
)
from liveroom.providers.streams.css_callbacks import CssCallbacks, css_sign

KEY = "testcbkey"
NOW = datetime.fromtimestamp(1_800_000_000, UTC)
UNTIL = 1_800_000_600
PUSHED = {
    "event_type": 1, "t": UNTIL, "sign": css_sign(KEY, str(UNTIL)), "appid": 1_250_000_000, "app": "push.example.com",
    "appname": "live", "stream_id": "room1001", "channel_id": "room1001", "event_time": 1_799_999_999,
    "sequence": "6674468118806626493", "node": "10.0.0.1", "user_ip": "203.0.113.7",
    "stream_param": "txSecret=x&txTime=6B49D200&token=our-own-key", "errcode": 0, "errmsg": "ok", "set_id": 2,
    "width": 1280, "height": 720,
}  # fmt: skip
STOPPED = {
    **PUSHED,
    "event_type": 0,
    "push_duration": "61000",
    "errcode": 1,
    "errmsg": "The push client actively stopped",
}


def read(said: Any, now: datetime = NOW) -> StreamCall:
    return CssCallbacks(KEY).read({}, {}, json.dumps(said).encode(), now)


def test_the_signature_is_the_vectors() -> None:
    assert css_sign("testcbkey", "1800000600") == "da487384095710754e58aea596ca34ec"


def test_a_push_has_started_with_what_the_encoder_showed() -> None:
    report = StreamReport(
        StreamReportKind.STARTED,
        StreamName("room1001"),
        PushSession("6674468118806626493"),
        "our-own-key",
        NOW - timedelta(seconds=1),
        width=1280,
        height=720,
    )
    assert read(PUSHED) == StreamCall(report)


def test_its_end_has_the_same_session_and_a_reason() -> None:
    report = read(STOPPED).report
    assert report is not None
    assert (report.kind, report.session, report.secret) == (StreamReportKind.ENDED, "6674468118806626493", "")
    assert (report.reason, report.is_replaced) == ("1: The push client actively stopped", False)


@pytest.mark.parametrize(
    ("code", "sub", "is_replaced"),
    [(21, 102, True), (21, 103, True), (21, 100, False), (21, 101, False), (12, 102, False)],
)
def test_a_push_that_a_newer_one_took_the_place_of_is_told_from_others(code: int, sub: int, is_replaced: bool) -> None:
    report = read({**STOPPED, "errcode": code, "sub_errcode": sub}).report
    assert report is not None
    assert report.is_replaced is is_replaced


@pytest.mark.parametrize("minutes", [0, 10, 16])
def test_each_of_twelve_repetitions_is_believed(minutes: int) -> None:
    assert read(PUSHED, NOW + timedelta(minutes=minutes)).report is not None


@pytest.mark.parametrize(
    ("changed", "now"),
    [
        ({}, NOW + timedelta(minutes=16, seconds=1)),
        ({"t": UNTIL + 1}, NOW),
        ({"sign": ""}, NOW),
        ({"sign": css_sign("another", str(UNTIL))}, NOW),
        ({"sign": 5, "t": [1]}, NOW),
        ({"t": 10**30, "sign": css_sign(KEY, str(10**30))}, NOW),
        ({"t": "", "sign": css_sign(KEY, "")}, NOW),
        ({"t": "soon", "sign": css_sign(KEY, "soon")}, NOW),
        ({"t": -UNTIL, "sign": css_sign(KEY, str(-UNTIL))}, NOW),
    ],
)
def test_what_css_did_not_sign_lately_is_refused(changed: dict[str, Any], now: datetime) -> None:
    with pytest.raises(PermissionDenied):
        read({**PUSHED, **changed}, now)


def test_nobody_is_believed_without_a_key() -> None:
    with pytest.raises(PermissionDenied):
        CssCallbacks("").read({}, {}, json.dumps({**PUSHED, "sign": css_sign("", str(UNTIL))}).encode(), NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"event_type": 100},
        {"event_type": 332},
        {"event_type": None},
        {"event_type": "one"},
        {"event_type": 10**40},
        {"stream_id": "not ours"},
        {"stream_id": 7},
        {"stream_id": "x" * 65},
        {"sequence": ""},
        {"sequence": {"a": 1}},
        {"sequence": "9" * 65},
    ],
)
def test_what_says_nothing_of_a_push_is_thanked_for(changed: dict[str, Any]) -> None:
    assert read({**PUSHED, **changed}) == StreamCall()
    assert CssCallbacks(KEY).answer(StreamCall(), is_allowed=True).body == b'{"code":0}'


def test_numbers_and_texts_beyond_measure_are_left_out() -> None:
    odd = {"width": 10**30, "height": -1, "event_time": 10**40, "stream_param": "?" * 10**5, "errmsg": "x" * 10**5}
    started, ended = read({**PUSHED, **odd}).report, read({**STOPPED, **odd}).report
    assert started is not None
    assert (started.width, started.height, started.at, started.secret) == (0, 0, NOW, "")
    assert ended is not None
    assert len(ended.reason) < 300


def recorded(**changed: Any) -> dict[str, Any]:
    said = {**PUSHED, "event_type": 100, "file_id": "5285890782", "file_format": "hls", "duration": 60, "file_size": 42}
    said |= {"start_time": 1796155200, "end_time": 1796155260, "video_url": "http://1.vod2.myqcloud.com/x/f0.m3u8"}
    return {**said, **changed}


def test_a_file_that_was_recorded_says_where_it_is_and_when_it_began() -> None:
    url = "http://1.vod2.myqcloud.com/x/f0.m3u8"
    name = StreamName(str(PUSHED["stream_id"]))
    assert read(recorded()).file == StreamFile(name, "5285890782", 60, url, "hls", 42, 1796155200000)


@pytest.mark.parametrize(
    "changed",
    [
        {"file_id": ""},
        {"video_url": None},
        {"start_time": "x"},
        {"start_time": -1},
        {"start_time": 10**12},
        {"stream_id": "a/b"},
    ],
)
def test_a_file_that_cannot_be_played_or_placed_is_none(changed: dict[str, Any]) -> None:
    assert read(recorded(**changed)) == StreamCall()
