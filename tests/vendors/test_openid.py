"""Sign-in by the company: tokens that are refused, groups that become roles, and the whole way by a real provider."""

import asyncio
import re
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from liveroom.api.codes import Code
from liveroom.domain.errors import ProviderNonsense
from liveroom.domain.operators.company import CompanyIdentity, Granted, GroupRule, free_name, granted, read_rule_tenants
from liveroom.domain.operators.failures import (
    CompanyRefused,
    ConsoleSessionMissing,
    LastAdministrator,
    SignInExpired,
    SignInRefused,
)
from liveroom.providers.openid import OpenIdClient, read_id_token
from liveroom.usecases.operators.company import CompanySignIns
from liveroom.usecases.operators.sessions import Browser
from tests.consoles import Browser as ConsoleBrowser
from tests.consoles import operators, signed_in
from tests.servers import LOOPBACK, free_ports
from tests.service import Service, serving

KEY: Final = RSAKey.generate_key(2048, {"kid": "one"})
CLIENT: Final = OpenIdClient(
    issuer="https://login.example.com",
    id="console",
    secret="a-secret",
    callback="https://live.example.com/console/oidc/callback",
    scope="openid",
    groups_claim="groups",
)
GOOD: Final = {"iss": CLIENT.issuer, "aud": "console", "sub": "u1", "nonce": "n1"}
HERE: Final = "127.0.0.1:9000"


def token(claims: dict[str, Any], *, alg: str = "RS256", key: Any = KEY) -> str:
    now = int(time.time())
    return jwt.encode(
        {"alg": alg, "kid": "one"}, {"iat": now, "exp": now + 60, **GOOD, **claims}, key, algorithms=[alg]
    )


def keys() -> KeySet:
    return KeySet([RSAKey.import_key(KEY.as_dict(private=False))])


def test_a_good_id_token_is_read() -> None:
    assert read_id_token(token({"groups": ["a"]}), keys(), CLIENT, "n1", "access")["groups"] == ["a"]


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example.com"},
        {"aud": "another-client"},
        {"aud": ["console", "another"]},
        {"aud": ["console", "another"], "azp": "another"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"exp": 1},
        {"exp": None},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
)
def test_an_id_token_for_anything_else_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(ProviderNonsense):
        read_id_token(token(claims), keys(), CLIENT, "n1", "access")


def test_an_id_token_that_anybody_could_make_is_refused() -> None:
    forged = [
        token({}, key=RSAKey.generate_key(2048, {"kid": "one"})),
        jwt.encode({"alg": "HS256", "kid": "one"}, dict(GOOD), OctKey.generate_key(256), algorithms=["HS256"]),
        "eyJhbGciOiJub25lIn0." + token({}).split(".")[1] + ".",
        "rubbish",
        "a.b.c",
    ]
    for one in forged:
        with pytest.raises(ProviderNonsense):
            read_id_token(one, keys(), CLIENT, "n1", "access")


def test_who_has_to_give_a_password_is_refused_without_its_time() -> None:
    with pytest.raises(ProviderNonsense):
        read_id_token(token({}), keys(), CLIENT, "n1", "access", fresh=True)
    assert read_id_token(token({"auth_time": 1}), keys(), CLIENT, "n1", "access", fresh=True)["auth_time"] == 1


def test_a_role_is_never_had_in_more_tenants_than_its_rule_says() -> None:
    rules = [
        GroupRule("acme-admins", "administrator", read_rule_tenants("acme")),
        GroupRule("mods", "moderator", read_rule_tenants("")),
        GroupRule("help", "support", read_rule_tenants("*")),
    ]
    assert granted(rules, {"other"}) is None
    assert granted(rules, {"mods", "help"}) == Granted(frozenset({"moderator", "support"}), frozenset({"*"}))
    assert granted(rules, {"acme-admins", "mods"}) == Granted(frozenset({"administrator"}), frozenset({"acme"}))
    assert read_rule_tenants("default + acme") == {"", "acme"}


def test_a_name_is_made_free() -> None:
    assert free_name("Ann Li", ()) == "ann-li"
    assert free_name("ann", ("ann", "ann-2")) == "ann-3"
    assert free_name("安", ()) == "operator"


class FakeProvider:
    """Vouches for whom a test names."""

    def __init__(self) -> None:
        self.next = CompanyIdentity(CLIENT.issuer, "u1", "ann", "Ann", frozenset({"admins"}), None)
        self.closed = False

    async def address(self, state: str, nonce: str, verifier: str, *, fresh: bool) -> str:
        return f"https://login.example.com/auth?state={state}"

    async def identity(self, code: str, verifier: str, nonce: str, *, fresh: bool) -> CompanyIdentity:
        return self.next

    async def close(self) -> None:
        self.closed = True


