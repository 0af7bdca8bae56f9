"""The audit of the ledger: how far it has come, what it has found, and seals."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0035"
down_revision: Final = "0034"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_KIND: Final = String(16)
_SHORT: Final = String(128)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_checkpoints",
        Column("account", _ID, primary_key=True),
        Column("until", _ID, nullable=False),
        Column("amount", BigInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_differences",
        Column("id", _SHORT, primary_key=True),
        Column("check_of", _KIND, nullable=False),
        Column("tenant", _ID, nullable=False),
        Column("subject", _SHORT, nullable=False),
        Column("expected", BigInteger, nullable=False),
        Column("found", BigInteger, nullable=False),
        Column("since", BigInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_seals",
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("until", _ID, nullable=False),
        Column("digest", _SHORT, nullable=False),
        Column("journals", BigInteger, nullable=False),
        Column("made", BigInteger, nullable=False),
        Column("checked", BigInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_seals_checked", "lr_seals", ["checked", "number"])
