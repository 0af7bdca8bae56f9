"""The tables of who wants to be reminded of a scheduled broadcast, and of how far people have been told of a room."""

from typing import Final

from sqlalchemy import Index

from liveroom.store.sql.columns import SHORT, big, instant, key, table, text

reminders: Final = table(
    "reminders",
    key("room"),
    key("user_id"),
    instant("at"),
    Index("lr_reminders_first", "room", "at", "user_id"),
    Index("lr_reminders_newest", "user_id", "at", "room"),
)

room_alerts: Final = table(
    "room_alerts",
    key("occasion", SHORT),
    text("kind"),
    text("tenant"),
    text("room"),
    text("host"),
    text("broadcast"),
    instant("at"),
    # The last one who was told, in the order of their asking for it.
    big("after_at"),
    text("after_user"),
    instant("due"),
    Index("lr_room_alerts_due", "due"),
    Index("lr_room_alerts_host", "host"),
)
