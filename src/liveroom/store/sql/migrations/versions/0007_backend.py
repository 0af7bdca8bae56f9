"""An operator's own backend: its users, keys, webhooks and hooks; events for webhooks; barred rooms."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String, Text, column, insert, table
from sqlalchemy.dialects.mysql import MEDIUMTEXT

revision: Final = "0007"
down_revision: Final = "0006"
branch_labels: Final = None
depends_on: Final = None

ID: Final = String(64)
SHORT: Final = String(128)
NAME: Final = String(255)
LINE: Final = String(1024)
LONG: Final = Text().with_variant(MEDIUMTEXT(), "mysql")
NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def _key(name: str, kind: String = ID) -> Column[str]:
    return Column(name, kind, primary_key=True)


def _text(name: str, kind: String = ID) -> Column[str]:
    return Column(name, kind, nullable=False)


def _long(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _big(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _number() -> Column[int]:
    return Column("id", NUMBER, primary_key=True, autoincrement=True)


def _make(name: str, *parts: Column[Any] | Index, **options: Any) -> None:
    op.create_table(f"lr_{name}", *parts, **ON_MYSQL, **options)


def upgrade() -> None:
    op.add_column("lr_rooms", Column("barred", SmallInteger, nullable=False, server_default="0"))
    _backend()
    _webhooks()
    _events()
    op.execute(insert(table("lr_counters", column("name"), column("value"))).values(name="arrangements", value=0))


def _backend() -> None:
    _make(
        "fixed_secrets",
        _key("id"),
        _text("tenant"),
        _text("tag", SHORT),
        _text("secret", LINE),
        _big("created"),
        Index("lr_fixed_secrets_tenant", "tenant", "tag"),
    )
    _make(
        "own_users",
        _key("tenant"),
        _key("tag", SHORT),
        _key("username", String(512)),
        _text("user_id"),
        _big("created"),
        Index("lr_own_users_user", "user_id"),
    )
    _make(
        "server_keys",
        _key("id"),
        _text("tenant"),
        _text("name", NAME),
        _text("digest", SHORT),
        _long("scopes"),
        _big("created"),
        _big("expires", nullable=True),
        _big("revoked", nullable=True),
        _big("used", nullable=True),
        Index("lr_server_keys_tenant", "tenant"),
    )
    _make(
        "app_keys",
        _key("id"),
        _text("tenant"),
        _text("name", NAME),
        _text("secret", LINE),
        _big("created"),
        Index("lr_app_keys_tenant", "tenant"),
    )
    _make("app_rules", _key("tenant"), _long("modules"))
    _make(
        "audit",
        _key("id"),
        _text("tenant"),
        _big("at"),
        _text("actor"),
        _text("action", SHORT),
        _text("subject", SHORT),
        _text("address", SHORT),
        _text("request", SHORT),
        Column("code", Integer, nullable=True),
        Index("lr_audit_tenant", "tenant", "id"),
        Index("lr_audit_actor", "actor", "id"),
    )


def _webhooks() -> None:
    _make(
        "webhooks",
        _key("id"),
        _text("tenant"),
        _text("url", LINE),
        _long("secrets"),
        _long("kinds"),
        _long("categories"),
        _big("batch"),
        _big("timeout"),
        _text("state", String(16)),
        _text("reason", LINE),
        _big("created"),
        Index("lr_webhooks_tenant", "tenant"),
    )
    _make(
        "hooks",
        _key("id"),
        _text("tenant"),
        _text("moment"),
        _text("url", LINE),
        _long("secrets"),
        _long("categories"),
        _big("timeout"),
        _text("otherwise", String(16)),
        _big("created"),
        Index("lr_hooks_tenant", "tenant"),
    )


def _events() -> None:
    _make("streams", _key("stream", SHORT), _big("seq"))
    _make(
        "events",
        _key("stream", SHORT),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        _text("id"),
        _text("tenant"),
        _text("kind"),
        _text("category"),
        _big("at"),
        _big("created"),
        Column("body", LONG, nullable=False),
        Index("lr_events_created", "created"),
    )
    _make(
        "event_lanes",
        _key("target"),
        _key("stream", SHORT),
        _text("tenant"),
        _big("sent"),
        _big("last"),
        _big("seen"),
        _big("due"),
        _big("tries"),
        _text("holder"),
        _big("leased"),
        _text("reason", LINE),
        Index("lr_event_lanes_due", "target", "due"),
    )
    _make(
        "dead_events",
        _key("target"),
        _key("id"),
        _text("tenant"),
        _text("stream", SHORT),
        _big("seq"),
        _text("kind"),
        _big("at"),
        _big("died"),
        _text("reason", LINE),
        Column("body", LONG, nullable=False),
        _big("due", nullable=True),
        Index("lr_dead_events_due", "due"),
        Index("lr_dead_events_target", "target", "due"),
        Index("lr_dead_events_died", "target", "died"),
    )
    _make(
        "deliveries",
        _number(),
        _text("target"),
        _big("at"),
        _text("message", SHORT),
        _big("events"),
        _big("status"),
        _big("millis"),
        _text("reason", LINE),
        Index("lr_deliveries_target", "target", "id"),
        sqlite_autoincrement=True,
    )
