"""The table of requests for connections between rooms. Connections are in the rows of their rooms."""

from typing import Final

from sqlalchemy import Index

from liveroom.store.sql.columns import instant, key, table, text

connection_requests: Final = table(
    "connection_requests",
    key("id"),
    text("tenant"),
    text("room"),
    text("target"),
    text("made_by"),
    instant("created"),
    instant("expires"),
    Index("lr_connection_requests_pair", "room", "target", unique=True),
    Index("lr_connection_requests_asked", "target"),
    Index("lr_connection_requests_expires", "expires", "id"),
)
