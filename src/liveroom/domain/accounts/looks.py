"""What names look like: names that are easily taken for each other have one look (UTS 39, section 4: skeletons).

``confusables.txt`` has each character that looks like another, with what it looks like. It is made of Unicode's table
of the same name (Unicode License v3), of which sequences are left out.
"""

import unicodedata
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

_TABLE: Final = Path(__file__).with_name("confusables.txt")
_IGNORED: Final = frozenset(
    (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10))
)
"""Characters that are not shown, beside those of the category Cf (Default_Ignorable_Code_Point)."""


def look_of(folded: str) -> str:
    """Return a digest that a folded name shares with those that look like it."""
    shown = "".join(
        character
        for character in unicodedata.normalize("NFD", folded)
        if ord(character) not in _IGNORED and unicodedata.category(character) != "Cf"
    )
    skeleton = unicodedata.normalize("NFD", shown.translate(_prototypes())).casefold()
    return sha256(skeleton.encode()).hexdigest()[:32]


@cache
def _prototypes() -> dict[int, str]:
    lines = _TABLE.read_text("utf-8").split("\n")
    return {ord(line[0]): line[1:] for line in lines if line}
