"""Events as CloudEvents 1.0 in their JSON form (https://cloudevents.io), for the event log."""

from typing import Final

import msgspec

from liveroom.domain.events.records import StoredEvent
from liveroom.domain.payloads import instant_text

DEFAULT_SOURCE: Final = "default"
"""How the tenant is called that has no name."""
_DIGITS: Final = 19
"""Enough for every number that the database holds: sequences are compared as texts."""
_encode: Final = msgspec.json.Encoder().encode


def write_cloud_event(event: StoredEvent) -> bytes:
    """Return the event as one line of JSON; what it holds is joined and not encoded again.

    ``sequence`` is its number within its stream, which is its ``subject``.
    """
    tenant = event.tenant or DEFAULT_SOURCE
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "source": f"/liveroom/{tenant}",
        "type": event.kind,
        "subject": event.stream,
        "time": instant_text(event.at),
        "datacontenttype": "application/json",
        "sequence": f"{event.seq:0{_DIGITS}d}",
        "tenant": tenant,
    }
    return _encode(attributes)[:-1] + b',"data":' + event.body.encode() + b"}"
