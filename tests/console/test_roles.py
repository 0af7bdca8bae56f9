"""What each role sees of the console: pages and actions that it may not have are hidden, all others are there.

What a role may is what its permissions say, and what an action needs is what its method is declared with: the page is
asked for neither.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from playwright.async_api import Locator, Request, expect

from liveroom.api.methods import METHODS
from liveroom.domain.operators.caller import only_views
from liveroom.domain.operators.roles import BuiltIn, is_in
from tests.console.desk import Desk, Office
from tests.console.house import House, house_of

inside = pytest.mark.asyncio(loop_scope="module")
_SOURCE: Final = Path(__file__).parents[2] / "web/src/console"
_PAGE: Final = re.compile(r"name: '(\w+)',\n\s+path: '([^']+)',.*?permission: (null|'[\w.]+'),(.*?)\n  \},", re.DOTALL)
_BASE: Final = "base/v1/"


class Page(NamedTuple):
    """A page as pages.ts declares it."""

    name: str
    path: str
    permission: str
    """"" for everybody."""
    is_listed: bool


@dataclass(frozen=True)
class Action:
    """Something that is done on a page: what is called, and what is pressed."""

    path: str
    method: str
    button: str = ""
    """Its name."""
    testid: str = ""
    field: str = ""

    @property
    def permission(self) -> str:
        return METHODS.methods[_BASE + self.method].permission

    def found(self, desk: Desk) -> Locator:
        """Return where it is, on the page."""
        if self.testid:
            return desk.at(self.testid)
        if self.field:
            return desk.page.locator(f"[name={self.field}]")
        return desk.page.locator("main").get_by_role("button", name=self.button, exact=True)


ACTIONS: Final = [
    Action("/wall", "admin/watch_media", "Look in"),
    Action("/wall", "admin/bar_room", "Keep off lists"),
    Action("/wall", "admin/close_room", "Close room"),
    Action("/rooms/{room}", "admin/send_notice", "Say something"),
    Action("/rooms/{room}", "admin/update_room", "Edit"),
    Action("/rooms/{room}", "admin/warn_room", "Warn"),
    Action("/rooms/{room}", "admin/pin_room", testid="placement"),
    Action("/rooms/{room}", "admin/bar_room", "Keep off lists"),
    Action("/rooms/{room}", "admin/close_room", testid="close-room"),
    Action("/rooms/{room}?tab=live", "admin/send_notice", field="say"),
    Action("/rooms/{room}?tab=messages", "admin/send_message", field="say-message"),
    Action("/rooms/{room}?tab=messages", "admin/recall_message", "Recall Bob"),
    Action("/rooms/{room}?tab=members", "admin/kick_user", "Actions Bob"),
    Action("/rooms/{room}?tab=envelopes", "admin/send_envelope", testid="send-envelope"),
    Action("/rooms/{room}?tab=timeline", "admin/recall_message", "Recall"),
    Action("/users/{guest}", "admin/send_notice", "Notify"),
    Action("/users/{guest}", "admin/warn_user", "Warn"),
    Action("/users/{guest}", "admin/revoke_tokens", "Sign out everywhere"),
    Action("/users/{guest}", "admin/ban_user", testid="ban"),
    Action("/users/{banned}", "admin/unban_user", "Lift the ban"),
    Action("/users/{guest}?tab=sessions", "admin/end_session", "End"),
    Action("/users/{guest}?tab=notes", "admin/add_note", "Add a note"),
    Action("/users/{guest}?tab=notes", "admin/delete_note", "Delete"),
    Action("/users/{guest}?tab=data", "admin/export_user", testid="ask-copy"),
    Action("/users/{guest}?tab=wallet", "admin/credit_wallet", testid="give"),
    Action("/users/{guest}?tab=wallet", "admin/freeze_wallet", testid="freeze"),
    Action("/money?approval={approval}", "admin/decide_approval", testid="approve"),
    Action("/settlement", "admin/settle", testid="settle"),
    Action("/settlement?tab=bonuses", "admin/set_bonus_rules", testid="add-rule"),
    Action("/settlement?tab=agencies", "admin/create_agency", testid="add-agency"),
    Action("/reports", "admin/resolve_reports", "Dismiss"),
    Action("/reasons", "admin/put_reason", "Add a reason"),
    Action("/words", "admin/add_words", "Add"),
    Action("/bans", "admin/unban_user", "Lift"),
    Action("/notices", "admin/send_notice", "Send a notice"),
    Action("/gifts", "admin/set_gift", testid="add-gift"),
    Action("/gifts", "admin/order_gifts", testid="order-gifts"),
    Action("/gifts", "admin/retire_gift", "Retire Rose"),
    Action("/gifts", "admin/set_gift_category", testid="add-category"),
    Action("/operators", "admin/invite_operator", testid="invite"),
    Action("/operators", "admin/update_operator", "Change chief-administrator"),
    Action("/roles", "admin/put_role", testid="new-role"),
    Action("/roles", "admin/delete_role", "Delete"),
    Action("/webhooks", "admin/create_webhook", "Add"),
    Action("/hooks", "admin/create_hook", testid="hook-add"),
    Action("/keys", "admin/create_server_key", "Make a server key"),
    Action("/keys", "admin/create_app_key", "Make an app key"),
    Action("/keys", "admin/create_login_secret", "Make a login secret"),
    Action("/keys?tab=app", "admin/require_signatures", testid="change-signing"),
    Action("/tenants", "admin/create_tenant", "Add"),
]
MENU: Final = {"admin/update_user": "Edit", "admin/set_admin": "Make admin", "admin/delete_user": "Delete"}
"""What is done to a user less often."""
REPORT: Final = {"admin/resolve_reports": "Act and resolve", "admin/claim_report": "Take it on"}
"""What is done beside a report."""
ELSEWHERE: Final = {"payouts.settle", "system.repair"}
"""What takes points that have cleared, or repairs that are held, which no house has: test_actions_settlement.py
and test_actions_service.py press it."""
TABS: Final = {
    "/rooms/{room}": {"live": "overview.view", "envelopes": "money.view"},
    "/users/{guest}": {
        "reports": "reports.view",
        "measures": "reports.view",
        "wallet": "wallets.view",
        "presence": "presence.view",
    },
}


def pages() -> list[Page]:
    """Return the console's pages."""
    found = _PAGE.findall((_SOURCE / "pages.ts").read_text("utf-8"))
    assert len(found) > 20
    return [
        Page(name, path, needs.strip("'").replace("null", ""), "listed" in rest) for name, path, needs, rest in found
    ]


