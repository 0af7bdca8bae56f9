"""What is read outside of the service as JSON: structs that are written, sent and documented as they are declared."""

from typing import Annotated

import msgspec

Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
"""A time as ``domain.tellings.written`` writes it."""


class Payload(msgspec.Struct, kw_only=True, rename="camel"):
    """A JSON object: fields in the order of their declaration, with names in camel case."""
