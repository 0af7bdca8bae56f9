"""The tables of rankings of gifts."""

from typing import Final

from sqlalchemy import Column, Index, SmallInteger

from liveroom.store.sql.columns import SHORT, big, key, number, small, table, text

gift_ranks: Final = table(
    "gift_ranks",
    # Which count of all gifts it belongs to: another is made beside it while everything is counted anew.
    Column("count_no", SmallInteger, primary_key=True, autoincrement=False),
    key("tenant"),
    key("ranking", SHORT),
    key("account"),
    big("coins"),
    big("gifts"),
    Index("lr_gift_ranks_coins", "count_no", "tenant", "ranking", "coins", "account"),
)

unranked_gifts: Final = table(
    "unranked_gifts",
    number("n"),
    text("journal"),
    text("first_gift"),
    text("last_gift"),
    big("number"),
    small("refund"),
    Index("lr_unranked_gifts_journal", "journal"),
)

gift_rank_counts: Final = table(
    "gift_rank_counts",
    # One row, for the whole installation.
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    small("shown"),
    small("made"),
    text("after_gift"),
)
