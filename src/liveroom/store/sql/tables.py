"""The tables, as the newest migration leaves them; a test compares the two.

Times are milliseconds UTC, truths are 0 and 1, texts compare by their bytes: the same on both databases. Ids have no
foreign keys: rows of a stay or a broadcast outlive what they name. Lengths are above what the domain lets through,
because an imported row may be longer, and MySQL refuses a longer text where SQLite takes it.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Text

from liveroom.store.sql import (
    activity_tables,
    agency_tables,
    backend_tables,
    battle_tables,
    charge_tables,
    connection_tables,
    console_tables,
    drift_tables,
    envelope_tables,
    export_tables,
    follow_tables,
    gift_rank_tables,
    gift_tables,
    ledger_tables,
    moderation_tables,
    operator_tables,
    people_tables,
    push_tables,
    receipt_tables,
    recording_tables,
    reminder_tables,
    sent_gift_tables,
    settlement_tables,
    show_tables,
    statistics_tables,
    upload_tables,
)
from liveroom.store.sql.columns import (
    ID,
    LINE,
    NAME,
    SHORT,
    big,
    instant,
    key,
    known,
    maybe_instant,
    number,
    small,
    table,
    text,
)

metadata: Final = known
"""All tables."""
ELSEWHERE: Final = (
    backend_tables,
    show_tables,
    operator_tables,
    moderation_tables,
    people_tables,
    statistics_tables,
    console_tables,
    drift_tables,
    export_tables,
    follow_tables,
    ledger_tables,
    upload_tables,
    gift_tables,
    connection_tables,
    sent_gift_tables,
    battle_tables,
    charge_tables,
    gift_rank_tables,
    agency_tables,
    settlement_tables,
    envelope_tables,
    receipt_tables,
    push_tables,
    recording_tables,
    activity_tables,
    reminder_tables,
)
"""Modules with further tables."""

tenants: Final = table(
    "tenants",
    key("name"),
    big("sdk_app_id"),
    text("sdk_secret", LINE),
    text("language"),
    small("plain"),
    text("hosts", Text()),
    big("quota_users"),
    big("quota_rooms"),
    big("quota_members"),
    big("rev"),
    Column("rtc", ID, nullable=False, server_default=""),
    Column("profile", String(16), nullable=False, server_default=""),
    Column("zone", ID, nullable=False, server_default=""),
    Column("cap_gift", BigInteger, nullable=False, server_default="0"),
    Column("cap_day", BigInteger, nullable=False, server_default="0"),
    Column("cap_month", BigInteger, nullable=False, server_default="0"),
    Column("recordings", String(8), nullable=False, server_default=""),
)

counters: Final = table("counters", key("name"), big("value"))

ids: Final = table("ids", key("id"), text("tenant"), text("holder"))

users: Final = table(
    "users",
    key("id"),
    text("tenant"),
    instant("created"),
    instant("updated"),
    text("name", NAME),
    text("avatar", LINE),
    text("tag", SHORT),
    text("tag2", SHORT),
    text("phone", SHORT),
    text("email", NAME),
    small("admin"),
    maybe_instant("banned_until"),
    text("ban_reason", LINE),
    maybe_instant("ended"),
    maybe_instant("deleted"),
    small("user_bucket"),
    Column("language", String(8), nullable=False, server_default=""),
    # Whether ``user_terms`` has what the user is found by: 0 in a row that was written since.
    Column("named", SmallInteger, nullable=False, server_default="0"),
    # 1: the operator has said that they are an adult; -1: that they are not; 0: nothing.
    Column("adult", SmallInteger, nullable=False, server_default="0"),
    Index("lr_users_named", "named", "id"),
    Index("lr_users_tenant", "tenant", "id", "deleted"),
    Index("lr_users_phone", "tenant", "phone"),
    Index("lr_users_email", "tenant", "email"),
    Index("lr_users_ended", "user_bucket", "ended"),
    Index("lr_users_banned", "tenant", "banned_until", "id"),
    Index("lr_users_created", "tenant", "created"),
)

credentials: Final = table(
    "credentials",
    key("tenant"),
    key("folded", String(512)),
    text("username", NAME),
    text("user_id"),
    text("salt", LINE),
    # A JSON array of tags; NULL for none.
    Column("timed", Text(), nullable=True),
    Column("look", String(32), nullable=False, server_default=""),
    Index("lr_credentials_user", "user_id"),
    Index("lr_credentials_look", "tenant", "look"),
)

bindings: Final = table(
    "bindings",
    key("tenant"),
    key("folded", String(512)),
    key("tag", SHORT),
    text("user_id"),
    maybe_instant("bound"),
    Index("lr_bindings_user", "user_id"),
)

imported: Final = table("imported", key("kind", String(16)), key("id"), text("digest"), big("mark"), text("broadcast"))

contacts: Final = table(
    "contacts",
    key("tenant"),
    key("value", NAME),
    text("user_id"),
    Index("lr_contacts_user", "user_id"),
)

codes: Final = table(
    "codes",
    key("id"),
    text("tenant"),
    text("contact", SHORT),
    text("address", SHORT),
    text("stamp", SHORT),
    instant("created"),
    small("tries"),
    maybe_instant("used"),
    Index("lr_codes_contact", "contact", "created"),
    Index("lr_codes_address", "address", "created"),
    Index("lr_codes_created", "created"),
)

sessions: Final = table(
    "sessions",
    key("id"),
    text("user_id"),
    text("tenant"),
    instant("created"),
    text("tag", SHORT),
    maybe_instant("ended"),
    Column("why", ID, nullable=True),
    small("user_bucket"),
    Column("address", SHORT, nullable=False, server_default=""),
    Index("lr_sessions_user", "user_id", "ended"),
    Index("lr_sessions_bucket", "user_bucket", "ended"),
    Index("lr_sessions_ended", "ended"),
)

address_bans: Final = table(
    "address_bans",
    key("tenant"),
    key("address", SHORT),
    text("user_id"),
    instant("made"),
    instant("until"),
    Index("lr_address_bans_user", "user_id"),
    Index("lr_address_bans_until", "until"),
)

signatures: Final = table(
    "signatures", key("digest", SHORT), text("session"), instant("used"), Index("lr_signatures_used", "used")
)

rooms: Final = table(
    "rooms",
    key("id"),
    text("tenant"),
    text("holder"),
    text("owner"),
    text("state", String(16)),
    text("created_by"),
    text("updated_by"),
    instant("opened"),
    instant("updated"),
    text("broadcast"),
    text("category"),
    text("title", NAME),
    text("cover", LINE),
    text("subject", NAME),
    text("description", LINE),
    big("capacity"),
    text("kind"),
    big("star"),
    big("rev"),
    small("room_bucket"),
    Column("delisted", SmallInteger, nullable=False, server_default="0"),
    Column("access", String(16), nullable=False, server_default="public"),
    Column("password", SHORT, nullable=False, server_default=""),
    Column("seats", SmallInteger, nullable=False, server_default="8"),
    Column("seat_mode", String(16), nullable=False, server_default="apply"),
    Column("seat_locks", BigInteger, nullable=False, server_default="0"),
    Column("slow", BigInteger, nullable=False, server_default="0"),
    Column("muted", SmallInteger, nullable=False, server_default="0"),
    maybe_instant("starts"),
    maybe_instant("ends"),
    Column("guarded", SmallInteger, nullable=False, server_default="0"),
    Column("link_key", String(32), nullable=False, server_default=""),
    # A JSON array (PinnedMessage); NULL for none.
    Column("pinned", Text(), nullable=True),
    Column("gifts", SmallInteger, nullable=False, server_default="1"),
    # A JSON array (Connection); NULL for none. Its id is in `connection_id`.
    Column("connection", Text(), nullable=True),
    # A JSON array (RoomBattle); NULL for none.
    Column("battle", Text(), nullable=True),
    Column("open_battles", SmallInteger, nullable=False, server_default="0"),
    # A JSON array (ShownEnvelope); NULL for none.
    Column("envelopes", Text(), nullable=True),
    Column("followers_chat", SmallInteger, nullable=False, server_default="0"),
    Column("followers_seats", SmallInteger, nullable=False, server_default="0"),
    # A JSON array (ShownStream); NULL for none.
    Column("streams", Text(), nullable=True),
    Column("recorded", SmallInteger, nullable=False, server_default="0"),
    # A JSON array (ShownRecording); NULL for none.
    Column("recording", Text(), nullable=True),
    # A JSON array (RunningActivity); NULL for none.
    Column("activities", Text(), nullable=True),
    # An address; "" for none yet, NULL where the room allows none.
    Column("live_cover", Text(), nullable=True),
    Column("aside", SmallInteger, nullable=False, server_default="0"),
    Index("lr_rooms_delisted", "tenant", "delisted", "id"),
    # A JSON array (Placement); NULL for none. Then when something of it is over next.
    Column("placement", Text(), nullable=True),
    maybe_instant("placed_until"),
    Index("lr_rooms_placed", "placed_until", "id"),
    Index("lr_rooms_bucket", "room_bucket", "state"),
    Index("lr_rooms_tenant", "tenant", "state", "id"),
    Index("lr_rooms_state", "state", "id"),
    Index("lr_rooms_owner", "owner", "state"),
    Index("lr_rooms_holder", "holder"),
    Index("lr_rooms_starts", "tenant", "starts", "id"),
    Index("lr_rooms_starting", "starts", "id"),
    Column("connection_id", ID, nullable=True),
    Index("lr_rooms_connection", "tenant", "connection_id", "id"),
)

broadcasts: Final = table(
    "broadcasts",
    key("id"),
    text("room"),
    text("tenant"),
    text("owner"),
    text("category"),
    text("title", NAME),
    instant("opened"),
    maybe_instant("closed"),
    Column("reason", ID, nullable=True),
    Column("likes", BigInteger, nullable=False, server_default="0"),
    Index("lr_broadcasts_room", "room", "id"),
    Index("lr_broadcasts_tenant", "tenant", "opened"),
    Index("lr_broadcasts_owner", "owner", "id"),
)

stays: Final = table(
    "stays",
    key("id"),
    text("tenant"),
    text("broadcast"),
    text("room"),
    text("user_id"),
    text("role", String(16)),
    text("name", NAME),
    text("avatar", LINE),
    instant("entered"),
    big("ord"),
    text("entries", Text()),
    small("keepalive"),
    big("version"),
    maybe_instant("left_at"),
    Column("reason", ID, nullable=True),
    small("room_bucket"),
    small("user_bucket"),
    Column("seat", SmallInteger, nullable=False, server_default="0"),
    Column("seat_mutes", SmallInteger, nullable=False, server_default="0"),
    # They have had a seat during the stay; ``seat`` is 0 again once it is over.
    Column("sat", SmallInteger, nullable=False, server_default="0"),
    # Open stays are the few with left_at NULL: an equality on both columns finds them among any number of closed ones.
    Index("lr_stays_room_bucket", "room_bucket", "left_at"),
    Index("lr_stays_user_bucket", "user_bucket", "left_at"),
    Index("lr_stays_broadcast", "broadcast", "user_id", "left_at"),
    Index("lr_stays_user", "user_id", "entered"),
    Index("lr_stays_entered", "broadcast", "entered", "id"),
    Index("lr_stays_left", "broadcast", "left_at", "id"),
)

outbox: Final = table(
    "outbox",
    number("id"),
    text("tenant"),
    text("subject"),
    text("kind"),
    text("body", Text()),
    instant("created"),
    small("done"),
    Index("lr_outbox_done", "done", "id"),
    # Without it SQLite gives the id of a purged newest row again.
    sqlite_autoincrement=True,
)

leases: Final = table("leases", key("name", SHORT), text("holder", SHORT), instant("until"))

vendor_work: Final = table(
    "vendor_work",
    key("vendor"),
    key("matter"),
    key("subject"),
    text("tenant"),
    # Only work that waits has one: the millions of accounts that are in order are not in the way of what is due.
    Column("partition_key", SHORT, nullable=True),
    big("wanted"),
    instant("changed"),
    maybe_instant("due"),
    instant("leased"),
    text("holder"),
    big("tries"),
    text("achieved", LINE),
    text("reason", LINE),
    maybe_instant("failed"),
    Column("room_bucket", SmallInteger, nullable=True),
    Index("lr_vendor_work_due", "partition_key", "due"),
    Index("lr_vendor_work_failed", "failed"),
    Index("lr_vendor_work_bucket", "room_bucket"),
)

removed_participants: Final = table(
    "removed_participants",
    key("room"),
    key("user_id"),
    text("tenant"),
    instant("until"),
    Index("lr_removed_participants_user", "user_id"),
    Index("lr_removed_participants_until", "until"),
)
