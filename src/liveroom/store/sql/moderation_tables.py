"""The tables of the operators' moderation: evidence, statements, reasons, words, notices, labels."""

from typing import Final

from sqlalchemy import Index, String, Text

from liveroom.store.sql.columns import (
    LINE,
    NAME,
    SHORT,
    big,
    instant,
    key,
    long_text,
    maybe_instant,
    small,
    table,
    text,
)

STATE: Final = String(16)

evidence: Final = table(
    "evidence",
    key("report"),
    text("tenant"),
    long_text("body"),
    maybe_instant("expires"),
    Index("lr_evidence_expires", "expires"),
)

statements: Final = table(
    "statements",
    key("id"),
    text("tenant"),
    text("user_id"),
    text("report"),
    text("room"),
    text("measure", STATE),
    text("reason"),
    text("words", Text()),
    instant("at"),
    maybe_instant("until"),
    text("made_by"),
    text("state", STATE),
    text("appeal", Text()),
    maybe_instant("appealed"),
    text("decided_by"),
    maybe_instant("decided"),
    text("answer", Text()),
    Index("lr_statements_user", "user_id", "id"),
    Index("lr_statements_tenant", "tenant", "state", "id"),
    Index("lr_statements_report", "report"),
    Index("lr_statements_at", "at"),
)

reasons: Final = table(
    "reasons",
    key("tenant"),
    key("id"),
    text("title_zh", NAME),
    text("title_en", NAME),
    text("text_zh", LINE),
    text("text_en", LINE),
    small("hidden"),
)

words: Final = table(
    "words",
    key("tenant"),
    # The letters that are compared (``domain.messages.words``).
    key("letters", SHORT),
    text("written", SHORT),
    small("masks"),
    text("added_by"),
    instant("created"),
)

notices: Final = table(
    "notices",
    key("id"),
    text("tenant"),
    text("audience", STATE),
    text("subject"),
    text("words", Text()),
    text("data", Text()),
    text("made_by"),
    instant("at"),
    big("rooms"),
    text("last_room"),
    maybe_instant("done"),
    Index("lr_notices_tenant", "tenant", "id"),
    Index("lr_notices_subject", "subject", "audience"),
    Index("lr_notices_done", "done", "id"),
    Index("lr_notices_at", "at"),
)

labels: Final = table(
    "labels",
    key("id"),
    text("tenant"),
    text("room"),
    text("user_id"),
    text("source", STATE),
    text("label"),
    text("suggestion", STATE),
    text("found", LINE),
    instant("at"),
    Index("lr_labels_tenant", "tenant", "id"),
    Index("lr_labels_room", "room", "id"),
    Index("lr_labels_user", "user_id", "id"),
    Index("lr_labels_at", "at"),
)
