"""Who may do what in the console: each role at each method, and what nobody gives away or takes from others."""

import asyncio
import json
from typing import Any

import pytest
import pytest_asyncio

from liveroom.api.codes import Code
from liveroom.api.declare import Method
from liveroom.api.methods import METHODS
from liveroom.domain.operators.roles import BuiltIn
from tests.consoles import PASSWORD, Browser, invite, operators, signed_in
from tests.contract.conftest import EMBEDDED
from tests.contract.scene import set_stage
from tests.contract.stages import ADMIN, admin_params, name_of
from tests.service import Answer, Service

LACKING = "your roles lack the permission"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chief(service: Service) -> Browser:
    """Return an administrator whom the tests share that change nothing of theirs."""
    return await signed_in(service)


def refused(answer: Answer) -> bool:
    """Say whether a call was refused for want of a permission."""
    return answer.code == Code.PermissionDenied and LACKING in answer.body["errorMessage"]


@pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")
@pytest.mark.parametrize("role", BuiltIn)
async def test_each_role_at_each_method_is_let_in_or_refused_as_its_permissions_say(
    role: BuiltIn, service: Service
) -> None:
    browser = await signed_in(service, role)
    allowed = set((await browser.call("operators/me")).data["permissions"])
    for method in ADMIN:
        answer = await browser.call(name_of(method), {})
        assert refused(answer) is (method.permission not in allowed), (method.path, answer.text)
    changing = {one for one in allowed if not one.endswith(".view")}
    assert changing <= _CHANGES[role]
    assert changing >= _AT_LEAST[role]
    if role is BuiltIn.ADMINISTRATOR:
        assert {method.permission for method in ADMIN} <= allowed
    else:
        assert not {one for one in allowed if one.startswith(("operators.", "settings.", "system.", "tenants."))}


_EVERYTHING = frozenset(method.permission for method in METHODS.methods.values()) | {"users.contacts"}
_MAY = {
    BuiltIn.VIEWER: (),
    BuiltIn.MODERATOR: ("rooms.", "users.", "messages.", "reports.", "words.", "bans.", "notices.", "presence."),
    BuiltIn.SUPPORT: ("users.", "tokens."),
    BuiltIn.FINANCE: ("money.", "wallets.", "gifts.", "payouts.", "orders.", "statistics.", "agencies."),
    BuiltIn.ADMINISTRATOR: ("",),
}
_CHANGES = {role: frozenset(one for one in _EVERYTHING if one.startswith(subjects)) for role, subjects in _MAY.items()}
"""Where each role changes anything at all."""
_AT_LEAST = {
    BuiltIn.VIEWER: set[str](),
    BuiltIn.MODERATOR: {"rooms.moderate", "users.moderate", "users.note", "reports.handle", "notices.send"},
    BuiltIn.SUPPORT: {"users.manage", "users.contacts", "users.note", "tokens.revoke"},
    BuiltIn.FINANCE: set[str](),
    BuiltIn.ADMINISTRATOR: {"users.delete", "users.appoint", "tokens.issue", "operators.manage"},
}


async def test_nobody_deletes_users_or_rules_over_operators_but_administrators(service: Service) -> None:
    for role in (BuiltIn.VIEWER, BuiltIn.MODERATOR, BuiltIn.SUPPORT, BuiltIn.FINANCE):
        browser = await signed_in(service, role)
        for method in ("admin/delete_user", "admin/set_admin", "admin/invite_operator", "admin/put_role"):
            assert refused(await browser.call(method, {})), (role, method)


@pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")
@pytest.mark.parametrize(
    "method", {method.permission: method for method in ADMIN}.values(), ids=lambda method: method.permission
)
async def test_an_administrator_does_in_the_console_what_a_server_key_does(
    method: Method, chief: Browser, service: Service
) -> None:
    stage = await set_stage(service)
    answer = await chief.call(name_of(method), await admin_params(method, stage, chief))
    assert (answer.status, answer.code) == (200, 0), answer.text


async def keeper(service: Service, *permissions: str, tenants: tuple[str, ...] = ("*",)) -> Browser:
    """Return an operator who manages operators and may little else."""
    book = await operators(service).roles.book()
    name = f"keeper-{len(book.own)}"
    await operators(service).roles.put(None, name, ["operators.view", "operators.manage", *permissions])
    return await signed_in(service, name, tenants=tenants)


async def test_nobody_grants_a_permission_that_they_lack_nor_touches_who_has_it(service: Service) -> None:
    chief, low = await signed_in(service), await keeper(service, "rooms.view")
    given = {"name": f"{low.name}-friend", "roles": ["administrator"], "tenants": ["*"]}
    assert (await low.call("admin/invite_operator", given)).code == Code.PermissionDenied
    assert (await low.call("admin/put_role", {"role": "sly", "permissions": ["users.delete"]})).code == 3000
    for method, more in (
        ("update_operator", {"roles": ["viewer"]}),
        ("reset_operator", {}),
        ("disable_operator", {}),
        ("remove_operator", {}),
    ):
        answer = await low.call(f"admin/{method}", {"operatorId": chief.operator, **more})
        assert answer.code == Code.PermissionDenied, method
    raised = await low.call("admin/update_operator", {"operatorId": low.operator, "roles": ["administrator"]})
    assert raised.code == Code.PermissionDenied
    assert "rooms.manage" in raised.body["errorMessage"]
    assert (await chief.call("operators/me")).data["roles"] == ["administrator"]


