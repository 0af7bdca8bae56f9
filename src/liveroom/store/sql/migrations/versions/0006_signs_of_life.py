"""Last signs of life, for installations without Redis."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, Text
from sqlalchemy.dialects.mysql import MEDIUMTEXT

revision: Final = "0006"
down_revision: Final = "0005"
branch_labels: Final = None
depends_on: Final = None

_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_signs_of_life",
        Column("user_bucket", SmallInteger, primary_key=True, autoincrement=False),
        Column("written", BigInteger, nullable=False),
        Column("held", BigInteger, nullable=False),
        Column("sessions", Text().with_variant(MEDIUMTEXT(), "mysql"), nullable=False),
        **_ON_MYSQL,
    )
