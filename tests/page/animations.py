"""Small animations of each kind that the catalogue of gifts knows: something green in the middle, for half a second."""

import io
import json
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from typing import Final

import av
from PIL import Image

RATE: Final = 20
FRAMES: Final = 20
SIDE: Final = 128
GREEN: Final = (0, 200, 0)


def webp() -> bytes:
    pictures = [_square(alpha) for alpha in (255, 254)]
    out = io.BytesIO()
    pictures[0].save(out, "WEBP", save_all=True, append_images=pictures[1:], duration=100, loop=0, lossless=True)
    return out.getvalue()


def mp4() -> bytes:
    return _video(Image.new("RGB", (SIDE, SIDE), GREEN))


def vap() -> bytes:
    """Return green all over on the left, and on the right where of it is to be seen: in the middle."""
    picture = Image.new("RGB", (2 * SIDE, SIDE))
    picture.paste(GREEN, (0, 0, SIDE, SIDE))
    picture.paste((255, 255, 255), (SIDE + SIDE // 4, SIDE // 4, SIDE + SIDE * 3 // 4, SIDE * 3 // 4))
    layout = {"w": SIDE, "h": SIDE, "videoW": 2 * SIDE, "videoH": SIDE}
    info = {"v": 2, "f": FRAMES, "fps": RATE, **layout, "rgbFrame": [0, 0, SIDE, SIDE], "aFrame": [SIDE, 0, SIDE, SIDE]}
    said = json.dumps({"info": info}).encode()
    return _video(picture) + struct.pack(">I4s", 8 + len(said), b"vapc") + said


def lottie() -> bytes:
    fixed = {"o": 100, "r": 0, "p": [SIDE / 2, SIDE / 2, 0], "a": [0, 0, 0], "s": [100, 100, 100]}
    shapes = [
        {"ty": "rc", "p": _still([0, 0]), "s": _still([SIDE / 2, SIDE / 2]), "r": _still(0)},
        {"ty": "fl", "c": _still([0, 200 / 255, 0, 1]), "o": _still(100)},
    ]
    layer = {"ty": 4, "ip": 0, "op": FRAMES, "st": 0, "ks": {key: _still(value) for key, value in fixed.items()}}
    whole = {"v": "5.7.0", "fr": RATE, "ip": 0, "op": FRAMES, "w": SIDE, "h": SIDE, "assets": []}
    return json.dumps({**whole, "layers": [{**layer, "shapes": shapes}]}).encode()


def svga() -> bytes:
    """Return an SVGA 2: a message of protocol buffers, deflated."""
    out = io.BytesIO()
    _square(255).save(out, "PNG")
    place = b"".join(_float(number, value) for number, value in enumerate((0, 0, SIDE, SIDE), 1))
    upright = b"".join(_float(number, value) for number, value in enumerate((1, 0, 0, 1, 0, 0), 1))
    frame = _float(1, 1) + _field(2, place) + _field(3, upright)
    sprite = _field(1, b"square") + b"".join([_field(2, frame)] * FRAMES)
    params = _float(1, SIDE) + _float(2, SIDE) + bytes((3 << 3, RATE, 4 << 3, FRAMES))
    image = _field(1, b"square") + _field(2, out.getvalue())
    return zlib.compress(_field(1, b"2.0") + _field(2, params) + _field(3, image) + _field(4, sprite))


KINDS: Final[dict[str, Callable[[], bytes]]] = {"webp": webp, "mp4": mp4, "vap": vap, "lottie": lottie, "svga": svga}


def _square(alpha: int) -> Image.Image:
    picture = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    picture.paste((*GREEN, alpha), (SIDE // 4, SIDE // 4, SIDE * 3 // 4, SIDE * 3 // 4))
    return picture


def _video(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        stream = made.add_stream("libx264", rate=Fraction(RATE))
        stream.width, stream.height, stream.pix_fmt = *picture.size, "yuv420p"
        for _ in range(FRAMES):
            made.mux(stream.encode(av.VideoFrame.from_image(picture)))  # type: ignore[no-untyped-call]
        made.mux(stream.encode())
    return out.getvalue()


def _still(value: object) -> dict[str, object]:
    return {"a": 0, "k": value}


def _float(number: int, value: float) -> bytes:
    return bytes((number << 3 | 5,)) + struct.pack("<f", value)


def _field(number: int, content: bytes) -> bytes:
    """Return a field that is as long as it says; lengths are written seven bits at a time."""
    size, length = len(content), b""
    while size > 127:
        length, size = length + bytes((size & 127 | 128,)), size >> 7
    return bytes((number << 3 | 2,)) + length + bytes((size,)) + content
