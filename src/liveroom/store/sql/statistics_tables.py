"""The tables of statistics: sums of what other tables say, which can be counted anew from these.

Only ``statistics_audience`` knows more than can be found out once old stays are dropped: who had been there before.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, String, Text

from liveroom.store.sql.columns import big, instant, key, maybe_instant, table, text

_DATE: Final = String(16)

statistics_queue: Final = table(
    "statistics_queue",
    # ``b:`` and a broadcast; or ``d:``, a tenant, ``/`` and a day: ``d:acme/2026-11-29``.
    key("subject"),
    # Grows with every change that is to be counted: a row may go only if it is as it was when counting began.
    big("mark"),
    instant("due"),
    Index("lr_statistics_queue_due", "due"),
)

statistics_broadcasts: Final = table(
    "statistics_broadcasts",
    key("broadcast"),
    text("tenant"),
    text("room"),
    text("host"),
    text("category"),
    instant("opened"),
    maybe_instant("closed"),
    instant("counted"),
    big("viewers"),
    big("newcomers"),
    big("peak"),
    maybe_instant("peaked"),
    big("entries"),
    big("watched"),
    big("median"),
    big("anchors"),
    big("audience"),
    big("speakers"),
    big("messages"),
    big("likes"),
    Index("lr_statistics_broadcasts_tenant", "tenant", "opened", "broadcast"),
    Index("lr_statistics_broadcasts_host", "host", "opened", "broadcast"),
)

statistics_broadcast_days: Final = table(
    "statistics_broadcast_days",
    key("tenant"),
    key("day", _DATE),
    key("broadcast"),
    # What the day's sums of this broadcast come from: as long as it is the same, so are they.
    big("digest"),
    # Messages in each hour: 24 numbers, as JSON.
    Column("messages", Text(), nullable=False),
    Index("lr_statistics_broadcast_days_broadcast", "broadcast"),
)

statistics_audience: Final = table(
    "statistics_audience",
    # "": of the whole tenant.
    key("host"),
    key("user_id"),
    text("tenant"),
    # The first broadcast that they were in, and when they entered it.
    text("broadcast"),
    instant("entered"),
    # When their account was made; only for the whole tenant.
    instant("signed_up"),
    Index("lr_statistics_audience_user", "user_id"),
)

statistics_series: Final = table(
    "statistics_series",
    key("tenant"),
    # ``hour`` or ``day``.
    key("unit", _DATE),
    # ``tenant``, ``category`` or ``host``, and which; "" for the tenant.
    key("scope", _DATE),
    key("subject"),
    Column("begins", BigInteger, primary_key=True, autoincrement=False),
    text("day", _DATE),
    big("viewers"),
    big("newcomers"),
    big("peak"),
    maybe_instant("peaked"),
    big("entries"),
    big("watched"),
    big("live"),
    big("broadcasts"),
    big("hosts"),
    big("messages"),
    big("likes"),
    big("accounts"),
    Index("lr_statistics_series_day", "tenant", "day"),
    Index("lr_statistics_series_subject", "scope", "subject"),
)

statistics_retention: Final = table(
    "statistics_retention",
    key("tenant"),
    # ``day`` or ``week``: how those who signed up together are taken together.
    key("unit", _DATE),
    # The day on which they signed up, or the Monday of its week.
    key("cohort", _DATE),
    # The day on which so many of them came; by week, those who had not come in it before.
    key("day", _DATE),
    big("users"),
    Index("lr_statistics_retention_day", "tenant", "day"),
)
