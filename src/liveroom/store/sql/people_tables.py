"""The tables of what operators look up: what users are found by, and what operators noted about them."""

from typing import Final

from sqlalchemy import Index

from liveroom.store.sql.columns import LINE, SHORT, instant, key, table, text

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
