"""What differs between two places that should say the same, and when each source was compared last."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0051"
down_revision: Final = "0050"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_SHORT: Final = String(128)
_LINE: Final = String(1024)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_drift",
        Column("id", _ID, primary_key=True),
        Column("source", _ID, nullable=False),
        Column("kind", _ID, nullable=False),
        Column("case_of", _ID, nullable=False),
        Column("subject", _LINE, nullable=False),
        Column("tenant", _ID, nullable=False),
        Column("room", _ID, nullable=False),
        Column("user_id", _ID, nullable=False),
        Column("detail", _SHORT, nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("looked", BigInteger, nullable=False),
        Column("looks", BigInteger, nullable=False),
        Column("tries", BigInteger, nullable=False),
        Column("failure", _LINE, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_drift_source", "lr_drift", ["source", "id"])
    op.create_index("lr_drift_room", "lr_drift", ["room", "id"])
    op.create_index("lr_drift_user", "lr_drift", ["user_id", "id"])
    op.create_index("lr_drift_kind", "lr_drift", ["source", "kind"])
    op.create_table(
        "lr_drift_rounds",
        Column("source", _ID, primary_key=True),
        Column("began", BigInteger, nullable=False),
        Column("ended", BigInteger, nullable=False),
        Column("due", BigInteger, nullable=False),
        Column("outcome", _ID, nullable=False),
        Column("items", BigInteger, nullable=False),
        Column("found", BigInteger, nullable=False),
        Column("reason", _LINE, nullable=False),
        Column("repaired", BigInteger, nullable=False),
        Column("failures", BigInteger, nullable=False),
        Column("allowed_until", BigInteger, nullable=True),
        Column("allowed_by", String(255), nullable=False),
        **_ON_MYSQL,
    )
