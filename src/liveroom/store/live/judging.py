"""What the index says of a member's presence entry, and what is to be done where it says otherwise."""

from collections.abc import Sequence
from typing import NamedTuple

from liveroom.domain.presence.members import PresenceEntry
from liveroom.ports import Repair


class Named(NamedTuple):
    """A presence entry as a user's record has it. ``heir``: by which other it was replaced."""

    entry: PresenceEntry
    heir: str | None = None
    going: bool = False


class RepairDecision(NamedTuple):
    """What is to be done about a member's presence entry; with an ``heir`` only if that is a member's, else it is
    under way.
    """

    repair: Repair | None
    heir: PresenceEntry | None = None


FINE = RepairDecision(None)


def judged(entry: PresenceEntry, index: Sequence[Named], *, reloaded: bool, vouched: bool) -> RepairDecision:
    """Compare a member's presence entry with what their record names.

    A record names a presence entry before the room has it, and after. Who was ``reloaded`` from SQL with their room
    and is not named had left. Else the record's bucket was lost, or an enter crossed a leave. The enter was
    acknowledged then, as its process takes back any other: the presence entry is named again where something vouches
    for it and the session has no newer one.
    """
    mine = next((one for one in index if one.entry.id == entry.id), None)
    others = [one for one in index if one.entry.session == entry.session and one is not mine and not one.entry.host]
    newer = [one for one in others if one.entry.id > entry.id]
    if mine is None:
        keeps = vouched and not reloaded and (entry.host or not newer)
        return RepairDecision(Repair.NAME if keeps else Repair.END)
    if entry.host or mine.entry.host:
        return FINE
    if mine.heir is not None and not mine.going:
        heir = next((one.entry for one in others if one.entry.id == mine.heir), None)
        return RepairDecision(Repair.END, heir)
    has_newer = any(one.heir is None and not one.going for one in newer)
    return RepairDecision(Repair.END) if mine.going or has_newer else FINE
