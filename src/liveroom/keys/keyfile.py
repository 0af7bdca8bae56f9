"""The key file of the embedded default: `liveroom.key` in the data folder, readable by its owner only."""

import contextlib
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from liveroom.settings import NamedSecret, Secret, SettingsError

NAME = "liveroom.key"
_NEXT = f".{NAME}.next"
Named = tuple[NamedSecret, ...]


def read_key_file(folder: Path) -> Named:
    """Return the secrets of the file, the one that signs first; none when there is no file."""
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    try:
        return parse_key_file(text)
    except ValueError as problem:
        raise SettingsError([f"{folder / NAME} is damaged; put back a copy of it from a backup."]) from problem


def parse_key_file(text: str) -> Named:
    """Return the secrets of a file's text. Raises ``ValueError`` for a text that is none of ours."""
    try:
        return tuple(NamedSecret(str(key["id"]), Secret(str(key["secret"]))) for key in json.loads(text)["keys"])
    except (KeyError, TypeError) as problem:
        raise ValueError("this is no key file") from problem


def key_file_text(keys: Sequence[NamedSecret]) -> str:
    """Return what a key file with these secrets holds."""
    return json.dumps({"keys": [{"id": key.id, "secret": key.value.reveal()} for key in keys]})


def fresh_key() -> NamedSecret:
    """Return a new secret under an id of its own."""
    return NamedSecret(f"g{secrets.token_hex(4)}", Secret(secrets.token_urlsafe(48)))


def make_key_file(folder: Path) -> Named:
    """Write a file with a fresh secret unless there is one, and return what the file holds.

    The file is finished before it gets its name, and linking refuses a name that is taken: of two processes that start
    together both read the file of the faster one.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{NAME}.")
        draft = Path(name)
        try:
            _fill(handle, key_file_text([fresh_key()]))
            with contextlib.suppress(FileExistsError):
                os.link(draft, folder / NAME)
        finally:
            draft.unlink()
    except OSError as problem:
        raise _unwritable(folder, problem) from problem
    return read_key_file(folder)


def change_key_file(folder: Path, change: Callable[[Named], Named]) -> Named:
    """Put what ``change`` makes of the file's keys in their place, whole, and return it; no key is no file.

    Of two who change it at once one is refused: what the slower one has read would lose a key.
    """
    draft = folder / _NEXT
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise SettingsError(
            [f"another command is changing the keys, or was killed while it did: remove {draft} if none runs."]
        ) from None
    except OSError as problem:
        raise _unwritable(folder, problem) from problem
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            changed = change(read_key_file(folder))
            _write(file, key_file_text(changed))
        if changed:
            draft.replace(folder / NAME)
        else:
            (folder / NAME).unlink(missing_ok=True)
    finally:
        draft.unlink(missing_ok=True)
    return changed


def _fill(handle: int, text: str) -> None:
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        _write(file, text)


def _write(file: TextIO, text: str) -> None:
    """Write the text, to the disk, before the file gets its name."""
    file.write(text)
    file.flush()
    os.fsync(file.fileno())


def _unwritable(folder: Path, problem: OSError) -> SettingsError:
    advice = "set LIVEROOM_DATA_DIR to a folder that this user may write"
    return SettingsError([f"{folder} cannot be written ({problem.strerror}); {advice}."])
