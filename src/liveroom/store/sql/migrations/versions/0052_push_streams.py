"""Streams that encoders push to a server outside, and those that a room has now."""

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String, Text

revision: Final = "0052"
down_revision: Final = "0051"
branch_labels: Final = None
depends_on: Final = None

ID: Final = String(64)
KIND: Final = String(16)


def upgrade() -> None:
    op.create_table(
        "lr_push_streams",
        Column("id", ID, primary_key=True),
        *(Column(name, ID, nullable=False) for name in ("tenant", "room", "user_id")),
        Column("server", KIND, nullable=False),
        *(Column(name, ID, nullable=False) for name in ("name", "key_digest")),
        *(Column(name, BigInteger, nullable=False) for name in ("key_expires", "created")),
        Column("state", KIND, nullable=False),
        Column("broadcast", ID, nullable=False),
        Column("sessions", Text(), nullable=False),
        *(Column(name, BigInteger, nullable=True) for name in ("since", "interrupted", "sighted")),
        *(Column(name, BigInteger, nullable=False) for name in ("width", "height", "kilobits")),
        Column("stopped", SmallInteger, nullable=False),
        Column("task", KIND, nullable=True),
        *(Column(name, BigInteger, nullable=True) for name in ("retry", "due")),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index("lr_push_streams_name", "lr_push_streams", ["name"], unique=True)
    op.create_index("lr_push_streams_room", "lr_push_streams", ["room", "id"])
    op.create_index("lr_push_streams_user", "lr_push_streams", ["user_id", "id"])
    op.create_index("lr_push_streams_tenant", "lr_push_streams", ["tenant", "id"])
    op.create_index("lr_push_streams_state", "lr_push_streams", ["server", "state", "id"])
    op.create_index("lr_push_streams_due", "lr_push_streams", ["due", "id"])
    op.add_column("lr_rooms", Column("streams", Text(), nullable=True))
