"""The table of uploads."""

from typing import Final

from sqlalchemy import Index, String

from liveroom.store.sql.columns import LINE, SHORT, big, instant, key, maybe_instant, small, table, text

uploads: Final = table(
    "uploads",
    key("id"),
    text("tenant"),
    text("user_id"),
    text("purpose", String(32)),
    text("content_type", SHORT),
    big("size"),
    text("room"),
    text("state", String(16)),
    text("file_key", SHORT),
    big("width"),
    big("height"),
    small("shown"),
    text("detail", LINE),
    instant("created"),
    maybe_instant("claimed"),
    maybe_instant("finished"),
    instant("look_at"),
    Index("lr_uploads_user", "user_id", "id"),
    Index("lr_uploads_look_at", "look_at", "id"),
)
