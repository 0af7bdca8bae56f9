"""What operators moderate with: claims of reports, evidence, statements, reasons, words, notices, labels."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, SmallInteger, String, Text
from sqlalchemy.dialects.mysql import MEDIUMTEXT

revision: Final = "0021"
down_revision: Final = "0020"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_STATE: Final = String(16)
_SHORT: Final = String(128)
_NAME: Final = String(255)
_LINE: Final = String(1024)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.add_column("lr_reports", Column("claimed_by", _ID, nullable=False, server_default=""))
    op.add_column("lr_reports", Column("claimed_until", BigInteger, nullable=True))
    op.add_column("lr_reports", Column("measure", _STATE, nullable=False, server_default=""))
    op.create_index("lr_reports_about", "lr_reports", ["target", "id"])
    op.create_index("lr_reports_by", "lr_reports", ["reporter", "id"])
    op.drop_index("lr_reports_target", "lr_reports")
    op.drop_index("lr_reports_reporter", "lr_reports")
    op.create_index("lr_users_banned", "lr_users", ["tenant", "banned_until", "id"])
    _make_of_reports()
    _make_of_operators()


def _make_of_reports() -> None:
    op.create_table(
        "lr_evidence",
        _key("report"),
        _text("tenant"),
        _text("body", Text().with_variant(MEDIUMTEXT(), "mysql")),
        _maybe("expires"),
        **_ON_MYSQL,
    )
    op.create_index("lr_evidence_expires", "lr_evidence", ["expires"])
    op.create_table(
        "lr_statements",
        _key("id"),
        *map(_text, ("tenant", "user_id", "report", "room")),
        _text("measure", _STATE),
        _text("reason"),
        _text("words", Text()),
        _instant("at"),
        _maybe("until"),
        _text("made_by"),
        _text("state", _STATE),
        _text("appeal", Text()),
        _maybe("appealed"),
        _text("decided_by"),
        _maybe("decided"),
        _text("answer", Text()),
        **_ON_MYSQL,
    )
    op.create_index("lr_statements_user", "lr_statements", ["user_id", "id"])
    op.create_index("lr_statements_tenant", "lr_statements", ["tenant", "state", "id"])
    op.create_index("lr_statements_report", "lr_statements", ["report"])
    op.create_index("lr_statements_at", "lr_statements", ["at"])


def _make_of_operators() -> None:
    op.create_table(
        "lr_reasons",
        _key("tenant"),
        _key("id"),
        _text("title_zh", _NAME),
        _text("title_en", _NAME),
        _text("text_zh", _LINE),
        _text("text_en", _LINE),
        Column("hidden", SmallInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_words",
        _key("tenant"),
        _key("letters", _SHORT),
        _text("written", _SHORT),
        Column("masks", SmallInteger, nullable=False),
        _text("added_by"),
        _instant("created"),
        **_ON_MYSQL,
    )
    op.create_table(
        "lr_notices",
        _key("id"),
        _text("tenant"),
        _text("audience", _STATE),
        _text("subject"),
        _text("words", Text()),
        _text("data", Text()),
        _text("made_by"),
        _instant("at"),
        _instant("rooms"),
        _text("last_room"),
        _maybe("done"),
        **_ON_MYSQL,
    )
    op.create_index("lr_notices_tenant", "lr_notices", ["tenant", "id"])
    op.create_index("lr_notices_subject", "lr_notices", ["subject", "audience"])
    op.create_index("lr_notices_done", "lr_notices", ["done", "id"])
    op.create_index("lr_notices_at", "lr_notices", ["at"])
    op.create_table(
        "lr_labels",
        _key("id"),
        *map(_text, ("tenant", "room", "user_id")),
        _text("source", _STATE),
        _text("label"),
        _text("suggestion", _STATE),
        _text("found", _LINE),
        _instant("at"),
        **_ON_MYSQL,
    )
    op.create_index("lr_labels_tenant", "lr_labels", ["tenant", "id"])
    op.create_index("lr_labels_room", "lr_labels", ["room", "id"])
    op.create_index("lr_labels_user", "lr_labels", ["user_id", "id"])
    op.create_index("lr_labels_at", "lr_labels", ["at"])


def _key(name: str, kind: String = _ID) -> Column[str]:
    return Column(name, kind, primary_key=True)


def _text(name: str, kind: String = _ID) -> Column[str]:
    return Column(name, kind, nullable=False)


def _instant(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _maybe(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=True)
