"""Red envelopes, and the parts that were grabbed."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String, Text

revision: Final = "0038"
down_revision: Final = "0037"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_KIND: Final = String(16)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.add_column("lr_rooms", Column("envelopes", Text(), nullable=True))
    op.create_table(
        "lr_envelopes",
        Column("id", _ID, primary_key=True),
        *map(_text, ("tenant", "room", "broadcast", "source", "attempt", "digest")),
        _big("coins"),
        Column("parts", SmallInteger(), nullable=False),
        Column("split", _KIND, nullable=False),
        Column("audience", _KIND, nullable=False),
        _text("seed"),
        *map(_big, ("sent", "opens", "ends")),
        Column("state", _KIND, nullable=False),
        Column("taken", SmallInteger(), nullable=False),
        _big("taken_coins"),
        Column("ended", BigInteger(), nullable=True),
        Column("ended_by", _KIND, nullable=True),
        Column("due", BigInteger(), nullable=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_envelopes_attempt", "lr_envelopes", ["attempt"], unique=True)
    op.create_index("lr_envelopes_broadcast", "lr_envelopes", ["broadcast", "id"])
    op.create_index("lr_envelopes_tenant", "lr_envelopes", ["tenant", "id"])
    op.create_index("lr_envelopes_due", "lr_envelopes", ["due"])
    op.create_index("lr_envelopes_source", "lr_envelopes", ["source", "id"])
    op.create_index("lr_envelopes_ended", "lr_envelopes", ["ended"])
    op.create_table(
        "lr_grabs",
        Column("envelope", _ID, primary_key=True),
        Column("number", SmallInteger(), primary_key=True, autoincrement=False),
        *map(_text, ("id", "account")),
        _big("coins"),
        _big("at"),
        Column("expires", BigInteger(), nullable=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_grabs_account", "lr_grabs", ["account", "envelope"], unique=True)


def _text(name: str) -> Column[str]:
    return Column(name, _ID, nullable=False)


def _big(name: str) -> Column[int]:
    return Column(name, BigInteger(), nullable=False)
