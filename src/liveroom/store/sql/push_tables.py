"""The table of pushed streams. (``lr_streams`` numbers the events of rooms and users.)"""

from typing import Final

from sqlalchemy import Column, Index, String, Text

from liveroom.store.sql.columns import big, instant, key, maybe_instant, small, table, text

_KIND: Final = String(16)

push_streams: Final = table(
    "push_streams",
    key("id"),
    text("tenant"),
    text("room"),
    text("user_id"),
    text("server", _KIND),
    text("name"),
    text("key_digest"),
    instant("key_expires"),
    instant("created"),
    text("state", _KIND),
    text("broadcast"),
    # A JSON array: the connection that counts, those beside it, and those that are over.
    text("sessions", Text()),
    maybe_instant("since"),
    maybe_instant("interrupted"),
    maybe_instant("sighted"),
    big("width"),
    big("height"),
    big("kilobits"),
    small("stopped"),
    Column("task", _KIND, nullable=True),
    maybe_instant("retry"),
    # When something is to be done about it next; NULL: never.
    maybe_instant("due"),
    # The seat to which it belongs; 0: none.
    small("seat"),
    # When a frame of it is due as its room's picture; NULL: none is.
    maybe_instant("cover_due"),
    Index("lr_push_streams_name", "name", unique=True),
    Index("lr_push_streams_room", "room", "id"),
    Index("lr_push_streams_user", "user_id", "id"),
    Index("lr_push_streams_tenant", "tenant", "id"),
    Index("lr_push_streams_state", "server", "state", "id"),
    Index("lr_push_streams_due", "due", "id"),
    Index("lr_push_streams_cover", "cover_due", "id"),
)
