"""Who was removed from media rooms, so that they are removed again when they come back."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0049"
down_revision: Final = "0045"
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
        "lr_removed_participants",
        Column("room", _ID, primary_key=True),
        Column("user_id", _ID, primary_key=True),
        Column("tenant", _ID, nullable=False),
        Column("until", BigInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_removed_participants_user", "lr_removed_participants", ["user_id"])
    op.create_index("lr_removed_participants_until", "lr_removed_participants", ["until"])
