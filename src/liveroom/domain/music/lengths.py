"""How long a file of music is, by its first bytes. What is damaged or of another kind is of unknown length."""

import struct
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from liveroom.domain.music.model import LENGTH_MAX, UNKNOWN_LENGTH

HEAD: Final = 256 * 1024
"""Bytes that are looked at."""
_KBITS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""Of MPEG 2 and 2.5."""
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def read_song_length(suffix: str, head: bytes, size: int) -> timedelta:
    """Return how long a file is that has so many bytes. ``suffix``: of its name, such as ``.mp3``."""
    read = _READ.get(suffix)
    if read is None:
        return UNKNOWN_LENGTH
    try:
        length = timedelta(milliseconds=int(read(head, size) * 1000))
    except (struct.error, IndexError, ZeroDivisionError):
        return UNKNOWN_LENGTH
    return length if length <= LENGTH_MAX else UNKNOWN_LENGTH


def _wav(head: bytes, size: int) -> float:
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return 0
    at, rate = 12, 0.0
    while at + 8 <= len(head):
        name, length = head[at : at + 4], struct.unpack_from("<I", head, at + 4)[0]
        if name == b"fmt ":
            (rate,) = struct.unpack_from("<I", head, at + 16)
        if name == b"data":
            return float(min(length, size - at - 8)) / rate
        at += 8 + length + length % 2
    return 0


def _flac(head: bytes, size: int) -> float:
    if head[:4] != b"fLaC":
        return 0
    bits = int.from_bytes(head[18:26], "big")
    rate, samples = bits >> 44, bits & 0xFFFFFFFFF
    return samples / rate


def _mp3(head: bytes, size: int) -> float:
    begins = 0
    if head[:3] == b"ID3":
        begins = 10 + sum((head[6 + number] & 0x7F) << (7 * (3 - number)) for number in range(4))
    at = head.find(b"\xff", begins, begins + 4096)
    if at < 0 or head[at + 1] & 0xE6 != 0xE2:
        return 0
    version, is_mono = head[at + 1] >> 3 & 3, head[at + 3] >> 6 == 3
    rate = _RATES[version][head[at + 2] >> 2 & 3] if version in _RATES else 0
    samples = 1152 if version == 3 else 576
    side = (17 if is_mono else 32) if version == 3 else (9 if is_mono else 17)
    tag = at + 4 + side
    if head[tag : tag + 4] in (b"Xing", b"Info") and head[tag + 7] & 1:
        return float(struct.unpack_from(">I", head, tag + 8)[0]) * samples / rate
    kbits = (_KBITS if version == 3 else _KBITS_2)[head[at + 2] >> 4]
    return (size - at) * 8 / (kbits * 1000)


_READ: Final[Mapping[str, Callable[[bytes, int], float]]] = {".wav": _wav, ".flac": _flac, ".mp3": _mp3}
