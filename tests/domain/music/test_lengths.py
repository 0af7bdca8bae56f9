"""How long files are: each kind by its first bytes, and nothing of what is damaged."""

import struct
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.domain.music.lengths import HEAD, read_song_length
from tests.songs import write_silence

_MP3 = b"\xff\xfb\x90\x00"
"""MPEG 1, layer III, 128 kbit/s, 44.1 kHz."""


def test_the_length_of_a_wav_file_is_known(tmp_path: Path) -> None:
    write_silence(tmp_path / "a.wav", 12.5)
    head = (tmp_path / "a.wav").read_bytes()
    assert read_song_length(".wav", head, len(head)) == timedelta(seconds=12.5)


def test_the_length_of_a_flac_file_is_known() -> None:
    info = (44100 << 44 | 44100 * 200).to_bytes(8, "big")
    assert read_song_length(".flac", b"fLaC\x00\x00\x00\x22" + bytes(10) + info, 1000) == timedelta(seconds=200)


def test_the_length_of_an_mp3_is_known_by_its_frames_or_its_bitrate() -> None:
    assert read_song_length(".mp3", _MP3 + bytes(400), 16_000 * 10) == timedelta(seconds=10)
    xing = _MP3 + bytes(32) + b"Xing" + struct.pack(">II", 1, 4410)
    assert read_song_length(".mp3", xing, 9) == timedelta(seconds=115.2)
    tagged = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + xing
    assert read_song_length(".mp3", tagged, 9) == timedelta(seconds=115.2)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".ogg"])
@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"\xff\xfb\xf0",
        b"\xff\xfb\xff\xff",
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f",
        b"fLaC",
        b"fLaC" + bytes(40),
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"RIFF\x00\x00\x00\x00WAVEdata\x00\x00\x00\x00",
        b"RIFF\x00\x00\x00\x00WAVE" + bytes(HEAD),
        b"\xff" * HEAD,
    ],
)
def test_of_a_damaged_file_nothing_is_known(suffix: str, head: bytes) -> None:
    assert read_song_length(suffix, head, 2**40) == timedelta(0)
