"""Interactive rooms: options, standings, seats, messages, likes, reports, and the erasure of deleted users."""

from secrets import token_hex
from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Text, column, insert, select, table
from sqlalchemy.dialects.mysql import MEDIUMTEXT

revision: Final = "0008"
down_revision: Final = "0007"
branch_labels: Final = None
depends_on: Final = None

ID: Final = String(64)
SHORT: Final = String(128)
NAME: Final = String(255)
LINE: Final = String(1024)
_BATCH: Final = 1000
_LAST_ROUND: Final = 3
LONG: Final = Text().with_variant(MEDIUMTEXT(), "mysql")
ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def _key(name: str, kind: String = ID) -> Column[str]:
    return Column(name, kind, primary_key=True)


def _text(name: str, kind: String = ID) -> Column[str]:
    return Column(name, kind, nullable=False)


def _big(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _small(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False)


def _make(name: str, *parts: Column[Any] | Index) -> None:
    op.create_table(f"lr_{name}", *parts, **ON_MYSQL)


def upgrade() -> None:
    _columns()
    _rooms()
    _words()
    _erasures()


def _columns() -> None:
    for added in (
        Column("access", String(16), nullable=False, server_default="public"),
        Column("password", SHORT, nullable=False, server_default=""),
        Column("seats", SmallInteger, nullable=False, server_default="8"),
        Column("seat_mode", String(16), nullable=False, server_default="apply"),
        Column("seat_locks", BigInteger, nullable=False, server_default="0"),
        Column("slow", BigInteger, nullable=False, server_default="0"),
        Column("muted", SmallInteger, nullable=False, server_default="0"),
        Column("starts", BigInteger, nullable=True),
        Column("ends", BigInteger, nullable=True),
        Column("guarded", SmallInteger, nullable=False, server_default="0"),
    ):
        op.add_column("lr_rooms", added)
    op.create_index("lr_rooms_starts", "lr_rooms", ["tenant", "starts", "id"])
    op.create_index("lr_rooms_starting", "lr_rooms", ["starts", "id"])
    op.add_column("lr_broadcasts", Column("likes", BigInteger, nullable=False, server_default="0"))
    op.add_column("lr_stays", Column("seat", SmallInteger, nullable=False, server_default="0"))
    op.add_column("lr_stays", Column("seat_mutes", SmallInteger, nullable=False, server_default="0"))
    op.add_column("lr_audit", Column("room", ID, nullable=False, server_default=""))
    op.add_column("lr_audit", Column("reason", LINE, nullable=False, server_default=""))
    op.create_index("lr_audit_room", "lr_audit", ["tenant", "room", "id"])
    op.create_index("lr_audit_subject", "lr_audit", ["subject"])
    op.create_index("lr_broadcasts_owner", "lr_broadcasts", ["owner"])
    op.create_index("lr_dead_events_stream", "lr_dead_events", ["stream", "seq"])


def _rooms() -> None:
    _make(
        "standings",
        _key("room"),
        _key("user_id"),
        _text("tenant"),
        _text("role", String(16)),
        _big("banned_until", nullable=True),
        _text("ban_reason", LINE),
        _big("muted_until", nullable=True),
        _text("mute_reason", LINE),
        _small("invited"),
        _text("updated_by"),
        _big("updated"),
        _big("rev"),
        Index("lr_standings_user", "user_id"),
        Index("lr_standings_role", "room", "role"),
        Index("lr_standings_banned", "room", "banned_until"),
        Index("lr_standings_muted", "room", "muted_until"),
    )
    _make(
        "metadata",
        _key("room"),
        _text("broadcast"),
        _big("version"),
        Column("value", LONG, nullable=False),
        _text("updated_by"),
        _big("updated"),
    )


def _words() -> None:
    _make(
        "messages",
        _key("room"),
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        _text("tenant"),
        _text("broadcast"),
        _text("user_id"),
        _text("name", NAME),
        _text("avatar", LINE),
        _text("role", String(16)),
        _text("kind", String(16)),
        _small("priority"),
        Column("body", LONG, nullable=False),
        _big("at"),
        _big("recalled", nullable=True),
        _text("recalled_by"),
        Index("lr_messages_broadcast", "broadcast", "number"),
        Index("lr_messages_user", "user_id"),
        Index("lr_messages_at", "at"),
    )
    _make(
        "reports",
        _key("id"),
        _text("tenant"),
        _text("room"),
        _text("target"),
        _text("message"),
        _text("reporter"),
        _text("reason"),
        _text("words", LINE),
        _text("note", LINE),
        _big("at"),
        _text("state", String(16)),
        _text("handled_by"),
        _big("handled", nullable=True),
        _text("outcome", LINE),
        Index("lr_reports_tenant", "tenant", "state", "id"),
        Index("lr_reports_room", "room", "state", "id"),
        Index("lr_reports_target", "target"),
        Index("lr_reports_reporter", "reporter"),
        Index("lr_reports_at", "at"),
    )


def _erasures() -> None:
    _make(
        "erasures",
        _key("user_id"),
        _text("tenant"),
        _text("pseudonym"),
        _big("deleted"),
        _big("due", nullable=True),
        _small("rounds"),
        Index("lr_erasures_due", "due"),
    )
    _erase_those_before()


def _erase_those_before() -> None:
    """Have everybody erased, in one round, who deleted their account when that left their name where they had been."""
    users = table("lr_users", column("id"), column("tenant"), column("deleted"))
    erasures = table("lr_erasures", *map(column, ("user_id", "tenant", "pseudonym", "deleted", "due", "rounds")))
    bind, after = op.get_bind(), ""
    find = select(users).where(users.c.deleted.is_not(None)).order_by(users.c.id).limit(_BATCH)
    while rows := bind.execute(find.where(users.c.id > after)).all():
        bind.execute(
            insert(erasures),
            [
                {
                    "user_id": id,
                    "tenant": tenant,
                    "pseudonym": f"gone-{token_hex(6)}",
                    "deleted": deleted,
                    "due": deleted,
                    "rounds": _LAST_ROUND,
                }
                for id, tenant, deleted in rows
            ],
        )
        after = rows[-1].id
