"""The operators' part of the evening: 安安 is invited to the console, signs in, and is given another role."""

from typing import Final

from tests.consoles import Browser, operators
from tests.contract.evening import Evening

_PASSWORD: Final = "four words by heart"


async def tell(evening: Evening, server: str) -> None:
    """Let it happen."""
    laptop = Browser(evening.service, host="127.0.0.1:9000")
    await evening.call_in(laptop, "operators/first", token=await operators(evening.service).first.offer())
    await evening.call(server, "admin/list_permissions")
    seeing = ["rooms.view", "users.view", "reports.view", "reports.handle"]
    await evening.call(server, "admin/put_role", role="night-shift", permissions=seeing)
    who = {"name": "an-an", "roles": ["viewer"], "tenants": ["default"], "displayName": "安安 An"}
    invited = await evening.call(server, "admin/invite_operator", **who)
    an, one = Browser(evening.service), {"operatorId": invited["operator"]["operatorId"]}
    await evening.call_in(an, "operators/invitation", token=invited["token"])
    await evening.call_in(an, "operators/accept_invitation", token=invited["token"], password=_PASSWORD)
    await evening.call_in(an, "operators/sign_out")
    await evening.call_in(an, "operators/ways")
    await evening.call_in(an, "operators/sign_in", name="an-an", password=_PASSWORD)
    await evening.call_in(an, "operators/me")
    await evening.call_in(an, "operators/confirm", password=_PASSWORD)
    await evening.call_in(an, "operators/change_password", current=_PASSWORD, password=f"{_PASSWORD} again")
    (session,) = await evening.call_in(an, "operators/sessions")
    await evening.call_in(an, "operators/colleagues")
    await evening.call(server, "admin/list_operator_sessions", **one)
    await evening.call_in(an, "operators/end_session", sessionId=session["sessionId"])
    await evening.call_in(an, "operators/sign_in", name="an-an", password=f"{_PASSWORD} again")
    await evening.call_in(an, "operators/sign_out_everywhere")
    await evening.call(server, "admin/update_operator", **one, roles=["night-shift"])
    await evening.call(server, "admin/list_roles")
    await evening.call(server, "admin/list_operators")
    await evening.call(server, "admin/disable_operator", **one)
    await evening.call(server, "admin/reset_operator", **one)
    await evening.call(server, "admin/remove_operator", **one)
    await evening.call(server, "admin/delete_role", role="night-shift")
