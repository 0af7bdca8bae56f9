"""Logins: with which tags signatures have carried their time, from where sessions began, and addresses with a ban."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, Index, String, Text

revision: Final = "0009"
down_revision: Final = "0008"
branch_labels: Final = None
depends_on: Final = None

ID: Final = String(64)
SHORT: Final = String(128)
ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.add_column("lr_credentials", Column("timed", Text(), nullable=True))
    op.add_column("lr_sessions", Column("address", SHORT, nullable=False, server_default=""))
    op.create_table(
        "lr_address_bans",
        Column("tenant", ID, primary_key=True),
        Column("address", SHORT, primary_key=True),
        Column("user_id", ID, nullable=False),
        Column("made", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
        Index("lr_address_bans_user", "user_id"),
        Index("lr_address_bans_until", "until"),
        **ON_MYSQL,
    )
