"""The key file of the embedded default: `liveroom.key` in the data folder, readable by its owner only."""

import contextlib
import json
import os
import secrets
import tempfile
from pathlib import Path

from liveroom.settings import NamedSecret, Secret, SettingsError

NAME = "liveroom.key"


def read_key_file(folder: Path) -> tuple[NamedSecret, ...]:
    """Return the secrets of the file, the one that signs first; none when there is no file."""
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    try:
        return tuple(NamedSecret(str(key["id"]), Secret(str(key["secret"]))) for key in json.loads(text)["keys"])
    except (ValueError, KeyError, TypeError) as problem:
        raise SettingsError([f"{folder / NAME} is damaged; put back a copy of it from a backup."]) from problem


def make_key_file(folder: Path) -> tuple[NamedSecret, ...]:
    """Write a file with a fresh secret unless there is one, and return what the file holds.

    The file is finished before it gets its name, and linking refuses a name that is taken: of two processes that start
    together both read the file of the faster one.
    """
    try:
        _write(folder)
    except OSError as problem:
        advice = "set LIVEROOM_DATA_DIR to a folder that this user may write"
        raise SettingsError([f"{folder} cannot be written ({problem.strerror}); {advice}."]) from problem
    return read_key_file(folder)


def _write(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = {"keys": [{"id": f"g{secrets.token_hex(4)}", "secret": secrets.token_urlsafe(48)}]}
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{NAME}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(fresh, file)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o600)
        with contextlib.suppress(FileExistsError):
            os.link(draft, folder / NAME)
    finally:
        draft.unlink()
