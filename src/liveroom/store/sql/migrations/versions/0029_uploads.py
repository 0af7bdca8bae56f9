"""Uploads: files that users send, and what was published of them."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String

revision: Final = "0029"
down_revision: Final = "0028"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_SHORT: Final = String(128)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_uploads",
        Column("id", _ID, primary_key=True),
        Column("tenant", _ID, nullable=False),
        Column("user_id", _ID, nullable=False),
        Column("purpose", String(32), nullable=False),
        Column("content_type", _SHORT, nullable=False),
        Column("size", BigInteger(), nullable=False),
        Column("room", _ID, nullable=False),
        Column("state", String(16), nullable=False),
        Column("file_key", _SHORT, nullable=False),
        Column("width", BigInteger(), nullable=False),
        Column("height", BigInteger(), nullable=False),
        Column("shown", SmallInteger(), nullable=False),
        Column("detail", String(1024), nullable=False),
        Column("created", BigInteger(), nullable=False),
        Column("claimed", BigInteger(), nullable=True),
        Column("finished", BigInteger(), nullable=True),
        Column("look_at", BigInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_uploads_user", "lr_uploads", ["user_id", "id"])
    op.create_index("lr_uploads_look_at", "lr_uploads", ["look_at", "id"])
