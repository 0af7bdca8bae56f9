"""Labels: what vendors' content moderation reports of rooms and users, kept for operators to look at.

Nothing is done because of a label, and nothing is asked of the vendor: it reports by itself.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.labels import Label, LabelReport
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Database, LabelQuery


@dataclass(frozen=True, slots=True)
class VendorLabels:
    """Keeps and lists them."""

    db: Database

    async def add(self, reports: Sequence[LabelReport], tenants: Container[TenantName]) -> None:
        """Keep what is reported of the tenants' rooms and users; one that comes again stays one."""
        found = []
        for report in reports:
            room = await self.db.rooms.get(report.room) if report.room else None
            user = await self.db.users.get(report.user) if report.user else None
            known = [one.tenant for one in (room, user) if one is not None and one.tenant in tenants]
            if known:
                room_id = report.room if room is not None else RoomId("")
                user_id = report.user if user is not None else UserId("")
                found.append(Label(report.key, known[0], report._replace(room=room_id, user=user_id)))
        await self.db.labels.add(found)

    async def page(self, query: LabelQuery) -> tuple[Sequence[Label], str]:
        """Return labels, the newest first, and the next page's cursor."""
        found = await self.db.labels.page(query._replace(limit=query.limit + 1))
        return cut(found, query.limit, lambda label: label.id)
