"""The table of charges: what the operator's own wallet is asked to take for gifts, and to give back."""

from typing import Final

from sqlalchemy import Index, String

from liveroom.store.sql.columns import NAME, big, instant, key, table, text

STATE: Final = String(16)

charges: Final = table(
    "charges",
    key("id"),
    text("tenant"),
    text("sender"),
    text("attempt"),
    text("digest"),
    text("room"),
    text("gift"),
    big("count"),
    big("coins"),
    text("state", STATE),
    # The sender while the charge is open, so that nobody has two; then its own id.
    text("slot"),
    # When something is to be done about it; 0: never.
    instant("due"),
    big("tries"),
    # What the sender has left, as the operator said; -1: nothing was said.
    big("balance"),
    text("receipt"),
    text("said", NAME),
    # Of coins that are given back: the charge that took them; "" of a charge.
    text("charge"),
    instant("created"),
    Index("lr_charges_attempt", "attempt", unique=True),
    Index("lr_charges_slot", "slot", unique=True),
    Index("lr_charges_due", "due"),
    Index("lr_charges_state", "tenant", "state", "id"),
    Index("lr_charges_tenant", "tenant", "id"),
    Index("lr_charges_late", "state", "created"),
    Index("lr_charges_sender", "sender", "id"),
)
