"""The settings of uploads: like those of ``declared``, behind them."""

from dataclasses import dataclass

from liveroom.settings import values
from liveroom.settings.declared_gifts import DeclaredGifts
from liveroom.settings.declaring import setting


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredUploads(DeclaredGifts):
    """What the operator may decide about files that users send."""

    uploads: str = setting(
        "auto",
        "Where pictures that users upload are kept: none (nothing can be uploaded) or folder (in data_dir, which "
        "all processes must share); unset it is folder with SQLite and none with MySQL or Redis.",
        parse=values.choice("none", "folder"),
        shown_default="",
        starts="Uploads",
    )
    uploads_url: str = setting(
        "",
        "Address under which everybody sees uploaded pictures, best on a host of its own, such as "
        "https://pictures.example.com; unset, files of the folder are at /files, and their addresses are paths.",
    )
    uploads_per_day: int = setting(100, "Files that one user may upload in a day; 0 for no limit.")
    uploads_mb_per_day: int = setting(200, "Megabytes that one user may upload in a day; 0 for no limit.")
