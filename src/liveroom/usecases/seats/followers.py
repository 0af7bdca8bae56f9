"""Seats for followers only: of the audience, whoever would come to one by themselves has to follow the room's owner."""

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.follows.failures import SeatsForFollowers
from liveroom.domain.follows.model import Pair
from liveroom.ports import Database
from liveroom.usecases.seats.maps import SeatContext, SeatMapEditor


async def check_follows(db: Database, seat_maps: SeatMapEditor, actor: Actor, context: SeatContext) -> None:
    """Raise ``SeatsForFollowers`` unless the actor may come to a seat as far as following goes.

    Hosts may, who may seat people, and who has a seat; the database is asked only where it matters.
    """
    if not context.options.followers_seats or context.seat_map.seat_of(actor.user) is not None:
        return
    member = context.members.get(actor.user)
    if member is not None and member.role.is_host:
        return
    if await db.follows.since(Pair(actor.user, context.room.owner)) is not None:
        return
    if not await seat_maps.may_seat(actor, context):
        raise SeatsForFollowers().of(context.room.owner)
