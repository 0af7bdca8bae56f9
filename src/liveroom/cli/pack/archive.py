"""A folder as a zip: the same folder gives the same bytes, whoever packs it and when."""

import hashlib
import zipfile
from pathlib import Path
from typing import Final, NamedTuple

_FIRST: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip knows; that of the files is when they were installed."""
_UNIX: Final = 3
_FILE: Final = 0o100644
_PROGRAM: Final = 0o100755


class Zipped(NamedTuple):
    """What was written."""

    files: int
    bytes: int
    sha256: str


def write_zip(folder: Path, file: Path, *, executable: str) -> Zipped:
    """Write all files of a folder; the one of this name may be run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in paths:
            name = path.relative_to(folder).as_posix()
            entry = zipfile.ZipInfo(name, _FIRST)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, _UNIX
            entry.external_attr = (_PROGRAM if name == executable else _FILE) << 16
            archive.writestr(entry, path.read_bytes())
    content = file.read_bytes()
    return Zipped(len(paths), len(content), hashlib.sha256(content).hexdigest())
