"""Gifts that were sent, and the lots of granted coins that paid for them."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String

revision: Final = "0034"
down_revision: Final = "0033"
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
        "lr_sent_gifts",
        Column("id", _ID, primary_key=True),
        *map(_text, ("batch", "tenant", "sender", "receiver", "attempt", "digest", "room", "broadcast", "gift")),
        _big("version"),
        Column("count", SmallInteger, nullable=False),
        *map(_big, ("coins", "promo", "host_points", "agency_points", "platform_points")),
        _text("combo"),
        _big("combo_total"),
        Column("state", String(16), nullable=False),
        _big("created"),
        **_ON_MYSQL,
    )
    op.create_index("lr_sent_gifts_attempt", "lr_sent_gifts", ["attempt", "receiver"], unique=True)
    op.create_index("lr_sent_gifts_broadcast", "lr_sent_gifts", ["broadcast", "id"])
    op.create_index("lr_sent_gifts_receiver", "lr_sent_gifts", ["receiver", "id"])
    op.create_index("lr_sent_gifts_combo", "lr_sent_gifts", ["combo", "combo_total"])
    op.create_table(
        "lr_lot_uses",
        Column("gift", _ID, primary_key=True),
        Column("lot", _ID, primary_key=True),
        _big("amount"),
        **_ON_MYSQL,
    )


def _text(name: str) -> Column[str]:
    return Column(name, _ID, nullable=False)


def _big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)