RULES: Final = (
    GroupRule("admins", "administrator", frozenset({"*"})),
    GroupRule("mods", "moderator", frozenset({"*"})),
)


class Company:
    """The company's way in to a service, with a provider of the test's."""

    def __init__(self, service: Service) -> None:
        self.provider = FakeProvider()
        use_cases = operators(service)
        self.sign_ins = CompanySignIns(use_cases.accounts, self.provider, RULES, service.services.audit)

    async def come(self, token: str = "", **identity: Any) -> None:
        """Let somebody go to the provider and come back; their browser has the token of an earlier session."""
        self.provider.next = replace(self.provider.next, **identity)
        departure = await self.sign_ins.begin(token, fresh=False)
        state = dict(parse_qsl(urlsplit(departure.address).query))["state"]
        self.opened = await self.sign_ins.finish(departure.cookie, state, "code", Browser("192.0.2.1", "Chrome"))


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


async def test_roles_follow_the_groups_at_each_sign_in(service: Service) -> None:
    company = Company(service)
    await company.come(groups=frozenset({"mods"}))
    first = company.opened.signed_in.account
    assert (first.name, first.display_name, [*first.roles]) == ("ann", "Ann", ["moderator"])
    await company.come(groups=frozenset({"admins"}), display_name="Ann Li")
    again = company.opened.signed_in.account
    assert (again.id, again.display_name, [*again.roles]) == (first.id, "Ann Li", ["administrator"])
    await company.come(display_name="Ann " * 40)
    assert company.opened.signed_in.account.display_name == ("Ann " * 25).strip()
    with pytest.raises(CompanyRefused):
        await company.come(groups=frozenset({"others"}))


async def test_an_account_that_was_made_here_is_not_taken_over(service: Service) -> None:
    browser = await signed_in(service, name="ann")
    company = Company(service)
    await company.come(name="ann")
    account = company.opened.signed_in.account
    assert account.name == "ann-2"
    assert account.id != browser.operator


async def test_who_was_disabled_is_not_let_in_and_the_last_administrator_stays_one(service: Service) -> None:
    company = Company(service)
    await company.come()
    with pytest.raises(LastAdministrator):
        await company.come(groups=frozenset({"mods"}))
    await signed_in(service)
    await operators(service).accounts.disable(None, company.opened.signed_in.account.id, disabled=True)
    with pytest.raises(SignInRefused):
        await company.come(groups=frozenset({"admins"}))


async def test_a_state_that_is_old_another_browsers_or_made_up_opens_nothing(service: Service) -> None:
    company, here = Company(service), Browser("192.0.2.1", "")
    one, other = await company.sign_ins.begin("", fresh=False), await company.sign_ins.begin("", fresh=False)
    states = [dict(parse_qsl(urlsplit(found.address).query))["state"] for found in (one, other)]
    for cookie, state in ((one.cookie, states[1]), ("", states[0]), ("v1.x.y", states[0]), (one.cookie, "")):
        with pytest.raises(SignInExpired):
            await company.sign_ins.finish(cookie, state, "code", here)
    with pytest.raises(SignInExpired):
        await company.sign_ins.finish(one.cookie, states[0], "", here)
    service.clock.advance(300)
    with pytest.raises(SignInExpired):
        await company.sign_ins.finish(one.cookie, states[0], "code", here)


async def test_a_session_of_the_company_is_confirmed_by_a_password_that_was_given_there(service: Service) -> None:
    company = Company(service)
    await company.come()
    assert company.opened.signed_in.session.confirmed.year == 1970
    now = service.clock.now()
    await company.come(authenticated=now)
    assert company.opened.signed_in.session.confirmed == now


async def test_the_session_that_the_browser_had_before_ends_once_the_company_lets_its_operator_in(
    service: Service,
) -> None:
    # Its cookie was replaced in the browser, and the session lived on for up to twelve hours.
    company, sessions = Company(service), operators(service).sessions
    await company.come()
    former = company.opened.token
    with pytest.raises(CompanyRefused):
        await company.come(former, groups=frozenset({"others"}))
    await sessions.find(former)
    await company.come(former, groups=frozenset({"admins"}))
    with pytest.raises(ConsoleSessionMissing):
        await sessions.find(former)
    await sessions.find(company.opened.token)


async def test_without_a_provider_there_is_no_such_way(service: Service) -> None:
    browser = ConsoleBrowser(service)
    assert (await browser.call("operators/ways")).data == {"company": False, "needsTotp": False}
    answer = await service.send("GET", "/console/oidc/callback", query={"state": "x", "code": "y"})
    assert answer.status != 303


# ---- a real provider

