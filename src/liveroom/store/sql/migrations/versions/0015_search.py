"""What rooms are found by, and the message that is pinned in a room.

Terms of rooms that are live are written here. A process of the release before writes none: rooms that it opens are
found from their next change on.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from alembic import op
from sqlalchemy import Column, Connection, String, Text, column, insert, select, table

from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.rooms.search import SearchedRoom

revision: Final = "0015"
down_revision: Final = "0014"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
_AT_ONCE: Final = 500
_TERMS: Final = table("lr_room_terms", column("tenant"), column("term"), column("room"))
_ROOMS: Final = table(
    "lr_rooms",
    *map(column, ("id", "tenant", "owner", "state", "title", "category", "access", "delisted")),
)
_USERS: Final = table("lr_users", column("id"), column("name"))


def upgrade() -> None:
    op.add_column("lr_rooms", Column("pinned", Text(), nullable=True))
    op.create_table(
        "lr_room_terms",
        Column("tenant", _ID, primary_key=True),
        Column("term", _ID, primary_key=True),
        Column("room", _ID, primary_key=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_room_terms_room", "lr_room_terms", ["room", "term"])
    connection = op.get_bind()
    for rooms in _listed(connection):
        terms = [{"tenant": room.tenant, "term": term, "room": room.room} for room in rooms for term in room.terms()]
        if terms:
            connection.execute(insert(_TERMS), terms)


def _listed(connection: Connection) -> Iterator[Sequence[SearchedRoom]]:
    """Yield the rooms that lists show, some at a time."""
    r, after = _ROOMS.c, ""
    while True:
        rows = connection.execute(
            select(r.id, r.tenant, r.title, r.category, _USERS.c.name)
            .select_from(_ROOMS.outerjoin(_USERS, _USERS.c.id == r.owner))
            .where(r.state == "live", r.access == "public", r.delisted == 0, r.id > after)
            .order_by(r.id)
            .limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        yield [
            SearchedRoom(RoomId(id), TenantName(tenant), title, kind, name or "")
            for id, tenant, title, kind, name in rows
        ]
        after = rows[-1][0]
