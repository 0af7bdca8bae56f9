"""``admin/*`` about words that are not allowed: a tenant's list, beside the installation's file."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Many, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.messages.words import WORD_MAX, ListedWord
from liveroom.domain.moderation.audit import shown_actor
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.usecases.messages.screening import Screening

AT_ONCE = 500
TRIED_MAX = 500
_Words = Annotated[tuple[str, ...], Many(AT_ONCE)]


class WordRow(Shape):
    """A word of the list."""

    word: str
    """As it was written; with ``~`` before it, it is masked with stars, and the text is shown."""
    masked: bool
    added_by: str
    added_utc: str


class ListWords(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Annotated[str, Text(WORD_MAX)] = ""
    limit: Annotated[int, Whole(1, 500)] = 100


@method(
    "base/v1/admin/list_words",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="words.view",
    reply=list[WordRow],
    data=Data.LIST,
)
async def list_words(call: ListWords, operator: Operator, screening: Screening) -> Page:
    """List the tenant's words in the order of their letters; those of ``LIVEROOM_BLOCKED_WORDS`` are not among them."""
    found, cursor = await screening.listed.page(operator.tenant.name, cursor=call.cursor, limit=call.limit)
    return Page.of([_row(listed) for listed in found], cursor)


class SomeWords(Request):
    """``words``: at most 500, each of at most 64 characters; ``~`` before one that is to be masked with stars."""

    words: _Words


@method(
    "base/v1/admin/add_words",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="words.manage",
    reply=list[WordRow],
    data=Data.LIST,
    codes=(Code.QuotaExceeded,),
)
async def add_words(call: SomeWords, operator: Operator, screening: Screening) -> Page:
    """Add words that names, titles, descriptions and messages must not have; in force everywhere within two seconds.

    What counts as the word is as in the [file](interactive.md#words). A word that is on the list already is
    treated as it is written now. At most 20,000 (3005).
    """
    added = await screening.listed.add(operator, call.words)
    operator.change.note({}, {"added": [one.written for one in added]})
    return Page.of([_row(listed) for listed in added])


class RemovedWords(Shape):
    """How many words were on the list."""

    removed: int


@method(
    "base/v1/admin/remove_words",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="words.manage",
    reply=RemovedWords,
)
async def remove_words(call: SomeWords, operator: Operator, screening: Screening) -> RemovedWords:
    """Take words off the list. Those that are not on it change nothing."""
    removed = await screening.listed.remove(operator, call.words)
    operator.change.note({"removed": list(call.words)}, {})
    return RemovedWords(removed=removed)


class TriedText(Request):
    """``text``: what somebody might write."""

    text: Annotated[str, Text(TRIED_MAX)]


class FoundWord(Shape):
    """A word that a text has."""

    word: str
    """Its letters, as they are compared."""
    masked: bool
    source: str
    """``list``, or ``file`` for ``LIVEROOM_BLOCKED_WORDS``."""


class JudgedText(Shape):
    """What word lists make of a text."""

    allowed: bool
    shown: str
    """As others would see it; empty if it is refused (3010)."""
    found: list[FoundWord]


@method(
    "base/v1/admin/test_words",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="words.view",
    reply=JudgedText,
)
async def test_words(call: TriedText, operator: Operator, screening: Screening) -> JudgedText:
    """Say what the file and the tenant's list make of a text. Hooks are not called, and nothing is sent."""
    judged = screening.judged_as(operator.tenant.name, call.text)
    return JudgedText(
        allowed=judged.shown is not None,
        shown=judged.shown or "",
        found=[
            FoundWord(word=word.letters, masked=word.masks, source=source)
            for source, words in (("file", judged.of_file), ("list", judged.of_list))
            for word in words
        ],
    )


def _row(listed: ListedWord) -> WordRow:
    return WordRow(
        word=listed.written,
        masked=listed.word.masks,
        added_by=shown_actor(listed.by),
        added_utc=wire_time(listed.at),
    )
