"""``admin/*`` about what needs eyes: the wall of live rooms, and vendors' labels."""

from typing import Annotated, Any

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.moderation.methods import PAGE_MAX
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.labels import Label
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.domain.rooms.model import CATEGORY_MAX
from liveroom.domain.tenants.model import RtcKind
from liveroom.ports import LabelQuery
from liveroom.usecases.media.watching import MediaWatching
from liveroom.usecases.moderation.labels import VendorLabels
from liveroom.usecases.moderation.wall import Wall, WallTile

_LABELS_SHOWN = 5


class LabelRow(Shape):
    """What a vendor's content moderation has found."""

    label_id: str
    room_id: str
    """Empty: in no room, such as in a user's name."""
    user_id: str
    """Who sent it; empty: not said."""
    source: str
    """``picture``, ``voice`` or ``text``."""
    label: str
    """The vendor's word in small letters, such as ``porn``, ``abuse``, ``ad``."""
    suggestion: str
    """``review`` or ``block``, as the vendor suggests; liveroom does nothing by itself."""
    found: str
    """The words, or an address of the picture or sound at the vendor."""
    time_utc: str


class ListLabels(Request):
    """``roomId`` or ``userId``: only those. ``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id | None = None
    user_id: Id | None = None
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/admin/list_labels",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[LabelRow],
    data=Data.LIST,
)
async def list_labels(call: ListLabels, operator: Operator, labels: VendorLabels) -> Page:
    """List what the vendor's content moderation has found in the last 30 days, newest first.

    It arrives by [callbacks](callbacks.md), if it is on at the vendor.
    """
    room, user = RoomId(call.room_id or ""), UserId(call.user_id or "")
    query = LabelQuery(operator.tenant.name, room, user, call.cursor, call.limit)
    found, cursor = await labels.page(query)
    return Page.of([_label(label) for label in found], cursor)


class WallRoom(Shape):
    """A live room on the wall."""

    room_id: str
    category: str
    title: str
    cover: str
    """The address of its picture; empty: none. ``admin/watch_media`` lets you look into it."""
    owner_id: str
    owner_name: str
    owner_avatar: str
    nn_users: int
    """People in it now."""
    total_joined: int
    heat: float
    """How much has happened in it lately (docs/heat.md)."""
    create_utc: str
    """When the broadcast began."""
    reports: int
    """Open reports in the room."""
    labels: list[LabelRow]
    """The newest of the last half hour, at most five."""
    labels_total: int
    """How many there were in that time."""
    warned: int
    """How often its owner was warned."""
    hidden: bool
    """Its hosts are away for a moment."""
    barred: bool
    """The operator, or its owner, keeps it off every list."""
    provider: str
    """Who carries its media: ``mesh``, ``trtc`` or ``livekit``. With ``livekit`` one looks in unseen at any time, with
    ``mesh`` only through TURN."""


class ShowWall(Request):
    """``category``: only these rooms. ``cursor``: the ``nextCursor`` of the previous page."""

    category: Annotated[str, Text(CATEGORY_MAX)] = ""
    cursor: Id = ""


@method(
    "base/v1/admin/wall",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[WallRoom],
    data=Data.LIST,
)
async def wall(call: ShowWall, operator: Operator, wall: Wall, watching: MediaWatching) -> Page:
    """List live rooms, 60 a page, those first that need eyes: open reports and fresh labels, at most a second old.

    A report counts 10, a label 20 with ``block`` and 5 with ``review``; of equal rooms the one with more people comes
    first. All others follow as the list has them, the hottest first.
    """
    tiles, cursor = await wall.page(operator, category=call.category, cursor=call.cursor)
    provider = watching.provider(operator.tenant)
    return Page.of([_tile(tile, provider) for tile in tiles], cursor)


def _label(label: Label) -> LabelRow:
    report = label.report
    return LabelRow(
        label_id=label.id,
        room_id=report.room,
        user_id=report.user,
        source=report.source.value,
        label=report.label,
        suggestion=report.suggestion.value,
        found=report.found,
        time_utc=wire_time(report.at),
    )


def _tile(tile: WallTile, provider: RtcKind) -> WallRoom:
    card: dict[str, Any] = dict(tile.card)
    owner, labels = tile.owner, tile.attention.labels
    return WallRoom(
        room_id=card["roomId"],
        category=card["category"],
        title=card["title"],
        cover=card["cover"],
        owner_id=card["ownBy"],
        owner_name="" if owner is None else owner.name,
        owner_avatar="" if owner is None else owner.avatar,
        nn_users=card["nnUsers"],
        total_joined=card["totalJoined"],
        heat=round(tile.heat, 3),
        create_utc=card["createUtc"],
        reports=tile.attention.reports,
        labels=[_label(label) for label in labels[:_LABELS_SHOWN]],
        labels_total=len(labels),
        warned=tile.warned,
        hidden=tile.hidden,
        barred=tile.delisted,
        provider=provider.value,
    )
