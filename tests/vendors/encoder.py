"""An encoder as hosts have one: ffmpeg, which pushes a picture and a tone in real time."""

import shutil
import signal
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.servers import wait_until
from tests.stopped import is_stopped

ROOT: Final = Path(__file__).parents[2]
WIDTH: Final = 160
HEIGHT: Final = 90
_SECONDS: Final = 4
_VENV: Final = ROOT / ".venv/bin/ffmpeg"


def ffmpeg() -> str:
    """Return where ffmpeg is; skips the test where it is not."""
    found = shutil.which("ffmpeg") or (str(_VENV) if _VENV.exists() else "")
    if not found:
        pytest.skip("ffmpeg is missing: scripts/get-test-streams.sh gets it")
    return found


def shoot(path: Path) -> Path:
    """Make a film of four seconds, and return it: to push it again and again costs hardly anything."""
    picture = f"testsrc=size={WIDTH}x{HEIGHT}:rate=10:duration={_SECONDS}"
    made = [ffmpeg(), "-v", "error", "-f", "lavfi", "-i", picture]
    made += ["-f", "lavfi", "-i", f"sine=sample_rate=44100:duration={_SECONDS}"]
    made += ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p", "-b:v", "100k"]
    subprocess.run([*made, "-c:a", "aac", "-b:a", "32k", "-f", "flv", str(path)], check=True)
    return path


def probed(path: Path) -> tuple[str, float]:
    """Return the picture's size ("160,90"), and how many seconds a film lasts, as ffprobe finds them."""
    probe = ["ffprobe", "-v", "error", "-show_entries", "stream=width,height:format=duration", "-of", "csv=p=0"]
    found = subprocess.run([*probe, str(path)], check=True, capture_output=True, text=True).stdout.split()
    return next(line for line in found if "," in line).strip(","), float(found[-1])


class Encoder:
    """One run of ffmpeg, which pushes the film again and again."""

    def __init__(self, film: Path, url: str, *options: str) -> None:
        argv = [ffmpeg(), "-v", "error", "-re", "-stream_loop", "-1", "-i", str(film), "-c", "copy", "-f", "flv"]
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *argv, *options, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def is_running(self) -> bool:
        """Say whether it still pushes, or tries to."""
        return self._process.poll() is None

    def ended(self, what: str) -> None:
        """Return when it has given up."""
        wait_until(lambda: not self.is_running(), what)

    def freeze(self) -> None:
        """Let it hang: its connection stays, and nothing comes any more."""
        self._process.send_signal(signal.SIGSTOP)
        wait_until(lambda: is_stopped(self._process.pid), "a frozen encoder")

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()
