"""Names and descriptions of gifts in any language, and which of them a reader gets.

Languages are BCP 47 tags, such as ``en``, ``zh-Hant`` or ``pt-BR``. Whoever asks for one that a gift does not have gets
the nearest that it has (``zh-Hant`` for ``zh-Hant-TW``), else its own name.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from liveroom.domain.accounts.users import shown_name
from liveroom.domain.errors import BadRequest

NAME_MAX: Final = 60
DESCRIPTION_MAX: Final = 200
LANGUAGES_MAX: Final = 30
TAG_MAX: Final = 35
_TAG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


class GiftTexts(NamedTuple):
    """What people read of a gift or a category."""

    name: str
    description: str = ""


def read_texts(name: str, description: str = "", at: str = "name") -> GiftTexts:
    """Return texts as they are shown. Raises ``BadRequest``, which names ``at``."""
    shown, told = shown_name(name).strip(), shown_name(description).strip()
    if not 1 <= len(shown) <= NAME_MAX:
        raise BadRequest(f"{at}: 1 to {NAME_MAX} characters")
    if len(told) > DESCRIPTION_MAX:
        raise BadRequest(f"{at}: the description has at most {DESCRIPTION_MAX} characters")
    return GiftTexts(shown, told)


def read_tag(text: str) -> str:
    """Return a language as it is kept: ``zh-hant-tw`` is ``zh-Hant-TW``. Raises ``BadRequest`` for what is none."""
    if len(text) > TAG_MAX or not _TAG.fullmatch(text):
        raise BadRequest(f"languages: {text[:TAG_MAX]} is no language such as en, zh-Hant or pt-BR")
    first, *others = text.split("-")
    return "-".join((first.lower(), *map(_subtag, others)))


def _subtag(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()


def read_languages(said: Mapping[str, GiftTexts]) -> Mapping[str, GiftTexts]:
    """Return texts by language as they are kept. Raises ``BadRequest``."""
    if len(said) > LANGUAGES_MAX:
        raise BadRequest(f"languages: at most {LANGUAGES_MAX}")
    return {read_tag(tag): read_texts(*texts, at=f"languages.{tag}") for tag, texts in sorted(said.items())}


def texts_in(tag: str, own: GiftTexts, languages: Mapping[str, GiftTexts]) -> GiftTexts:
    """Return the texts for a reader of a language (as ``read_tag`` has it); a missing description is the own one."""
    while tag:
        if (found := languages.get(tag)) is not None:
            return found if found.description else found._replace(description=own.description)
        tag = tag.rpartition("-")[0]
    return own
