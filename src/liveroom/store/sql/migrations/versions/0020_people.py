"""What operators find users and rooms by, their notes on users, and broadcasts that are kept off lists.

What users are found by is written in the background, some at a time, after the migration.
"""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String

revision: Final = "0020"
down_revision: Final = "0019"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
_LONGER: Final = (
    ("lr_broadcasts_room", "lr_broadcasts", "room"),
    ("lr_broadcasts_owner", "lr_broadcasts", "owner"),
)
"""Indexes that have the id behind their column from now on, so that what they find is in the order of its making."""


def upgrade() -> None:
    op.create_table(
        "lr_user_terms",
        Column("tenant", _ID, primary_key=True),
        Column("term", _ID, primary_key=True),
        Column("user_id", _ID, primary_key=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_user_terms_user", "lr_user_terms", ["user_id", "term"])
    op.create_table(
        "lr_notes",
        Column("id", _ID, primary_key=True),
        Column("tenant", _ID, nullable=False),
        Column("user_id", _ID, nullable=False),
        Column("words", String(1024), nullable=False),
        Column("made_by", String(128), nullable=False),
        Column("at", BigInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_notes_user", "lr_notes", ["user_id", "id"])
    op.create_table(
        "lr_timeline",
        Column("broadcast", _ID, primary_key=True),
        Column("id", String(128), primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("stay", _ID, nullable=False),
        Column("value", _ID, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_timeline_moment", "lr_timeline", ["broadcast", "kind", "at", "id"])
    op.create_index("lr_timeline_at", "lr_timeline", ["at"])
    op.create_index("lr_stays_entered", "lr_stays", ["broadcast", "entered", "id"])
    op.create_index("lr_stays_left", "lr_stays", ["broadcast", "left_at", "id"])
    op.add_column("lr_users", Column("named", SmallInteger, nullable=False, server_default="0"))
    op.create_index("lr_users_named", "lr_users", ["named", "id"])
    op.add_column("lr_rooms", Column("aside", SmallInteger, nullable=False, server_default="0"))
    op.create_index("lr_rooms_delisted", "lr_rooms", ["tenant", "delisted", "id"])
    op.create_index("lr_own_users_name", "lr_own_users", ["tenant", "username"])
    for index, name, column in _LONGER:
        op.drop_index(index, name)
        op.create_index(index, name, [column, "id"])
