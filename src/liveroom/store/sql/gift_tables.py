"""The tables of gift catalogues. What was sent is in the ledger."""

from typing import Final

from sqlalchemy import BigInteger, Column, String, Text

from liveroom.store.sql.columns import LINE, NAME, big, instant, key, maybe_instant, small, table, text

_KIND: Final = String(16)

gift_catalogues: Final = table("gift_catalogues", key("tenant"), big("number"))

gifts: Final = table(
    "catalogued_gifts",
    key("tenant"),
    key("id"),
    text("name", NAME),
    text("description", LINE),
    # Names and descriptions by language, as JSON.
    text("languages", Text()),
    text("category"),
    small("position"),
    text("state", _KIND),
    text("receivers", _KIND),
    text("icon", LINE),
    text("animation", LINE),
    text("animation_kind", _KIND),
    text("extension", Text()),
    maybe_instant("since"),
    maybe_instant("until"),
    instant("created"),
    instant("updated"),
)

gift_prices: Final = table(
    "gift_prices",
    key("tenant"),
    key("gift"),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    big("price"),
    big("points"),
    small("host_share"),
    small("agency_share"),
    small("platform_share"),
    small("level"),
    instant("begins"),
    instant("made"),
    text("made_by"),
)

gift_categories: Final = table(
    "gift_categories",
    key("tenant"),
    key("id"),
    text("name", NAME),
    text("languages", Text()),
    small("position"),
)
