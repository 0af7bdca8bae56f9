"""The ledger: accounts, journals and their entries, what waits to be added, lots of granted coins, approvals."""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, SmallInteger, String

revision: Final = "0028"
down_revision: Final = "0025"
branch_labels: Final = None
depends_on: Final = None

_ID: Final = String(64)
_KIND: Final = String(16)
_SHORT: Final = String(128)
_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    _make_accounts()
    _make_journals()
    op.create_table(
        "lr_lots",
        Column("journal", _ID, primary_key=True),
        _text("account"),
        _big("remaining"),
        Column("expires", BigInteger, nullable=True),
        Column("due", BigInteger, nullable=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_lots_account", "lr_lots", ["account", "remaining"])
    op.create_index("lr_lots_due", "lr_lots", ["due"])
    op.create_table(
        "lr_approvals",
        Column("id", _ID, primary_key=True),
        _text("tenant"),
        _text("kind", _KIND),
        _text("key", _SHORT),
        _text("digest", _SHORT),
        _big("amount"),
        _text("target"),
        _text("words", String(1024)),
        _text("made_by"),
        _big("at"),
        _text("state", _KIND),
        _text("decided_by"),
        Column("decided", BigInteger, nullable=True),
        **_ON_MYSQL,
    )
    op.create_index("lr_approvals_key", "lr_approvals", ["tenant", "key"], unique=True)
    op.create_index("lr_approvals_state", "lr_approvals", ["tenant", "state", "id"])
    op.create_index("lr_approvals_by", "lr_approvals", ["tenant", "made_by", "at"])
    op.create_index("lr_approvals_target", "lr_approvals", ["target", "at"])


def _make_accounts() -> None:
    op.create_table(
        "lr_accounts",
        Column("id", _ID, primary_key=True),
        _text("tenant"),
        _text("currency", _KIND),
        _text("kind", _KIND),
        _text("owner"),
        _big("balance"),
        Column("floor", BigInteger, nullable=True),
        _text("state", _KIND),
        Column("frozen", SmallInteger, nullable=False),
        Column("closes", BigInteger, nullable=True),
        CheckConstraint("floor IS NULL OR balance >= floor OR state = 'owing'", name="lr_accounts_above_floor"),
        **_ON_MYSQL,
    )
    op.create_index("lr_accounts_name", "lr_accounts", ["tenant", "kind", "owner"], unique=True)
    op.create_index("lr_accounts_owner", "lr_accounts", ["owner"])
    op.create_index("lr_accounts_closes", "lr_accounts", ["closes"])


def _make_journals() -> None:
    op.create_table(
        "lr_journals",
        Column("id", _ID, primary_key=True),
        _text("tenant"),
        _text("kind", _KIND),
        _text("key", _SHORT),
        _text("digest", _SHORT),
        Column("reverses", _ID, nullable=True),
        _text("made_by"),
        _big("created"),
        **_ON_MYSQL,
    )
    op.create_index("lr_journals_key", "lr_journals", ["tenant", "key"], unique=True)
    op.create_index("lr_journals_reverses", "lr_journals", ["tenant", "reverses"], unique=True)
    op.create_table("lr_entries", _number(), *_amount("journal", "account"), _text("doc"), **_ON_MYSQL)
    op.create_index("lr_entries_account", "lr_entries", ["account", "journal", "n"])
    op.create_index("lr_entries_journal", "lr_entries", ["journal"])
    op.create_table("lr_dues", _number(), *_amount("account", "journal"), **_ON_MYSQL)
    op.create_index("lr_dues_account", "lr_dues", ["account"])


def _number() -> Column[int]:
    return Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _amount(*names: str) -> list[Column[Any]]:
    return [*map(_text, names), _big("amount")]


def _text(name: str, kind: String = _ID) -> Column[str]:
    return Column(name, kind, nullable=False)


def _big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)
