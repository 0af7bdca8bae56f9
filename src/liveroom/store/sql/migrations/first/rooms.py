"""What happens in rooms: broadcasts, stays, messages, access records, and what the live store needs of SQL."""

from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Text

from liveroom.store.sql.migrations.first.columns import (
    ID,
    LINE,
    NAME,
    SHORT,
    big,
    create,
    instant,
    key,
    long_text,
    maybe_instant,
    number,
    small,
    text,
)


def create_rooms() -> None:
    _create_rooms()
    _create_broadcasts()
    _create_access()
    _create_messages()
    _create_live()


def _create_rooms() -> None:
    create(
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
        Column("barred", SmallInteger, nullable=False, server_default="0"),
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
        Index("lr_rooms_bucket", "room_bucket", "state"),
        Index("lr_rooms_tenant", "tenant", "state", "id"),
        Index("lr_rooms_state", "state", "id"),
        Index("lr_rooms_owner", "owner", "state"),
        Index("lr_rooms_holder", "holder"),
        Index("lr_rooms_starts", "tenant", "starts", "id"),
        Index("lr_rooms_starting", "starts", "id"),
    )


def _create_broadcasts() -> None:
    create(
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
        Index("lr_broadcasts_room", "room"),
        Index("lr_broadcasts_tenant", "tenant", "opened"),
        Index("lr_broadcasts_owner", "owner"),
    )
    create(
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
        text("places", Text()),
        small("keepalive"),
        big("version"),
        maybe_instant("left_at"),
        Column("reason", ID, nullable=True),
        small("room_bucket"),
        small("user_bucket"),
        Column("seat", SmallInteger, nullable=False, server_default="0"),
        Column("seat_mutes", SmallInteger, nullable=False, server_default="0"),
        Index("lr_stays_room_bucket", "room_bucket", "left_at"),
        Index("lr_stays_user_bucket", "user_bucket", "left_at"),
        Index("lr_stays_broadcast", "broadcast", "user_id", "left_at"),
        Index("lr_stays_user", "user_id", "entered"),
    )


def _create_access() -> None:
    create(
        "standings",
        key("room"),
        key("user_id"),
        text("tenant"),
        text("role", String(16)),
        maybe_instant("banned_until"),
        text("ban_reason", LINE),
        maybe_instant("muted_until"),
        text("mute_reason", LINE),
        small("invited"),
        text("updated_by"),
        instant("updated"),
        big("rev"),
        Index("lr_standings_user", "user_id"),
        Index("lr_standings_role", "room", "role"),
        Index("lr_standings_banned", "room", "banned_until"),
        Index("lr_standings_muted", "room", "muted_until"),
    )
    create(
        "metadata",
        key("room"),
        text("broadcast"),
        big("version"),
        long_text("value"),
        text("updated_by"),
        instant("updated"),
    )


def _create_messages() -> None:
    create(
        "messages",
        key("room"),
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        text("tenant"),
        text("broadcast"),
        text("user_id"),
        text("name", NAME),
        text("avatar", LINE),
        text("role", String(16)),
        text("kind", String(16)),
        small("priority"),
        long_text("body"),
        instant("at"),
        maybe_instant("recalled"),
        text("recalled_by"),
        Index("lr_messages_broadcast", "broadcast", "number"),
        Index("lr_messages_user", "user_id"),
        Index("lr_messages_at", "at"),
    )
    create(
        "reports",
        key("id"),
        text("tenant"),
        text("room"),
        text("target"),
        text("message"),
        text("reporter"),
        text("reason"),
        text("words", LINE),
        text("note", LINE),
        instant("at"),
        text("state", String(16)),
        text("handled_by"),
        maybe_instant("handled"),
        text("outcome", LINE),
        Index("lr_reports_tenant", "tenant", "state", "id"),
        Index("lr_reports_room", "room", "state", "id"),
        Index("lr_reports_target", "target"),
        Index("lr_reports_reporter", "reporter"),
        Index("lr_reports_at", "at"),
    )


def _create_live() -> None:
    create(
        "outbox",
        number("id"),
        text("tenant"),
        text("subject"),
        text("kind"),
        text("body", Text()),
        instant("created"),
        small("done"),
        Index("lr_outbox_done", "done", "id"),
        sqlite_autoincrement=True,
    )
    create(
        "signs_of_life",
        Column("user_bucket", SmallInteger, primary_key=True, autoincrement=False),
        instant("written"),
        instant("held"),
        long_text("sessions"),
    )
    create("leases", key("name", SHORT), text("holder", SHORT), instant("until"))
    create(
        "vendor_work",
        key("vendor"),
        key("matter"),
        key("subject"),
        text("tenant"),
        Column("lane", SHORT, nullable=True),
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
        Index("lr_vendor_work_due", "lane", "due"),
        Index("lr_vendor_work_failed", "failed"),
        Index("lr_vendor_work_bucket", "room_bucket"),
    )
    create(
        "erasures",
        key("user_id"),
        text("tenant"),
        text("pseudonym"),
        instant("deleted"),
        maybe_instant("due"),
        small("rounds"),
        Index("lr_erasures_due", "due"),
    )
