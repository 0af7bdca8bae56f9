"""The tables of red envelopes, and of the parts that were grabbed."""

from typing import Final

from sqlalchemy import Column, Index, SmallInteger, String

from liveroom.store.sql.columns import big, instant, key, maybe_instant, small, table, text

KIND: Final = String(16)

envelopes: Final = table(
    "envelopes",
    key("id"),
    text("tenant"),
    text("room"),
    text("broadcast"),
    text("source"),
    text("attempt"),
    text("digest"),
    big("coins"),
    small("parts"),
    text("split", KIND),
    text("audience", KIND),
    text("seed"),
    instant("sent"),
    instant("opens"),
    instant("ends"),
    text("state", KIND),
    small("taken"),
    big("taken_coins"),
    maybe_instant("ended"),
    Column("ended_by", KIND, nullable=True),
    # When something is to be done about it next; NULL: never.
    maybe_instant("due"),
    Index("lr_envelopes_attempt", "attempt", unique=True),
    Index("lr_envelopes_broadcast", "broadcast", "id"),
    Index("lr_envelopes_tenant", "tenant", "id"),
    Index("lr_envelopes_room", "room", "id"),
    Index("lr_envelopes_due", "due"),
    Index("lr_envelopes_source", "source", "id"),
    Index("lr_envelopes_ended", "ended"),
)

grabs: Final = table(
    "grabs",
    key("envelope"),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    text("id"),
    text("account"),
    big("coins"),
    instant("at"),
    maybe_instant("expires"),
    Index("lr_grabs_account", "account", "envelope", unique=True),
)
