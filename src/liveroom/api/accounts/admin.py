"""``admin/*`` about users: an operator's server makes, reads, changes, bans and deletes users of its tenant."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final

from liveroom.api.admin_requests import OneUser
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import INT32_MAX, Shape
from liveroom.domain.accounts.users import FOR_EVER, NAME_MAX, TAG_MAX, URL_MAX, USERNAME_MAX, Profile, User
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import UserId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.contacts import CONTACTS
from liveroom.domain.payloads import wire_time
from liveroom.usecases.accounts.own_users import AdminUsers
from liveroom.usecases.accounts.profiles import ProfileChanges, ProfileWriter
from liveroom.usecases.moderation.users import Moderation

REASON_MAX = 200
_Name = Annotated[str, Text(NAME_MAX, keep=True, name=True)]
_Avatar = Annotated[str, Text(URL_MAX, keep=True)]
_Tag = Annotated[str, Text(TAG_MAX, keep=True)]


class AdminUser(Shape):
    """A user as the operator sees them."""

    user_id: str
    name: str
    avatar: str
    tag: str
    tag2: str
    phone: str
    """Masked, as the mailbox, for an operator without the permission ``users.contacts``."""
    email: str
    admin: bool
    banned_until: str
    """Empty if not banned; in the year 9999: permanently."""
    ban_reason: str
    adult: str
    """``yes``, ``no``, or ``unknown``; empty for an operator without the permission ``users.contacts``."""
    create_utc: str
    update_utc: str


class CreateUser(Request):
    """``username`` and ``tag``: your own user, as their logins name them (``oauth/signature``). Without a ``username``
    only ``issue_token`` can sign the user in, and ``tag`` is a profile field.
    """

    username: Annotated[str, Text(USERNAME_MAX)] = ""
    tag: Annotated[str, Text(TAG_MAX)] = ""
    name: Annotated[str, Text(NAME_MAX, name=True)] = ""
    avatar: Annotated[str, Text(URL_MAX)] = ""
    tag2: Annotated[str, Text(TAG_MAX)] = ""


@method(
    "base/v1/admin/create_user",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="users.manage",
    reply=AdminUser,
    codes=(Code.QuotaExceeded,),
)
async def create_user(call: CreateUser, operator: Operator, admin_users: AdminUsers) -> AdminUser:
    """Create a user. Repeating a ``username`` returns the same user and fills only empty profile fields."""
    tenant, people = operator.tenant, admin_users
    if call.username:
        profile = Profile(call.name, call.avatar)
        return admin_user(await people.create_own(tenant, call.tag, call.username, profile, call.tag2), operator)
    changes = ProfileChanges(call.name, call.tag, call.tag2, call.avatar)
    return admin_user(await people.create(tenant, changes), operator)


@method(
    "base/v1/admin/get_user",
    bad_request=Code.UserQueryParams,
    who=Who.KEY,
    permission="users.view",
    reply=AdminUser,
    codes=(Code.UserNotExists,),
)
async def get_user(call: OneUser, operator: Operator, admin_users: AdminUsers) -> AdminUser:
    """Return one user."""
    return admin_user(await admin_users.get(operator.tenant.name, UserId(call.user_id)), operator)


class ListTenantUsers(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: Annotated[int, Whole(1, 500)] = 100


@method(
    "base/v1/admin/list_users",
    bad_request=Code.UserQueryParams,
    who=Who.KEY,
    permission="users.view",
    reply=list[AdminUser],
    data=Data.LIST,
)
async def list_users(call: ListTenantUsers, operator: Operator, admin_users: AdminUsers) -> Page:
    """List the tenant's users by id. A page may be short before the last one, because deleted users count."""
    users, cursor = await admin_users.page(operator.tenant.name, cursor=call.cursor, limit=call.limit)
    return Page.of([admin_user(user, operator) for user in users], cursor)


class UpdateUserAsAdmin(OneUser):
    """Any of the fields; ``""`` clears one. Only users themselves can change their phone and e-mail."""

    name: _Name | None = None
    tag: _Tag | None = None
    tag2: _Tag | None = None
    avatar: _Avatar | None = None


@method(
    "base/v1/admin/update_user",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="users.manage",
    codes=(
        Code.UseInfoEmpty,
        Code.UserNotExists,
    ),
)
async def update_user(call: UpdateUserAsAdmin, operator: Operator, profiles: ProfileWriter) -> None:
    """Change a user's profile. Nothing given: 205; no change: 0."""
    changes = ProfileChanges(call.name, call.tag, call.tag2, call.avatar)
    await profiles.update_of(operator.tenant.name, UserId(call.user_id), changes, operator.change)


