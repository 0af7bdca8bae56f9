"""Agencies and their hosts; settlements, statements, and the rules of bonuses."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String, Text

revision: Final = "0037"
down_revision: Final = "0036"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_KIND: Final = String(16)
_SHORT: Final = String(128)
_LINE: Final = String(1024)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    _agencies()
    _settlements()
    op.add_column("lr_sent_gifts", Column("agency", _ID, nullable=False, server_default=""))
    op.create_index("lr_accounts_tenant", "lr_accounts", ["tenant", "id"])


def _agencies() -> None:
    op.create_table(
        "lr_agencies",
        Column("id", _ID, primary_key=True),
        _text("tenant"),
        _text("name", String(255)),
        _text("owner"),
        _text("terms", _LINE),
        _text("state", _KIND),
        *map(_big, ("created", "updated")),
        **_ON_MYSQL,
    )
    op.create_index("lr_agencies_tenant", "lr_agencies", ["tenant", "id"])
    op.create_index("lr_agencies_owner", "lr_agencies", ["owner", "state", "id"])
    op.create_table(
        "lr_agency_hosts",
        Column("id", _ID, primary_key=True),
        *map(_text, ("tenant", "agency", "host")),
        _text("state", _KIND),
        _big("created"),
        _text("invited_by"),
        _text("terms", _LINE),
        Column("decided", BigInteger, nullable=True),
        Column("ends", BigInteger, nullable=True),
        Column("slot", _SHORT, nullable=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_agency_hosts_slot", "lr_agency_hosts", ["slot"], unique=True)
    op.create_index("lr_agency_hosts_agency", "lr_agency_hosts", ["agency", "host"])
    op.create_index("lr_agency_hosts_page", "lr_agency_hosts", ["agency", "id"])
    op.create_index("lr_agency_hosts_host", "lr_agency_hosts", ["host", "id"])


def _settlements() -> None:
    op.create_table(
        "lr_settlements",
        Column("tenant", _ID, primary_key=True),
        Column("period", _KIND, primary_key=True),
        *map(_big, ("begins", "ends")),
        _text("state", _KIND),
        _text("rules", Text()),
        _text("made_by"),
        _big("created"),
        _text("after"),
        Column("attempt", SmallInteger, nullable=False),
        _text("approval"),
        *map(_big, ("statements", "gifts", "bonus")),
        Column("closed", BigInteger, nullable=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_settlements_begins", "lr_settlements", ["tenant", "begins"])
    op.create_index("lr_settlements_state", "lr_settlements", ["state", "created"])
    op.create_table(
        "lr_account_statements",
        Column("tenant", _ID, primary_key=True),
        Column("period", _KIND, primary_key=True),
        Column("account", _ID, primary_key=True),
        _text("kind", _KIND),
        *map(_big, ("begins", "ends", "opening", "gifts", "refunds", "adjustments", "payouts", "bonuses", "live")),
        _text("given", Text()),
        Column("closed", BigInteger, nullable=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_account_statements_account", "lr_account_statements", ["account", "begins"])
    op.create_table("lr_bonus_rules", Column("tenant", _ID, primary_key=True), _text("rules", Text()), **_ON_MYSQL)


def _text(name: str, kind: Any = _ID) -> Column[str]:
    return Column(name, kind, nullable=False)


def _big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)
