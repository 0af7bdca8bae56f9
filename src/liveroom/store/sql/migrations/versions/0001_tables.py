"""Tables of the first release.

A later change is another revision, never an edit of this one.
"""

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, SmallInteger, String, Text, column, table

revision: Final = "0001"
down_revision: Final = None
branch_labels: Final = None
depends_on: Final = None

ID: Final = String(64)
SHORT: Final = String(128)
NAME: Final = String(255)
LINE: Final = String(1024)
NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
FIRST_ID: Final = 40_000_001


def _create(name: str, *columns: Column[Any], indexes: dict[str, list[str]] | None = None, **options: Any) -> None:
    on_mysql: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
    op.create_table(f"lr_{name}", *columns, **on_mysql, **options)
    for index, indexed in (indexes or {}).items():
        op.create_index(f"lr_{name}_{index}", f"lr_{name}", indexed)


def upgrade() -> None:
    _create_identities()
    _create_users()
    _create_sessions()
    _create_rooms()
    _create_stays()
    _create_outbox()
    counters = table("lr_counters", column("name"), column("value"))
    op.bulk_insert(counters, [{"name": "ids", "value": FIRST_ID}, {"name": "tenants", "value": 0}])


def _create_identities() -> None:
    _create(
        "tenants",
        Column("name", ID, primary_key=True),
        Column("sdk_app_id", BigInteger, nullable=False),
        Column("sdk_secret", LINE, nullable=False),
        Column("language", ID, nullable=False),
        Column("plain", SmallInteger, nullable=False),
        Column("hosts", Text, nullable=False),
        Column("quota_users", BigInteger, nullable=False),
        Column("quota_rooms", BigInteger, nullable=False),
        Column("quota_members", BigInteger, nullable=False),
        Column("rev", BigInteger, nullable=False),
    )
    _create(
        "counters",
        Column("name", ID, primary_key=True),
        Column("value", BigInteger, nullable=False),
    )
    _create(
        "ids",
        Column("id", ID, primary_key=True),
        Column("tenant", ID, nullable=False),
        Column("holder", ID, nullable=False),
    )


def _create_users() -> None:
    _create(
        "users",
        Column("id", ID, primary_key=True),
        Column("tenant", ID, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("updated", BigInteger, nullable=False),
        Column("name", NAME, nullable=False),
        Column("avatar", LINE, nullable=False),
        Column("tag", SHORT, nullable=False),
        Column("tag2", SHORT, nullable=False),
        Column("phone", SHORT, nullable=False),
        Column("email", NAME, nullable=False),
        Column("admin", SmallInteger, nullable=False),
        Column("banned_until", BigInteger, nullable=True),
        Column("ban_reason", LINE, nullable=False),
        Column("ended", BigInteger, nullable=True),
        Column("deleted", BigInteger, nullable=True),
        Column("user_bucket", SmallInteger, nullable=False),
        indexes={
            "email": ["tenant", "email"],
            "ended": ["user_bucket", "ended"],
            "phone": ["tenant", "phone"],
            "tenant": ["tenant", "id", "deleted"],
        },
    )
    _create(
        "credentials",
        Column("tenant", ID, primary_key=True),
        Column("folded", String(512), primary_key=True),
        Column("username", NAME, nullable=False),
        Column("user_id", ID, nullable=False),
        Column("salt", LINE, nullable=False),
        indexes={"user": ["user_id"]},
    )


def _create_sessions() -> None:
    _create(
        "sessions",
        Column("id", ID, primary_key=True),
        Column("user_id", ID, nullable=False),
        Column("tenant", ID, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("tag", SHORT, nullable=False),
        Column("ended", BigInteger, nullable=True),
        Column("why", ID, nullable=True),
        Column("user_bucket", SmallInteger, nullable=False),
        indexes={"bucket": ["user_bucket", "ended"], "ended": ["ended"], "user": ["user_id", "ended"]},
    )
    _create(
        "signatures",
        Column("digest", SHORT, primary_key=True),
        Column("session", ID, nullable=False),
        Column("used", BigInteger, nullable=False),
        indexes={"used": ["used"]},
    )


def _create_rooms() -> None:
    _create(
        "rooms",
        Column("id", ID, primary_key=True),
        Column("tenant", ID, nullable=False),
        Column("holder", ID, nullable=False),
        Column("owner", ID, nullable=False),
        Column("state", String(16), nullable=False),
        Column("created_by", ID, nullable=False),
        Column("updated_by", ID, nullable=False),
        Column("opened", BigInteger, nullable=False),
        Column("updated", BigInteger, nullable=False),
        Column("broadcast", ID, nullable=False),
        Column("category", ID, nullable=False),
        Column("title", NAME, nullable=False),
        Column("cover", LINE, nullable=False),
        Column("subject", NAME, nullable=False),
        Column("description", LINE, nullable=False),
        Column("capacity", BigInteger, nullable=False),
        Column("kind", ID, nullable=False),
        Column("star", BigInteger, nullable=False),
        Column("rev", BigInteger, nullable=False),
        Column("room_bucket", SmallInteger, nullable=False),
        indexes={
            "bucket": ["room_bucket", "state"],
            "holder": ["holder"],
            "owner": ["owner", "state"],
            "state": ["state", "id"],
            "tenant": ["tenant", "state", "id"],
        },
    )
    _create(
        "broadcasts",
        Column("id", ID, primary_key=True),
        Column("room", ID, nullable=False),
        Column("tenant", ID, nullable=False),
        Column("owner", ID, nullable=False),
        Column("category", ID, nullable=False),
        Column("title", NAME, nullable=False),
        Column("opened", BigInteger, nullable=False),
        Column("closed", BigInteger, nullable=True),
        Column("reason", ID, nullable=True),
        indexes={"room": ["room"], "tenant": ["tenant", "opened"]},
    )


def _create_stays() -> None:
    _create(
        "stays",
        Column("id", ID, primary_key=True),
        Column("tenant", ID, nullable=False),
        Column("broadcast", ID, nullable=False),
        Column("room", ID, nullable=False),
        Column("user_id", ID, nullable=False),
        Column("role", String(16), nullable=False),
        Column("name", NAME, nullable=False),
        Column("avatar", LINE, nullable=False),
        Column("entered", BigInteger, nullable=False),
        Column("ord", BigInteger, nullable=False),
        Column("places", Text, nullable=False),
        Column("keepalive", SmallInteger, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("left_at", BigInteger, nullable=True),
        Column("reason", ID, nullable=True),
        Column("room_bucket", SmallInteger, nullable=False),
        Column("user_bucket", SmallInteger, nullable=False),
        indexes={
            "broadcast": ["broadcast", "user_id", "left_at"],
            "room_bucket": ["room_bucket", "left_at"],
            "user": ["user_id", "entered"],
            "user_bucket": ["user_bucket", "left_at"],
        },
    )


def _create_outbox() -> None:
    _create(
        "outbox",
        Column("id", NUMBER, primary_key=True, autoincrement=True),
        Column("tenant", ID, nullable=False),
        Column("subject", ID, nullable=False),
        Column("kind", ID, nullable=False),
        Column("body", Text, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("done", SmallInteger, nullable=False),
        indexes={"done": ["done", "id"]},
        sqlite_autoincrement=True,
    )
    _create(
        "leases",
        Column("name", SHORT, primary_key=True),
        Column("holder", SHORT, nullable=False),
        Column("until", BigInteger, nullable=False),
    )
