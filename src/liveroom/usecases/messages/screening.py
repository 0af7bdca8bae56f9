"""Screening: what people write is judged before others see it, wherever it is written.

First by the operator's word lists (a file for all, and one of each tenant), then by whoever is asked before
``HookType.TEXT``: modules, and the operator's server. Where there is neither, nothing is looked at. What operators
write themselves (``admin/*``, an import) is not judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from liveroom.domain.accounts.users import User
from liveroom.domain.errors import ContentRefused, HookRefused, TextRefused
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.messages.words import LONGEST, TextKind, Word
from liveroom.domain.rooms.model import RoomChanges, RoomStatus
from liveroom.ports import Database, Live, WordFilter
from liveroom.usecases.hooks.calls import HookCall, HookCalls
from liveroom.usecases.messages.word_lists import WordLists

_ROOM: Final[Mapping[str, TextKind]] = {
    "title": TextKind.TITLE,
    "subject": TextKind.SUBJECT,
    "description": TextKind.DESCRIPTION,
}
_NOTHING: Final[Mapping[str, Any]] = {}
_OF_LINES: Final = frozenset({TextKind.DESCRIPTION, TextKind.MESSAGE})


class Judged(NamedTuple):
    """What word lists make of a text."""

    shown: str | None
    """As it may be shown; None: not at all."""
    of_file: Sequence[Word]
    of_list: Sequence[Word]


@dataclass(frozen=True, slots=True)
class Screening:
    """Judges words."""

    db: Database
    live: Live
    hook_calls: HookCalls
    listed: WordLists
    blocked: WordFilter | None = None

    def looks_at(self, tenant: TenantName) -> bool:
        """Say whether anything that the tenant's users write is judged."""
        has_words = self.blocked is not None or self.listed.concerns(tenant)
        return has_words or self.hook_calls.concerns(tenant, HookType.TEXT)

    async def refresh(self) -> None:
        """Take up a word list that has changed."""
        if self.blocked is not None:
            await self.blocked.refresh()

    async def words(
        self,
        tenant: TenantName,
        kind: TextKind,
        text: str,
        *,
        user: UserId = UserId(""),
        room: RoomId = RoomId(""),
        category: str | None = None,
        beside: Mapping[str, Any] = _NOTHING,
    ) -> str:
        """Return the text as it may be shown. Raises ``ContentRefused``.

        ``category``: the room's; None: it is looked up if a hook or module is asked. ``beside``: what these are told
        further.
        """
        if not text:
            return text
        if self.blocked is not None:
            text = self.blocked.cleared(text)
        text = self.listed.cleared(tenant, text)
        if not self.hook_calls.concerns(tenant, HookType.TEXT):
            return text
        if category is None:
            category = await self._category(room)
        data = {"kind": kind.value, "text": text, "userId": user, "roomId": room, "category": category, **beside}
        return await self._ask(HookCall(HookType.TEXT, tenant, category, data), kind)

    def judged_as(self, tenant: TenantName, text: str) -> Judged:
        """Return what the word lists make of a text, for operators who try them. Hooks and modules are not asked."""
        of_file = self.blocked.words_in(text) if self.blocked is not None else ()
        of_list = self.listed.words_in(tenant, text)
        shown: str | None = text
        try:
            if self.blocked is not None:
                shown = self.blocked.cleared(text)
            shown = self.listed.cleared(tenant, shown or text)
        except ContentRefused:
            shown = None
        return Judged(shown, of_file, of_list)

    async def username(self, tenant: TenantName, text: str) -> None:
        """Judge a sign-in name: one that would have to be changed is refused. Raises ``ContentRefused``."""
        if await self.words(tenant, TextKind.NAME, text) != text:
            raise ContentRefused

    async def nickname(self, user: User, text: str) -> str:
        """Return what may fill an empty name; "" for a user who has one. Raises ``ContentRefused``."""
        return "" if user.name else await self.words(user.tenant, TextKind.NAME, text, user=user.id)

    async def room(
        self, tenant: TenantName, changes: RoomChanges, *, user: UserId, room: RoomId = RoomId("")
    ) -> RoomChanges:
        """Return a room's texts as they may be shown. Raises ``ContentRefused``."""
        if not self.looks_at(tenant):
            return changes
        judged: dict[str, Any] = {}
        for field, kind in _ROOM.items():
            if text := getattr(changes, field):
                category = changes.category or (None if room else "")
                judged[field] = await self.words(tenant, kind, text, user=user, room=room, category=category)
        return changes._replace(**judged)

    async def _ask(self, question: HookCall, kind: TextKind) -> str:
        try:
            changes = await self.hook_calls.ask(question)
        except HookRefused as refused:
            raise TextRefused(refused.detail) from refused
        if "text" not in changes:
            return str(question.data["text"])
        text = str(changes["text"])
        if kind not in _OF_LINES:
            text = " ".join(text.split())
        if kind is TextKind.MESSAGE and not text:
            raise ContentRefused
        return text[: LONGEST[kind]]

    async def _category(self, room: RoomId) -> str:
        if not room:
            return ""
        if (live := await self.live.room(room)) is not None:
            return live.category
        known = await self.db.rooms.get(room)
        return "" if known is None or known.state is RoomStatus.CLOSED else known.category
