"""What vendors call us with: their signatures, by the vectors of their documentation, and how their bodies are read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liveroom.domain.errors import BadRequest, PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.outside import (
    GroupDestroyed,
    MediaEnded,
    MediaPublished,
    OutsideReport,
    OutsideSource,
    Sighting,
)
from liveroom.providers.callbacks import moment
from liveroom.providers.livekit.webhooks import body_digest, read_webhook
from liveroom.providers.tencent.im_callbacks import check_im, im_sign, read_im
from liveroom.providers.tencent.trtc_callbacks import read_trtc, trtc_sign
from tests import callbacks
from tests.callbacks import IM_TOKEN, LIVEKIT_KEY, LIVEKIT_SECRET, TRTC_KEY, Callback
from tests.service import SDK_APP_ID

NOW = datetime(2026, 3, 1, 8, 0, 0, 250_000, UTC)
APP = SDK_APP_ID
ALICE = UserId("alice")
ROOM = RoomId("room-abc")


def low(given: Callback) -> dict[str, str]:
    return {name.lower(): value for name, value in given.query.items()}


def read_of_im(given: Callback) -> OutsideReport:
    check_im(IM_TOKEN, low(given), NOW)
    return read_im(low(given), given.content, NOW)


def read_of_trtc(given: Callback) -> OutsideReport:
    return read_trtc(TRTC_KEY, {name.lower(): value for name, value in given.headers.items()}, given.content, NOW)


def read_of_livekit(given: Callback, now: datetime = NOW) -> OutsideReport:
    headers = {name.lower(): value for name, value in given.headers.items()}
    return read_webhook(LIVEKIT_KEY, LIVEKIT_SECRET, headers, given.content, now)


# --- Tencent IM -------------------------------------------------------------------------------------------------------


def test_im_s_signature_is_that_of_its_documentation() -> None:
    assert im_sign("xxxxyyyy", "1669872112") == "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061"


@pytest.mark.parametrize("off", [0, 60, -60])
def test_a_signed_query_is_good_for_a_minute(off: int) -> None:
    stamp = str(int(NOW.timestamp()) + off)
    check_im(IM_TOKEN, {"sign": im_sign(IM_TOKEN, stamp).upper(), "requesttime": stamp}, NOW)


@pytest.mark.parametrize("off", [61, -61, 10**9])
def test_a_signed_query_of_another_time_is_refused(off: int) -> None:
    stamp = str(int(NOW.timestamp()) + off)
    with pytest.raises(PermissionDenied, match="RequestTime"):
        check_im(IM_TOKEN, {"sign": im_sign(IM_TOKEN, stamp), "requesttime": stamp}, NOW)


@pytest.mark.parametrize(
    "changed",
    [{"sign": ""}, {"sign": "Ä" * 64}, {"requesttime": ""}, {"requesttime": "1669872112"}, {"sign": im_sign("", "1")}],
)
def test_an_unsigned_query_is_refused(changed: dict[str, str]) -> None:
    stamp = str(int(NOW.timestamp()))
    with pytest.raises(PermissionDenied):
        check_im(IM_TOKEN, {"sign": im_sign(IM_TOKEN, stamp), "requesttime": stamp, **changed}, NOW)


@pytest.mark.parametrize(("action", "here"), [("Login", True), ("Logout", False), ("Disconnect", False)])
def test_who_signs_in_at_im_is_seen_on_that_platform(action: str, here: bool) -> None:
    report = read_of_im(callbacks.im_state("alice", action, NOW))
    assert report == OutsideReport(APP, [Sighting(ALICE, OutsideSource.IM, None, "android", NOW, here)])


def test_a_login_that_kicks_another_platform_ends_it() -> None:
    kicked = [{"Platform": "iOS"}, {"Platform": "Android"}, {"Platform": 5}, "Web"]
    words = read_of_im(callbacks.im_state("alice", "Login", NOW, KickedDevice=kicked)).sightings
    assert {word.who: word.present for word in words} == {"android": True, "ios": False, "5": False}


@pytest.mark.parametrize(("event", "here"), [("Online", True), ("Offline", False)])
def test_who_is_online_in_a_group_is_seen_there(event: str, here: bool) -> None:
    members = [{"Member_Account": "alice"}, {"Member_Account": 40000002}, {"Member_Account": "alice"}, {}]
    said = {"GroupId": "room-abc", "EventType": event, "EventCause": "Join", "MemberList": members}
    report = read_of_im(callbacks.im("Group.CallbackOnMemberStateChange", NOW, {**said, "EventTime": 1772352000250}))
    assert [(word.user, word.source, word.room, word.at, word.present) for word in report.sightings] == [
        (user, OutsideSource.IM_GROUP, ROOM, NOW, here) for user in ("alice", "40000002")
    ]


def test_a_destroyed_group_is_told_with_its_owner_and_who_did_it() -> None:
    report = read_of_im(callbacks.group_destroyed("room-abc", "alice", NOW))
    assert report.group == GroupDestroyed(ROOM, ALICE, NOW, by_server=False)
    by_api = read_of_im(callbacks.group_destroyed("room-abc", "", NOW, platform="RESTAPI"))
    assert by_api.group == GroupDestroyed(ROOM, None, NOW, by_server=True)


@pytest.mark.parametrize(
    "query",
    [
        {"sdkappid": str(APP), "webhookcommand": "State.StateChange"},
        {"sdkappid": str(APP), "callbackcommand": "state.statechange"},
        {"sdkappid": str(APP)},
    ],
)
def test_other_spellings_of_parameters_are_understood(query: dict[str, str]) -> None:
    given = callbacks.im_state("alice", "Login", NOW)
    assert len(read_im(query, given.content, NOW).sightings) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Info": None},
        {"Info": [], "GroupId": {}, "MemberList": 3, "Owner_Account": None},
        {"Info": {"Action": "Dance", "To_Account": "alice"}},
        {"Info": {"Action": "Login", "To_Account": ""}},
        {"Info": {"Action": "Login", "To_Account": "x" * 65}},
        {"GroupId": "room-abc", "EventType": "Asleep"},
    ],
)
@pytest.mark.parametrize(
    "command", ["State.StateChange", "Group.CallbackOnMemberStateChange", "Group.CallbackAfterSendMsg", ""]
)
def test_what_says_nothing_to_us_is_nothing(command: str, body: dict[str, Any]) -> None:
    assert read_of_im(callbacks.im(command, NOW, body)) == OutsideReport(APP)


# --- TRTC -------------------------------------------------------------------------------------------------------------

DOCUMENTED = (
    b'{\n\t"EventGroupId":\t2,\n\t"EventType":\t204,\n\t"CallbackTs":\t1664209748188,\n\t"EventInfo":\t{\n'
    b'\t\t"RoomId":\t8489,\n\t\t"EventTs":\t1664209748,\n\t\t"EventMsTs":\t1664209748180,\n'
    b'\t\t"UserId":\t"user_85034614",\n\t\t"Reason":\t0\n\t}\n}'
)


def test_trtc_s_signature_is_that_of_its_documentation() -> None:
    assert trtc_sign("123654", DOCUMENTED) == "kkoFeO3Oh2ZHnjtg8tEAQhtXK16/KI05W3BQff8IvGA="


def test_a_body_that_was_written_anew_is_refused() -> None:
    headers = {"sign": trtc_sign("123654", DOCUMENTED), "sdkappid": str(APP)}
    assert read_trtc("123654", headers, DOCUMENTED, NOW) == OutsideReport(APP), "who stops to send may be there still"
    for body in (DOCUMENTED.replace(b"\t", b" "), DOCUMENTED + b"\n", b""):
        with pytest.raises(PermissionDenied):
            read_trtc("123654", headers, body, NOW)
    with pytest.raises(PermissionDenied):
        read_trtc("123654", {}, DOCUMENTED, NOW)


@pytest.mark.parametrize(
    ("event", "here"), [(103, True), (104, False), (105, True), (201, True), (203, True), (205, True)]
)
def test_who_enters_and_leaves_a_trtc_room_is_seen(event: int, here: bool) -> None:
    report = read_of_trtc(callbacks.trtc(event, "room-abc", "alice", NOW, Role=20, Reason=2))
    published = MediaPublished(ROOM, ALICE) if event in (201, 203, 205) else None
    assert report == OutsideReport(APP, [Sighting(ALICE, OutsideSource.TRTC, ROOM, "", NOW, here)], published=published)


def test_a_room_of_trtc_may_have_a_number_and_times_may_be_text() -> None:
    (word,) = read_of_trtc(callbacks.trtc(103, 8489, "alice", NOW, EventMsTs="1664209748180")).sightings
    assert word.room == "8489"
    assert word.at == datetime(2022, 9, 26, 16, 29, 8, 180_000, UTC)
    (word,) = read_of_trtc(callbacks.trtc(103, 8489, "alice", NOW, EventMsTs=None)).sightings
    assert word.at == NOW.replace(microsecond=0)


def test_a_dismissed_room_is_told() -> None:
    assert read_of_trtc(callbacks.trtc(102, "room-abc", "", NOW)).media == MediaEnded(ROOM, OutsideSource.TRTC, NOW)


# --- LiveKit ----------------------------------------------------------------------------------------------------------

WEBHOOK = (
    b'{"event":"participant_joined","room":{"sid":"RM_1","name":"room-abc"},'
    b'"participant":{"sid":"PA_1","identity":"alice"},"id":"EV_1","createdAt":"1700000000"}'
)


def test_livekit_s_digest_is_that_of_its_source() -> None:
    assert body_digest(WEBHOOK) == "ePWhfqB6UVam+jh37pwaXpQjtITPXvhoOqQel7FiNxM="


def test_who_joins_a_livekit_room_is_seen() -> None:
    report = read_of_livekit(callbacks.livekit_raw(WEBHOOK, NOW))
    when = datetime.fromtimestamp(1_700_000_000, UTC)
    assert report == OutsideReport(None, [Sighting(ALICE, OutsideSource.LIVEKIT, ROOM, "PA_1", when, present=True)])


@pytest.mark.parametrize(
    ("event", "here"),
    [("track_published", True), ("participant_left", False), ("participant_connection_aborted", False)],
)
def test_a_participant_s_other_events_are_words_too(event: str, here: bool) -> None:
    report = read_of_livekit(callbacks.livekit(event, "room-abc", "alice", NOW))
    (word,) = report.sightings
    assert (word.user, word.who, word.present) == ("alice", "PA_1", here)
    assert report.published == (MediaPublished(ROOM, ALICE) if event == "track_published" else None)


def test_a_room_that_finished_is_told() -> None:
    report = read_of_livekit(callbacks.livekit("room_finished", "room-abc", "", NOW))
    assert report.media == MediaEnded(ROOM, OutsideSource.LIVEKIT, NOW.replace(microsecond=0))


def test_a_room_that_starts_anew_says_that_whoever_was_in_it_is_not() -> None:
    """A LiveKit that crashes tells of nobody that they left, and its rooms start anew."""
    report = read_of_livekit(callbacks.livekit("room_started", "room-abc", "", NOW))
    before = NOW.replace(microsecond=0) - timedelta(seconds=1)
    assert report == OutsideReport(None, began=MediaEnded(ROOM, OutsideSource.LIVEKIT, before))


@pytest.mark.parametrize(
    "claims",
    [
        {"sha256": body_digest(b"{}")},
        {"sha256": None},
        {"iss": "APIkey2"},
        {"exp": int(NOW.timestamp()) - 61},
        {"exp": None},
        {"exp": 10**30},
        {"nbf": int(NOW.timestamp()) + 61},
    ],
)
def test_a_token_of_another_body_key_or_time_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(PermissionDenied):
        read_of_livekit(callbacks.livekit_raw(WEBHOOK, NOW, **claims))


@pytest.mark.parametrize("authorization", ["", "Bearer ", "no.token.atall", "Bearer a.b.c", "é"])
def test_without_a_token_nothing_is_believed(authorization: str) -> None:
    with pytest.raises(PermissionDenied):
        read_webhook(LIVEKIT_KEY, LIVEKIT_SECRET, {"authorization": authorization}, WEBHOOK, NOW)


def test_a_token_of_another_secret_is_refused_and_one_behind_bearer_taken() -> None:
    with pytest.raises(PermissionDenied):
        read_of_livekit(callbacks.livekit_raw(WEBHOOK, NOW, secret=LIVEKIT_SECRET[::-1]))
    given = callbacks.livekit_raw(WEBHOOK, NOW)
    headers = {"authorization": f"Bearer {given.headers['Authorization']}"}
    assert len(read_webhook(LIVEKIT_KEY, LIVEKIT_SECRET, headers, WEBHOOK, NOW).sightings) == 1


def test_our_own_clock_judges_a_token() -> None:
    given = callbacks.livekit_raw(WEBHOOK, NOW)
    read_of_livekit(given, NOW + timedelta(minutes=5))
    with pytest.raises(PermissionDenied):
        read_of_livekit(given, NOW + timedelta(minutes=6, seconds=1))


# --- all --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b"[" * 5000, b'{"a":' * 5000])
def test_what_is_no_json_object_cannot_be_read(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_of_im(callbacks.im("State.StateChange", NOW, body))
    with pytest.raises(BadRequest):
        read_of_trtc(callbacks.trtc_raw(body))
    with pytest.raises(BadRequest):
        read_of_livekit(callbacks.livekit_raw(body, NOW))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (1_700_000_000, datetime.fromtimestamp(1_700_000_000, UTC)),
        ("1700000000123", datetime.fromtimestamp(1_700_000_000.123, UTC)),
        (1_700_000_000_000.0, datetime.fromtimestamp(1_700_000_000, UTC)),
        (None, NOW),
        ("soon", NOW),
        (-5, NOW),
        (True, NOW),
        (10**40, NOW),
        ("9" * 60, NOW),
    ],
)
def test_times_come_in_seconds_milliseconds_and_text(given: object, meant: datetime) -> None:
    assert moment(given, NOW) == meant
