"""Small animations of each kind that the catalogue of gifts knows: something green in the middle, for half a second."""

import io
import json
import struct
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


KINDS: Final[dict[str, Callable[[], bytes]]] = {"webp": webp, "mp4": mp4, "vap": vap}


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
