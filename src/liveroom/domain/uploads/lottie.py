"""Lottie animations: which ones are safe to play on every viewer's phone.

A Lottie file may hold JavaScript (expressions), addresses of other files, and compositions that contain each other a
thousandfold. What is published has none of that.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from liveroom.domain.uploads.failures import UploadRefused

SIDE_MAX: Final = 4096
SECONDS_MAX: Final = 60
RATE_MAX: Final = 120
"""Frames a second."""
COMPOSITIONS_MAX: Final = 200
LAYERS_MAX: Final = 1000
"""Layers that a player draws, with those of compositions counted as often as they are shown."""
VALUES_MAX: Final = 200_000
LEVELS_MAX: Final = 64
_TYPES: Final = frozenset({0, 1, 2, 3, 4, 5})
"""Of layers: composition, colour, picture, nothing, shape, text. Sound, video and cameras are left out."""
_DROPPED: Final = frozenset({"meta", "metadata"})
"""Members of the file that say who made it with what."""
_PICTURE: Final = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,")


def read_lottie(content: bytes) -> dict[str, Any]:
    """Return the animation of a file, without what says who made it. Raises ``UploadRefused``."""
    try:
        found = msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UploadRefused("no Lottie animation: it is not JSON") from None
    animation = {name: value for name, value in found.items() if name not in _DROPPED}
    _check_frame(animation)
    _check_values(animation)
    _check_assets(animation)
    _check_layers(animation)
    return animation


def pictures_in(animation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the assets that are pictures; ``p`` is the picture itself, as a data URL."""
    return [asset for asset in animation.get("assets", ()) if "layers" not in asset and asset.get("p")]


def _check_frame(animation: Mapping[str, Any]) -> None:
    width, height, rate = (_number(animation, name) for name in ("w", "h", "fr"))
    if not (0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX):
        raise UploadRefused(f"no Lottie animation, or wider or higher than {SIDE_MAX}")
    if not 0 < rate <= RATE_MAX:
        raise UploadRefused(f"more than {RATE_MAX} frames a second, or none")
    if not 0 < _number(animation, "op") - _number(animation, "ip") <= rate * SECONDS_MAX:
        raise UploadRefused(f"longer than {SECONDS_MAX} s, or without an end")


def _number(found: Mapping[str, Any], name: str) -> float:
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UploadRefused(f"no Lottie animation: {name} is no number")
    return value


def _check_values(animation: Mapping[str, Any]) -> None:
    """Look at every value: no expressions, no addresses, not too many."""
    seen, level = 0, [animation]
    for _ in range(LEVELS_MAX):
        deeper: list[Any] = []
        for one in level:
            for name, value in _members(one):
                seen += 1
                if isinstance(value, str):
                    _check_text(name, value)
                elif isinstance(value, dict | list):
                    deeper.append(value)
        if seen > VALUES_MAX:
            raise UploadRefused(f"more than {VALUES_MAX} values")
        if not deeper:
            return
        level = deeper
    raise UploadRefused(f"more than {LEVELS_MAX} levels")


def _members(one: Any) -> Iterator[tuple[str, Any]]:
    return iter(one.items()) if isinstance(one, Mapping) else (("", value) for value in one)


def _check_text(name: str, value: str) -> None:
    if name == "x":
        raise UploadRefused("expressions are not allowed in animations")
    is_address = "//" in value or value.lstrip().lower().startswith(("javascript:", "file:"))
    if name not in ("p", "nm", "t") and (is_address or value.startswith("data:")):
        raise UploadRefused("addresses are not allowed in animations")
    if name == "fPath" and value:
        raise UploadRefused("fonts of other addresses are not allowed in animations")


def _check_assets(animation: Mapping[str, Any]) -> None:
    for asset in _objects(animation.get("assets", [])):
        picture = asset.get("p", "")
        if not isinstance(picture, str):
            raise UploadRefused("no Lottie animation: an asset is none")
        if picture and not picture.startswith(_PICTURE):
            raise UploadRefused("pictures must be within the animation, as PNG, JPEG or WebP")
        if asset.get("u"):
            raise UploadRefused("assets of other addresses are not allowed in animations")


def _objects(found: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise UploadRefused("no Lottie animation: layers and assets are lists of objects")
    return found


def _check_layers(animation: Mapping[str, Any]) -> None:
    """Count what a player draws."""
    compositions = {
        asset["id"]: _objects(asset["layers"])
        for asset in _objects(animation.get("assets", []))
        if "layers" in asset and isinstance(asset.get("id"), str)
    }
    if len(compositions) > COMPOSITIONS_MAX:
        raise UploadRefused(f"more than {COMPOSITIONS_MAX} compositions")
    drawn = _Drawn(compositions)
    for name in compositions:
        drawn.of(name, frozenset())
    if not drawn.count(_objects(animation.get("layers")), frozenset()):
        raise UploadRefused("no Lottie animation: it has no layers")


class _Drawn:
    """Counts layers, those of a composition as often as it is shown; one that contains itself has no end."""

    def __init__(self, compositions: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._compositions = compositions
        self._counted: dict[str, int] = {}

    def of(self, name: str, within: frozenset[str]) -> int:
        """Return how many layers a composition has, which is shown within these."""
        if name in within:
            raise UploadRefused("a composition contains itself")
        if name not in self._counted:
            self._counted[name] = self.count(self._compositions[name], within | {name})
        return self._counted[name]

    def count(self, layers: Sequence[Mapping[str, Any]], within: frozenset[str]) -> int:
        """Return how many layers these are, with those that they show."""
        drawn = 0
        for layer in layers:
            if layer.get("ty") not in _TYPES:
                raise UploadRefused("sound, video and cameras are not allowed in animations")
            name = layer.get("refId")
            drawn += 1 + (self.of(name, within) if isinstance(name, str) and name in self._compositions else 0)
            if drawn > LAYERS_MAX:
                raise UploadRefused(f"more than {LAYERS_MAX} layers")
        return drawn
