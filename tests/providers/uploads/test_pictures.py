"""What becomes of pictures, and what becomes of what is none."""

import io
import json
import struct
import zlib
from base64 import b64encode
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw

from liveroom.domain.uploads.failures import UploadRefused
from liveroom.domain.uploads.model import JPEG, LOTTIE, PNG, Purpose
from liveroom.providers.uploads import worker
from liveroom.providers.uploads.checking import SafeFileChecker
from liveroom.providers.uploads.worker import PictureRefused, copied
from tests.domain.uploads.test_lottie import HEART
from tests.uploading import picture


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def _with_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    exif[0x0112] = 6  # taken with the camera on its side
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return picture("JPEG", (60, 40), exif=exif, comment=b"a secret", icc_profile=srgb)


def test_a_photo_is_upright_and_says_nothing_of_where_it_was_taken() -> None:
    content, width, height = copied(_with_metadata(), "JPEG", "JPEG", 512)
    assert (width, height) == (40, 60)
    for secret in (b"Exif", b"where I live", b"a secret", b"ICC_PROFILE", b"http://ns.adobe.com"):
        assert secret not in content
    assert opened(content).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive"} | {
        "progression"
    }


@pytest.mark.parametrize(("size", "becomes"), [((800, 400), (200, 100)), ((100, 50), (100, 50)), ((9, 900), (2, 200))])
def test_large_pictures_become_smaller_and_small_ones_stay(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    content, *sides = copied(picture("PNG", size), "PNG", "JPEG", 200)
    assert tuple(sides) == opened(content).size == becomes


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white_as_a_jpeg_and_stays_transparent_as_a_png(mode: str) -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    out = io.BytesIO()
    clear.convert(mode).save(out, "PNG", **({"transparency": 0} if mode == "P" else {}))
    flat = opened(copied(out.getvalue(), "PNG", "JPEG", 99)[0])
    kept = opened(copied(out.getvalue(), "PNG", "PNG", 99)[0])
    assert flat.mode == "RGB"
    assert flat.getpixel((4, 4)) == (255, 255, 255)
    assert kept.convert("RGBA").getpixel((4, 4)) == (0, 0, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "CMYK"])
def test_every_kind_of_pixels_becomes_a_picture(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(copied(out.getvalue(), kind, "JPEG", 99)[0]).mode == "RGB"


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    content, *_ = copied(out.getvalue(), "WEBP", "PNG", 99)
    assert getattr(opened(content), "n_frames", 1) == 1
    assert opened(content).convert("RGB").getpixel((1, 1)) == (255, 0, 0)


def test_a_moving_picture_of_very_many_frames_is_refused() -> None:
    frames = [Image.new("L", (1, 1), number % 256) for number in range(worker.FRAMES_MAX + 1)]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(PictureRefused, match="frames"):
        copied(out.getvalue(), "PNG", "JPEG", 99)


def test_what_hides_in_a_picture_is_gone() -> None:
    """A file that is a picture and a page, or an archive, is a picture afterwards."""
    hidden = picture("JPEG") + b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in copied(hidden, "JPEG", "JPEG", 99)[0]
    assert b"PK\x03\x04" not in copied(hidden, "JPEG", "JPEG", 99)[0]


def _png_of(width: int, height: int) -> bytes:
    """Return a PNG that says how large it is, and holds nothing: a bomb."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (_png_of(60_000, 60_000), "PNG", "too many pixels"),
        (_png_of(7_000, 7_000), "PNG", "24 million pixels"),
        (_png_of(20_000, 2), "PNG", "16384 on a side"),
        (_png_of(100, 100), "PNG", "broken"),
        (picture("PNG"), "JPEG", "no JPEG picture"),
        (picture("GIF"), "PNG", "no PNG picture"),
        (picture("JPEG", (300, 300))[:600], "JPEG", "broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG", "no PNG picture"),
        (b"", "WEBP", "no WEBP picture"),
        (b"RIFF\xff\xff\xff\x7fWEBPVP8 ", "WEBP", "no WEBP picture"),
    ],
    ids=["giant", "large", "long", "empty", "other type", "gif", "cut off", "svg", "nothing", "head alone"],
)
def test_what_is_no_picture_of_its_type_is_refused(content: bytes, kind: str, why: str) -> None:
    with pytest.raises(PictureRefused, match=why):
        copied(content, kind, "JPEG", 99)


def test_colours_of_another_profile_are_turned_into_those_that_everybody_sees() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    made = Image.new("RGB", (8, 8), (200, 100, 50))
    ImageDraw.Draw(made).rectangle((0, 0, 3, 3), fill="white")
    out = io.BytesIO()
    made.save(out, "PNG", icc_profile=lab)
    assert opened(copied(out.getvalue(), "PNG", "PNG", 99)[0]).size == (8, 8)
    out = io.BytesIO()
    made.save(out, "PNG", icc_profile=b"no profile")
    assert opened(copied(out.getvalue(), "PNG", "PNG", 99)[0]).getpixel((7, 7)) == (200, 100, 50)


# --- in a process of its own ------------------------------------------------------------------------------------------


async def test_a_picture_is_copied_by_a_process_of_its_own() -> None:
    copy = await SafeFileChecker().copy(Purpose.AVATAR, JPEG, picture("JPEG", (900, 600)))
    assert (copy.content_type, copy.width, copy.height) == (JPEG, 512, 341)
    assert opened(copy.content).size == (512, 341)


async def test_pictures_within_an_animation_are_copied_too() -> None:
    inner = b64encode(picture("PNG", (9, 9), pnginfo=None)).decode()
    asset = {"id": "p", "w": 9, "h": 9, "u": "", "p": f"data:image/png;base64,{inner}", "e": 1}
    made = {**HEART, "assets": [*HEART["assets"], asset]}
    copy = await SafeFileChecker().copy(Purpose.ANIMATION, LOTTIE, json.dumps(made).encode())
    assert (copy.content_type, copy.width, copy.height) == (LOTTIE, 200, 200)
    assert json.loads(copy.content)["assets"][1]["p"].startswith("data:image/png;base64,")
    for broken in ("data:image/png;base64,AAAA", "data:image/png;base64,%%"):
        made = {**HEART, "assets": [{**asset, "p": broken}]}
        with pytest.raises(UploadRefused):
            await SafeFileChecker().copy(Purpose.ANIMATION, LOTTIE, json.dumps(made).encode())


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import os; os.kill(os.getpid(), 11)", "a broken picture"),
        ("while True: pass", "too long"),
        ('import sys; sys.stdin.buffer.read(); print(\'{"refused": "no picture"}\')', "no picture"),
        ("import os, sys; sys.exit(any('LIVEROOM' in name for name in os.environ) or 7)", "a broken picture"),
    ],
    ids=["crashes", "never ends", "refuses", "fails"],
)
async def test_a_picture_that_breaks_its_process_is_refused(tmp_path: Path, program: str, why: str) -> None:
    path = tmp_path / "worker.py"
    path.write_text(program)
    with pytest.raises(UploadRefused, match=why):
        await SafeFileChecker(seconds=0.5, worker=path).copy(Purpose.GIFT_ICON, PNG, picture("PNG"))
