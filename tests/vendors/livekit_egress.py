"""A stand-in for LiveKit's egress (Twirp): what is recorded, by whom it may be ordered, and the webhooks about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

PREFIX: Final = "/twirp/livekit.Egress/"
_S3: Final = frozenset({"access_key", "secret", "region", "endpoint", "bucket", "force_path_style"})
_RUNNING: Final = frozenset({"EGRESS_STARTING", "EGRESS_ACTIVE", "EGRESS_ENDING"})
_NANOSECONDS: Final = 10**9


class TwirpError(Exception):
    """What is answered in place of a result."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code: Final = code


@dataclass
class FakeEgress:
    """The egresses of a server."""

    has_worker: bool = True
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What LiveKit knows of each, with names as answers write them."""

    def do(self, method: str, said: Mapping[str, Any], grant: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out a call. Raises ``TwirpError``."""
        if not grant.get("roomRecord"):
            raise TwirpError("permission_denied")
        match method:
            case "StartRoomCompositeEgress":
                return self._start(said)
            case "ListEgress":
                return {"items": [item for item in self.items.values() if _fits(item, said)]}
            case "StopEgress":
                item = self.items.get(said["egress_id"])
                if item is None:
                    raise TwirpError("not_found")
                if item["status"] not in _RUNNING:
                    raise TwirpError("failed_precondition")
                item["status"] = "EGRESS_ENDING"
                return item
        raise TwirpError("bad_route")

    def begin(self, id: str) -> None:
        """Let an egress begin to record."""
        self.items[id]["status"] = "EGRESS_ACTIVE"

    def finish(self, id: str, at: datetime, *, error: str = "") -> None:
        """Let an egress end, with its file or with an error."""
        item, nanoseconds = self.items[id], int(at.timestamp()) * _NANOSECONDS
        item |= {
            "status": "EGRESS_FAILED" if error else "EGRESS_COMPLETE",
            "ended_at": str(nanoseconds),
            "error": error,
        }
        if not error:
            name = item["room_composite"]["file_outputs"][0]["filepath"]
            span = {"started_at": str(nanoseconds - 61 * _NANOSECONDS), "duration": str(61 * _NANOSECONDS)}
            item["file_results"] = [{"filename": name, "size": "4242", "location": f"https://b/{name}", **span}]

    def webhook(self, event: str, id: str, at: datetime) -> bytes:
        """Return what LiveKit calls back about an egress: webhooks have names in camel case."""
        said = {"event": event, "id": f"EV_{event}_{id}", "createdAt": str(int(at.timestamp()))}
        return json.dumps({**said, "egressInfo": _camel(self.items[id])}).encode()

    def _start(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self.has_worker:
            raise TwirpError("unavailable")
        outputs = said["file_outputs"]
        if said["layout"] not in ("grid", "speaker", "single-speaker") or len(outputs) != 1:
            raise TwirpError("invalid_argument")
        if outputs[0]["file_type"] != "MP4" or set(outputs[0]["s3"]) != _S3 or not outputs[0]["filepath"]:
            raise TwirpError("invalid_argument")
        id = f"EG_{len(self.items) + 1}"
        order = {"room_name": said["room_name"], "file_outputs": [{"filepath": outputs[0]["filepath"]}]}
        self.items[id] = {
            "egress_id": id,
            "room_name": said["room_name"],
            "status": "EGRESS_STARTING",
            "room_composite": order,
        }
        return self.items[id]


def _fits(item: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    names = [name for name in ("room_name", "egress_id") if said.get(name)]
    is_active = item["status"] in _RUNNING
    return all(item[name] == said[name] for name in names) and (is_active or not said.get("active"))


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {_named(name): _camel(part) for name, part in value.items()}
    return [_camel(part) for part in value] if isinstance(value, list) else value


def _named(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.title() for part in others)
