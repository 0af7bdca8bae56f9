"""Which animations are safe to play."""

import json
from typing import Any

import pytest

from liveroom.domain.uploads.failures import UploadRefused
from liveroom.domain.uploads.lottie import LAYERS_MAX, LEVELS_MAX, pictures_in, read_lottie

HEART: dict[str, Any] = {
    "v": "5.7.4",
    "fr": 30,
    "ip": 0,
    "op": 60,
    "w": 200,
    "h": 200,
    "assets": [{"id": "twice", "layers": [{"ty": 4, "shapes": [], "ip": 0, "op": 60}]}],
    "layers": [
        {"ty": 0, "refId": "twice", "ks": {"p": {"a": 1, "k": [{"i": {"x": 0.8, "y": [1]}, "t": 0, "s": [1, 2]}]}}},
        {"ty": 5, "t": {"d": {"k": [{"s": {"t": "see https://example.com"}, "t": 0}]}}},
    ],
    "meta": {"u": "https://example.com/author"},
}
PNG: str = "data:image/png;base64,iVBORw0KGgo="


def test_an_animation_stays_as_it_is_but_for_who_made_it() -> None:
    found = read_lottie(json.dumps(HEART).encode())
    assert found == {name: value for name, value in HEART.items() if name != "meta"}


def test_pictures_within_are_found() -> None:
    picture = {"id": "p", "w": 1, "h": 1, "u": "", "p": PNG, "e": 1}
    found = read_lottie(json.dumps({**HEART, "assets": [*HEART["assets"], picture]}).encode())
    assert pictures_in(found) == [picture]


def _nested(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


def _showing(*assets: tuple[str, list[str]]) -> dict[str, Any]:
    """Return an animation of compositions that show others."""
    made = [{"id": id, "layers": [{"ty": 0, "refId": one} for one in shown]} for id, shown in assets]
    return {"assets": made, "layers": [{"ty": 0, "refId": assets[0][0]}]}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"layers": [{"ty": 4, "ks": {"r": {"a": 0, "k": 0, "x": "var $bm_rt = time;"}}}]}, "expressions"),
        ({"layers": [{"ty": 4, "ef": [{"v": {"x": "fetch('a')"}}]}]}, "expressions"),
        ({"assets": [{"id": "a", "u": "https://evil.example/", "p": ""}]}, "addresses"),
        ({"assets": [{"id": "a", "u": "images/", "p": PNG}]}, "assets of other addresses"),
        ({"assets": [{"id": "a", "u": "", "p": "img_0.png"}]}, "within the animation"),
        ({"assets": [{"id": "a", "u": "", "p": "data:image/svg+xml;base64,PHN2Zz4="}]}, "within the animation"),
        ({"assets": [{"id": "a", "p": ["data"]}]}, "an asset is none"),
        ({"fonts": {"list": [{"fName": "a", "fPath": "a.ttf"}]}}, "fonts"),
        ({"layers": [{"ty": 4, "cl": "javascript:alert(1)"}]}, "addresses"),
        ({"layers": [{"ty": 6, "refId": "sound"}]}, "sound"),
        ({"layers": [{"ty": 9}]}, "video"),
        ({"layers": []}, "no layers"),
        ({"layers": {"ty": 4}}, "lists of objects"),
        ({"layers": [{"ty": 4}] * (LAYERS_MAX + 1)}, "more than 1000 layers"),
        (_showing(("a", ["b"]), ("b", ["a"])), "contains itself"),
        (_showing(("a", ["b"] * 40), ("b", ["c"] * 40), ("c", ["d"] * 40), ("d", [])), "more than 1000 layers"),
        ({"chapters": _nested(LEVELS_MAX + 1)}, "levels"),
        ({"chapters": [0] * 200_001}, "values"),
        ({"fr": 1000}, "frames"),
        ({"fr": True}, "fr is no number"),
        ({"op": 30 * 61}, "longer than 60 s"),
        ({"op": 0}, "without an end"),
        ({"w": 100_000}, "wider"),
        ({"w": "200"}, "w is no number"),
    ],
)
def test_what_could_harm_whoever_plays_it_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(UploadRefused, match=why):
        read_lottie(json.dumps({**HEART, **change}).encode())


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"[]", b"[" * 100_000, b"\xff\xfe", b'{"v":'])
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(UploadRefused, match="not JSON"):
        read_lottie(content)
