"""The tables of interactive rooms: access records, messages, metadata, terms to search by, reports, and erasures."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, String

from liveroom.store.sql.columns import (
    ID,
    LINE,
    NAME,
    big,
    instant,
    key,
    long_text,
    maybe_instant,
    small,
    table,
    text,
)

access_records: Final = table(
    "access_records",
    key("room"),
    key("user_id"),
    text("tenant"),
    text("role", String(16)),
    maybe_instant("banned_until"),
    text("ban_reason", LINE),
    maybe_instant("muted_until"),
    text("mute_reason", LINE),
    small("invited"),
    text("updated_by"),
    instant("updated"),
    big("rev"),
    Index("lr_access_records_user", "user_id"),
    Index("lr_access_records_role", "room", "role"),
    Index("lr_access_records_banned", "room", "banned_until"),
    Index("lr_access_records_muted", "room", "muted_until"),
)

room_metadata: Final = table(
    "metadata",
    key("room"),
    text("broadcast"),
    big("version"),
    long_text("value"),
    text("updated_by"),
    instant("updated"),
)

messages: Final = table(
    "messages",
    key("room"),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    text("tenant"),
    text("broadcast"),
    text("user_id"),
    text("name", NAME),
    text("avatar", LINE),
    text("role", String(16)),
    text("kind", String(16)),
    small("priority"),
    long_text("body"),
    instant("at"),
    maybe_instant("recalled"),
    text("recalled_by"),
    Index("lr_messages_broadcast", "broadcast", "number"),
    Index("lr_messages_user", "user_id", "at"),
    Index("lr_messages_at", "at"),
)

room_terms: Final = table(
    "room_terms",
    key("tenant"),
    key("term"),
    key("room"),
    Index("lr_room_terms_room", "room", "term"),
)

reports: Final = table(
    "reports",
    key("id"),
    text("tenant"),
    text("room"),
    text("target"),
    text("message"),
    text("reporter"),
    text("reason"),
    text("words", LINE),
    text("note", LINE),
    instant("at"),
    text("state", String(16)),
    text("handled_by"),
    maybe_instant("handled"),
    text("outcome", LINE),
    Column("claimed_by", ID, nullable=False, server_default=""),
    maybe_instant("claimed_until"),
    Column("measure", String(16), nullable=False, server_default=""),
    Index("lr_reports_tenant", "tenant", "state", "id"),
    Index("lr_reports_room", "room", "state", "id"),
    Index("lr_reports_about", "target", "id"),
    Index("lr_reports_by", "reporter", "id"),
    Index("lr_reports_at", "at"),
)

erasures: Final = table(
    "erasures",
    key("user_id"),
    text("tenant"),
    text("pseudonym"),
    instant("deleted"),
    maybe_instant("due"),
    small("rounds"),
    Index("lr_erasures_due", "due"),
)
