"""Writes three short songs into an empty folder, for `make run`: `python scripts/tunes.py FOLDER`.

The melodies are folk songs that belong to nobody, the words are ours. A folder with anything in it stays as it is.
"""

import math
import sys
import wave
from array import array
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

RATE: Final = 8000
LEAD_IN: Final = 2.0
"""Seconds of silence before the first line."""
_LOUD: Final = 9000
_OVERTONE: Final = 0.35
_FADE: Final = 3.0
_A4: Final = 440.0
_HALF_TONES: Final = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}


class Line(NamedTuple):
    """What is sung in one breath."""

    words: str
    notes: str
    """Such as ``C G4 c2``: small letters are an octave higher, ``,`` is one lower; a number is how many half beats."""


class Tune(NamedTuple):
    """A song."""

    name: str
    """Of its files."""
    half_beat: float
    """Seconds."""
    lines: Sequence[Line]
    times: int = 1
    """How often it is sung in a row."""


TUNES: Final = (
    Tune(
        "Traditional - Little lamp",
        0.3,
        (
            Line("Little lamp, so far away", "C2 C2 G2 G2 A2 A2 G4"),
            Line("Shine until the break of day", "F2 F2 E2 E2 D2 D2 C4"),
            Line("Over roof and over tree", "G2 G2 F2 F2 E2 E2 D4"),
            Line("Send a little light to me", "G2 G2 F2 F2 E2 E2 D4"),
            Line("Little lamp, so far away", "C2 C2 G2 G2 A2 A2 G4"),
            Line("Shine until the break of day", "F2 F2 E2 E2 D2 D2 C4"),
        ),
    ),
    Tune(
        "Traditional - All the town is waking",
        0.3,
        (
            Line("Morning comes now, morning comes now", "C2 D2 E2 C2 C2 D2 E2 C2"),
            Line("Come and see, come and see", "E2 F2 G4 E2 F2 G4"),
            Line("All the town is waking, all the town is waking", "G1 A1 G1 F1 E2 C2 G1 A1 G1 F1 E2 C2"),
            Line("Sing with me, sing with me", "C2 G,2 C4 C2 G,2 C4"),
        ),
        times=2,
    ),
    Tune(
        "民歌 - 小河的月亮",
        0.35,
        (
            Line("月亮升起来，照着小河", "E2 E1 G1 A1 c1 c1 A1 G2 G1 A1 G4"),
            Line("小船慢慢摇，唱起歌", "E2 E1 G1 A1 c1 c1 A1 G2 G1 A1 G4"),
            Line("风轻轻吹过水面", "G2 G2 G2 E1 G1 A2 A2 G4"),
            Line("我们唱到天亮", "E2 D1 E1 G2 E1 D1 C2 C1 D1 C4"),
        ),
        times=2,
    ),
)


def write_tunes(folder: Path) -> bool:
    """Write the songs, if the folder is empty or not there; say whether."""
    if folder.is_dir() and any(folder.iterdir()):
        return False
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for tune in TUNES:
        sung = [line for _ in range(tune.times) for line in tune.lines]
        samples, lyrics = array("h", bytes(2 * int(LEAD_IN * RATE))), []
        for line in sung:
            minutes, seconds = divmod(len(samples) / RATE, 60)
            lyrics.append(f"[{int(minutes):02}:{seconds:05.2f}]{line.words}\n")
            for note in line.notes.split():
                samples.extend(_sound(note, tune.half_beat))
        (folder / f"{tune.name}.lrc").write_text("".join(lyrics), encoding="utf-8")
        with wave.open(str(folder / f"{tune.name}.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples.tobytes() if sys.byteorder == "little" else _swapped(samples))
    return True


@cache
def _sound(note: str, half_beat: float) -> "array[int]":
    """Return the samples of a note, as of a string that is plucked."""
    name, low, length = note[0], "," in note, int(note.lstrip("CDEFGABc,"))
    octave = 12 * name.islower() - 12 * low
    turn = 2 * math.pi * _A4 * 2 ** ((_HALF_TONES[name.upper()] + octave) / 12) / RATE
    count = int(length * half_beat * RATE)
    samples = array("h")
    for at in range(count):
        swing = math.sin(turn * at) + _OVERTONE * math.sin(2 * turn * at)
        # Without a fade at both ends each note would click.
        edge = min(1.0, at / 80, (count - at) / 80)
        samples.append(int(_LOUD * swing * edge * math.exp(-_FADE * at / (2 * RATE))))
    return samples


def _swapped(samples: "array[int]") -> bytes:
    turned = array("h", samples)
    turned.byteswap()
    return turned.tobytes()


if __name__ == "__main__":
    write_tunes(Path(sys.argv[1]))