@method(
    "base/v1/admin/delete_user",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="users.delete",
    confirms=True,
    codes=(Code.UserNotExists,),
)
async def delete_user(call: OneUser, operator: Operator, moderation: Moderation) -> None:
    """Delete a user permanently, with sessions, memberships and owned rooms. Already deleted: 206."""
    await moderation.delete(UserId(call.user_id), tenant=operator.tenant.name)
    operator.change.note({"deleted": False}, {"deleted": True})


class BanUser(OneUser):
    """``seconds``: for how long; if not given, permanently. ``reason`` is kept with the ban and shown to the user.

    ``withAddress``: for a day at most, also refuse accounts created from now on from the address of the user's last
    login. Many people may share that address; their accounts are not affected.
    """

    seconds: Annotated[int, Whole(1, INT32_MAX)] | None = None
    with_address: bool = False
    reason: Annotated[str, Text(REASON_MAX)] = ""


@method(
    "base/v1/admin/ban_user",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="users.moderate",
    reply=AdminUser,
    codes=(Code.UserNotExists,),
)
async def ban_user(call: BanUser, operator: Operator, moderation: Moderation) -> AdminUser:
    """Ban a user, and end their sessions, memberships and media within a second. Repeated: the new time counts."""
    until = FOR_EVER if call.seconds is None else operator.now + timedelta(seconds=call.seconds)
    user = await moderation.ban(
        UserId(call.user_id),
        until,
        call.reason,
        tenant=operator.tenant.name,
        with_address=call.with_address,
        noted=operator.change,
    )
    return admin_user(user, operator)


@method(
    "base/v1/admin/unban_user",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="users.moderate",
    reply=AdminUser,
    codes=(Code.UserNotExists,),
)
async def unban_user(call: OneUser, operator: Operator, moderation: Moderation) -> AdminUser:
    """Lift a user's ban. Not banned: 0."""
    user = await moderation.unban(UserId(call.user_id), tenant=operator.tenant.name, noted=operator.change)
    return admin_user(user, operator)


class SetAdmin(OneUser):
    """``admin``: 1 makes the user an admin of the tenant, 0 undoes it."""

    admin: Annotated[str, Text(5)]


@method(
    "base/v1/admin/set_admin",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="users.appoint",
    confirms=True,
    reply=AdminUser,
    codes=(Code.UserNotExists,),
)
async def set_admin(call: SetAdmin, operator: Operator, moderation: Moderation) -> AdminUser:
    """Make a user an admin, who can change and close every room of the tenant and explain presence; or undo it."""
    admin = _SWITCH.get(call.admin)
    if admin is None:
        raise BadRequest("admin: must be 1 or 0")
    user_id, tenant = UserId(call.user_id), operator.tenant.name
    user = await moderation.name_admin(user_id, admin=admin, tenant=tenant, noted=operator.change)
    return admin_user(user, operator)


class SetAdult(OneUser):
    """``adult``: ``yes``, ``no`` or ``unknown``, as your server knows it; ``unknown`` is treated as ``no``."""

    adult: Annotated[str, Text(7)]


@method(
    "base/v1/admin/set_adult",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="users.manage",
    reply=AdminUser,
    codes=(Code.UserNotExists,),
)
async def set_adult(call: SetAdult, operator: Operator, moderation: Moderation) -> AdminUser:
    """Say whether a user is an adult. Only adults send gifts, earn by them, and are paid out; within a second."""
    said = {word: adult for adult, word in _ADULT.items()}
    if call.adult not in said:
        raise BadRequest("adult: must be yes, no or unknown")
    user_id, tenant = UserId(call.user_id), operator.tenant.name
    user = await moderation.call_adult(user_id, adult=said[call.adult], tenant=tenant, noted=operator.change)
    return admin_user(user, operator)


_ADULT: Final[Mapping[bool | None, str]] = {True: "yes", False: "no", None: "unknown"}
_SWITCH = {"1": True, "true": True, "0": False, "false": False}


def admin_user(user: User, operator: Operator) -> AdminUser:
    """Return a user as the operator sees them: phone and e-mail are masked without ``users.contacts``."""
    is_banned = user.is_banned(operator.now)
    return AdminUser(
        user_id=user.id,
        name=user.name,
        avatar=user.avatar,
        tag=user.tag,
        tag2=user.tag2,
        phone=operator.contact(user.phone),
        email=operator.contact(user.email),
        admin=user.admin,
        banned_until=wire_time(user.banned_until) if user.banned_until is not None and is_banned else "",
        ban_reason=user.ban_reason if is_banned else "",
        adult=_ADULT[user.adult] if operator.may(CONTACTS) else "",
        create_utc=wire_time(user.created),
        update_utc=wire_time(user.updated),
    )
