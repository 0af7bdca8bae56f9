"""Reading parameters: each kind of field with everything that shipped apps send for it, and its bounds."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import pytest

from liveroom.api.parameters import (
    LEVELS_MAX,
    LONE_SURROGATE,
    Id,
    Json,
    JsonObject,
    Many,
    Repeated,
    Request,
    Text,
    Whole,
    fields_of,
    read_request,
    read_text,
)
from liveroom.domain.errors import BadRequest


class Everything(Request):
    """One field of each kind."""

    room_id: Id | None = None
    title: Annotated[str, Text(5)] = "none"
    kept: Annotated[str, Text(5, keep=True)] | None = None
    limit: Annotated[int, Whole(-5, 100)] = 10
    room_ids: Annotated[tuple[str, ...], Many(3)] = ()
    user_id: Annotated[tuple[str, ...], Many(3, "|")] = ()
    start_utc: datetime | None = None
    msg: Any = None
    payload: Annotated[bytes, Json(24)] = b""
    muted: bool | None = None
    version: Annotated[int, Whole(0, 2**53 - 1)] = 0
    kept_object: Annotated[bytes, JsonObject(24)] = b""


class Needed(Request):
    """A field that has to be there."""

    room_id: Id
    note: Annotated[str, Text(5, keep=True)]


FIELDS = fields_of(Everything)


def read(**raw: Any) -> Everything:
    found = read_request(Everything, FIELDS, raw)
    assert isinstance(found, Everything)
    return found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("abc", "abc"),
        (" a ", " a "),
        (7, "7"),
        (-7, "-7"),
        (0, "0"),
        (12.0, "12"),
        (12.5, "12.5"),
        (-0.0, "0"),
        (40000001.0, "40000001"),
        (1e300, "1e+300"),
        (2.0**53, "9007199254740992.0"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (True, "true"),
        (False, "false"),
        (10**30, "1" + "0" * 30),
    ],
)
def test_every_scalar_is_text(value: Any, text: str) -> None:
    assert read_text(value) == text


@pytest.mark.parametrize("value", [[], ["a"], {}, {"a": 1}, Repeated(["a", "a"]), b"abc", ("a",), object()])
def test_nothing_else_is(value: Any) -> None:
    with pytest.raises(BadRequest, match="single value"):
        read_text(value)


@pytest.mark.parametrize("value", ["小明😀ab", "12345", 12345, 12.0, True, "a\tb\nc", "\u200f", "\x1b"])
def test_a_text_is_at_most_as_long_as_declared_in_characters(value: Any) -> None:
    assert read(title=value).title == read_text(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("小明😀abc", "title: at most 5 characters"),
        (123456, "title: at most 5 characters"),
        ("a\x00", "title: must not contain the character NUL"),
        ("\ud83d", f"title: {LONE_SURROGATE}"),
        (["a"], "title: must be a single value"),
        ({"title": "a"}, "title: must be a single value"),
        (Repeated(["a", "b"]), "title: must be a single value"),
    ],
)
def test_a_text_that_no_field_can_hold_is_refused_by_name(value: Any, said: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read(title=value)
    assert refused.value.detail == said


@pytest.mark.parametrize("value", ["", None, []])
def test_empty_is_not_given(value: Any) -> None:
    assert read(title=value, roomId=value, limit=value, roomIds=value, startUtc=value) == Everything()


def test_an_empty_text_is_kept_where_it_means_emptied() -> None:
    assert read(kept="").kept == ""
    assert read(kept=None).kept is None
    with pytest.raises(BadRequest, match="kept"):
        read(kept=[])


@pytest.mark.parametrize(
    ("value", "number"),
    [("7", 7), (7, 7), (7.0, 7), (" 7 ", 7), ("007", 7), ("-5", -5), ("100", 100), ("0", 0), ("-0", 0)],
)
def test_a_whole_number_comes_in_any_form(value: Any, number: int) -> None:
    found = read(limit=value).limit
    assert found == number
    assert type(found) is int


@pytest.mark.parametrize(
    "value",
    [
        "-6",
        "101",
        101,
        10**30,
        "1.0",
        1.5,
        "1e2",
        "--5",
        "-",
        "+5",
        "1 0",
        "a",
        "７",
        "²",
        "1_0",
        True,
        float("nan"),
        float("inf"),
        [5],
        {"limit": 5},
        Repeated(["5", "5"]),
        "9" * 5000,
        "�",
        "0" * 12,
    ],
)
def test_what_is_no_whole_number_within_the_bounds_is_refused_by_name(value: Any) -> None:
    with pytest.raises(BadRequest, match=r"^limit: "):
        read(limit=value)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (["1", "2"], ("1", "2")),
        ([1, 2.0, True], ("1", "2", "true")),
        (Repeated(["1", "2"]), ("1", "2")),
        ('["1", 2]', ("1", "2")),
        (' ["1"]', ("1",)),
        ("[]", ()),
        ("1", ("1",)),
        (1, ("1",)),
        ("1|2", ("1|2",)),
        (["1", "", "1"], ("1",)),
        (["\u200f"], ("\u200f",)),
    ],
)
def test_a_list_of_ids_comes_as_array_as_text_or_alone_and_names_each_once(value: Any, ids: tuple[str, ...]) -> None:
    assert read(roomIds=value).room_ids == ids


@pytest.mark.parametrize(
    "value",
    [
        ["1", "2", "3", "4"],
        ["1", "1", "1", "1"],
        [["1"]],
        [{"a": 1}],
        [None],
        ["a" * 65],
        ["\x00"],
        {"0": "1"},
        "[1",
        '["1"',
        "[1,2,3,4]",
        "[" * 200,
        "a" * 65,
        "a" * 100000,
        '{"a":1}' * 30,
        "[�]",
    ],
)
def test_a_list_that_is_none_or_too_long_is_refused_by_name(value: Any) -> None:
    with pytest.raises(BadRequest, match=r"^roomIds: "):
        read(roomIds=value)


@pytest.mark.parametrize(
    ("value", "ids"), [("1|2|3", ("1", "2", "3")), ("1", ("1",)), ("|1|", ("1",)), ("|", ()), (["1|2"], ("1|2",))]
)
def test_ids_joined_by_a_separator_are_taken_apart(value: Any, ids: tuple[str, ...]) -> None:
    assert read(userId=value).user_id == ids


def test_too_many_joined_ids_are_refused() -> None:
    with pytest.raises(BadRequest, match="userId: at most 3"):
        read(userId="1|2|3|4")


@pytest.mark.parametrize("value", ["2026-03-01 12:00:00", " 2026-03-01 12:00:00 ", "2026-3-1 12:0:0"])
def test_a_time_is_utc(value: str) -> None:
    assert read(startUtc=value).start_utc == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-02-30 00:00:00",
        "0000-01-01 00:00:00",
        1634543466000,
        True,
        "now",
        "2026-03-01 12:00:00Z",
        "2026-03-01 24:00:00",
        "10000-01-01 00:00:00",
        ["2026-03-01 12:00:00"],
        "�",
    ],
)
def test_what_is_no_time_is_refused_by_name(value: Any) -> None:
    with pytest.raises(BadRequest, match="startUtc: "):
        read(startUtc=value)


@pytest.mark.parametrize("value", [{"a": [1]}, [1], 7, "text"])
def test_a_field_of_any_kind_takes_anything(value: Any) -> None:
    assert read(msg=value).msg == value


@pytest.mark.parametrize(
    ("raw", "missing"),
    [({}, "roomId"), ({"roomId": ""}, "roomId"), ({"roomId": None}, "roomId"), ({"roomId": "1"}, "note")],
)
def test_a_field_that_has_to_be_there_is_missed_by_name(raw: dict[str, Any], missing: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_request(Needed, fields_of(Needed), raw)
    assert refused.value.detail == f"{missing}: required"


def test_what_is_not_declared_is_not_looked_at() -> None:
    assert read(room_id="7", RoomId="7", roomid="7", status={"a": 1}, removed=1) == Everything()


def test_fields_are_named_as_the_wire_names_them() -> None:
    assert [field.wire for field in FIELDS] == [
        *("roomId", "title", "kept", "limit", "roomIds", "userId", "startUtc", "msg", "payload"),
        *("muted", "version", "keptObject"),
    ]
    assert [field.wire for field in FIELDS if field.keep_empty] == ["kept"]
    assert [field.wire for field in fields_of(Needed) if field.required] == ["roomId", "note"]


def test_a_kind_of_field_that_nobody_can_read_cannot_be_declared() -> None:
    class Unreadable(Request):
        number: int = 0

    with pytest.raises(TypeError, match="cannot be declared"):
        fields_of(Unreadable)


def test_a_number_as_text_and_a_text_as_number_are_read_alike() -> None:
    raw = msgspec.json.decode(b'{"roomId": 40000001, "limit": "20", "title": 1.0}')
    assert read(**raw) == Everything(room_id="40000001", limit=20, title="1")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("bye", b'"bye"'),
        (7, b'"7"'),
        (True, b'"true"'),
        ({"sdp": "v=0", "n": [1]}, b'{"sdp":"v=0","n":[1]}'),
        ({"a": "😀" * 3}, '{"a":"😀😀😀"}'.encode()),
        ('{"a":1}', b'"{\\"a\\":1}"'),
    ],
)
def test_what_is_passed_on_stays_an_object_or_a_text(value: Any, written: bytes) -> None:
    assert read(payload=value).payload == written


def _deep() -> Any:
    value: Any = {}
    for _ in range(100_000):
        value = {"a": value}
    return value


@pytest.mark.parametrize("value", [["a"], Repeated(["a", "b"]), "x" * 23, {"a": "😀" * 5}, "\ud800", _deep()])
def test_what_is_passed_on_is_no_list_and_not_too_long(value: Any) -> None:
    with pytest.raises(BadRequest, match="payload"):
        read(payload=value)


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        (True, True),
        (1, True),
        ("1", True),
        (" TRUE ", True),
        (False, False),
        (0, False),
        ("0", False),
        ("false", False),
    ],
)
def test_a_switch_comes_in_any_form(value: Any, read_as: bool) -> None:
    assert read(muted=value).muted is read_as


@pytest.mark.parametrize("value", ["yes", 2, -1, "on", 0.5, ["1"], {}, Repeated(["1", "1"])])
def test_what_is_neither_on_nor_off_is_refused_by_name(value: Any) -> None:
    with pytest.raises(BadRequest, match="muted"):
        read(muted=value)


def test_a_great_whole_number_is_read_where_it_may_be_that_great() -> None:
    assert read(version=2**53 - 1).version == read(version=str(2**53 - 1)).version == 2**53 - 1
    for value in (2**53, "9" * 40, -1):
        with pytest.raises(BadRequest, match="version"):
            read(version=value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"a": [1, None]}, b'{"a":[1,null]}'),
        ({}, b"{}"),
        (' { "a" : 1.50 } ', b'{"a":1.5}'),
        ('{"a":"\\u0000"}', b'{"a":"\\u0000"}'),
        ({"": ""}, b'{"":""}'),
    ],
)
def test_an_object_is_kept_as_its_json(value: Any, written: bytes) -> None:
    assert read(keptObject=value).kept_object == written


@pytest.mark.parametrize(
    "value",
    ["[1]", "7", "{", '{"a":NaN}', {"a": "😀" * 5}, {"a": "\ud800"}, ["a"], 7, True, "null", _deep(), '{"a":' * 9999],
)
def test_what_is_no_object_or_too_long_is_refused_by_name(value: Any) -> None:
    with pytest.raises(BadRequest, match="keptObject"):
        read(keptObject=value)


class Roomy(Request):
    """An object of some size."""

    kept_object: Annotated[bytes, JsonObject(2048)]


def _nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize("value", [_nested(LEVELS_MAX), '{"a":-9223372036854775808,"b":18446744073709551615}'])
def test_an_object_is_as_deep_as_any_phone_reads(value: str) -> None:
    found = read_request(Roomy, fields_of(Roomy), {"keptObject": value})
    assert isinstance(found, Roomy)
    assert found.kept_object == value.encode()


@pytest.mark.parametrize(
    "value",
    [
        _nested(LEVELS_MAX + 1),
        '{"a":' + "[" * LEVELS_MAX + "]" * LEVELS_MAX + "}",
        {"a": msgspec.json.decode(_nested(LEVELS_MAX))},
        '{"a":[18446744073709551616]}',
        '{"a":-9223372036854775809}',
        '{"a":' + "1" * 1500 + "}",
    ],
)
def test_what_would_break_the_parser_of_whoever_is_told_is_refused(value: Any) -> None:
    with pytest.raises(BadRequest, match="keptObject"):
        read_request(Roomy, fields_of(Roomy), {"keptObject": value})
