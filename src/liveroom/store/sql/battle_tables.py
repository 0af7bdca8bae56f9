"""The tables of battles. While a battle runs or shows its result, the rows of its rooms have it too."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Text

from liveroom.store.sql.columns import ID, big, instant, key, maybe_instant, small, table, text

STATE: Final = String(16)

battles: Final = table(
    "battles",
    key("id"),
    text("tenant"),
    text("state", STATE),
    text("room"),
    text("made_by"),
    big("duration"),
    big("shown"),
    # JSON: BattleRule.
    text("rule", Text()),
    instant("created"),
    maybe_instant("due"),
    maybe_instant("begins"),
    maybe_instant("ends"),
    small("winner"),
    text("reason", STATE),
    Index("lr_battles_due", "due", "id"),
    Index("lr_battles_state", "state", "id"),
    Index("lr_battles_tenant", "tenant", "id"),
)

battle_rooms: Final = table(
    "battle_rooms",
    key("battle"),
    key("room"),
    text("tenant"),
    text("broadcast"),
    text("owner"),
    Column("number", SmallInteger, nullable=False),
    small("side"),
    small("accepted"),
    # When the battle began; NULL while it is an invitation.
    maybe_instant("began"),
    big("score"),
    big("likes"),
    # Why it has left; "" while it has not.
    text("gone", STATE),
    Index("lr_battle_rooms_number", "battle", "number"),
    Index("lr_battle_rooms_room", "room", "battle"),
    Index("lr_battle_rooms_owner", "owner", "battle"),
)

battle_scores: Final = table(
    "battle_scores",
    key("battle"),
    key("room"),
    # A gift's id; of a refund, which is below zero, its journal's.
    key("doc"),
    Column("score", BigInteger, nullable=False),
)

battle_queue: Final = table(
    "battle_queue",
    key("room"),
    text("tenant"),
    text("category"),
    text("owner"),
    text("made_by"),
    Column("broadcast", ID, nullable=False),
    instant("created"),
    instant("expires"),
    Index("lr_battle_queue_category", "tenant", "category", "created", "room"),
    Index("lr_battle_queue_expires", "expires", "room"),
)
