"""What operators do with streams: they see all of a tenant, and stop one."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import Room
from liveroom.domain.rooms.paging import cut
from liveroom.domain.streams.failures import StreamNotFound
from liveroom.domain.streams.lifecycle import PushedStream, stopped
from liveroom.usecases.streams.due import DueStreams
from liveroom.usecases.streams.rows import StreamChanges


@dataclass(frozen=True, slots=True)
class AdminStreams:
    """Does it for an operator."""

    changes: StreamChanges
    due_streams: DueStreams

    async def page(
        self, tenant: TenantName, room: RoomId | None, *, cursor: str, limit: int
    ) -> tuple[Sequence[PushedStream], str]:
        """Return streams of a tenant, or of one of its rooms, the oldest first, and the next page's cursor."""
        rows = self.changes.db.push_streams
        if room is None:
            found, following = cut(await rows.page(tenant, cursor, limit + 1), limit, lambda stream: stream.id)
        else:
            found, following = [one for one in await rows.of_room(room) if one.tenant == tenant], ""
        return [stream for stream in found if not stream.is_removed], following

    async def stop(self, operator: Operator, id: str) -> PushedStream:
        """Cut a stream's encoder off, and let none in until its host starts it again. Raises ``StreamNotFound``."""
        found = await self.changes.db.push_streams.get(id)
        if found is None or found.tenant != operator.tenant.name or found.is_removed:
            raise StreamNotFound
        now = self.changes.now()

        def stop(stream: PushedStream, _room: Room | None) -> PushedStream:
            return stream if stream.is_removed else stopped(stream, now)

        changed = await self.due_streams.change(found, stop)
        if changed is None:
            raise StreamNotFound
        operator.change.note({"state": found.state.value}, {"state": changed.state.value})
        return changed
