"""Links to archives of a person's data, and what somebody wrote in the order of its time."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0024"
down_revision: Final = "0023"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_exports",
        Column("id", _ID, primary_key=True),
        Column("tenant", _ID, nullable=False),
        Column("user_id", _ID, nullable=False),
        Column("digest", String(128), nullable=False),
        Column("created", BigInteger(), nullable=False),
        Column("expires", BigInteger(), nullable=False),
        Column("asked_by", _ID, nullable=False),
        Column("used", BigInteger(), nullable=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_exports_user", "lr_exports", ["user_id", "created"])
    op.create_index("lr_exports_digest", "lr_exports", ["digest"], unique=True)
    op.create_index("lr_exports_expires", "lr_exports", ["expires"])
    op.drop_index("lr_messages_user", "lr_messages")
    op.create_index("lr_messages_user", "lr_messages", ["user_id", "at"])
