"""The log: one shape for our lines and the libraries', and nothing secret on any."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from liveroom import log
from liveroom.settings import Secret

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.PZt1OBcw2P-nnNGn0354KYgPq1pppsLL7TXn6oA0QU4"
SERVER_KEY = "lrk_05efdd6140cb00b9_" + "Ab-_" * 10 + "xyz"
USERSIG = "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwhWZiflZpXlQqeKU7MSCgswUJStDEwMogMiUZOamKlkZmqOK"


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_carries_its_event_its_fields_and_the_requests_id() -> None:
    out = io.StringIO()
    log.configure("json", "info", stream=out)
    log.bind_request("r1")
    structlog.get_logger().info("room.entered", room="7", name="小明")
    structlog.get_logger().debug("hidden")
    (line,) = lines(out)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "room.entered", "room": "7", "name": "小明", "request": "r1", "level": "info"}
    assert "小明" in out.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "userSig",
        "sdk_user_sig",
        "salt",
        "phone",
        "email",
        "password",
        "x-api-key",
        "trtc_secret",
        "sig",
        "Cookie",
    ],
)
def test_a_value_under_a_secret_looking_name_is_stars_wherever_it_stands(name: str) -> None:
    starred = log.star(None, "info", {name: "hunter2", "inner": {"list": [{name: 7}]}})
    assert starred == {name: "********", "inner": {"list": [{name: "********"}]}}


def test_ordinary_names_are_left_alone() -> None:
    event = {"event": "x", "key": "lr:{r001}", "assigned": 3, "design": "a", "user": "u", "ok": True, "none": None}
    assert log.star(None, "info", dict(event)) == event


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"bad token {JWT} here", "bad token ******** here"),
        (f"sig={USERSIG}", "sig=********"),
        ("redis://user:hunter2@h:1 is down", "redis://********@h:1 is down"),
        ("GET /x?token=hunter2&a=1", "GET /x?********&a=1"),
        ("Authorization: Bearer hunter2", "Authorization: Bearer ********"),
        (f"the key {SERVER_KEY}, sent", "the key ********, sent"),
        ("eJ is short", "eJ is short"),
    ],
)
def test_secrets_inside_text_are_stars(text: str, kept: str) -> None:
    assert log.star(None, "info", {"event": text}) == {"event": kept}


def test_a_secret_type_prints_as_stars_and_a_deep_value_ends() -> None:
    deep: list[Any] = []
    for _ in range(50):
        deep = [deep]
    starred = log.star(None, "info", {"it": Secret("hunter2"), "deep": deep})
    assert starred["it"] == "********"
    assert "********" in str(starred["deep"])


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_exception_is_logged_without_the_secret_in_it(form: Any) -> None:
    out = io.StringIO()
    log.configure(form, "info", stream=out)
    try:
        raise ValueError(f"cannot read {JWT}")
    except ValueError:
        structlog.get_logger().exception("call.failed")
    assert "cannot read ********" in out.getvalue()
    assert JWT not in out.getvalue()


def test_libraries_write_the_same_lines_and_the_access_log_is_silent() -> None:
    out = io.StringIO()
    log.configure("json", "info", stream=out)
    logging.getLogger("uvicorn.error").info("Started at %s", "redis://u:hunter2@h")
    logging.getLogger("uvicorn.access").info("GET / 200")
    logging.getLogger("redis").info("chatter")
    logging.getLogger("redis").warning("lost")
    assert [(line["logger"], line["event"]) for line in lines(out)] == [
        ("uvicorn.error", "Started at redis://********@h"),
        ("redis", "lost"),
    ]


def test_auto_is_json_where_nobody_watches() -> None:
    out = io.StringIO()
    log.configure("auto", "warning", stream=out)
    structlog.get_logger().info("hidden")
    structlog.get_logger().warning("shown")
    assert [line["event"] for line in lines(out)] == ["shown"]
