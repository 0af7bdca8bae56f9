"""``admin/*`` about tenants: one installation, several apps, each with its own users and rooms."""

from dataclasses import replace
from typing import Annotated, Any, Final

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.endpoints import NameList
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Nothing, Request, Text, Whole
from liveroom.api.shapes import INT32_MAX, Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AMOUNT_MAX
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Counter
from liveroom.domain.protection.profiles import RuleProfile
from liveroom.domain.protection.rules import is_zone
from liveroom.domain.tenants.model import Language, RecordingRule, RtcKind, Tenant
from liveroom.usecases.tenants.admin import AdminTenants

_MANAGE: Final = "tenants.manage"
_DEFAULT: Final = "default"
_NONE: Final = "none"
_APP_ID_MAX: Final = 2**32 - 1
_Quota = Annotated[int, Whole(0, INT32_MAX)]
_Cap = Annotated[int, Whole(0, AMOUNT_MAX)]
_Word = Annotated[str, Text(16)]


class TenantRow(Shape):
    """A tenant."""

    name: str
    """What apps send as ``apaasAppId``; empty for the default tenant, which comes from the settings."""
    sdk_app_id: Counter
    """Of its own TRTC application; 0 without one."""
    has_sdk_secret: bool
    rtc: str
    """Its media provider: ``mesh``, ``trtc`` or ``livekit``."""
    rtc_chosen: bool
    """Whether that is its own choice; else the installation's."""
    plain: bool
    """Whether ids are bare decimal numbers, instead of ``name-number``."""
    language: str
    hosts: list[str]
    """Host names whose calls belong to it."""
    quota_users: int
    """Most users; 0 is unlimited."""
    quota_rooms: int
    """Most live rooms; 0 is unlimited."""
    quota_members: int
    """Most members of one room; 0 is unlimited."""
    profile: str
    """Whose rules it follows: ``standard`` or ``cn``; empty: as the installation."""
    time_zone: str
    """In which days, months and periods of settlement begin; empty: as the installation."""
    cap_gift: Counter
    """How many coins a user may give at once; 0: as the installation."""
    cap_day: Counter
    """The same for a day."""
    cap_month: Counter
    """The same for a month."""
    recordings: str
    """Which of its broadcasts are recorded: ``off``, ``asked`` or ``all``; empty: as the installation."""


class UpdateTenant(Request):
    """``name``: the tenant. What is not given stays as it is.

    ``sdkAppId``, ``sdkSecret``: of its own TRTC application; the secret is never returned. ``rtc``: ``mesh``, ``trtc``,
    ``livekit``, or ``default`` for the installation's. ``language``: ``zh`` or ``en``. ``hosts``: host names whose
    calls belong to it; ``none`` for no host. Quotas: 0 is unlimited. ``profile``: ``standard``, ``cn``, or ``default``
    for the installation's. ``timeZone``: such as ``Europe/Berlin``; ``default`` for the installation's. Caps: how many
    coins a user may give at once, in a day, in a month; 0 for the installation's. ``recordings``: which broadcasts are
    recorded: ``off`` (none), ``asked`` (where a host starts it, and in rooms with the option ``recorded``), ``all``, or
    ``default`` for the installation's.
    """

    name: Annotated[str, Text(16)]
    sdk_app_id: Annotated[int, Whole(0, _APP_ID_MAX)] | None = None
    sdk_secret: Annotated[str, Text(256)] | None = None
    rtc: _Word | None = None
    language: _Word | None = None
    hosts: NameList | None = None
    quota_users: _Quota | None = None
    quota_rooms: _Quota | None = None
    quota_members: _Quota | None = None
    profile: _Word | None = None
    time_zone: Annotated[str, Text(64)] | None = None
    cap_gift: _Cap | None = None
    cap_day: _Cap | None = None
    cap_month: _Cap | None = None
    recordings: _Word | None = None


class CreateTenant(UpdateTenant):
    """``name``: 1 to 15 of A-Z, a-z, 0-9 and _. ``plain``: bare decimal ids, as XiaoZhiBo needs them; cannot be changed
    later. The others as in ``update_tenant``.
    """

    plain: bool = False


@method(
    "base/v1/admin/list_tenants",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="tenants.view",
    reply=list[TenantRow],
    data=Data.LIST,
)
async def list_tenants(_: Nothing, operator: Operator, tenants: AdminTenants) -> Page:
    """List all tenants of the installation, the default one first."""
    return Page.of([_row(one, tenants) for one in await tenants.all()])


@method(
    "base/v1/admin/create_tenant",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=TenantRow,
)
async def create_tenant(call: CreateTenant, operator: Operator, tenants: AdminTenants) -> TenantRow:
    """Add a tenant. All processes know it within two seconds."""
    added = _changed(Tenant(TenantName(call.name), plain=call.plain), call)
    await tenants.add(added)
    operator.change.note({}, _facts(added, call))
    return _row(added, tenants)


