"""The tables of agencies, and of the times that hosts were with them."""

from typing import Final

from sqlalchemy import Column, Index, String

from liveroom.store.sql.columns import LINE, NAME, SHORT, instant, key, maybe_instant, table, text

STATE: Final = String(16)

agencies: Final = table(
    "agencies",
    key("id"),
    text("tenant"),
    text("name", NAME),
    text("owner"),
    text("terms", LINE),
    text("state", STATE),
    instant("created"),
    instant("updated"),
    Index("lr_agencies_tenant", "tenant", "id"),
    Index("lr_agencies_owner", "owner", "state", "id"),
)

agency_hosts: Final = table(
    "agency_hosts",
    key("id"),
    text("tenant"),
    text("agency"),
    text("host"),
    text("state", STATE),
    instant("created"),
    text("invited_by"),
    text("terms", LINE),
    maybe_instant("decided"),
    maybe_instant("ends"),
    # What only one can have at a time (``Membership.slot``).
    Column("slot", SHORT, nullable=True),
    Index("lr_agency_hosts_slot", "slot", unique=True),
    Index("lr_agency_hosts_agency", "agency", "host"),
    Index("lr_agency_hosts_page", "agency", "id"),
    Index("lr_agency_hosts_host", "host", "id"),
)
