"""Operators, who sign in to the console: accounts, roles of one's own, sessions."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String, Text

revision: Final = "0017"
down_revision: Final = "0016"
branch_labels: Final = None
depends_on: Final = None

_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_operators",
        Column("id", String(64), primary_key=True),
        *(_text(name, length) for name, length in (("name", 64), ("display_name", 255))),
        *(Column(name, Text(), nullable=False) for name in ("roles", "tenants")),
        _text("language", 8),
        _instant("created"),
        *(_text(name, 1024) for name in ("password", "totp")),
        _instant("totp_since", nullable=True),
        _instant("totp_step"),
        Column("recovery", Text(), nullable=False),
        _text("subject", 1024),
        _instant("disabled", nullable=True),
        _text("link", 128),
        *(_instant(name, nullable=True) for name in ("link_until", "signed_in")),
        **_ON_MYSQL,
    )
    op.create_index("lr_operators_name", "lr_operators", ["name"], unique=True)
    op.create_table(
        "lr_operator_roles",
        Column("id", String(64), primary_key=True),
        Column("permissions", Text(), nullable=False),
        _instant("created"),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_operator_sessions",
        Column("digest", String(128), primary_key=True),
        *(_text(name, 64) for name in ("id", "operator")),
        *(_instant(name) for name in ("created", "seen", "expires")),
        _text("address", 128),
        _text("device", 255),
        _instant("confirmed"),
        **_ON_MYSQL,
    )
    op.create_index("lr_operator_sessions_operator", "lr_operator_sessions", ["operator"])
    op.create_index("lr_operator_sessions_expires", "lr_operator_sessions", ["expires"])


def _text(name: str, length: int) -> Column[str]:
    return Column(name, String(length), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)
