"""``admin/*`` about keys: of the tenant's servers, of programs that sign their calls, and secrets that sign logins."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.endpoints import NameList, ShownSecret
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Nothing, Request, Text, Whole
from liveroom.api.shapes import INT32_MAX, Shape
from liveroom.domain.accounts.own_users import FixedSecret
from liveroom.domain.accounts.users import NAME_MAX as APP_KEY_NAME_MAX
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import time_or_empty, wire_time
from liveroom.domain.tenants.app_signatures import AppKey
from liveroom.domain.tenants.server_keys import NAME_MAX, ServerKey
from liveroom.usecases.tenants.admin import AdminKeys, said_rule

_VIEW: Final = "keys.view"
_MANAGE: Final = "keys.manage"


class ServerKeyRow(Shape):
    """A server key."""

    key_id: str
    """As the audit names it: ``key:<keyId>``."""
    name: str
    scopes: list[str]
    state: str
    """``valid``, ``expired`` or ``revoked``."""
    create_utc: str
    expires_utc: str
    """Empty: never."""
    revoked_utc: str
    used_utc: str
    """When it was last used, to the minute; empty: never."""


class FreshServerKey(ShownSecret):
    """A new key: ``secret`` is what its holder sends."""

    key_id: str


class AppKeyRow(Shape):
    """A key with which a program signs its calls."""

    app_key_id: str
    name: str
    create_utc: str


class FreshAppKey(ShownSecret):
    """A new key, and the secret with which calls are signed."""

    app_key_id: str


class LoginSecretRow(Shape):
    """A secret with which your server signs logins."""

    login_secret_id: str
    tag: str
    create_utc: str


class FreshLoginSecret(ShownSecret):
    """A new secret, or yours: then ``secret`` is empty."""

    login_secret_id: str


class SigningRule(Shape):
    """Which calls have to be signed."""

    modules: str
    """``all``, ``none``, or the modules, separated by commas."""


@method(
    "base/v1/admin/list_server_keys",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_VIEW,
    reply=list[ServerKeyRow],
    data=Data.LIST,
)
async def list_server_keys(_: Nothing, operator: Operator, keys: AdminKeys) -> Page:
    """List the tenant's server keys, oldest first, including revoked and expired ones."""
    found = await keys.server_keys.stored(operator.tenant.name)
    return Page.of([_server_key(one, operator.now) for one in found])


class CreateServerKey(Request):
    """``scopes``: what it may do, such as ``act:rooms`` or ``admin:rooms``; ``act:*``, ``admin:*`` or ``*`` for all.

    ``seconds``: how long it is valid; 0 or not given: until it is revoked.
    """

    name: Annotated[str, Text(NAME_MAX)]
    scopes: NameList = ()
    seconds: Annotated[int, Whole(0, INT32_MAX)] = 0


@method(
    "base/v1/admin/create_server_key",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=FreshServerKey,
    codes=(Code.PermissionDenied,),
)
async def create_server_key(call: CreateServerKey, operator: Operator, keys: AdminKeys) -> FreshServerKey:
    """Create a server key and return it, this once. Nobody gives it scopes whose permissions they lack (3000).

    Scopes ``act:…`` take the permission ``tokens.issue``. The key outlives the one that created it.
    """
    lasts = timedelta(seconds=call.seconds) if call.seconds else None
    key, text = await keys.add_server_key(operator, call.name, call.scopes, lasts=lasts)
    operator.change.note({}, _facts(key))
    return FreshServerKey(key_id=key.id, secret=text)


class OneServerKey(Request):
    """The key."""

    key_id: Id


@method(
    "base/v1/admin/revoke_server_key",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=ServerKeyRow,
)
async def revoke_server_key(call: OneServerKey, operator: Operator, keys: AdminKeys) -> ServerKeyRow:
    """Let a server key count no more: within two seconds in every process. Repeated: nothing changes."""
    revoked = await keys.server_keys.revoke(call.key_id, operator.tenant.name)
    operator.change.note({"keyId": revoked.id}, {"keyId": revoked.id, "revoked": time_or_empty(revoked.revoked)})
    return _server_key(revoked, operator.now)


@method(
    "base/v1/admin/list_app_keys",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_VIEW,
    reply=list[AppKeyRow],
    data=Data.LIST,
)
async def list_app_keys(_: Nothing, operator: Operator, keys: AdminKeys) -> Page:
    """List the tenant's app keys, with which programs sign their calls; at most 20."""
    return Page.of([_app_key(one) for one in await keys.app_signatures.stored(operator.tenant.name)])


class CreateAppKey(Request):
    """``name``: which program it is for."""

    name: Annotated[str, Text(APP_KEY_NAME_MAX)]


