"""Payouts of points."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0032"
down_revision: Final = "0031"
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
        "lr_payouts",
        Column("id", _ID, primary_key=True),
        Column("tenant", _ID, nullable=False),
        Column("account", _ID, nullable=False),
        Column("key", _ID, nullable=False),
        Column("digest", _SHORT, nullable=False),
        Column("points", BigInteger, nullable=False),
        Column("state", _KIND, nullable=False),
        Column("made_by", _ID, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("ended", _ID, nullable=True),
        Column("cleared", BigInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_payouts_key", "lr_payouts", ["tenant", "key"], unique=True)
    op.create_index("lr_payouts_state", "lr_payouts", ["tenant", "state", "id"])
    op.create_index("lr_payouts_held", "lr_payouts", ["state", "created"])
    op.create_index("lr_payouts_account", "lr_payouts", ["account", "id"])
    op.create_index("lr_payouts_ended", "lr_payouts", ["account", "ended"])
