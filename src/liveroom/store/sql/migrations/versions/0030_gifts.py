"""Catalogues of gifts, and whether gifts are sent in a room."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String, Text

revision: Final = "0030"
down_revision: Final = "0029"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_NAME: Final = String(255)
_LINE: Final = String(1024)
_KIND: Final = String(16)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_gift_catalogues",
        Column("tenant", _ID, primary_key=True),
        Column("number", BigInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_catalogued_gifts",
        Column("tenant", _ID, primary_key=True),
        Column("id", _ID, primary_key=True),
        Column("name", _NAME, nullable=False),
        Column("description", _LINE, nullable=False),
        Column("languages", Text(), nullable=False),
        Column("category", _ID, nullable=False),
        Column("position", SmallInteger(), nullable=False),
        Column("state", _KIND, nullable=False),
        Column("receivers", _KIND, nullable=False),
        Column("icon", _LINE, nullable=False),
        Column("animation", _LINE, nullable=False),
        Column("animation_kind", _KIND, nullable=False),
        Column("extension", Text(), nullable=False),
        Column("since", BigInteger(), nullable=True),
        Column("until", BigInteger(), nullable=True),
        Column("created", BigInteger(), nullable=False),
        Column("updated", BigInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_gift_prices",
        Column("tenant", _ID, primary_key=True),
        Column("gift", _ID, primary_key=True),
        Column("version", BigInteger(), primary_key=True, autoincrement=False),
        Column("price", BigInteger(), nullable=False),
        Column("points", BigInteger(), nullable=False),
        Column("host_share", SmallInteger(), nullable=False),
        Column("agency_share", SmallInteger(), nullable=False),
        Column("platform_share", SmallInteger(), nullable=False),
        Column("level", SmallInteger(), nullable=False),
        Column("begins", BigInteger(), nullable=False),
        Column("made", BigInteger(), nullable=False),
        Column("made_by", _ID, nullable=False),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_gift_categories",
        Column("tenant", _ID, primary_key=True),
        Column("id", _ID, primary_key=True),
        Column("name", _NAME, nullable=False),
        Column("languages", Text(), nullable=False),
        Column("position", SmallInteger(), nullable=False),
        **_ON_MYSQL,
    )
    op.add_column("lr_rooms", Column("gifts", SmallInteger(), nullable=False, server_default="1"))
