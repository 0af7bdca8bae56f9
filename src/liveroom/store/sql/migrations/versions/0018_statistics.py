"""Statistics: sums of broadcasts and days, who was with a host before, and what waits to be counted.

What happened before is counted by ``liveroom stats rebuild``.
"""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String, Text

revision: Final = "0018"
down_revision: Final = "0017"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_DATE: Final = String(16)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_index("lr_users_created", "lr_users", ["tenant", "created"])
    op.add_column("lr_stays", Column("sat", SmallInteger, nullable=False, server_default="0"))
    op.create_table(
        "lr_statistics_queue",
        *_keys("subject"),
        *_numbers("mark", "due"),
        **_ON_MYSQL,
    )
    op.create_index("lr_statistics_queue_due", "lr_statistics_queue", ["due"])
    _create_broadcasts()
    op.create_table(
        "lr_statistics_audience",
        *_keys("host", "user_id"),
        *_texts("tenant", "broadcast"),
        *_numbers("entered", "signed_up"),
        **_ON_MYSQL,
    )
    op.create_index("lr_statistics_audience_user", "lr_statistics_audience", ["user_id"])
    _create_series()


def _create_broadcasts() -> None:
    op.create_table(
        "lr_statistics_broadcasts",
        *_keys("broadcast"),
        *_texts("tenant", "room", "host", "category"),
        *_numbers("opened"),
        Column("closed", BigInteger, nullable=True),
        *_numbers("counted", "viewers", "newcomers", "peak"),
        Column("peaked", BigInteger, nullable=True),
        *_numbers("entries", "watched", "median", "anchors", "audience", "speakers", "messages", "likes"),
        **_ON_MYSQL,
    )
    for whose in ("tenant", "host"):
        columns = [whose, "opened", "broadcast"]
        op.create_index(f"lr_statistics_broadcasts_{whose}", "lr_statistics_broadcasts", columns)
    op.create_table(
        "lr_statistics_broadcast_days",
        *_keys("tenant"),
        Column("day", _DATE, primary_key=True),
        *_keys("broadcast"),
        *_numbers("digest"),
        Column("messages", Text(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_statistics_broadcast_days_broadcast", "lr_statistics_broadcast_days", ["broadcast"])


def _create_series() -> None:
    op.create_table(
        "lr_statistics_series",
        *_keys("tenant"),
        Column("unit", _DATE, primary_key=True),
        Column("scope", _DATE, primary_key=True),
        *_keys("subject"),
        Column("begins", BigInteger, primary_key=True, autoincrement=False),
        Column("day", _DATE, nullable=False),
        *_numbers("viewers", "newcomers", "peak"),
        Column("peaked", BigInteger, nullable=True),
        *_numbers("entries", "watched", "live", "broadcasts", "hosts", "messages", "likes", "accounts"),
        **_ON_MYSQL,
    )
    op.create_index("lr_statistics_series_day", "lr_statistics_series", ["tenant", "day"])
    op.create_index("lr_statistics_series_subject", "lr_statistics_series", ["scope", "subject"])
    op.create_table(
        "lr_statistics_retention",
        *_keys("tenant"),
        Column("unit", _DATE, primary_key=True),
        Column("cohort", _DATE, primary_key=True),
        Column("day", _DATE, primary_key=True),
        *_numbers("users"),
        **_ON_MYSQL,
    )
    op.create_index("lr_statistics_retention_day", "lr_statistics_retention", ["tenant", "day"])


def _keys(*names: str) -> list[Column[Any]]:
    return [Column(name, _ID, primary_key=True) for name in names]


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, _ID, nullable=False) for name in names]


def _numbers(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger, nullable=False) for name in names]
