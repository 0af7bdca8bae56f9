"""Recordings of broadcasts, and which of them a room shows."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String, Text
from sqlalchemy.dialects.mysql import MEDIUMTEXT

revision: Final = "0050"
down_revision: Final = "0049"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_KIND: Final = String(16)
_NAME: Final = String(255)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.add_column("lr_rooms", Column("recorded", SmallInteger, nullable=False, server_default="0"))
    op.add_column("lr_rooms", Column("recording", Text(), nullable=True))
    op.create_table(
        "lr_recordings",
        Column("id", _ID, primary_key=True),
        *(Column(name, _ID, nullable=False) for name in ("tenant", "room", "broadcast", "owner", "started_by")),
        Column("recorder", _KIND, nullable=False),
        Column("state", _KIND, nullable=False),
        Column("task", _NAME, nullable=False),
        Column("announced", BigInteger(), nullable=False),
        Column("begins", BigInteger(), nullable=False),
        Column("started", BigInteger(), nullable=True),
        Column("ended", BigInteger(), nullable=True),
        Column("reason", _NAME, nullable=False),
        Column("due", BigInteger(), nullable=True),
        Column("erased", SmallInteger(), nullable=False),
        Column("files", Text().with_variant(MEDIUMTEXT(), "mysql"), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_recordings_tenant", "lr_recordings", ["tenant", "id"])
    op.create_index("lr_recordings_room", "lr_recordings", ["room", "id"])
    op.create_index("lr_recordings_broadcast", "lr_recordings", ["broadcast", "id"])
    op.create_index("lr_recordings_owner", "lr_recordings", ["owner", "id"])
    op.create_index("lr_recordings_by", "lr_recordings", ["started_by", "id"])
    op.create_index("lr_recordings_task", "lr_recordings", ["task", "recorder"])
    op.create_index("lr_recordings_state", "lr_recordings", ["recorder", "state", "id"])
    op.create_index("lr_recordings_due", "lr_recordings", ["due"])
