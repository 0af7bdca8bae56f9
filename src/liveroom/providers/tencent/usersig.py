"""UserSig and PrivateMapKey, Tencent's signed tickets (TLSSigAPIv2): who a user of IM and TRTC is, and may do.

A ticket is JSON, deflated, in a base64 of Tencent's own. The signature covers the fields and not their spelling, so two
libraries make different texts of one ticket: compare what `decode` returns.
"""

import hmac
import json
import struct
import zlib
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from enum import IntFlag
from hashlib import sha256
from typing import Any

_TO_TICKET = bytes.maketrans(b"+/=", b"*-_")
_FROM_TICKET = bytes.maketrans(b"*-_", b"+/=")
_LARGEST = 16_384
_CLOCKS = 60
"""Seconds by which another machine's clock may be ahead."""


class Privilege(IntFlag):
    """What a PrivateMapKey lets its user do in the room."""

    CREATE_ROOM = 1
    ENTER_ROOM = 2
    SEND_AUDIO = 4
    RECEIVE_AUDIO = 8
    SEND_VIDEO = 16
    RECEIVE_VIDEO = 32
    SEND_SUBSTREAM = 64
    RECEIVE_SUBSTREAM = 128
    AUDIENCE = ENTER_ROOM | RECEIVE_AUDIO | RECEIVE_VIDEO
    ALL = 255


def user_sig(
    sdk_app_id: int, secret: str, user_id: str, *, now: datetime, ttl: timedelta, userbuf: bytes | None = None
) -> str:
    """Return the ticket with which the user signs in to IM and TRTC."""
    made, life = int(now.timestamp()), int(ttl.total_seconds())
    fields: dict[str, str | int] = {
        "TLS.ver": "2.0",
        "TLS.identifier": user_id,
        "TLS.sdkappid": sdk_app_id,
        "TLS.time": made,
        "TLS.expire": life,
    }
    if userbuf is not None:
        fields["TLS.userbuf"] = b64encode(userbuf).decode()
    fields["TLS.sig"] = signature(secret, fields)
    text = json.dumps(fields, separators=(",", ":")).encode()
    return b64encode(_deflated(text)).translate(_TO_TICKET).decode()


def private_map_key(
    sdk_app_id: int,
    secret: str,
    user_id: str,
    *,
    room: int | str,
    privilege: Privilege,
    now: datetime,
    ttl: timedelta,
) -> str:
    """Return the ticket that admits the user to one room; a number and its text name different rooms at Tencent."""
    expires = int(now.timestamp()) + int(ttl.total_seconds())
    account = user_id.encode()
    named = isinstance(room, str)
    number = 0 if isinstance(room, str) else room
    userbuf = struct.pack(f">BH{len(account)}s", int(named), len(account), account)
    userbuf += struct.pack(">IIIII", sdk_app_id, number, expires, privilege, 0)
    if isinstance(room, str):
        name = room.encode()
        userbuf += struct.pack(f">H{len(name)}s", len(name), name)
    return user_sig(sdk_app_id, secret, user_id, now=now, ttl=ttl, userbuf=userbuf)


def signature(secret: str, fields: dict[str, Any]) -> str:
    """Return the `TLS.sig` that belongs to the other fields."""
    signed = (
        f"TLS.identifier:{fields['TLS.identifier']}\nTLS.sdkappid:{fields['TLS.sdkappid']}\n"
        f"TLS.time:{fields['TLS.time']}\nTLS.expire:{fields['TLS.expire']}\n"
    )
    if "TLS.userbuf" in fields:
        signed += f"TLS.userbuf:{fields['TLS.userbuf']}\n"
    return b64encode(hmac.digest(secret.encode(), signed.encode(), sha256)).decode()


def _deflated(text: bytes) -> bytes:
    """Deflate with little memory: getting and clearing zlib's usual 256 KiB takes three times as long."""
    packer = zlib.compressobj(memLevel=1)
    return packer.compress(text) + packer.flush()


def decode(ticket: str) -> dict[str, Any]:
    """Return the fields of a ticket, unverified; raise `ValueError` when it is none."""
    try:
        packed = b64decode(ticket.encode().translate(_FROM_TICKET), validate=True)
        found = json.loads(zlib.decompressobj().decompress(packed, _LARGEST))
    except (ValueError, zlib.error, RecursionError) as problem:
        raise ValueError("This is no UserSig: it cannot be unpacked.") from problem
    if not isinstance(found, dict):
        raise ValueError("This is no UserSig: it holds no fields.")
    return found


def is_signed(secret: str, fields: dict[str, Any]) -> bool:
    """Say whether the fields carry the signature that this secret gives them."""
    try:
        return hmac.compare_digest(signature(secret, fields), str(fields["TLS.sig"]))
    except (KeyError, TypeError):
        return False


def refusal_of(ticket: str, sdk_app_id: int, secret: str, user_id: str, *, now: datetime) -> int:
    """Return the code with which Tencent refuses a ticket of somebody; 0 for a good one."""
    if not ticket:
        return 70002
    try:
        fields = decode(ticket)
        begun, lasts = int(fields["TLS.time"]), int(fields["TLS.expire"])
    except (ValueError, KeyError, TypeError, OverflowError):
        return 70003
    if fields.get("TLS.sdkappid") != sdk_app_id:
        return 70014
    if not is_signed(secret, fields):
        return 70009
    if fields.get("TLS.identifier") != user_id:
        return 70013
    return 0 if begun - _CLOCKS <= now.timestamp() < begun + lasts else 70001
