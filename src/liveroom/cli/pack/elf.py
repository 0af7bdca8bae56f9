"""Compiled files without what debuggers read, which is half of a package: blanked, so that it packs to nothing.

`strip` would do it too, where there is one; each version of it writes other bytes.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_MAGIC: Final = b"\x7fELF\x02\x01"
"""64 bits, the lowest byte first."""
_HEADER: Final = struct.Struct("<40xQ10xHHH")
"""Where the table of sections is; the size of a line in it; how many there are; which has the names."""
_SECTION: Final = struct.Struct("<IIQQQQ")
_IS_LOADED: Final = 2
_NO_BITS: Final = 8
"""The type of a section that takes no place in the file."""


class Section(NamedTuple):
    """One section of a file."""

    name: bytes
    offset: int
    size: int
    is_loaded: bool
    has_bits: bool


def blank_debug(path: Path) -> int:
    """Blank what a file has for debuggers alone; return how many bytes that was. Other files stay as they are."""
    content = bytearray(path.read_bytes())
    blanked = 0
    for section in sections(bytes(content)):
        if section.name.startswith(b".debug_") and section.has_bits and not section.is_loaded:
            content[section.offset : section.offset + section.size] = bytes(section.size)
            blanked += section.size
    if blanked:
        path.write_bytes(content)
    return blanked


def sections(content: bytes) -> Iterator[Section]:
    """Yield the sections of an ELF file; none of anything else."""
    if not content.startswith(_MAGIC):
        return
    table, length, count, named_by = _HEADER.unpack_from(content)
    lines = [_SECTION.unpack_from(content, table + length * number) for number in range(count)]
    names = lines[named_by][4] if lines else 0
    for name, kind, flags, _, offset, size in lines:
        start = names + name
        text = content[start : content.index(b"\0", start)]
        yield Section(text, offset, size, bool(flags & _IS_LOADED), kind != _NO_BITS)
