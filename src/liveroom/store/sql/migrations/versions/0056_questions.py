"""Questions that were answered in activities of rooms."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0056"
down_revision: Final = "0055"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_LINE: Final = String(1024)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    op.create_table(
        "lr_questions",
        Column("activity", _ID, primary_key=True),
        Column("place", BigInteger, primary_key=True, autoincrement=False),
        Column("question", _ID, nullable=False),
        Column("user_id", _ID, nullable=False),
        Column("words", _LINE, nullable=False),
        Column("answer", _LINE, nullable=False),
        Column("answered_by", _ID, nullable=False),
        Column("votes", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        **_ON_MYSQL,
    )
    op.create_index("lr_questions_question", "lr_questions", ["activity", "question"])
    op.create_index("lr_questions_user", "lr_questions", ["user_id", "activity"])
    op.create_index("lr_questions_answered_by", "lr_questions", ["answered_by"])
