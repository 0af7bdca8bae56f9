"""Logins by tag of imported accounts, and what was taken from the original's database."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0005"
down_revision: Final = "0004"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_SHORT: Final = String(128)


def upgrade() -> None:
    on_mysql: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
    op.create_table(
        "lr_bindings",
        Column("tenant", _ID, primary_key=True),
        Column("folded", String(512), primary_key=True),
        Column("tag", _SHORT, primary_key=True),
        Column("user_id", _ID, nullable=False),
        Column("bound", BigInteger, nullable=True),
        **on_mysql,
    )
    op.create_index("lr_bindings_user", "lr_bindings", ["user_id"])
    op.create_table(
        "lr_imported",
        Column("kind", String(16), primary_key=True),
        Column("id", _ID, primary_key=True),
        Column("digest", _ID, nullable=False),
        Column("mark", BigInteger, nullable=False),
        Column("broadcast", _ID, nullable=False),
        **on_mysql,
    )
