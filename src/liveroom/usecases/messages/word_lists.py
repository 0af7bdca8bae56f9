"""The word lists that operators keep for their tenants, beside the installation's file: whole in memory, as it is."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.errors import BadRequest, QuotaExceeded
from liveroom.domain.ids import TenantName
from liveroom.domain.messages.words import ListedWord, Search, Word, WordsUnreadable, cleared, read_word, words_in
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, Tx

WORDS_MAX: Final = 20_000
"""Of one tenant."""


@dataclass(slots=True)
class WordLists:
    """All of them (``operator_configuration.Configured``); ``make`` makes what finds the words of one."""

    db: Database
    clock: Clock
    make: Callable[[Sequence[Word]], Search]
    _words: Mapping[TenantName, Sequence[Word]] = field(default_factory=dict)
    _searches: Mapping[TenantName, Search] = field(default_factory=dict)

    async def reload(self) -> None:
        """Take up what changed; the lists of other tenants stay as they are."""
        words: dict[TenantName, list[Word]] = {}
        for tenant, listed in await self.db.words.all():
            words.setdefault(tenant, []).append(listed.word)
        searches = {}
        for tenant, of_it in words.items():
            is_known = self._words.get(tenant) == of_it
            searches[tenant] = self._searches[tenant] if is_known else await asyncio.to_thread(self.make, of_it)
        self._words, self._searches = words, searches

    def concerns(self, tenant: TenantName) -> bool:
        """Say whether the tenant has a list."""
        return tenant in self._searches

    def cleared(self, tenant: TenantName, text: str) -> str:
        """Return the text as it may be shown. Raises ``ContentRefused``."""
        search = self._searches.get(tenant)
        return text if search is None else cleared(text, search)

    def words_in(self, tenant: TenantName, text: str) -> Sequence[Word]:
        """Return which of the tenant's words a text has."""
        search = self._searches.get(tenant)
        return () if search is None else words_in(text, search)

    async def page(self, tenant: TenantName, *, cursor: str, limit: int) -> tuple[Sequence[ListedWord], str]:
        """Return the tenant's words in the order of their letters, and the next page's cursor."""
        found = await self.db.words.page(tenant, cursor, limit + 1)
        return cut(found, limit, lambda listed: listed.word.letters)

    async def add(self, operator: Operator, written: Sequence[str]) -> Sequence[ListedWord]:
        """Add words, or change how they are treated; return them as they are kept.

        Raises ``BadRequest`` for what is no word, ``QuotaExceeded``.
        """
        tenant, now = operator.tenant.name, self.clock.now()
        listed = [ListedWord(_read(text), text, operator.actor, now) for text in written]
        added = list({one.word.letters: one for one in listed}.values())

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            await tx.words.put(tenant, added)
            if await tx.words.count(tenant) > WORDS_MAX:
                raise QuotaExceeded(f"at most {WORDS_MAX} words")

        await self.db.transact(work)
        await self.reload()
        return added

    async def remove(self, operator: Operator, written: Sequence[str]) -> int:
        """Take words off the list; return how many were on it."""
        letters = {_read(text).letters for text in written}

        async def work(tx: Tx) -> int:
            await tx.configuration_version.bump()
            return await tx.words.remove(operator.tenant.name, letters)

        removed = await self.db.transact(work)
        await self.reload()
        return removed


def _read(written: str) -> Word:
    try:
        return read_word(written)
    except WordsUnreadable as problem:
        raise BadRequest(f"words: {written[:40]} {problem}") from None
