"""What is to be done at media and message providers."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String

revision: Final = "0004"
down_revision: Final = "0003"
branch_labels: Final = None
depends_on: Final = None

ID: Final = String(64)
SHORT: Final = String(128)
LINE: Final = String(1024)
ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_vendor_work",
        Column("vendor", ID, primary_key=True),
        Column("matter", ID, primary_key=True),
        Column("subject", ID, primary_key=True),
        Column("tenant", ID, nullable=False),
        Column("lane", SHORT, nullable=True),
        Column("wanted", BigInteger, nullable=False),
        Column("changed", BigInteger, nullable=False),
        Column("due", BigInteger, nullable=True),
        Column("leased", BigInteger, nullable=False),
        Column("holder", ID, nullable=False),
        Column("tries", BigInteger, nullable=False),
        Column("achieved", LINE, nullable=False),
        Column("reason", LINE, nullable=False),
        Column("failed", BigInteger, nullable=True),
        Column("room_bucket", SmallInteger, nullable=True),
        **ON_MYSQL,
    )
    op.create_index("lr_vendor_work_due", "lr_vendor_work", ["lane", "due"])
    op.create_index("lr_vendor_work_failed", "lr_vendor_work", ["failed"])
    op.create_index("lr_vendor_work_bucket", "lr_vendor_work", ["room_bucket"])
