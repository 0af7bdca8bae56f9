"""The tables of operators: who they are, their own roles, where they are signed in to the console."""

from typing import Final

from sqlalchemy import Index, String, Text

from liveroom.store.sql.columns import LINE, NAME, SHORT, big, instant, key, maybe_instant, table, text

operators: Final = table(
    "operators",
    key("id"),
    text("name"),
    text("display_name", NAME),
    text("roles", Text()),
    text("tenants", Text()),
    text("language", String(8)),
    instant("created"),
    text("password", LINE),
    text("totp", LINE),
    maybe_instant("totp_since"),
    big("totp_step"),
    text("recovery", Text()),
    text("subject", LINE),
    maybe_instant("disabled"),
    text("link", SHORT),
    maybe_instant("link_until"),
    maybe_instant("signed_in"),
    Index("lr_operators_name", "name", unique=True),
)

operator_roles: Final = table("operator_roles", key("id"), text("permissions", Text()), instant("created"))

operator_sessions: Final = table(
    "operator_sessions",
    key("digest", SHORT),
    text("id"),
    text("operator"),
    instant("created"),
    instant("seen"),
    instant("expires"),
    text("address", SHORT),
    text("device", NAME),
    instant("confirmed"),
    Index("lr_operator_sessions_operator", "operator"),
    Index("lr_operator_sessions_expires", "expires"),
)