_VERSION: Final = "9.13"
_HIDDEN: Final = re.compile(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"')


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with npm's oidc-provider."""
    folder = tmp_path_factory.mktemp("openid")
    subprocess.run(["npm", "init", "-y"], cwd=folder, check=True, capture_output=True)
    subprocess.run(["npm", "install", f"oidc-provider@{_VERSION}"], cwd=folder, check=True, capture_output=True)
    script = Path(__file__).with_name("openid_provider.mjs")
    (folder / script.name).write_text(script.read_text())
    return folder


@asynccontextmanager
async def provider(folder: Path, callback: str) -> AsyncIterator[str]:
    """Yield the issuer of a provider that runs."""
    (port,) = free_ports(1)
    argv = ("node", "openid_provider.mjs", str(port), callback)
    child = await asyncio.create_subprocess_exec(*argv, cwd=folder, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    try:
        async with asyncio.timeout(20):
            while b"ready" not in await child.stdout.readline():
                assert child.returncode is None
        yield f"http://{LOOPBACK}:{port}"
    finally:
        child.terminate()
        await child.wait()


async def through(http: httpx.AsyncClient, address: str, name: str, back: str) -> str:
    """Give name and password, agree, and return where the provider sends the browser back to."""
    answer = await http.get(address)
    for _ in range(12):
        if answer.is_redirect:
            address = urljoin(str(answer.url), answer.headers["location"])
            if address.startswith(back):
                return address
            answer = await http.get(address)
            continue
        action = re.search(r'action="([^"]+)"', answer.text)
        assert action, answer.text
        filled = dict(_HIDDEN.findall(answer.text))
        if 'name="login"' in answer.text:
            filled |= {"prompt": "login", "login": name, "password": "whatever"}
        answer = await http.post(urljoin(str(answer.url), action[1]), data=filled or {"prompt": "consent"})
    raise AssertionError(answer.text)


@pytest.mark.long
async def test_by_a_real_provider_groups_become_roles_and_a_code_counts_once(installed: Path, tmp_path: Path) -> None:
    console = f"http://{HERE}/console"
    async with provider(installed, f"{console}/oidc/callback") as issuer:
        given: dict[str, Any] = {
            "oidc_issuer": issuer,
            "oidc_client_id": "console",
            "oidc_client_secret": "a-secret-of-the-console",
            "oidc_url": console,
            "oidc_groups": "live-admins=administrator,mods=moderator",
            "oidc_scope": "openid profile groups",
        }
        async with serving(tmp_path, **given) as service, httpx.AsyncClient(trust_env=False) as http:
            former = ""
            for name, roles in (("ann.live-admins", ["administrator"]), ("bob.mods.x", ["moderator"])):
                browser, back = await _come(service, http, console, name, former=former)
                assert (await browser.call("operators/me")).data["roles"] == roles
                if former:
                    gone = ConsoleBrowser(service, former, host=HERE)
                    assert (await gone.call("operators/me")).code == Code.UserTokenInvalid
                former = browser.cookies
                assert (await _return(service, back, "")).headers["location"].endswith("#refused=sign_in_expired")
            _, back = await _come(service, http, console, "cem", ends="#refused=company_refused")
            fresh, _ = await _come(service, http, console, "ann.live-admins", start="/console/oidc/start?confirm=1")
            user = (await service.sign_up()).user
            assert (await fresh.call("admin/set_admin", {"userId": user, "admin": 1})).code == 0


async def _return(service: Service, back: str, cookie: str) -> Any:
    query = dict(parse_qsl(urlsplit(back).query))
    headers = {"host": HERE, **({"cookie": cookie} if cookie else {})}
    return await service.send("GET", "/console/oidc/callback", query=query, headers=headers)


async def _come(
    service: Service,
    http: httpx.AsyncClient,
    console: str,
    name: str,
    *,
    start: str = "",
    ends: str = "",
    former: str = "",
) -> tuple[ConsoleBrowser, str]:
    """Sign somebody in by the provider; return their browser, and the address with the code.

    ``former``: the cookie that the browser has when it sets out.
    """
    http.cookies.clear()
    path, _, asked = (start or "/console/oidc/start").partition("?")
    headers = {"host": HERE, **({"cookie": former} if former else {})}
    begun = await service.send("GET", path, query=dict(parse_qsl(asked)), headers=headers)
    assert begun.status == 303, begun.text
    (kept,) = begun.headers.get_list("set-cookie")
    assert "SameSite=Lax" in kept
    assert "Max-Age=300" in kept
    back = await through(http, begun.headers["location"], name, console)
    answer = await _return(service, back, kept.partition(";")[0])
    assert answer.headers["location"] == f"{console}/{ends}", answer.headers
    cookies = [one for one in answer.headers.get_list("set-cookie") if one.startswith("liveroom=")]
    return ConsoleBrowser(service, cookies[0].partition(";")[0] if cookies else "", host=HERE), back
