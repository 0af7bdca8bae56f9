"""A room's options and seats in the operator's hand: read, and changed in the owner's name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.options import OptionChanges, RoomOptions, SeatMode
from liveroom.domain.seats.model import with_seats
from liveroom.ports import Tx
from liveroom.usecases.rooms.noting import note_change
from liveroom.usecases.rooms.options import RoomOptionChanges
from liveroom.usecases.seats.maps import SeatContext, SeatPlans


class OptionUpdate(NamedTuple):
    """What is to be changed; None leaves it as it is."""

    options: OptionChanges
    password: str | None = None
    """As it was typed; "" takes it away."""
    seats: int | None = None
    mode: SeatMode | None = None


@dataclass(frozen=True, slots=True)
class OperatorOptions:
    """What the operator does with options and seats. Both raise ``RoomNotFound``."""

    options: RoomOptionChanges
    seat_plans: SeatPlans

    async def seats(self, operator: Operator, room: RoomId) -> SeatContext:
        """Return the seats of a live room, and the open requests for them."""
        return await self.seat_plans.seat_maps.read(operator.tenant.name, room)

    async def update(self, operator: Operator, room_id: RoomId, wanted: OptionUpdate) -> RoomOptions:
        """Change options of a room that is live or reserved, and return all of them.

        Raises ``BadRequest`` for the length of a broadcast of which nobody has said when it begins.
        """
        seen: list[Room] = []

        async def note(_: Tx, room: Room) -> None:
            seen[:] = [room]

        room = await self.options.db.rooms.get(room_id)
        is_live = room is not None and room.state is RoomStatus.LIVE
        change = self._change(room_id, wanted, is_reserved=not is_live)
        if is_live:
            context = await self.seat_plans.change_options(operator.tenant.name, room_id, note, change)
            after = context.room.options
        else:
            committed = await self.options.broadcasts.change_options(operator.tenant.name, room_id, change, note)
            after = committed.room.options
        before = seen[0]
        note_change(operator, before, replace(before, options=after))
        return after

    def _change(
        self, room_id: RoomId, wanted: OptionUpdate, *, is_reserved: bool
    ) -> Callable[[RoomOptions], RoomOptions]:
        options = self.options.change(room_id, wanted.options, wanted.password, is_reserved=is_reserved)

        def change(former: RoomOptions) -> RoomOptions:
            return with_seats(options(former), wanted.seats, wanted.mode)

        return change