def permission_of(page: str) -> str:
    """Return what a page needs; ``page`` is an address of it."""
    wanted = re.sub(r"\?.*", "", page)
    return next(one.permission for one in pages() if re.fullmatch(re.sub(r":\w+", "[^/]+", one.path), wanted))


def called() -> Iterator[str]:
    """Yield what the console calls."""
    for file in [*_SOURCE.rglob("*.ts"), *_SOURCE.rglob("*.vue")]:
        yield from re.findall(r"'((?:admin|operators|stats)/\w+)'", file.read_text("utf-8"))


@dataclass
class Role:
    """Somebody with one role, at the console."""

    role: BuiltIn
    desk: Desk
    house: House
    asked: set[str]
    """The methods that their page has called."""

    def may(self, permission: str) -> bool:
        return permission == "" or is_in(self.role, permission)

    async def open(self, path: str) -> None:
        """Open a page, and wait until it stands."""
        await self.desk.page.goto(self.desk.url + path.format(**self.house.places))
        await self.desk.page.wait_for_load_state("networkidle")
        await expect(self.desk.page.locator(".n-spin")).to_have_count(0)

    async def shows(self, what: Locator, permission: str) -> None:
        """Check that something is there if the role may use it, and only then."""
        if self.may(permission):
            await expect(what.first).to_be_visible()
        else:
            await expect(what).to_have_count(0)


async def at_the_console(office: Office, house: House, role: BuiltIn) -> Role:
    """Return somebody with this role who has just signed in for the first time."""
    asked: set[str] = set()

    def note(request: Request) -> None:
        _, _, method = request.url.partition(f"/{_BASE}")
        asked.update({method} if method else ())

    desk = await office.desk()
    desk.page.on("request", note)
    await desk.accept(await office.invite(f"one-{role}", role))
    return Role(role, desk, house, asked)


async def check_pages(one: Role) -> None:
    """Check the navigation, and each page by its address."""
    for page in pages():
        if page.is_listed:
            await one.shows(one.desk.at(f"nav-{page.name}"), page.permission)
    for page in pages():
        if ":" in page.path:
            continue
        await one.open(page.path)
        if one.may(page.permission):
            await expect(one.desk.page.locator("main").get_by_role("heading", level=1)).to_be_visible()
        else:
            await expect(one.desk.at("empty")).to_contain_text(page.permission)
            await expect(one.desk.page.locator("main").get_by_role("heading")).to_have_count(0)


async def check_actions(one: Role) -> None:
    """Check each action of each page, and the tabs."""
    here = ""
    for action in ACTIONS:
        if not one.may(permission_of(action.path)):
            continue
        if action.path != here:
            await one.open(here := action.path)
        await one.shows(action.found(one.desk), action.permission)
    for path, tabs in TABS.items():
        await one.open(path)
        for tab, permission in tabs.items():
            await one.shows(one.desk.at(f"tab-{tab}"), permission)


async def check_menus(one: Role) -> None:
    """Check what is in the menu of a user, and beside a report."""
    await one.open("/users/{guest}")
    menu = one.desk.page.locator("main").get_by_role("button", name="Actions", exact=True)
    if any(one.may(METHODS.methods[_BASE + method].permission) for method in MENU):
        await menu.click()
    else:
        await expect(menu).to_have_count(0)
    for method, text in MENU.items():
        option = one.desk.page.locator(".n-dropdown-option").filter(has_text=re.compile(f"^{text}$"))
        await one.shows(option, METHODS.methods[_BASE + method].permission)
    if one.may("reports.view"):
        await one.open("/reports")
        await one.desk.page.get_by_role("button", name="rude").first.click()
        for method, text in REPORT.items():
            button = one.desk.at("report").get_by_role("button", name=text)
            await one.shows(button, METHODS.methods[_BASE + method].permission)


@inside
@pytest.mark.long
@pytest.mark.parametrize("role", BuiltIn)
async def test_each_role_sees_what_it_may_and_nothing_else(office: Office, role: BuiltIn) -> None:
    async with house_of(office, f"chief-{role}") as house:
        await house.fill()
        one = await at_the_console(office, house, role)
        await check_pages(one)
        await check_actions(one)
        await check_menus(one)
    known = {method: METHODS.methods[_BASE + method] for method in one.asked if _BASE + method in METHODS.methods}
    assert len(known) > 10
    assert {method for method, declared in known.items() if not one.may(declared.permission)} == set()
    assert one.desk.complaints == []


def test_every_permission_with_which_the_console_changes_something_is_tried() -> None:
    used = {METHODS.methods[_BASE + method].permission for method in called() if _BASE + method in METHODS.methods}
    methods = [*(action.method for action in ACTIONS), *MENU, *REPORT]
    tried = {METHODS.methods[_BASE + method].permission for method in methods}
    assert {permission for permission in used if permission and not only_views(permission)} - tried == ELSEWHERE
