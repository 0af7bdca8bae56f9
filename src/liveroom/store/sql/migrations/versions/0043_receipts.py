"""Receipts: purchases in the stores of phones."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0043"
down_revision: Final = "0042"
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
        "lr_receipts",
        Column("store", String(24), primary_key=True),
        Column("id", _ID, primary_key=True),
        Column("tenant", _ID, nullable=False),
        Column("account", _ID, nullable=False),
        Column("order_key", _ID, nullable=False),
        Column("product", String(255), nullable=False),
        Column("coins", BigInteger, nullable=False),
        Column("journal", _ID, nullable=False),
        Column("credited", BigInteger, nullable=False),
        Column("turns", BigInteger, nullable=False),
        Column("refunded", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("created", BigInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_receipts_account", "lr_receipts", ["account"])
