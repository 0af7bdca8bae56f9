"""OpenAPI, the reference page and the generated pages of docs/: complete, valid, and as fresh as the declarations."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from liveroom.api.codes import Code
from liveroom.api.declare import IN_CONSOLE, Method, Who
from liveroom.api.methods import METHODS
from liveroom.api.parameters import read_request
from liveroom.domain.tenants.model import Language
from liveroom.http.described import Described, describe
from liveroom.http.events import events_markdown
from liveroom.http.markdown import api_markdown, errors_markdown, openapi_json
from liveroom.http.openapi import make_openapi
from liveroom.http.permissions import permissions_markdown
from liveroom.http.reference import content_security_policy, make_page
from liveroom.http.webhook_events import webhook_events_markdown

DOCS = Path(__file__).parent.parent.parent / "docs"
OFFERED = [method for method in METHODS.methods.values() if method.is_offered]
DESCRIBED = describe(METHODS)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return make_openapi(METHODS)


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_the_document_has_what_is_offered_and_nothing_else(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == {f"/{method.path}" for method in OFFERED}
    assert all(set(operations) == {"get", "post"} for operations in document["paths"].values())


def test_a_module_that_is_switched_off_is_nowhere() -> None:
    def offers(method: Method) -> bool:
        return method.is_offered and method.module != "rooms"

    assert "rooms/" not in str(make_openapi(METHODS, offers=offers)["paths"].keys())
    assert "/rooms/" not in make_page(METHODS, offers=offers)
    assert "/rooms/" in make_page(METHODS)


@pytest.mark.parametrize("item", DESCRIBED, ids=lambda item: item.name)
def test_every_example_is_understood_by_its_method(item: Described) -> None:
    read_request(item.method.request, item.method.fields, item.example)


@pytest.mark.parametrize("item", DESCRIBED, ids=lambda item: item.name)
def test_every_parameter_is_in_both_operations(item: Described, document: dict[str, Any]) -> None:
    operations = document["paths"][item.path]
    declared = {field.wire for field in item.method.fields}
    (schema,) = {content["schema"]["$ref"] for content in operations["post"]["requestBody"]["content"].values()}
    assert declared <= set(document["components"]["schemas"][schema.rpartition("/")[2]]["properties"])
    assert declared <= {parameter["name"] for parameter in operations["get"]["parameters"]}
    security = operations["get"]["security"]
    if item.method.who in IN_CONSOLE:
        assert security == ([{"console": []}] if item.method.who is Who.OPERATOR else [{}])
        return
    assert {"serverKey": []} in security
    assert ({} in security) is (item.method.who is Who.ANYONE)
    assert ({"bearer": []} in security) is (item.method.who not in (Who.ANYONE, Who.KEY))


@pytest.mark.parametrize("item", DESCRIBED, ids=lambda item: item.name)
def test_a_method_names_its_own_code_and_those_of_a_login(item: Described) -> None:
    if item.method.bad_request:
        assert item.method.bad_request in item.codes
    assert (Code.UserTokenInvalid in item.codes) is (item.method.who not in (Who.ANYONE, Who.CONSOLE))


class Tags(HTMLParser):
    """Checks that what is opened is closed, and gathers ids, links and what is fetched."""

    _EMPTY = frozenset({"meta", "br", "link", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self._EMPTY:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            elif name in ("src", "style") or name.startswith("on"):
                self.fetched.append(f"{tag} {name}")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(("language", "other"), [(Language.EN, "zh"), (Language.ZH, "en")])
def test_the_page_is_whole_and_needs_nothing_but_itself(language: Language, other: str) -> None:
    tags = Tags()
    tags.feed(make_page(METHODS, language=language))
    assert tags.open == []
    assert tags.fetched == []
    assert len(set(tags.ids)) == len(tags.ids)
    assert {link for link in tags.links if not link.startswith("#")} == {
        "openapi.json",
        f"guide/{language.value}/api",
        f"docs/{other}",
    }
    assert {link[1:] for link in tags.links if link.startswith("#")} <= set(tags.ids)
    assert {item.name for item in DESCRIBED} <= set(tags.ids)


def test_the_page_is_allowed_its_own_style_and_nothing_else() -> None:
    policy = content_security_policy()
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/]{43}='", policy)
    assert "unsafe" not in policy
    assert "script" not in make_page(METHODS).lower().replace("descri", "")


@pytest.mark.parametrize(
    ("name", "fresh"),
    [
        ("api.md", api_markdown(METHODS, other="[中文](api.zh-CN.md)")),
        ("permissions.md", permissions_markdown(METHODS)),
        ("events.md", events_markdown()),
        ("webhook-events.md", webhook_events_markdown()),
        ("errors.md", errors_markdown(other="[中文](errors.zh-CN.md)")),
        ("openapi.json", openapi_json(METHODS)),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_a_generated_page_is_as_fresh_as_the_declarations(name: str, fresh: str) -> None:
    assert (DOCS / name).read_text("utf-8") == fresh, f"docs/{name} is stale: run `make docs`"
