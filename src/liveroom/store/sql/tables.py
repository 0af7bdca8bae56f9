"""The tables, as the newest migration leaves them; a test compares the two.

Times are milliseconds UTC, truths are 0 and 1, texts compare by their bytes: the same on both databases. Ids have no
foreign keys: rows of a stay or a broadcast outlive what they name. Lengths are above what the domain lets through,
because an imported row may be longer, and MySQL refuses a longer text where SQLite takes it.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, SmallInteger, String, Table, Text
from sqlalchemy.dialects.mysql import MEDIUMTEXT

metadata: Final = MetaData()

_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
ID: Final = String(64)
SHORT: Final = String(128)
NAME: Final = String(255)
LINE: Final = String(1024)


def _table(name: str, *parts: Column[Any] | Index, **options: Any) -> Table:
    return Table(f"lr_{name}", metadata, *parts, **_ON_MYSQL, **options)


def _key(name: str, kind: String = ID) -> Column[str]:
    return Column(name, kind, primary_key=True)


def _text(name: str, kind: String = ID) -> Column[str]:
    return Column(name, kind, nullable=False)


def _big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _small(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False)


def _instant(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _maybe_instant(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=True)


tenants: Final = _table(
    "tenants",
    _key("name"),
    _big("sdk_app_id"),
    _text("sdk_secret", LINE),
    _text("language"),
    _small("plain"),
    Column("hosts", Text, nullable=False),
    _big("quota_users"),
    _big("quota_rooms"),
    _big("quota_members"),
    _big("rev"),
    Column("rtc", ID, nullable=False, server_default=""),
)

counters: Final = _table("counters", _key("name"), _big("value"))

ids: Final = _table("ids", _key("id"), _text("tenant"), _text("holder"))

users: Final = _table(
    "users",
    _key("id"),
    _text("tenant"),
    _instant("created"),
    _instant("updated"),
    _text("name", NAME),
    _text("avatar", LINE),
    _text("tag", SHORT),
    _text("tag2", SHORT),
    _text("phone", SHORT),
    _text("email", NAME),
    _small("admin"),
    _maybe_instant("banned_until"),
    _text("ban_reason", LINE),
    _maybe_instant("ended"),
    _maybe_instant("deleted"),
    _small("user_bucket"),
    Index("lr_users_tenant", "tenant", "id", "deleted"),
    Index("lr_users_phone", "tenant", "phone"),
    Index("lr_users_email", "tenant", "email"),
    Index("lr_users_ended", "user_bucket", "ended"),
)

credentials: Final = _table(
    "credentials",
    _key("tenant"),
    _key("folded", String(512)),
    _text("username", NAME),
    _text("user_id"),
    _text("salt", LINE),
    Index("lr_credentials_user", "user_id"),
)

bindings: Final = _table(
    "bindings",
    _key("tenant"),
    _key("folded", String(512)),
    _key("tag", SHORT),
    _text("user_id"),
    _maybe_instant("bound"),
    Index("lr_bindings_user", "user_id"),
)

imported: Final = _table(
    "imported", _key("kind", String(16)), _key("id"), _text("digest"), _big("mark"), _text("broadcast")
)

contacts: Final = _table(
    "contacts",
    _key("tenant"),
    _key("value", NAME),
    _text("user_id"),
    Index("lr_contacts_user", "user_id"),
)

codes: Final = _table(
    "codes",
    _key("id"),
    _text("tenant"),
    _text("contact", SHORT),
    _text("address", SHORT),
    _text("stamp", SHORT),
    _instant("created"),
    _small("tries"),
    _maybe_instant("used"),
    Index("lr_codes_contact", "contact", "created"),
    Index("lr_codes_address", "address", "created"),
    Index("lr_codes_created", "created"),
)

sessions: Final = _table(
    "sessions",
    _key("id"),
    _text("user_id"),
    _text("tenant"),
    _instant("created"),
    _text("tag", SHORT),
    _maybe_instant("ended"),
    Column("why", ID, nullable=True),
    _small("user_bucket"),
    Index("lr_sessions_user", "user_id", "ended"),
    Index("lr_sessions_bucket", "user_bucket", "ended"),
    Index("lr_sessions_ended", "ended"),
)

signatures: Final = _table(
    "signatures", _key("digest", SHORT), _text("session"), _instant("used"), Index("lr_signatures_used", "used")
)

rooms: Final = _table(
    "rooms",
    _key("id"),
    _text("tenant"),
    _text("holder"),
    _text("owner"),
    _text("state", String(16)),
    _text("created_by"),
    _text("updated_by"),
    _instant("opened"),
    _instant("updated"),
    _text("broadcast"),
    _text("category"),
    _text("title", NAME),
    _text("cover", LINE),
    _text("subject", NAME),
    _text("description", LINE),
    _big("capacity"),
    _text("kind"),
    _big("star"),
    _big("rev"),
    _small("room_bucket"),
    Column("barred", SmallInteger, nullable=False, server_default="0"),
    Index("lr_rooms_bucket", "room_bucket", "state"),
    Index("lr_rooms_tenant", "tenant", "state", "id"),
    Index("lr_rooms_state", "state", "id"),
    Index("lr_rooms_owner", "owner", "state"),
    Index("lr_rooms_holder", "holder"),
)

broadcasts: Final = _table(
    "broadcasts",
    _key("id"),
    _text("room"),
    _text("tenant"),
    _text("owner"),
    _text("category"),
    _text("title", NAME),
    _instant("opened"),
    _maybe_instant("closed"),
    Column("reason", ID, nullable=True),
    Index("lr_broadcasts_room", "room"),
    Index("lr_broadcasts_tenant", "tenant", "opened"),
)

stays: Final = _table(
    "stays",
    _key("id"),
    _text("tenant"),
    _text("broadcast"),
    _text("room"),
    _text("user_id"),
    _text("role", String(16)),
    _text("name", NAME),
    _text("avatar", LINE),
    _instant("entered"),
    _big("ord"),
    Column("places", Text, nullable=False),
    _small("keepalive"),
    _big("version"),
    _maybe_instant("left_at"),
    Column("reason", ID, nullable=True),
    _small("room_bucket"),
    _small("user_bucket"),
    # Open stays are the few with left_at NULL: an equality on both columns finds them among any number of closed ones.
    Index("lr_stays_room_bucket", "room_bucket", "left_at"),
    Index("lr_stays_user_bucket", "user_bucket", "left_at"),
    Index("lr_stays_broadcast", "broadcast", "user_id", "left_at"),
    Index("lr_stays_user", "user_id", "entered"),
)

outbox: Final = _table(
    "outbox",
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _text("tenant"),
    _text("subject"),
    _text("kind"),
    Column("body", Text, nullable=False),
    _instant("created"),
    _small("done"),
    Index("lr_outbox_done", "done", "id"),
    # Without it SQLite gives the id of a purged newest row again.
    sqlite_autoincrement=True,
)

signs_of_life: Final = _table(
    "signs_of_life",
    Column("user_bucket", SmallInteger, primary_key=True, autoincrement=False),
    _instant("written"),
    _instant("held"),
    # A few dozen bytes for each user of the bucket who is online: MySQL's TEXT would end at a thousand of them.
    Column("sessions", Text().with_variant(MEDIUMTEXT(), "mysql"), nullable=False),
)

leases: Final = _table("leases", _key("name", SHORT), _text("holder", SHORT), _instant("until"))

vendor_work: Final = _table(
    "vendor_work",
    _key("vendor"),
    _key("matter"),
    _key("subject"),
    _text("tenant"),
    # Only work that waits has a lane: accounts that are in order, by the million, are not in the way of what is due.
    Column("lane", SHORT, nullable=True),
    _big("wanted"),
    _instant("changed"),
    _maybe_instant("due"),
    _instant("leased"),
    _text("holder"),
    _big("tries"),
    _text("achieved", LINE),
    _text("reason", LINE),
    _maybe_instant("failed"),
    Column("room_bucket", SmallInteger, nullable=True),
    Index("lr_vendor_work_due", "lane", "due"),
    Index("lr_vendor_work_failed", "failed"),
    Index("lr_vendor_work_bucket", "room_bucket"),
)

fixed_secrets: Final = _table(
    "fixed_secrets",
    _key("id"),
    _text("tenant"),
    _text("tag", SHORT),
    _text("secret", LINE),
    _instant("created"),
    Index("lr_fixed_secrets_tenant", "tenant", "tag"),
)

own_users: Final = _table(
    "own_users",
    _key("tenant"),
    _key("tag", SHORT),
    # As the operator writes it, case and all: their ids are theirs.
    _key("username", String(512)),
    _text("user_id"),
    _instant("created"),
    Index("lr_own_users_user", "user_id"),
)

server_keys: Final = _table(
    "server_keys",
    _key("id"),
    _text("tenant"),
    _text("name", NAME),
    _text("digest", SHORT),
    Column("scopes", Text, nullable=False),
    _instant("created"),
    _maybe_instant("expires"),
    _maybe_instant("revoked"),
    _maybe_instant("used"),
    Index("lr_server_keys_tenant", "tenant"),
)

app_keys: Final = _table(
    "app_keys",
    _key("id"),
    _text("tenant"),
    _text("name", NAME),
    _text("secret", LINE),
    _instant("created"),
    Index("lr_app_keys_tenant", "tenant"),
)

app_rules: Final = _table("app_rules", _key("tenant"), Column("modules", Text, nullable=False))

audit: Final = _table(
    "audit",
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _text("tenant"),
    _instant("at"),
    _text("actor"),
    _text("action", SHORT),
    _text("subject", SHORT),
    _text("address", SHORT),
    _text("request", SHORT),
    Column("code", Integer, nullable=True),
    Index("lr_audit_tenant", "tenant", "id"),
    Index("lr_audit_actor", "actor", "id"),
    Index("lr_audit_at", "at"),
    sqlite_autoincrement=True,
)

webhooks: Final = _table(
    "webhooks",
    _key("id"),
    _text("tenant"),
    _text("url", LINE),
    Column("secrets", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("categories", Text, nullable=False),
    _big("batch"),
    _big("timeout"),
    _text("state", String(16)),
    _text("reason", LINE),
    _instant("created"),
    Index("lr_webhooks_tenant", "tenant"),
)

hooks: Final = _table(
    "hooks",
    _key("id"),
    _text("tenant"),
    _text("moment"),
    _text("url", LINE),
    Column("secrets", Text, nullable=False),
    Column("categories", Text, nullable=False),
    _big("timeout"),
    _text("otherwise", String(16)),
    _instant("created"),
    Index("lr_hooks_tenant", "tenant"),
)

streams: Final = _table("streams", _key("stream", SHORT), _big("seq"))

events: Final = _table(
    "events",
    _key("stream", SHORT),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _text("id"),
    _text("tenant"),
    _text("kind"),
    _text("category"),
    _instant("at"),
    _instant("created"),
    Column("body", Text().with_variant(MEDIUMTEXT(), "mysql"), nullable=False),
    Index("lr_events_created", "created"),
)

event_lanes: Final = _table(
    "event_lanes",
    _key("target"),
    _key("stream", SHORT),
    _text("tenant"),
    _big("sent"),
    _big("last"),
    _big("seen"),
    _instant("due"),
    _big("tries"),
    _text("holder"),
    _instant("leased"),
    _text("reason", LINE),
    Index("lr_event_lanes_due", "target", "due"),
    Index("lr_event_lanes_holder", "holder"),
)

dead_events: Final = _table(
    "dead_events",
    _key("target"),
    _key("id"),
    _text("tenant"),
    _text("stream", SHORT),
    _big("seq"),
    _text("kind"),
    _instant("at"),
    _instant("died"),
    _text("reason", LINE),
    Column("body", Text().with_variant(MEDIUMTEXT(), "mysql"), nullable=False),
    _maybe_instant("due"),
    Index("lr_dead_events_due", "due"),
    Index("lr_dead_events_died", "target", "died"),
)

deliveries: Final = _table(
    "deliveries",
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _text("target"),
    _instant("at"),
    _text("message", SHORT),
    _big("events"),
    _big("status"),
    _big("millis"),
    _text("reason", LINE),
    Index("lr_deliveries_target", "target", "id"),
    sqlite_autoincrement=True,
)
