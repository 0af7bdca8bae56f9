"""The table of links to archives of a person's data."""

from typing import Final

from sqlalchemy import Index

from liveroom.store.sql.columns import SHORT, instant, key, maybe_instant, table, text

exports: Final = table(
    "exports",
    key("id"),
    text("tenant"),
    text("user_id"),
    text("digest", SHORT),
    instant("created"),
    instant("expires"),
    text("asked_by"),
    maybe_instant("used"),
    Index("lr_exports_user", "user_id", "created"),
    Index("lr_exports_digest", "digest", unique=True),
    Index("lr_exports_expires", "expires"),
)
