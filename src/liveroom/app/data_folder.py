"""The data folder: whether the service can keep there what it has to keep, said before anything is written."""

import os
from pathlib import Path
from typing import Final

from liveroom.settings import Settings, SettingsError
from liveroom.store.sql.addresses import SqliteAddress, read_address

REMEDY: Final = "set LIVEROOM_DATA_DIR to a folder that this user may write"


def is_needed(settings: Settings) -> bool:
    """Say whether anything is kept there: the database, the keys, or files that users upload."""
    return not settings.on_mysql or not settings.secret or settings.uploads == "folder"


def folder_fault(settings: Settings) -> str | None:
    """Return why nothing can be kept there, or None. Writes nothing."""
    if not is_needed(settings):
        return None
    return _fault_of_folder(settings.data_dir) or _fault_of_database(settings)


def make_data_folder(settings: Settings) -> None:
    """Make the folder unless it is there or nothing needs it. Raises ``SettingsError`` where it cannot be used."""
    if not is_needed(settings):
        return
    if fault := folder_fault(settings):
        raise SettingsError([f"{fault}; {REMEDY}"])
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingsError([f"{settings.data_dir} cannot be made ({problem.strerror}); {REMEDY}"]) from problem


def _fault_of_folder(folder: Path) -> str | None:
    # os.path says no where pathlib raises: of what is below a folder that this user may not enter.
    nearest = next(part for part in (folder, *folder.parents) if os.path.lexists(part))
    if not os.path.isdir(nearest):
        return f"{nearest} is not a folder"
    if os.access(nearest, os.W_OK | os.X_OK):
        return None
    return f"{folder} {'cannot be written' if nearest == folder else 'cannot be made'} by this user"


def _fault_of_database(settings: Settings) -> str | None:
    address = read_address(settings.database_url)
    if not isinstance(address, SqliteAddress):
        return None
    file = Path(address.path).absolute()
    if file.is_dir():
        return f"{file} is a folder, where the database should be"
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        return f"{file} cannot be read and written by this user"
    return None if file.parent == settings.data_dir else _fault_of_parent(file.parent)


def _fault_of_parent(folder: Path) -> str | None:
    """Judge a folder that LIVEROOM_DATABASE_URL names; it is not made for whom mistyped it."""
    if not folder.is_dir():
        return f"there is no folder {folder}, which LIVEROOM_DATABASE_URL names"
    return None if os.access(folder, os.W_OK | os.X_OK) else f"{folder} cannot be written by this user"
