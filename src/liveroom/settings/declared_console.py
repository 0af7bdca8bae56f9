"""The settings of the operators' console: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from datetime import timedelta

from liveroom.settings import values
from liveroom.settings.declared import Declared
from liveroom.settings.declaring import setting
from liveroom.settings.values import Secret


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredConsole(Declared):
    """What the operator may decide about the console."""

    operator_session: timedelta = setting(
        timedelta(hours=12), "How long an operator stays signed in to the console at most.", starts="Console"
    )
    operator_idle: timedelta = setting(
        timedelta(hours=1), "How long an operator stays signed in to the console without a call."
    )
    house_name: str = setting(
        "", "Name under which operators write in rooms (data.from of such notices), such as the name of your app."
    )
    operator_totp: str = setting(
        "optional",
        "Whether operators must have a second factor (TOTP); who has none then needs a new link.",
        parse=values.choice("optional", "required"),
    )
    oidc_issuer: str = setting(
        "",
        "Issuer of the OpenID Connect provider by which operators sign in too, such as https://login.example.com.",
    )
    oidc_client_id: str = setting("", "The client id that the provider has given the console.")
    oidc_client_secret: Secret | None = setting(
        None, "The client secret that belongs to it.", parse=values.parse_secret, secret=True
    )
    oidc_url: str = setting(
        "",
        "Where operators open the console, such as https://console.example.com/console: the provider sends browsers "
        "back to this address with /oidc/callback behind it.",
    )
    oidc_groups: tuple[values.GroupRole, ...] = setting(
        (),
        "Which roles groups of the company have: a list such as live-admins=administrator,mods=moderator@acme+shop; "
        "without @ in all tenants. The first that fits counts, with the others for the same tenants.",
        parse=values.parse_group_roles,
    )
    oidc_groups_claim: str = setting("groups", "The claim in which the provider lists somebody's groups.")
    oidc_scope: str = setting("openid profile email", "The scopes that the provider is asked for.")
