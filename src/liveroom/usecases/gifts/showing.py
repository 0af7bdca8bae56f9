"""What users are shown of gifts, in a room or anywhere."""

from dataclasses import dataclass
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.gifts.catalogue import Catalogue
from liveroom.domain.ids import RoomId
from liveroom.ports import Clock
from liveroom.usecases.envelopes.sending import EnvelopeSenders
from liveroom.usecases.gifts.catalogues import GiftCatalogues
from liveroom.usecases.rooms.ranks import Ranks


class ShownGifts(NamedTuple):
    """A catalogue, as it is for somebody now."""

    catalogue: Catalogue
    turn: int
    is_open: bool
    """Gifts may be sent in the room."""


@dataclass(frozen=True, slots=True)
class GiftTray:
    """Shows the gifts that can be sent."""

    catalogues: GiftCatalogues
    ranks: Ranks
    clock: Clock
    envelopes: EnvelopeSenders
    """Who may send red envelopes."""

    async def shown(self, actor: Actor, room: RoomId | None) -> ShownGifts:
        """Return the gifts of the actor's tenant; ``room``: one in which the actor is, if they are for a room.

        Without a room it waits for nothing. Raises ``RoomNotFound``, ``NotInRoom``.
        """
        is_open = True
        if room is not None:
            is_open = (await self.ranks.check_reader(actor, room)).room.options.gifts
        catalogue = self.catalogues.of(actor.tenant.name)
        return ShownGifts(catalogue, catalogue.turn(self.clock.now()), is_open)
