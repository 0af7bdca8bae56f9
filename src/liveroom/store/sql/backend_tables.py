"""The tables of what an operator's own backend configures and receives: secrets, keys, webhooks, hooks, events."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Text

from liveroom.store.sql.columns import (
    ID,
    LINE,
    NAME,
    SHORT,
    big,
    instant,
    key,
    long_text,
    maybe_instant,
    number,
    table,
    text,
)

fixed_secrets: Final = table(
    "fixed_secrets",
    key("id"),
    text("tenant"),
    text("tag", SHORT),
    text("secret", LINE),
    instant("created"),
    Index("lr_fixed_secrets_tenant", "tenant", "tag"),
)

own_users: Final = table(
    "own_users",
    key("tenant"),
    key("tag", SHORT),
    # As the operator writes it, case and all: their ids are theirs.
    key("username", String(512)),
    text("user_id"),
    instant("created"),
    Index("lr_own_users_user", "user_id"),
    Index("lr_own_users_name", "tenant", "username"),
)

server_keys: Final = table(
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

app_keys: Final = table(
    "app_keys",
    key("id"),
    text("tenant"),
    text("name", NAME),
    text("secret", LINE),
    instant("created"),
    Index("lr_app_keys_tenant", "tenant"),
)

app_rules: Final = table("app_rules", key("tenant"), text("modules", Text()))

audit: Final = table(
    "audit",
    # Sorts by time (``new_id``), so that nothing else has to be an index of time; known before the row is written.
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
    # JSON objects; NULL for none. BEFORE is a word of MySQL's own.
    Column("was", Text(), nullable=True),
    Column("becomes", Text(), nullable=True),
    Index("lr_audit_tenant", "tenant", "id"),
    Index("lr_audit_actor", "actor", "id"),
    Index("lr_audit_room", "tenant", "room", "id"),
    Index("lr_audit_subject", "subject"),
)

webhooks: Final = table(
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

hooks: Final = table(
    "hooks",
    key("id"),
    text("tenant"),
    text("hook_type"),
    text("url", LINE),
    text("secrets", Text()),
    text("categories", Text()),
    big("timeout"),
    text("otherwise", String(16)),
    instant("created"),
    Index("lr_hooks_tenant", "tenant"),
)

streams: Final = table("streams", key("stream", SHORT), big("seq"))

events: Final = table(
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
    text("trace"),
    Index("lr_events_created", "created"),
)

event_partitions: Final = table(
    "event_partitions",
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
    Index("lr_event_partitions_due", "target", "due"),
)

dead_letters: Final = table(
    "dead_letters",
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
    Index("lr_dead_letters_due", "due"),
    Index("lr_dead_letters_target", "target", "due"),
    Index("lr_dead_letters_died", "target", "died"),
    Index("lr_dead_letters_stream", "stream", "seq"),
)

deliveries: Final = table(
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
