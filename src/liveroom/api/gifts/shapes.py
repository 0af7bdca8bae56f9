"""What is told of gifts in several places."""

from typing import Annotated, Any

import msgspec

from liveroom.domain.gifts.model import AnimationKind, GiftReceivers, GiftState

AnimationName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["", *AnimationKind]})]
ReceiversName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(GiftReceivers)})]
StateName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(GiftState)})]


def read_extension(text: str) -> dict[str, Any]:
    """Return what the operator has added for their apps."""
    return msgspec.json.decode(text, type=dict[str, Any]) if text else {}
