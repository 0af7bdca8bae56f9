"""The tables of settlements: periods, the statements of each, and the rules of bonuses."""

from typing import Final

from sqlalchemy import Index, String, Text

from liveroom.store.sql.columns import big, instant, key, maybe_instant, small, table, text

STATE: Final = String(16)
PERIOD: Final = String(16)

settlements: Final = table(
    "settlements",
    key("tenant"),
    key("period", PERIOD),
    instant("begins"),
    instant("ends"),
    text("state", STATE),
    # As they were when it began, as JSON.
    text("rules", Text()),
    text("made_by"),
    instant("created"),
    text("after"),
    small("attempt"),
    text("approval"),
    big("statements"),
    big("gifts"),
    big("bonus"),
    maybe_instant("closed"),
    Index("lr_settlements_begins", "tenant", "begins"),
    Index("lr_settlements_state", "state", "created"),
)

account_statements: Final = table(
    "account_statements",
    key("tenant"),
    key("period", PERIOD),
    key("account"),
    text("kind", STATE),
    instant("begins"),
    instant("ends"),
    big("opening"),
    big("gifts"),
    big("refunds"),
    big("adjustments"),
    big("payouts"),
    big("bonuses"),
    big("live"),
    # The bonuses for this period, as JSON.
    text("given", Text()),
    maybe_instant("closed"),
    Index("lr_account_statements_account", "account", "begins"),
)

bonus_rules: Final = table("bonus_rules", key("tenant"), text("rules", Text()))