@method(
    "base/v1/admin/create_app_key",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=FreshAppKey,
)
async def create_app_key(call: CreateAppKey, operator: Operator, keys: AdminKeys) -> FreshAppKey:
    """Create an app key and return its secret, this once."""
    added = await keys.app_signatures.add(operator.tenant.name, call.name)
    operator.change.note({}, {"appKeyId": added.id, "name": added.name})
    return FreshAppKey(app_key_id=added.id, secret=added.secret)


class OneAppKey(Request):
    """The key."""

    app_key_id: Id


@method(
    "base/v1/admin/delete_app_key",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
)
async def delete_app_key(call: OneAppKey, operator: Operator, keys: AdminKeys) -> None:
    """Remove an app key: calls signed with it are refused. While calls must be signed, the last one stays."""
    removed = await keys.app_signatures.remove(call.app_key_id, operator.tenant.name)
    operator.change.note({"appKeyId": removed.id, "name": removed.name}, {})


class RequireSignatures(Request):
    """``modules``: whose calls must be signed: ``all``, ``none``, or names such as ``rooms,seats``."""

    modules: Annotated[str, Text(500)]


@method(
    "base/v1/admin/require_signatures",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=SigningRule,
)
async def require_signatures(call: RequireSignatures, operator: Operator, keys: AdminKeys) -> SigningRule:
    """Require an app key's signature for calls of some modules. Server keys and the console count as a signature."""
    before, after = await keys.require_signatures(operator.tenant.name, call.modules)
    operator.change.note({"signed": said_rule(before)}, {"signed": said_rule(after)})
    return SigningRule(modules=said_rule(after))


@method(
    "base/v1/admin/signing_rule",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_VIEW,
    reply=SigningRule,
)
async def signing_rule(_: Nothing, operator: Operator, keys: AdminKeys) -> SigningRule:
    """Return the modules whose calls must be signed with an app key."""
    return SigningRule(modules=said_rule(keys.app_signatures.rules.get(operator.tenant.name, frozenset())))


@method(
    "base/v1/admin/list_login_secrets",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="tokens.view",
    reply=list[LoginSecretRow],
    data=Data.LIST,
)
async def list_login_secrets(_: Nothing, operator: Operator, keys: AdminKeys) -> Page:
    """List the secrets with which your server signs your users in, without their text."""
    return Page.of([_login_secret(one) for one in await keys.login_secrets.stored(operator.tenant.name)])


class CreateLoginSecret(Request):
    """``tag``: what the logins carry as ``tag``. ``secret``: your own, 32 characters or more; else one is made."""

    tag: Annotated[str, Text(32)]
    secret: Annotated[str, Text(256)] = ""


@method(
    "base/v1/admin/create_login_secret",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="tokens.manage",
    confirms=True,
    reply=FreshLoginSecret,
)
async def create_login_secret(call: CreateLoginSecret, operator: Operator, keys: AdminKeys) -> FreshLoginSecret:
    """Add a secret for logins with a tag and return it, this once. A second one is for rotation.

    Whoever has it signs in as any user of the tag.
    """
    added = await keys.login_secrets.add(operator.tenant.name, call.tag, call.secret)
    operator.change.note({}, {"loginSecretId": added.id, "tag": added.tag})
    return FreshLoginSecret(login_secret_id=added.id, secret="" if call.secret else added.secret)


class OneLoginSecret(Request):
    """The secret."""

    login_secret_id: Id


@method(
    "base/v1/admin/delete_login_secret",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="tokens.manage",
    confirms=True,
)
async def delete_login_secret(call: OneLoginSecret, operator: Operator, keys: AdminKeys) -> None:
    """Remove a login secret: logins signed with it are refused from then on; existing sessions continue."""
    removed = await keys.login_secrets.remove(call.login_secret_id, operator.tenant.name)
    operator.change.note({"loginSecretId": removed.id, "tag": removed.tag}, {})


def _facts(key: ServerKey) -> dict[str, Any]:
    return {"keyId": key.id, "name": key.name, "scopes": sorted(key.scopes), "expires": time_or_empty(key.expires)}


def _server_key(key: ServerKey, now: datetime) -> ServerKeyRow:
    is_over = key.expires is not None and key.expires <= now
    return ServerKeyRow(
        key_id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        state="revoked" if key.revoked is not None else "expired" if is_over else "valid",
        create_utc=wire_time(key.created),
        expires_utc=time_or_empty(key.expires),
        revoked_utc=time_or_empty(key.revoked),
        used_utc=time_or_empty(key.used),
    )


def _app_key(key: AppKey) -> AppKeyRow:
    return AppKeyRow(app_key_id=key.id, name=key.name, create_utc=wire_time(key.created))


def _login_secret(secret: FixedSecret) -> LoginSecretRow:
    return LoginSecretRow(login_secret_id=secret.id, tag=secret.tag, create_utc=wire_time(secret.created))
