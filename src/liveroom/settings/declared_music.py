"""The settings of singing together: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from pathlib import Path

from liveroom.settings import values
from liveroom.settings.declared_recordings import DeclaredRecordings
from liveroom.settings.declaring import setting


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredMusic(DeclaredRecordings):
    """What the operator may decide about it."""

    music: str = setting(
        "off",
        "Who has the songs that rooms sing: off (nobody: there is no song queue), hook (your server, by a hook), or "
        "folder (files of your own, where a tenant has no hook).",
        parse=values.choice("off", "hook", "folder"),
        starts="Singing together",
    )
    music_folder: Path | None = setting(
        None,
        "Folder of files of music, with LRC or VTT of the same name beside them; every process reads it.",
        parse=values.parse_path,
    )
    music_origins: tuple[str, ...] = setting(
        (),
        "From which addresses, beside the service's own, the live page plays your server's music.",
        parse=values.parse_list,
    )
