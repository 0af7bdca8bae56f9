"""Live rooms that are connected with each other, and requests for that."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String, Text

revision: Final = "0031"
down_revision: Final = "0030"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.add_column("lr_rooms", Column("connection", Text(), nullable=True))
    op.add_column("lr_rooms", Column("connection_id", _ID, nullable=True))
    op.create_index("lr_rooms_connection", "lr_rooms", ["tenant", "connection_id", "id"])
    op.create_table(
        "lr_connection_requests",
        Column("id", _ID, primary_key=True),
        Column("tenant", _ID, nullable=False),
        Column("room", _ID, nullable=False),
        Column("target", _ID, nullable=False),
        Column("made_by", _ID, nullable=False),
        Column("created", BigInteger(), nullable=False),
        Column("expires", BigInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_connection_requests_pair", "lr_connection_requests", ["room", "target"], unique=True)
    op.create_index("lr_connection_requests_asked", "lr_connection_requests", ["target"])
    op.create_index("lr_connection_requests_expires", "lr_connection_requests", ["expires", "id"])
