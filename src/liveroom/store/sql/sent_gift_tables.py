"""The tables of gifts that were sent: each with what it cost and whom it earned what, and the lots that paid it."""

from typing import Final

from sqlalchemy import Column, Index, SmallInteger, String

from liveroom.store.sql.columns import ID, big, instant, key, table, text

STATE: Final = String(16)

sent_gifts: Final = table(
    "sent_gifts",
    key("id"),
    text("batch"),
    text("tenant"),
    text("sender"),
    text("receiver"),
    text("attempt"),
    text("digest"),
    text("room"),
    text("broadcast"),
    text("gift"),
    big("version"),
    Column("count", SmallInteger, nullable=False),
    big("coins"),
    big("promo"),
    big("host_points"),
    big("agency_points"),
    big("platform_points"),
    text("combo"),
    big("combo_total"),
    text("state", STATE),
    instant("created"),
    # The account of the agency that the receiver was with; "": none.
    Column("agency", ID, nullable=False, server_default=""),
    Index("lr_sent_gifts_attempt", "attempt", "receiver", unique=True),
    Index("lr_sent_gifts_broadcast", "broadcast", "id"),
    Index("lr_sent_gifts_receiver", "receiver", "id"),
    Index("lr_sent_gifts_combo", "combo", "combo_total"),
)

lot_uses: Final = table(
    "lot_uses",
    key("gift"),
    key("lot"),
    big("amount"),
)
