"""What is told, as documents have it: every kind with its data, and an example that a reader could get."""

import json
import re
from typing import Any

import msgspec
import pytest

from liveroom.api.methods import METHODS
from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.domain.events.stays import EnteredMember
from liveroom.domain.webhooks.deliveries import ToldEvent
from liveroom.http.openapi import make_openapi
from liveroom.http.webhook_events import webhook_events_markdown

OPENAPI = make_openapi(METHODS)


@pytest.mark.parametrize("kind", EVENT_PAYLOADS)
def test_openapi_has_a_webhook_for_each_kind_whose_schemas_are_there(kind: str) -> None:
    request = OPENAPI["webhooks"][kind]["post"]
    (content,) = request["requestBody"]["content"].values()
    schemas = OPENAPI["components"]["schemas"]
    schema, data = schemas[content["schema"]["$ref"].rpartition("/")[2]], EVENT_PAYLOADS[kind].__name__
    assert schema["properties"].keys() == schemas["ToldEvent"]["properties"].keys()
    assert schema["required"] == schemas["ToldEvent"]["required"]
    assert schema["properties"]["type"]["enum"] == [kind]
    assert schema["properties"]["data"] == {"$ref": f"#/components/schemas/{data}"}
    assert data in schemas
    assert request["summary"]


def test_the_page_names_every_kind_and_every_field() -> None:
    page = webhook_events_markdown()
    assert [kind for kind in EVENT_PAYLOADS if f"\n### {kind}\n" not in page] == []
    fields = {name for shape in EVENT_PAYLOADS.values() for name in shape.__struct_encode_fields__}
    assert [name for name in fields if f"| `{name}` |" not in page] == []


def test_the_example_of_the_page_is_an_event_as_it_is_declared() -> None:
    (example,) = re.findall(r"```json\n(.*?)\n```", webhook_events_markdown(), re.DOTALL)
    event: dict[str, Any] = json.loads(example)
    assert msgspec.convert(event, ToldEvent, strict=True).type == "member.entered"
    assert tuple(event["data"]) == EnteredMember.__struct_encode_fields__
    msgspec.convert(event["data"], EnteredMember, strict=True)
