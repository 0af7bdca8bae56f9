"""The tables of the console: the past minutes of its overview."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index

from liveroom.store.sql.columns import key, long_text, table

overview: Final = table(
    "overview",
    key("scope"),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    long_text("body"),
    Index("lr_overview_minute", "minute"),
)
