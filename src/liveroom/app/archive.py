"""The file of a backup: a zip with one text of JSON lines for each table, the key file, and, last, what is in it.

It gets its name when it is whole, and is its owner's alone: salts and keys are in it.
"""

import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import msgspec

FORMAT: Final = 1
OnTable = Callable[[str, int], None]
"""Called for each finished table, with its number of rows."""
_MANIFEST: Final = "liveroom-backup.json"
_KEYS: Final = "liveroom.key"
_FILES: Final = "uploads/"
_FILE: Final = re.compile(r"[0-9a-f]{32}\.[a-z]{3,4}")
_LEVEL: Final = 6
_LONGEST_MANIFEST: Final = 1 << 26
_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, UnicodeError, msgspec.MsgspecError,
)  # fmt: skip


class Damaged(Exception):
    """The file is no backup, or not all of one; the text says which."""


class TableNote(msgspec.Struct, frozen=True):
    """What the archive holds of one table."""

    columns: tuple[str, ...]
    rows: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the archive says about itself."""

    format: int
    release: str
    schema: str
    """The revision whose tables these are."""
    made: str
    database: str
    tables: dict[str, TableNote]
    sealed: dict[str, dict[str, int]]
    """How many texts of each kind each key has sealed, by the key's id."""
    key_file: bool
    files: dict[str, int] = {}
    """What was uploaded and published: sizes by names, of a backup that holds the data folder's files."""

    def needed_keys(self) -> Mapping[str, int]:
        """Return the ids of the keys without which something does not open, and how much that is."""
        found: dict[str, int] = {}
        for by_key in self.sealed.values():
            for key, count in by_key.items():
                found[key] = found.get(key, 0) + count
        return found


class Writer:
    """Writes an archive; as a context it becomes the file when the block ends well, and vanishes when it does not."""

    def __init__(self, path: Path) -> None:
        self._path = path
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        self._draft = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._encode = msgspec.json.Encoder().encode
        self._tables: dict[str, TableNote] = {}
        self._files: dict[str, int] = {}

    def add_table(self, name: str, columns: Sequence[str], batches: Iterator[Sequence[Sequence[Any]]]) -> int:
        """Write a table, batch by batch; return how many rows it has."""
        count = 0
        with self._zip.open(_entry(name), "w", force_zip64=True) as out:
            for batch in batches:
                out.write(b"".join(self._encode(row) + b"\n" for row in batch))
                count += len(batch)
        self._tables[name] = TableNote(tuple(columns), count)
        return count

    def add_keys(self, text: str) -> None:
        self._zip.writestr(_KEYS, text)

    def add_file(self, path: Path) -> None:
        """Write a published file, as it is: pictures are compressed already."""
        content = path.read_bytes()
        self._zip.writestr(zipfile.ZipInfo(_FILES + path.name), content)
        self._files[path.name] = len(content)

    def finish(self, **about: Any) -> Manifest:
        """Write the manifest: what is said, and what has been written."""
        manifest = Manifest(format=FORMAT, tables=self._tables, files=self._files, **about)
        self._zip.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        return manifest

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        try:
            with suppress(OSError) if kind is not None else nullcontext():
                self._zip.close()
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._draft.replace(self._path)
                _sync_folder(self._path.parent)
        finally:
            self._file.close()
            self._draft.unlink(missing_ok=True)


class Reader:
    """Reads an archive whose manifest makes sense. What the manifest says of the rows is for ``check`` to prove."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        self.manifest = self._read_manifest()

    def _read_manifest(self) -> Manifest:
        try:
            found = self._zip.getinfo(_MANIFEST)
        except KeyError:
            raise Damaged("it is no backup of liveroom") from None
        if found.file_size > _LONGEST_MANIFEST:
            raise Damaged("its manifest is too long")
        text = self._zip.read(found)
        try:
            number = msgspec.json.decode(text)["format"]
            if number != FORMAT:
                raise Damaged(f"it has format {number}, which this release does not know: install a later one")
            return msgspec.json.decode(text, type=Manifest)
        except (msgspec.MsgspecError, KeyError, TypeError) as problem:
            raise Damaged(f"its manifest cannot be read: {problem}") from problem

    def keys(self) -> str | None:
        """Return the text of the key file, if there is one."""
        return self._zip.read(_KEYS).decode() if self.manifest.key_file else None

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the published files by their names. Raises ``Damaged`` where one is not what the manifest says."""
        for name, size in self.manifest.files.items():
            if not _FILE.fullmatch(name) or self._zip.getinfo(_FILES + name).file_size != size:
                raise Damaged(f"the file {name[:60]!r} is not what its manifest says")
            yield name, self._zip.read(_FILES + name)

    def batches(self, table: str, size: int) -> Iterator[Sequence[Sequence[Any]]]:
        """Yield the rows of a table. Raises ``Damaged`` where they are not what the manifest says."""
        note = self.manifest.tables[table]
        decode = msgspec.json.Decoder(list[list[str | int | None]]).decode
        count = 0
        with self._zip.open(_entry(table)) as lines:
            for batch in _chunks(lines, size):
                rows = decode(b"[" + b",".join(batch) + b"]")
                if any(len(row) != len(note.columns) for row in rows):
                    raise Damaged(f"a row of {table} has another number of values than it has columns")
                count += len(rows)
                yield rows
        if count != note.rows:
            raise Damaged(f"{table} has {count} rows where {note.rows} were written")


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Yield a reader of the file; whatever is wrong with it while it is read is raised as ``Damaged``."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield Reader(archive)
    except _UNREADABLE as problem:
        raise Damaged(f"it is damaged, or not all of it is there: {problem}") from problem


def _chunks(lines: Any, size: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _entry(table: str) -> str:
    return f"tables/{table}.jsonl"


def _sync_folder(folder: Path) -> None:
    """Have the name on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
