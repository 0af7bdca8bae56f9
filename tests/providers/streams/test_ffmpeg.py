"""Frames by ffmpeg: what a program writes is the frame; one that hangs, fails or writes too much is ended."""

import os
from pathlib import Path

import pytest

from liveroom.domain.vendors.model import VendorFailure
from liveroom.providers.streams.ffmpeg import FfmpegFrames
from tests.servers import wait_until


def program(folder: Path, script: str) -> str:
    """Return a program in place of ffmpeg, which leaves its id and what it was asked for."""
    path = folder / "ffmpeg"
    path.write_text(f'#!/bin/sh\necho $$ >{folder}/pid\necho "$@" >{folder}/asked\n{script}\n')
    path.chmod(0o755)
    return str(path)


async def test_what_it_writes_is_the_frame_and_it_may_open_no_file(tmp_path: Path) -> None:
    frames = FfmpegFrames(program(tmp_path, "printf frame"))
    assert await frames.take("https://live.example.com/x.m3u8") == b"frame"
    asked = (tmp_path / "asked").read_text()
    assert "-protocol_whitelist http,https,tcp,tls,crypto,rtmp,rtmps -i https://live.example.com/x.m3u8" in asked


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exec sleep 60", "no frame came within"),
        ("printf half; exit 1", "could not be read"),
        ("true", "could not be read"),
        ("exec head -c 9000000 /dev/zero", "too large"),
    ],
)
async def test_one_that_hangs_fails_or_writes_too_much_is_ended(tmp_path: Path, script: str, said: str) -> None:
    """``PATH`` is not handed on: the shell has one of its own."""
    frames = FfmpegFrames(program(tmp_path, script), seconds=1.5)
    with pytest.raises(VendorFailure, match=said):
        await frames.take("https://live.example.com/x.flv")
    pid = int((tmp_path / "pid").read_text())
    wait_until(lambda: not _runs(pid), "the end of the program")


async def test_a_program_that_is_not_there_is_a_failure_of_the_vendor(tmp_path: Path) -> None:
    with pytest.raises(VendorFailure, match="does not start"):
        await FfmpegFrames(str(tmp_path / "none")).take("https://live.example.com/x.flv")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
