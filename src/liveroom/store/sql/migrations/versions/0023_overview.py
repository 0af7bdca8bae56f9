"""The past minutes of the console's overview."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String, Text
from sqlalchemy.dialects.mysql import MEDIUMTEXT

revision: Final = "0023"
down_revision: Final = "0021"
branch_labels: Final = None
depends_on: Final = None

_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_overview",
        Column("scope", String(64), primary_key=True),
        Column("minute", BigInteger, primary_key=True, autoincrement=False),
        Column("body", Text().with_variant(MEDIUMTEXT(), "mysql"), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_overview_minute", "lr_overview", ["minute"])
