"""Battles between connected rooms: their rooms, what is counted in them, and rooms that wait for an opponent."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String, Text

revision: Final = "0036"
down_revision: Final = "0035"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_STATE: Final = String(16)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.add_column("lr_rooms", Column("battle", Text(), nullable=True))
    op.add_column("lr_rooms", Column("open_battles", SmallInteger, nullable=False, server_default="0"))
    op.create_table(
        "lr_battles",
        Column("id", _ID, primary_key=True),
        _text("tenant"),
        Column("state", _STATE, nullable=False),
        *map(_text, ("room", "made_by")),
        *map(_big, ("duration", "shown")),
        Column("rule", Text(), nullable=False),
        _big("created"),
        *(Column(name, BigInteger, nullable=True) for name in ("due", "begins", "ends")),
        Column("winner", SmallInteger, nullable=False),
        Column("reason", _STATE, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_battles_due", "lr_battles", ["due", "id"])
    op.create_index("lr_battles_state", "lr_battles", ["state", "id"])
    op.create_index("lr_battles_tenant", "lr_battles", ["tenant", "id"])
    op.create_table(
        "lr_battle_rooms",
        *(Column(name, _ID, primary_key=True) for name in ("battle", "room")),
        *map(_text, ("tenant", "broadcast", "owner")),
        *(Column(name, SmallInteger, nullable=False) for name in ("number", "side", "accepted")),
        Column("began", BigInteger, nullable=True),
        *map(_big, ("score", "likes")),
        Column("gone", _STATE, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_battle_rooms_number", "lr_battle_rooms", ["battle", "number"])
    op.create_index("lr_battle_rooms_room", "lr_battle_rooms", ["room", "battle"])
    op.create_index("lr_battle_rooms_owner", "lr_battle_rooms", ["owner", "battle"])
    op.create_table(
        "lr_battle_scores",
        *(Column(name, _ID, primary_key=True) for name in ("battle", "room", "doc")),
        _big("score"),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_battle_queue",
        Column("room", _ID, primary_key=True),
        *map(_text, ("tenant", "category", "owner", "made_by", "broadcast")),
        *map(_big, ("created", "expires")),
        **_ON_MYSQL,
    )
    op.create_index("lr_battle_queue_category", "lr_battle_queue", ["tenant", "category", "created", "room"])
    op.create_index("lr_battle_queue_expires", "lr_battle_queue", ["expires", "room"])


def _text(name: str) -> Column[str]:
    return Column(name, _ID, nullable=False)


def _big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)
