"""What an operator's own backend configures and receives."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Text

from liveroom.store.sql.migrations.first.columns import (
    ID,
    LINE,
    NAME,
    SHORT,
    big,
    create,
    instant,
    key,
    long_text,
    maybe_instant,
    number,
    text,
)


def create_backend() -> None:
    _create_keys()
    _create_receivers()
    _create_events()
    _create_deliveries()


def _create_keys() -> None:
    create(
        "fixed_secrets",
        key("id"),
        text("tenant"),
        text("tag", SHORT),
        text("secret", LINE),
        instant("created"),
        Index("lr_fixed_secrets_tenant", "tenant", "tag"),
    )
    create(
        "own_users",
        key("tenant"),
        key("tag", SHORT),
        key("username", String(512)),
        text("user_id"),
        instant("created"),
        Index("lr_own_users_user", "user_id"),
    )
    create(
        "server_keys",
        key("id"),
        text("tenant"),
        text("name", NAME),
        text("digest", SHORT),
        text("scopes", Text()),
        instant("created"),
        maybe_instant("expires"),
        maybe_instant("revoked"),
        maybe_instant("used"),
        Index("lr_server_keys_tenant", "tenant"),
    )
    create(
        "app_keys",
        key("id"),
        text("tenant"),
        text("name", NAME),
        text("secret", LINE),
        instant("created"),
        Index("lr_app_keys_tenant", "tenant"),
    )
    _create_use()


def _create_use() -> None:
    """Create the rules of app keys, and the audit."""
    create("app_rules", key("tenant"), text("modules", Text()))
    create(
        "audit",
        key("id"),
        text("tenant"),
        instant("at"),
        text("actor"),
        text("action", SHORT),
        text("subject", SHORT),
        text("address", SHORT),
        text("request", SHORT),
        Column("code", Integer, nullable=True),
        Column("room", ID, nullable=False, server_default=""),
        Column("reason", LINE, nullable=False, server_default=""),
        Index("lr_audit_tenant", "tenant", "id"),
        Index("lr_audit_actor", "actor", "id"),
        Index("lr_audit_room", "tenant", "room", "id"),
        Index("lr_audit_subject", "subject"),
    )


def _create_receivers() -> None:
    create(
        "webhooks",
        key("id"),
        text("tenant"),
        text("url", LINE),
        text("secrets", Text()),
        text("kinds", Text()),
        text("categories", Text()),
        big("batch"),
        big("timeout"),
        text("state", String(16)),
        text("reason", LINE),
        instant("created"),
        Index("lr_webhooks_tenant", "tenant"),
    )
    create(
        "hooks",
        key("id"),
        text("tenant"),
        text("moment"),
        text("url", LINE),
        text("secrets", Text()),
        text("categories", Text()),
        big("timeout"),
        text("otherwise", String(16)),
        instant("created"),
        Index("lr_hooks_tenant", "tenant"),
    )


def _create_events() -> None:
    create("streams", key("stream", SHORT), big("seq"))
    create(
        "events",
        key("stream", SHORT),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        text("id"),
        text("tenant"),
        text("kind"),
        text("category"),
        instant("at"),
        instant("created"),
        long_text("body"),
        Index("lr_events_created", "created"),
    )
    create(
        "event_lanes",
        key("target"),
        key("stream", SHORT),
        text("tenant"),
        big("sent"),
        big("last"),
        big("seen"),
        instant("due"),
        big("tries"),
        text("holder"),
        instant("leased"),
        text("reason", LINE),
        Index("lr_event_lanes_due", "target", "due"),
    )


def _create_deliveries() -> None:
    create(
        "dead_events",
        key("target"),
        key("id"),
        text("tenant"),
        text("stream", SHORT),
        big("seq"),
        text("kind"),
        instant("at"),
        instant("died"),
        text("reason", LINE),
        long_text("body"),
        maybe_instant("due"),
        Index("lr_dead_events_due", "due"),
        Index("lr_dead_events_target", "target", "due"),
        Index("lr_dead_events_died", "target", "died"),
        Index("lr_dead_events_stream", "stream", "seq"),
    )
    create(
        "deliveries",
        number("id"),
        text("target"),
        instant("at"),
        text("message", SHORT),
        big("events"),
        big("status"),
        big("millis"),
        text("reason", LINE),
        Index("lr_deliveries_target", "target", "id"),
        sqlite_autoincrement=True,
    )
