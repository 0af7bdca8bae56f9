"""Believable values for examples: the same for a name wherever it occurs, so that the pages tell one story."""

import json
from typing import Any, Final

_SAMPLES: Final[dict[str, Any]] = {
    "username": "xiaoming",
    "salt": "d4dfa1c2f4b5b4a1a7a7b2bb0d4bb9a0",
    "signature": "0f9a3e8b1f1a4c6f9f4b4a35d3ab27a1",
    "ts": "1767225600000",
    "tag": "xiaozhibo",
    "code": "246810",
    "id": 40000001,
    "userId": "40000001",
    "apaasUserId": "40000001",
    "searchUserId": "40000002",
    "doctorUserId": "40000001_music",
    "to": "40000002",
    "fromUserId": "40000002",
    "payload": {"kind": "offer", "sdp": "v=0…"},
    "text": "还有五分钟 five more minutes",
    "iceServers": [{"urls": ["stun:stun.example.com:3478"]}],
    "userIds": ["40000001", "40000002"],
    "ownBy": "40000001",
    "ownerId": "40000001",
    "heldBy": "40000001",
    "broadcastId": "-P7JxY2L4p6Y42R9",
    "state": "live",
    "kicked": True,
    "enterUtc": "2026-01-01 00:00:00",
    "createBy": "40000001",
    "updateBy": "40000001",
    "roomId": "40000001",
    "role": "anchor",
    "category": "liveRoom",
    "title": "你好 live",
    "name": "小明",
    "orderBy": "createUtc",
    "limit": 20,
    "status": 0,
    "removed": 0,
    "nnUsers": 51,
    "totalJoined": 73,
    "star": 0,
    "appId": "1400000000",
    "sdkAppId": 1400000000,
    "metadata": {"song": "月光 Moonlight"},
    "startUtc": "2026-01-03 20:00:00",
    "minutes": 90,
    "userSig": "eJw…",
    "sdkUserSig": "eJw…",
    "token": "eyJ…",
    "online": True,
    "alive": True,
    "source": "keepalive",
    "sessionId": "4f6c2a",
    "since": "2026-01-01 00:00:00",
    "expire": "2026-01-31 00:00:00",
    "createUtc": "2026-01-01 00:00:00",
    "updateUtc": "2026-01-01 00:00:00",
    "seq": 12,
    "epoch": "q3v9Zk2A",
    "offset": 9,
    "time": "2026-01-01T00:00:00.123Z",
    "rev": 31,
    "membersTotal": 51,
    "targetId": "40000002",
    "requestId": "-P7JxY2L4p6Y42Sa",
    "seat": 2,
    "mode": "apply",
    "expireUtc": "2026-01-01 00:00:15",
    "by": "40000001",
    "timeUtc": "2026-01-01 00:00:00",
    "messageId": "1767225600123",
    "reportId": "-P7KmG8qgM3Hhp7Z",
    "isHighRiskUser": 0,
    "isHighRiskIp": 0,
}
_SECRET_IN_LISTS: Final = frozenset({"userSig", "token"})
_BY_TYPE: Final[dict[str, Any]] = {"string": "", "integer": 0, "number": 0, "boolean": False}


def sample_parameter(name: str, schema: dict[str, Any]) -> Any:
    """Return a value for a parameter."""
    return _SAMPLES.get(name, [] if schema.get("type") == "array" else _BY_TYPE.get(schema.get("type", ""), "x"))


def sample_of(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """Return a value of a JSON schema of msgspec's, whose references name components."""
    if "$ref" in schema:
        return sample_of(components[schema["$ref"]], components)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return None if {"type": "null"} in schema["anyOf"] else sample_of(schema["anyOf"][0], components)
    match schema.get("type"):
        case "array":
            return [sample_of(schema["items"], components)]
        case "object":
            inside = schema.get("properties", {})
            return {name: _sample_property(name, item, components, inside) for name, item in inside.items()}
        case kind:
            return _BY_TYPE.get(kind or "", "")


def _sample_property(name: str, schema: dict[str, Any], components: dict[str, Any], beside: dict[str, Any]) -> Any:
    is_listed_user = "role" in beside and "userSig" in beside
    if name in _SAMPLES and not (is_listed_user and name in _SECRET_IN_LISTS):
        return _SAMPLES[name]
    return sample_of(schema, components)


def pretty(value: Any, indent: int = 2) -> str:
    """Return JSON for the eye."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
