"""The tables of who follows whom, and of blocks between users."""

from typing import Final

from sqlalchemy import Column, Index, SmallInteger

from liveroom.store.sql.columns import big, instant, key, small, table

follows: Final = table(
    "follows",
    key("follower"),
    key("followed"),
    instant("at"),
    # Whether there is a follow the other way round.
    small("mutual"),
    Index("lr_follows_following", "follower", "at", "followed"),
    Index("lr_follows_followers", "followed", "at", "follower"),
)

follow_counts: Final = table(
    "follow_counts",
    key("user_id"),
    # 0: how many the user follows. From 1: who follows them, divided among rows (``slot_of``).
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    big("followers"),
    big("following"),
    big("mutual"),
)

blocks: Final = table(
    "blocks",
    key("blocker"),
    key("blocked"),
    instant("at"),
    Index("lr_blocks_newest", "blocker", "at", "blocked"),
    Index("lr_blocks_blocked", "blocked", "blocker"),
)
