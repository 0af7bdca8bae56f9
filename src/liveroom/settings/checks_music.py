"""What has to be true of the settings of singing together (``checks``)."""

import re
from collections.abc import Iterator

from liveroom.settings.address_forms import WEB_ADDRESS
from liveroom.settings.declaring import variable
from liveroom.settings.settled import Settings


def check_music(settings: Settings) -> Iterator[str]:
    """Yield each breach as a sentence."""
    if settings.music == "folder" and settings.music_folder is None:
        yield f"{variable('music')} is folder, which needs {variable('music_folder')} too; set it, or choose off."
    for origin in settings.music_origins:
        if not re.fullmatch(WEB_ADDRESS, origin):
            yield f"{variable('music_origins')} has {origin}; write addresses as https://songs.example.com."
