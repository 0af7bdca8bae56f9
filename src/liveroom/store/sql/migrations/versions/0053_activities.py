"""Activities of rooms, and the ballots that are cast in them."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String, Text
from sqlalchemy.dialects.mysql import MEDIUMTEXT

revision: Final = "0053"
down_revision: Final = "0052"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.add_column("lr_rooms", Column("activities", Text(), nullable=True))
    op.create_table(
        "lr_activities",
        Column("id", _ID, primary_key=True),
        *map(_text, ("tenant", "room", "broadcast")),
        Column("type", String(32), nullable=False),
        _text("made_by"),
        _big("version"),
        _long_text("state"),
        _big("created"),
        Column("due", BigInteger, nullable=True),
        _big("votes"),
        _long_text("tally"),
        _text("award_choice"),
        _big("award_points"),
        Column("secret", SmallInteger, nullable=False),
        Column("ended", BigInteger, nullable=True),
        Column("ended_by", String(16), nullable=True),
        _long_text("result"),
        **_ON_MYSQL,
    )
    op.create_index("lr_activities_due", "lr_activities", ["due", "id"])
    op.create_index("lr_activities_room", "lr_activities", ["room", "id"])
    op.create_index("lr_activities_broadcast", "lr_activities", ["broadcast", "award_choice", "id"])
    op.create_index("lr_activities_running", "lr_activities", ["ended", "id"])
    op.create_index("lr_activities_made_by", "lr_activities", ["made_by"])
    op.create_table(
        "lr_ballots",
        *(Column(name, _ID, primary_key=True) for name in ("activity", "user_id", "subject")),
        Column("choices", String(1024), nullable=False),
        _big("at"),
        **_ON_MYSQL,
    )
    op.create_index("lr_ballots_user", "lr_ballots", ["user_id", "activity"])


def _text(name: str) -> Column[str]:
    return Column(name, _ID, nullable=False)


def _long_text(name: str) -> Column[str]:
    return Column(name, Text().with_variant(MEDIUMTEXT(), "mysql"), nullable=False)


def _big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)
