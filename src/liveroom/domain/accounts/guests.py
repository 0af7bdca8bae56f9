"""Guests: people whose account was made on the spot, without a name and a secret to come back with."""

import secrets
from typing import Final

from liveroom.domain.tenants.model import Language

TAG: Final = "guest"
"""The tag that marks their accounts."""

_NAMES: Final = {
    Language.ZH: (
        ["快乐的", "勇敢的", "温柔的", "机智的", "安静的", "闪亮的", "悠闲的", "好奇的", "热心的", "幸运的"],
        ["海豚", "熊猫", "小鹿", "松鼠", "企鹅", "海獭", "狐狸", "考拉", "水獭", "白鹭"],
        "{}{}{}",
    ),
    Language.EN: (
        ["Happy", "Brave", "Gentle", "Clever", "Quiet", "Shiny", "Easy", "Curious", "Warm", "Lucky"],
        ["Dolphin", "Panda", "Deer", "Squirrel", "Penguin", "Seal", "Fox", "Koala", "Otter", "Heron"],
        "{} {} {}",
    ),
}


def friendly_name(language: Language) -> str:
    """Return a name for somebody who gave none: two guests in a room seldom have the same."""
    kinds, animals, form = _NAMES[language]
    return form.format(secrets.choice(kinds), secrets.choice(animals), 10 + secrets.randbelow(90))
