"""Who is an adult, how much was given out of a wallet, caps, profiles, and periods of minors that are taken back."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String

revision: Final = "0039"
down_revision: Final = "0038"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_SHORT: Final = String(128)
_KIND: Final = String(16)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.add_column("lr_users", Column("adult", SmallInteger, nullable=False, server_default="0"))
    op.add_column("lr_tenants", Column("profile", _KIND, nullable=False, server_default=""))
    op.add_column("lr_tenants", Column("zone", _ID, nullable=False, server_default=""))
    for name in ("cap_gift", "cap_day", "cap_month"):
        op.add_column("lr_tenants", Column(name, BigInteger, nullable=False, server_default="0"))
    for name in ("given_day", "given_in_day", "given_in_month"):
        op.add_column("lr_accounts", Column(name, BigInteger, nullable=False, server_default="0"))
    op.add_column("lr_accounts", Column("own_caps", _SHORT, nullable=False, server_default=""))
    op.create_table(
        "lr_minor_refunds",
        Column("id", _ID, primary_key=True),
        Column("tenant", _ID, nullable=False),
        Column("key", _SHORT, nullable=False),
        Column("digest", _SHORT, nullable=False),
        Column("user_id", _ID, nullable=False),
        Column("wallet", _ID, nullable=False),
        Column("promo", _ID, nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("reason", String(1024), nullable=False),
        Column("made_by", _ID, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("step", _KIND, nullable=False),
        Column("done_to", _SHORT, nullable=False),
        *(Column(name, BigInteger, nullable=False) for name in ("gifts", "coins", "purchases", "purchased", "skipped")),
        Column("finished", BigInteger, nullable=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_minor_refunds_key", "lr_minor_refunds", ["tenant", "key"], unique=True)
    op.create_index("lr_minor_refunds_step", "lr_minor_refunds", ["step", "id"])
    op.create_index("lr_minor_refunds_user", "lr_minor_refunds", ["user_id"])
