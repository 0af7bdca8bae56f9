"""Rankings of gifts: sums, what waits to be added to them, and which count of all gifts is shown."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, SmallInteger, String

revision: Final = "0041"
down_revision: Final = "0040"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_SHORT: Final = String(128)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_gift_ranks",
        Column("count_no", SmallInteger, primary_key=True, autoincrement=False),
        Column("tenant", _ID, primary_key=True),
        Column("ranking", _SHORT, primary_key=True),
        Column("account", _ID, primary_key=True),
        Column("coins", BigInteger, nullable=False),
        Column("gifts", BigInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_gift_ranks_coins", "lr_gift_ranks", ["count_no", "tenant", "ranking", "coins", "account"])
    op.create_table(
        "lr_unranked_gifts",
        Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("journal", _ID, nullable=False),
        Column("first_gift", _ID, nullable=False),
        Column("last_gift", _ID, nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("refund", SmallInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_unranked_gifts_journal", "lr_unranked_gifts", ["journal"])
    op.create_table(
        "lr_gift_rank_counts",
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("shown", SmallInteger, nullable=False),
        Column("made", SmallInteger, nullable=False),
        Column("after_gift", _ID, nullable=False),
        **_ON_MYSQL,
    )
