"""What happened, as the CloudEvents SDK reads it."""

import json
from datetime import UTC, datetime

from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.events.cloud import write_cloud_event
from liveroom.domain.events.records import StoredEvent
from liveroom.domain.ids import TenantName

_AT = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def stored(seq: int = 7, tenant: str = "shop", stream: str = "room:77", body: str = "{}") -> StoredEvent:
    return StoredEvent("01e", stream, seq, TenantName(tenant), "room.opened", "ktv", _AT, body)


def test_the_official_library_reads_the_event() -> None:
    event = JSONFormat().read(None, write_cloud_event(stored(body='{"roomId":"77"}')))
    assert event.get_attributes() == {
        "specversion": "1.0",
        "id": "01e",
        "source": "/liveroom/shop",
        "type": "room.opened",
        "subject": "room:77",
        "time": _AT,
        "datacontenttype": "application/json",
        "sequence": "0000000000000000007",
        "tenant": "shop",
    }
    assert event.get_data() == {"roomId": "77"}


def test_the_tenant_without_a_name_is_called_default() -> None:
    event = JSONFormat().read(None, write_cloud_event(stored(tenant="")))
    assert (event.get_source(), event.get_attributes()["tenant"]) == ("/liveroom/default", "default")


@given(st.dictionaries(_TEXTS, _TEXTS, max_size=3), st.integers(1, 2**63 - 1), _TEXTS)
def test_whatever_people_write_stays_one_line(data: dict[str, str], seq: int, subject: str) -> None:
    line = write_cloud_event(stored(seq, stream=f"room:{subject}", body=json.dumps(data, ensure_ascii=False)))
    assert b"\n" not in line
    event = JSONFormat().read(None, line)
    assert (event.get_data(), event.get_subject()) == (data, f"room:{subject}")


@given(st.integers(1, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_sequences_sort_as_texts_as_they_do_as_numbers(one: int, other: int) -> None:
    first, second = (json.loads(write_cloud_event(stored(seq)))["sequence"] for seq in sorted((one, other)))
    assert first <= second
