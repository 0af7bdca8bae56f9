"""The tables of drift: what differs between two places, and when each source was compared last."""

from typing import Final

from sqlalchemy import Index

from liveroom.store.sql.columns import LINE, NAME, SHORT, big, instant, key, maybe_instant, table, text

drift: Final = table(
    "drift",
    key("id"),
    text("source"),
    text("kind"),
    text("case_of"),
    text("subject", LINE),
    text("tenant"),
    text("room"),
    text("user_id"),
    text("detail", SHORT),
    instant("since"),
    instant("looked"),
    big("looks"),
    big("tries"),
    text("failure", LINE),
    Index("lr_drift_source", "source", "id"),
    Index("lr_drift_room", "room", "id"),
    Index("lr_drift_user", "user_id", "id"),
    Index("lr_drift_kind", "source", "kind"),
)

drift_rounds: Final = table(
    "drift_rounds",
    key("source"),
    instant("began"),
    instant("ended"),
    instant("due"),
    text("outcome"),
    big("items"),
    big("found"),
    text("reason", LINE),
    big("repaired"),
    big("failures"),
    maybe_instant("allowed_until"),
    text("allowed_by", NAME),
)
