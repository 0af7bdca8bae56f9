"""The table of receipts: purchases in the stores of phones, and what came of them."""

from typing import Final

from sqlalchemy import Index, String

from liveroom.store.sql.columns import ID, NAME, big, instant, key, table, text

receipts: Final = table(
    "receipts",
    key("store", String(24)),
    key("id"),
    # Of the user whose wallet got the coins; "" until it did.
    text("tenant"),
    text("account", ID),
    # The key under which they were credited.
    text("order_key"),
    text("product", NAME),
    big("coins"),
    text("journal"),
    big("credited"),
    big("turns"),
    big("refunded"),
    # When the store said so last; 0: never.
    instant("at"),
    instant("created"),
    Index("lr_receipts_account", "account"),
)
