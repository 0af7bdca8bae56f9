"""Codes sent to phones and mailboxes, how often, and whose each number and mailbox is."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String

revision: Final = "0003"
down_revision: Final = "0002"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_SHORT: Final = String(128)
_NAME: Final = String(255)


def upgrade() -> None:
    on_mysql: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
    op.create_table(
        "lr_codes",
        Column("id", _ID, primary_key=True),
        Column("tenant", _ID, nullable=False),
        Column("contact", _SHORT, nullable=False),
        Column("address", _SHORT, nullable=False),
        Column("stamp", _SHORT, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("tries", SmallInteger, nullable=False),
        Column("used", BigInteger, nullable=True),
        **on_mysql,
    )
    op.create_index("lr_codes_contact", "lr_codes", ["contact", "created"])
    op.create_index("lr_codes_address", "lr_codes", ["address", "created"])
    op.create_index("lr_codes_created", "lr_codes", ["created"])
    op.create_table(
        "lr_contacts",
        Column("tenant", _ID, primary_key=True),
        Column("value", _NAME, primary_key=True),
        Column("user_id", _ID, nullable=False),
        **on_mysql,
    )
    op.create_index("lr_contacts_user", "lr_contacts", ["user_id"])
