"""`liveroom tenants`: one installation, several apps, each with its own users and rooms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from cyclopts import App, Parameter

from liveroom.app.assembly import Core
from liveroom.cli import server_keys
from liveroom.cli.core import SOON, run
from liveroom.cli.output import Row, list_rows, say
from liveroom.cli.trail import noted
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName
from liveroom.domain.protection.profiles import RuleProfile
from liveroom.domain.protection.rules import is_zone
from liveroom.domain.tenants.model import DEFAULT_WORD, Language, RecordingRule, RtcKind, Tenant

_PROFILES: Final = {profile.value: profile for profile in RuleProfile}
_RECORDINGS: Final = {rule.value: rule for rule in RecordingRule}
_KINDS: Final = {kind.value: kind for kind in RtcKind}

app = App(name="tenants", help="Manage tenants, and the secrets and keys of their servers.")
app.command(
    "liveroom.cli.tenant_secrets:app", name="secret", help="Login secrets: your own server signs your users in."
)
app.command("liveroom.cli.app_keys:app", name="app-key", help="App keys: your programs sign their calls with them.")
app.command(
    "liveroom.cli.app_keys:require",
    name="require-signature",
    help="Require app keys' signatures for calls, or no longer.",
)
app.command(server_keys.app)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class TenantOptions:
    """A tenant's options.

    Parameters
    ----------
    host
        Host names whose calls belong to the tenant, for apps that name no tenant.
    sdk_app_id
        SDKAppID of the tenant's own TRTC application.
    sdk_secret
        Its SecretKey.
    rtc
        Media provider of the tenant; `default` is that of LIVEROOM_RTC.
    language
        Language of messages for callers that ask for none.
    users
        Most users; 0 is unlimited.
    rooms
        Most live rooms; 0 is unlimited.
    members
        Most members of one room; 0 is unlimited.
    profile
        Whose rules the tenant follows; `default` is LIVEROOM_PROFILE.
    time_zone
        In which days and months of caps begin, such as Europe/Berlin; `default` is LIVEROOM_TIME_ZONE.
    cap_gift
        How many coins a user may give at once; 0 is LIVEROOM_CAP_GIFT.
    cap_day
        The same for a day.
    cap_month
        The same for a month.
    recordings
        Which broadcasts are recorded: off (none), asked (where a host starts it, and in rooms with the option
        recorded), all; `default` is LIVEROOM_RECORDINGS_START.
    """

    host: Sequence[str] | None = None
    sdk_app_id: int | None = None
    sdk_secret: str | None = None
    rtc: Literal["default", "mesh", "trtc", "livekit"] | None = None
    language: Literal["zh", "en"] | None = None
    users: int | None = None
    rooms: int | None = None
    members: int | None = None
    profile: Literal["default", "standard", "cn"] | None = None
    time_zone: str | None = None
    cap_gift: int | None = None
    cap_day: int | None = None
    cap_month: int | None = None
    recordings: Literal["default", "off", "asked", "all"] | None = None

    def apply(self, tenant: Tenant) -> Tenant:
        """Return the tenant with what was given."""
        quotas = {name: most for name in ("users", "rooms", "members") if (most := getattr(self, name)) is not None}
        given = {"gift": self.cap_gift, "day": self.cap_day, "month": self.cap_month}
        caps = {name: most for name, most in given.items() if most is not None}
        return replace(
            tenant,
            sdk_app_id=tenant.sdk_app_id if self.sdk_app_id is None else self.sdk_app_id,
            sdk_secret=tenant.sdk_secret if self.sdk_secret is None else self.sdk_secret,
            rtc=tenant.rtc if self.rtc is None else _KINDS.get(self.rtc),
            language=tenant.language if self.language is None else Language(self.language),
            hosts=tenant.hosts if self.host is None else tuple(host.lower() for host in self.host),
            quotas=replace(tenant.quotas, **quotas),
            profile=tenant.profile if self.profile is None else _PROFILES.get(self.profile),
            zone=tenant.zone if self.time_zone is None else _zone(self.time_zone),
            caps=tenant.caps._replace(**caps),
            recordings=tenant.recordings if self.recordings is None else _RECORDINGS.get(self.recordings),
        )


_NOTHING = TenantOptions()


def _zone(name: str) -> str:
    if name == DEFAULT_WORD:
        return ""
    if not is_zone(name):
        raise BadRequest(f"--time-zone: there is no time zone {name!r}: give one such as Europe/Berlin")
    return name


@app.command(name="list")
def show() -> None:
    """List the tenants."""

    async def work(core: Core) -> None:
        columns = ("tenant", "sdk_app_id", "media", "ids", "language", "hosts", "users", "rooms", "members")
        rows: list[Row] = [
            {
                "tenant": tenant.name or DEFAULT_WORD,
                "sdk_app_id": tenant.sdk_app_id or None,
                "media": tenant.rtc or core.settings.rtc,
                "ids": "plain" if tenant.is_plain else f"{tenant.name}-…",
                "language": tenant.language,
                "hosts": tenant.hosts,
                "users": tenant.quotas.users or None,
                "rooms": tenant.quotas.rooms or None,
                "members": tenant.quotas.members or None,
            }
            for tenant in core.services.tenants.all()
        ]
        list_rows(columns, rows)

    run(work)


@app.command
def add(name: str, *, plain: bool = False, options: TenantOptions = _NOTHING) -> None:
    """Add a tenant.

    Parameters
    ----------
    name
        1 to 15 of A-Z, a-z, 0-9 and _; apps send it as `apaasAppId`.
    plain
        Bare decimal ids, as XiaoZhiBo needs them, instead of `name-number`. Cannot be changed later.
    """

    async def work(core: Core) -> None:
        async with noted(core, "tenants add", f"tenant:{name}", tenant=TenantName(name)):
            await core.services.console.system.tenants.add(options.apply(Tenant(TenantName(name), plain=plain)))
        say(f"tenant {name} is added; {SOON}", tenant=name)

    run(work)


@app.command(name="set")
def change(name: str, *, options: TenantOptions = _NOTHING) -> None:
    """Change a tenant; omitted options stay as they are."""

    async def work(core: Core) -> None:
        async with noted(core, "tenants set", f"tenant:{name}", tenant=TenantName(name)):
            await core.services.console.system.tenants.change(TenantName(name), options.apply)
        say(f"tenant {name} is changed", tenant=name, changed=True)

    run(work)
