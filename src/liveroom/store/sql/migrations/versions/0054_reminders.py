"""Who wants to be reminded of scheduled broadcasts; followers who are to be told of one stand in the same table."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, MetaData, String, Table, insert, literal, select

revision: Final = "0054"
down_revision: Final = "0053"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
_BEFORE: Final = 600_000
"""Ten minutes in milliseconds, after which the broadcasts that are scheduled already are reminded of."""


def upgrade() -> None:
    op.create_table(
        "lr_reminders",
        Column("room", _ID, primary_key=True),
        Column("user_id", _ID, primary_key=True),
        Column("at", BigInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_reminders_first", "lr_reminders", ["room", "at", "user_id"])
    op.create_index("lr_reminders_newest", "lr_reminders", ["user_id", "at", "room"])
    op.create_table(
        "lr_room_alerts",
        Column("occasion", String(128), primary_key=True),
        *(Column(name, _ID, nullable=False) for name in ("kind", "tenant", "room", "host", "broadcast")),
        *(Column(name, BigInteger(), nullable=False) for name in ("at", "after_at")),
        Column("after_user", _ID, nullable=False),
        Column("due", BigInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_room_alerts_due", "lr_room_alerts", ["due"])
    op.create_index("lr_room_alerts_host", "lr_room_alerts", ["host"])
    _move_followers()
    _remind_of_scheduled()
    op.drop_table("lr_follow_alerts")


def _move_followers() -> None:
    old = _table("lr_follow_alerts", "broadcast tenant room host after_user", "opened after_at due")
    new = _table("lr_room_alerts", "occasion kind tenant room host broadcast after_user", "at after_at due")
    moved = select(
        literal("follow:").concat(old.c.broadcast),
        literal("follow"),
        *(old.c[name] for name in ("tenant", "room", "host", "broadcast", "opened", "after_at", "after_user", "due")),
    )
    names = ["occasion", "kind", "tenant", "room", "host", "broadcast", "at", "after_at", "after_user", "due"]
    op.execute(insert(new).from_select(names, moved))


def _remind_of_scheduled() -> None:
    rooms = _table("lr_rooms", "id tenant owner state", "starts")
    new = _table("lr_room_alerts", "occasion kind tenant room host broadcast after_user", "at after_at due")
    scheduled = select(
        literal("remind:").concat(rooms.c.id),
        literal("soon"),
        rooms.c.tenant,
        rooms.c.id,
        rooms.c.owner,
        literal(""),
        rooms.c.starts,
        literal(0),
        literal(""),
        rooms.c.starts - _BEFORE,
    ).where(rooms.c.state == "reserved", rooms.c.starts.is_not(None))
    names = ["occasion", "kind", "tenant", "room", "host", "broadcast", "at", "after_at", "after_user", "due"]
    op.execute(insert(new).from_select(names, scheduled))


def _table(name: str, texts: str, numbers: str) -> Table:
    columns = [Column(one, _ID) for one in texts.split()] + [Column(one, BigInteger()) for one in numbers.split()]
    return Table(name, MetaData(), *columns)
