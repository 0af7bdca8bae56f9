"""Who there is: tenants, users, how they sign in, and what was imported of them."""

from sqlalchemy import Column, Index, String, Text

from liveroom.store.sql.migrations.first.columns import (
    ID,
    LINE,
    NAME,
    SHORT,
    big,
    create,
    instant,
    key,
    maybe_instant,
    small,
    text,
)


def create_accounts() -> None:
    _create_tenants()
    _create_users()
    _create_sessions()


def _create_tenants() -> None:
    create(
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
    )
    create("counters", key("name"), big("value"))
    create("ids", key("id"), text("tenant"), text("holder"))


def _create_users() -> None:
    create(
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
        Index("lr_users_tenant", "tenant", "id", "deleted"),
        Index("lr_users_phone", "tenant", "phone"),
        Index("lr_users_email", "tenant", "email"),
        Index("lr_users_ended", "user_bucket", "ended"),
    )
    create(
        "credentials",
        key("tenant"),
        key("folded", String(512)),
        text("username", NAME),
        text("user_id"),
        text("salt", LINE),
        Column("timed", Text(), nullable=True),
        Column("look", String(32), nullable=False, server_default=""),
        Index("lr_credentials_user", "user_id"),
        Index("lr_credentials_look", "tenant", "look"),
    )
    create(
        "bindings",
        key("tenant"),
        key("folded", String(512)),
        key("tag", SHORT),
        text("user_id"),
        maybe_instant("bound"),
        Index("lr_bindings_user", "user_id"),
    )
    create(
        "contacts",
        key("tenant"),
        key("value", NAME),
        text("user_id"),
        Index("lr_contacts_user", "user_id"),
    )
    create("imported", key("kind", String(16)), key("id"), text("digest"), big("mark"), text("broadcast"))


def _create_sessions() -> None:
    create(
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
    create(
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
    create(
        "address_bans",
        key("tenant"),
        key("address", SHORT),
        text("user_id"),
        instant("made"),
        instant("until"),
        Index("lr_address_bans_user", "user_id"),
        Index("lr_address_bans_until", "until"),
    )
    create("signatures", key("digest", SHORT), text("session"), instant("used"), Index("lr_signatures_used", "used"))
