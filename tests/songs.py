"""A folder of songs that nobody has written: quiet ones, with lyrics beside them."""

import tempfile
import wave
from functools import cache
from pathlib import Path
from typing import Final

MOON, RAIN, SUN = "Ann - Moon.wav", "Ann - Rain.wav", "Bob - Sun.wav"
SECONDS: Final = {MOON: 60, RAIN: 40, SUN: 90}
LRC: Final = """[ti:月亮 Moon]
[ar:小安 Ann]
[00:00.50]Moon over the harbour
[00:02.00][00:04.00]Round it goes
"""
VTT: Final = """WEBVTT

1
00:00:01.000 --> 00:00:02.500
<v Ann>Rain on the roof

00:03.000 --> 00:04.000
All night
"""


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder that goes with this process."""
    return tempfile.TemporaryDirectory(prefix="liveroom-songs-")


@cache
def sample_songs() -> Path:
    """Return a folder with the songs, for all services of this process."""
    return write_songs(Path(_folder().name))


def write_songs(folder: Path, *, rate: int = 100) -> Path:
    """Write the songs, with so many samples a second; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, seconds in SECONDS.items():
        write_silence(folder / name, seconds, rate)
    (folder / MOON).with_suffix(".lrc").write_text(LRC, encoding="utf-8")
    (folder / RAIN).with_suffix(".vtt").write_text(VTT, encoding="utf-8")
    return folder


def write_silence(path: Path, seconds: float, rate: int = 100) -> None:
    """Write a WAV file in which nothing is heard."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(rate)
        file.writeframes(b"\x80" * int(seconds * rate))
