"""Wires Tencent's server calls: those that the operator has named, for administrators with a good UserSig."""

from collections.abc import Iterable

from starlette.routing import Route

from liveroom.api.vendors.calls import APP_UNKNOWN, NOT_ADMINISTRATOR, VendorCalls, VendorCommand, VendorRefusal, Verify
from liveroom.api.vendors.follow import VendorFollows
from liveroom.api.vendors.gifts import VendorGifts
from liveroom.app.assembly import Core
from liveroom.domain.tenants.model import Tenant
from liveroom.http.vendor_calls import vendor_call_routes
from liveroom.providers.tencent.usersig import refusal_of


def make_vendor_calls(core: Core) -> list[Route]:
    """Return the route, unless the operator has named nothing."""
    if not core.settings.tencent_calls:
        return []
    return vendor_call_routes(VendorCalls(_commands(core), _verify(core), core.live))


def _commands(core: Core) -> Iterable[VendorCommand]:
    if "gifts" in core.settings.tencent_calls:
        gifts, offered = core.services.money.gifts, core.settings.offers("gifts")
        yield from VendorGifts(gifts.catalogues, gifts.sent, core.clock, offered=offered).commands()

    if "follow" in core.settings.tencent_calls:
        yield from VendorFollows(core.services.following.follows, offered=core.settings.offers("follow")).commands()


def _verify(core: Core) -> Verify:
    tenants, administrator = core.services.tenants, core.settings.tim_administrator

    def verify(app: int, account: str, usersig: str) -> Tenant:
        tenant = next((one for one in tenants.all() if one.sdk_app_id == app and one.sdk_secret), None)
        if tenant is None:
            raise VendorRefusal(APP_UNKNOWN, "there is no such SDKAppID here")
        if account != administrator:
            raise VendorRefusal(NOT_ADMINISTRATOR, "identifier: the administrator (LIVEROOM_TIM_ADMINISTRATOR)")
        if code := refusal_of(usersig, app, tenant.sdk_secret, account, now=core.clock.now()):
            raise VendorRefusal(code, "usersig: not good, not any more, or of somebody else")
        return tenant

    return verify
