"""Charges: what the operator's own wallet is asked to take for gifts."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0040"
down_revision: Final = "0039"
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
        "lr_charges",
        Column("id", _ID, primary_key=True),
        *map(_text, ("tenant", "sender", "attempt", "digest", "room", "gift")),
        *map(_big, ("count", "coins")),
        Column("state", String(16), nullable=False),
        _text("slot"),
        *map(_big, ("due", "tries", "balance")),
        _text("receipt"),
        Column("said", String(255), nullable=False),
        _text("charge"),
        _big("created"),
        **_ON_MYSQL,
    )
    op.create_index("lr_charges_attempt", "lr_charges", ["attempt"], unique=True)
    op.create_index("lr_charges_slot", "lr_charges", ["slot"], unique=True)
    op.create_index("lr_charges_due", "lr_charges", ["due"])
    op.create_index("lr_charges_state", "lr_charges", ["tenant", "state", "id"])
    op.create_index("lr_charges_tenant", "lr_charges", ["tenant", "id"])
    op.create_index("lr_charges_late", "lr_charges", ["state", "created"])


def _text(name: str) -> Column[str]:
    return Column(name, _ID, nullable=False)


def _big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)