@method(
    "base/v1/admin/update_tenant",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=TenantRow,
)
async def update_tenant(call: UpdateTenant, operator: Operator, tenants: AdminTenants) -> TenantRow:
    """Change a tenant. The default one comes from the settings and cannot be changed here."""
    before, after = await tenants.change(TenantName(call.name), lambda known: _changed(known, call))
    operator.change.note(_facts(before), _facts(after, call))
    return _row(after, tenants)


def _changed(tenant: Tenant, call: UpdateTenant) -> Tenant:
    if call.rtc is not None and call.rtc not in {*RtcKind, _DEFAULT}:
        raise BadRequest("rtc: must be default, mesh, trtc or livekit")
    if call.language is not None and call.language not in set(Language):
        raise BadRequest("language: must be zh or en")
    if call.profile is not None and call.profile not in {*RuleProfile, _DEFAULT}:
        raise BadRequest("profile: must be default, standard or cn")
    if call.time_zone not in {None, _DEFAULT} and not is_zone(call.time_zone or ""):
        raise BadRequest("timeZone: must be a time zone such as Europe/Berlin, or default")
    if call.recordings is not None and call.recordings not in {*RecordingRule, _DEFAULT}:
        raise BadRequest("recordings: must be default, off, asked or all")
    given = {"users": call.quota_users, "rooms": call.quota_rooms, "members": call.quota_members}
    return replace(
        tenant,
        sdk_app_id=tenant.sdk_app_id if call.sdk_app_id is None else call.sdk_app_id,
        sdk_secret=tenant.sdk_secret if call.sdk_secret is None else call.sdk_secret,
        rtc=tenant.rtc if call.rtc is None else None if call.rtc == _DEFAULT else RtcKind(call.rtc),
        language=tenant.language if call.language is None else Language(call.language),
        hosts=tenant.hosts if call.hosts is None else _hosts(call.hosts),
        quotas=replace(tenant.quotas, **{name: most for name, most in given.items() if most is not None}),
        recordings=tenant.recordings if call.recordings is None else _rule(call.recordings),
        **_protection(tenant, call),
    )


def _rule(word: str) -> RecordingRule | None:
    return None if word == _DEFAULT else RecordingRule(word)


def _protection(tenant: Tenant, call: UpdateTenant) -> dict[str, Any]:
    """Return what protects its users, as it is then."""
    caps = {"gift": call.cap_gift, "day": call.cap_day, "month": call.cap_month}
    known = tenant.profile if call.profile is None else None if call.profile == _DEFAULT else RuleProfile(call.profile)
    zone = tenant.zone if call.time_zone is None else "" if call.time_zone == _DEFAULT else call.time_zone
    given = {name: most for name, most in caps.items() if most is not None}
    return {"profile": known, "zone": zone, "caps": tenant.caps._replace(**given)}


def _hosts(given: tuple[str, ...]) -> tuple[str, ...]:
    return () if given == (_NONE,) else tuple(dict.fromkeys(host.lower() for host in given))


def _facts(tenant: Tenant, call: UpdateTenant | None = None) -> dict[str, Any]:
    """Return what the audit says of a tenant, and that its secret was changed where it was."""
    facts: dict[str, Any] = {
        "tenant": tenant.name,
        "sdkAppId": tenant.sdk_app_id,
        "rtc": tenant.rtc.value if tenant.rtc is not None else _DEFAULT,
        "language": tenant.language.value,
        "hosts": list(tenant.hosts),
        "quotaUsers": tenant.quotas.users,
        "quotaRooms": tenant.quotas.rooms,
        "quotaMembers": tenant.quotas.members,
        "profile": tenant.profile.value if tenant.profile is not None else _DEFAULT,
        "timeZone": tenant.zone or _DEFAULT,
        "caps": list(tenant.caps),
        "recordings": tenant.recordings.value if tenant.recordings is not None else _DEFAULT,
    }
    return facts if call is None or call.sdk_secret is None else {**facts, "sdkSecret": "changed"}


def _row(tenant: Tenant, tenants: AdminTenants) -> TenantRow:
    return TenantRow(
        name=tenant.name,
        sdk_app_id=tenant.sdk_app_id,
        has_sdk_secret=bool(tenant.sdk_secret),
        rtc=tenant.rtc or tenants.default_media,
        rtc_chosen=tenant.rtc is not None,
        plain=tenant.is_plain,
        language=tenant.language,
        hosts=list(tenant.hosts),
        quota_users=tenant.quotas.users,
        quota_rooms=tenant.quotas.rooms,
        quota_members=tenant.quotas.members,
        profile=tenant.profile or "",
        time_zone=tenant.zone,
        cap_gift=tenant.caps.gift,
        cap_day=tenant.caps.day,
        cap_month=tenant.caps.month,
        recordings=tenant.recordings or "",
    )