async def test_a_role_that_others_have_is_not_changed_by_who_lacks_what_it_allows(service: Service) -> None:
    low = await keeper(service, "rooms.view")
    await operators(service).roles.put(None, "mighty", ["users.delete", "rooms.view"])
    assert (await low.call("admin/put_role", {"role": "mighty", "permissions": ["rooms.view"]})).code == 3000
    assert (await low.call("admin/delete_role", {"role": "mighty"})).code == Code.PermissionDenied
    assert (await low.call("admin/put_role", {"role": "viewer", "permissions": ["rooms.view"]})).code == 98


async def test_operators_of_some_tenants_rule_over_no_operators(service: Service) -> None:
    await service.make_tenant("acme")
    browser = await signed_in(service, tenants=["acme"])
    permissions = (await browser.call("operators/me")).data["permissions"]
    assert "users.delete" in permissions
    assert not [one for one in permissions if one.startswith(("operators.", "tenants.", "settings.", "system."))]
    given = {"name": "mine", "roles": ["viewer"], "tenants": ["acme"]}
    assert refused(await browser.call("admin/invite_operator", given))


async def test_a_role_that_is_taken_away_counts_no_more_within_a_second(service: Service) -> None:
    browser = await signed_in(service, "moderator")
    assert (await browser.call("admin/list_rooms")).code == 0
    await operators(service).roles.put(None, "nothing-much", ["users.view"])
    await operators(service).accounts.update(None, browser.operator, roles=["nothing-much"])
    assert refused(await browser.call("admin/list_rooms"))
    assert (await browser.call("admin/list_users")).code == 0
    await operators(service).roles.put(None, "nothing-much", ["rooms.view"])
    service.clock.advance(1)
    assert refused(await browser.call("admin/list_users"))


async def _alone(service: Service) -> None:
    """Disable every operator whom earlier tests have left."""
    everyone = operators(service).accounts
    for one in await everyone.list():
        if one.is_administrator:
            await service.core.db.operators.remove(one.id)


async def test_of_two_administrators_who_remove_each_other_at_once_one_stays(service: Service) -> None:
    await _alone(service)
    for method, params in (
        ("remove_operator", {}),
        ("disable_operator", {}),
        ("update_operator", {"roles": ["viewer"]}),
        ("update_operator", {"tenants": ["default"]}),
    ):
        await _alone(service)
        one, other = await signed_in(service), await signed_in(service)
        pairs = ((one, other), (other, one))
        calls = [by.call(f"admin/{method}", {"operatorId": whom.operator, **params}) for by, whom in pairs]
        codes = sorted([answer.code for answer in await asyncio.gather(*calls)])
        assert codes[0] == 0, (method, params)
        assert codes[1] in (Code.PermissionDenied, Code.UserTokenInvalid), (method, params)
        assert sum(account.is_administrator for account in await operators(service).accounts.list()) == 1


async def test_the_last_administrator_stays_whoever_asks(service: Service) -> None:
    await _alone(service)
    chief = await signed_in(service)
    await invite(service)
    for method, params in (
        ("remove_operator", {}),
        ("disable_operator", {}),
        ("update_operator", {"roles": ["support"]}),
        ("update_operator", {"tenants": ["default"]}),
    ):
        answer = await chief.call(f"admin/{method}", {"operatorId": chief.operator, **params})
        assert answer.code == Code.PermissionDenied
        assert "last administrator" in answer.body["errorMessage"]
    assert (await chief.call("admin/update_operator", {"operatorId": chief.operator, "displayName": "安"})).code == 0


async def test_a_reset_ends_everything_that_was_and_the_old_link_too(service: Service) -> None:
    chief, other = await signed_in(service), await signed_in(service, "viewer")
    one = {"operatorId": other.operator}
    tokens = [(await chief.call("admin/reset_operator", one)).data["token"] for _ in range(2)]
    assert (await other.call("operators/me")).code == Code.UserTokenInvalid
    assert (await Browser(service).sign_in(other.name)).code == Code.SystemVerifyError
    given: list[dict[str, Any]] = [{"token": token, "password": PASSWORD} for token in tokens]
    codes = [(await Browser(service).call("operators/accept_invitation", one)).code for one in given]
    assert codes == [Code.UserCodeExpired, 0]


async def test_what_an_operator_changes_is_in_the_audit_before_and_after(service: Service) -> None:
    chief, other = await signed_in(service), await signed_in(service, "viewer")
    changed = {"operatorId": other.operator, "roles": ["support"], "why": "new shift"}
    assert (await chief.call("admin/update_operator", changed)).code == 0
    await service.core.jobs.key_uses.flush()
    entry = (await service.services.audit.newest(actor=f"operator:{chief.operator}"))[0]
    assert (entry.reason, json.loads(entry.before), json.loads(entry.after)) == (
        "new shift",
        {"roles": ["viewer"]},
        {"roles": ["support"]},
    )


async def test_phones_and_mailboxes_are_masked_without_the_permission_and_seeing_them_is_audited(
    service: Service,
) -> None:
    proof = await service.ask_code()
    user = (await service.call("auth_users/user_login_code", proof)).data["userId"]
    viewer, support = await signed_in(service, "viewer"), await signed_in(service, "support")
    shown = (await viewer.call("admin/get_user", {"userId": user})).data["phone"]
    assert shown == f"+86****{proof['phone'][-2:]}"
    assert (await support.call("admin/get_user", {"userId": user})).data["phone"] == f"+{proof['phone']}"
    await service.core.jobs.key_uses.flush()
    seen = [(await service.services.audit.newest(actor=f"operator:{one.operator}"))[0] for one in (viewer, support)]
    assert [entry.after for entry in seen] == ["", '{"seen":["contacts"]}']
