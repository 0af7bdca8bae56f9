"""Who follows whom, with counts; blocks between users; followers who are to be told of a broadcast."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String

revision: Final = "0025"
down_revision: Final = "0024"
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
        "lr_follows",
        Column("follower", _ID, primary_key=True),
        Column("followed", _ID, primary_key=True),
        Column("at", BigInteger(), nullable=False),
        Column("mutual", SmallInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_follows_following", "lr_follows", ["follower", "at", "followed"])
    op.create_index("lr_follows_followers", "lr_follows", ["followed", "at", "follower"])
    op.create_table(
        "lr_follow_counts",
        Column("user_id", _ID, primary_key=True),
        Column("slot", SmallInteger(), primary_key=True, autoincrement=False),
        *(Column(name, BigInteger(), nullable=False) for name in ("followers", "following", "mutual")),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_blocks",
        Column("blocker", _ID, primary_key=True),
        Column("blocked", _ID, primary_key=True),
        Column("at", BigInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_blocks_newest", "lr_blocks", ["blocker", "at", "blocked"])
    op.create_index("lr_blocks_blocked", "lr_blocks", ["blocked", "blocker"])
    op.create_table(
        "lr_follow_alerts",
        Column("broadcast", _ID, primary_key=True),
        *(Column(name, _ID, nullable=False) for name in ("tenant", "room", "host")),
        *(Column(name, BigInteger(), nullable=False) for name in ("opened", "after_at")),
        Column("after_user", _ID, nullable=False),
        Column("due", BigInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_follow_alerts_due", "lr_follow_alerts", ["due"])
    op.create_index("lr_follow_alerts_host", "lr_follow_alerts", ["host"])
