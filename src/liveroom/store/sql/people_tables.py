"""The tables of what operators look up: what users are found by, notes on them, and what happened in broadcasts."""

from typing import Final

from sqlalchemy import Index, String

from liveroom.store.sql.columns import LINE, SHORT, big, instant, key, table, text

user_terms: Final = table(
    "user_terms",
    key("tenant"),
    key("term"),
    key("user_id"),
    Index("lr_user_terms_user", "user_id", "term"),
)

notes: Final = table(
    "notes",
    key("id"),
    text("tenant"),
    text("user_id"),
    text("words", LINE),
    text("made_by", SHORT),
    instant("at"),
    Index("lr_notes_user", "user_id", "id"),
)

timeline: Final = table(
    "timeline",
    key("broadcast"),
    key("id", SHORT),
    big("at"),
    text("kind", String(16)),
    text("stay"),
    text("value"),
    Index("lr_timeline_moment", "broadcast", "kind", "at", "id"),
    Index("lr_timeline_at", "at"),
)
