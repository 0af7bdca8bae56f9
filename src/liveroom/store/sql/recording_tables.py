"""The table of recordings."""

from typing import Final

from sqlalchemy import Column, Index, SmallInteger, String

from liveroom.store.sql.columns import NAME, instant, key, long_text, maybe_instant, small, table, text

KIND: Final = String(16)

recordings: Final = table(
    "recordings",
    key("id"),
    text("tenant"),
    text("room"),
    text("broadcast"),
    text("owner"),
    text("started_by"),
    text("recorder", KIND),
    text("state", KIND),
    text("task", NAME),
    instant("announced"),
    instant("begins"),
    maybe_instant("started"),
    maybe_instant("ended"),
    text("reason", NAME),
    # When it is to be looked at next; NULL: never.
    maybe_instant("due"),
    small("erased"),
    # A JSON array (RecordingFile); "" for none.
    long_text("files"),
    # What was recorded before this column was there may have been for some people alone.
    Column("secluded", SmallInteger, nullable=False, server_default="1"),
    Index("lr_recordings_tenant", "tenant", "id"),
    Index("lr_recordings_room", "room", "id"),
    Index("lr_recordings_broadcast", "broadcast", "id"),
    Index("lr_recordings_owner", "owner", "id"),
    Index("lr_recordings_by", "started_by", "id"),
    Index("lr_recordings_task", "task", "recorder"),
    Index("lr_recordings_state", "recorder", "state", "id"),
    Index("lr_recordings_due", "due"),
)
