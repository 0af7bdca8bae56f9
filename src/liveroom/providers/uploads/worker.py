"""Makes a clean copy of a picture, in a process of its own that may do nothing else.

It is started as a file, by ``pictures``: whoever crafts a picture that breaks a decoder has broken into a process
without secrets, with bounded memory and time. It imports nothing of liveroom, so that it starts quickly. On standard
input it gets the picture; it writes one line of JSON, then the copy.
"""

import io
import json
import sys
import warnings
from contextlib import suppress
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps

MEMORY: Final = 1024 * 1024 * 1024
"""Bytes of address space."""
SECONDS: Final = 10
"""Of processor."""
PIXELS_MAX: Final = {"JPEG": 64_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
"""A JPEG is read at the size at which it is needed, the others at their own."""
SIDE_MAX: Final = 16_384
FRAMES_MAX: Final = 300
"""Of a moving picture, of which the first is kept."""
QUALITY: Final = 86


class PictureRefused(Exception):
    """The picture cannot be used; the text says why."""


def copied(content: bytes, kind: str, becomes: str, side: int) -> tuple[bytes, int, int]:
    """Return a picture without anything but its pixels: upright, in sRGB, no side longer than ``side``.

    ``kind``: the format that it has to be in; ``becomes``: JPEG, on white, or PNG. Raises ``PictureRefused``.
    """
    Image.MAX_IMAGE_PIXELS = max(PIXELS_MAX.values())
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _copied(content, kind, becomes, side)
    except PictureRefused:
        raise
    except Image.DecompressionBombError:
        raise PictureRefused("too many pixels") from None
    except MemoryError:
        raise PictureRefused("too large to be read") from None
    except Exception:  # a decoder fails in its own ways
        raise PictureRefused(f"no {kind} picture, or a broken one") from None


def _copied(content: bytes, kind: str, becomes: str, side: int) -> tuple[bytes, int, int]:
    with Image.open(io.BytesIO(content), formats=[kind]) as source:
        width, height = source.size
        if width * height > PIXELS_MAX[kind] or max(width, height) > SIDE_MAX:
            raise PictureRefused(f"more than {PIXELS_MAX[kind] // 1_000_000} million pixels, or {SIDE_MAX} on a side")
        if getattr(source, "n_frames", 1) > FRAMES_MAX:
            raise PictureRefused(f"more than {FRAMES_MAX} frames")
        profile = source.info.get("icc_profile")
        source.thumbnail((side, side), Image.Resampling.LANCZOS)
        picture: Image.Image = _plain(_in_srgb(ImageOps.exif_transpose(source), profile), becomes)
    out = io.BytesIO()
    if becomes == "JPEG":
        picture.save(out, "JPEG", quality=QUALITY, progressive=True)
    else:
        picture.save(out, "PNG")
    return out.getvalue(), picture.width, picture.height


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture as it looks where there are no profiles; one that cannot be read counts as none."""
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    becomes = "RGBA" if picture.mode == "RGBA" else "RGB"
    with suppress(ImageCms.PyCMSError, OSError, ValueError):
        srgb = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(picture, io.BytesIO(profile), srgb, outputMode=becomes)
        return picture if turned is None else turned
    return picture


def _plain(picture: Image.Image, becomes: str) -> Image.Image:
    """Return nothing but pixels: no palette, no metadata; JPEG has no transparency."""
    is_clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if not is_clear:
        pixels = picture.convert("RGB")
    else:
        pixels = picture.convert("RGBA")
        if becomes == "JPEG":
            white = Image.new("RGBA", pixels.size, "white")
            pixels = Image.alpha_composite(white, pixels).convert("RGB")
    pixels.info = {}
    return pixels


def _confine() -> None:
    try:
        import resource  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


def main() -> None:
    """Read, copy, write."""
    kind, becomes, side = sys.argv[1:4]
    _confine()
    copy = b""
    try:
        copy, width, height = copied(sys.stdin.buffer.read(), kind, becomes, int(side))
        head: dict[str, object] = {"width": width, "height": height}
    except PictureRefused as refused:
        head = {"refused": str(refused)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + copy)


if __name__ == "__main__":
    main()
