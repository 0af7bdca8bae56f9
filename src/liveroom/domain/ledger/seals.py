"""Seals: a chain of digests over everything that was moved, so that nobody changes it later without being found out.

Each seal is over the journals of a span, with their entries, and over the seal before it. It is made some minutes after
the span, when nothing that belongs there can come any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.ids import first_id
from liveroom.domain.ledger.journals import JournalId, LedgerEntry, LedgerJournal

EVERY: Final = timedelta(hours=1)
AFTER: Final = timedelta(minutes=5)
"""How long after its span a seal is made."""
CHECKED_EVERY: Final = timedelta(days=1)
"""How often one of them is computed anew."""
_encode: Final = msgspec.json.Encoder().encode


class SealedEntry(NamedTuple):
    """An entry in the order in which it was written."""

    n: int
    entry: LedgerEntry


@dataclass(frozen=True, slots=True)
class Seal:
    """A digest of all journals before ``until`` that no earlier seal is over."""

    number: int
    """From 1."""
    until: JournalId
    digest: str
    journals: int
    """How many it is over."""
    made: datetime


class SealDigest:
    """Computes a digest while journals pass by, in the order of their ids."""

    def __init__(self, before: str) -> None:
        """``before``: the digest of the seal before; "" for the first."""
        self._hash = sha256(before.encode())
        self.journals = 0

    def add(self, journal: LedgerJournal, entries: Iterable[LedgerEntry]) -> None:
        """Add a journal and its entries, in the order in which they were written."""
        head = (journal.id, journal.tenant, journal.kind, journal.key, journal.digest, journal.by, journal.reverses)
        made = int(journal.created.timestamp() * 1000)
        moved = [(entry.account, entry.amount, entry.doc) for entry in entries]
        self._hash.update(_encode((head, made, moved)) + b"\n")
        self.journals += 1

    @property
    def hex(self) -> str:
        """Return the digest of what was added."""
        return self._hash.hexdigest()


def seal_end(now: datetime) -> JournalId:
    """Return before which journal the newest seal ends that can be made now."""
    hour = (now - AFTER).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return JournalId(first_id(hour))
