"""What events of each announced kind say in ``data``, for the tests of how they are written."""

from typing import Final

from liveroom.domain.events.model import EventKind

NOTICE: Final = b'{"text":"soon","data":[1]}'
SAID: Final[dict[str, bytes]] = {
    EventKind.STANDING_CHANGED: (
        b'{"userId":"40000002","role":"moderator","mutedUntil":"","bannedUntil":"","invited":false}'
    ),
    EventKind.MESSAGE_SENT: (
        b'{"messageId":"1795687200123","userId":"40000002","name":"Bob","avatar":"","role":"audience","type":"text",'
        b'"text":"hi","data":null,"priority":"normal","time":"2026-11-26T10:00:00.123Z","recalled":false}'
    ),
    EventKind.MESSAGE_RECALLED: b'{"messageId":"1795687200123","userId":"40000002","by":"40000001"}',
    EventKind.LIKES: b'{"likes":1234,"added":5}',
    EventKind.GIFT_SENT: (
        b'{"giftId":"g1","gift":"rose","version":1,"count":2,"coins":10,"senderId":"40000002","senderName":"Bob",'
        b'"senderAvatar":"","receiverId":"40000001","receiverName":"Ann","comboId":"c1","comboTotal":4}'
    ),
    EventKind.MORE_GIFTS: b'{"count":12,"coins":60}',
    EventKind.GIFT_TOTALS: b'{"coins":1234,"gifts":120,"senders":7}',
    EventKind.SEATS_CHANGED: (
        b'{"mode":"apply","seats":[{"seat":1,"userId":"40000002","name":"Bob","avatar":"","locked":false,'
        b'"audioMuted":true,"videoMuted":false,"audioOff":false,"videoOff":true}]}'
    ),
    EventKind.SEAT_REQUESTED: (
        b'{"requestId":"-P7JxY2L4p6Y42Sa","kind":"apply","userId":"40000002","name":"Bob","avatar":"","seat":0,'
        b'"by":"40000002","expireUtc":"2026-11-26 10:00:15"}'
    ),
    EventKind.SEAT_ANSWERED: (
        b'{"requestId":"-P7JxY2L4p6Y42Sa","kind":"apply","userId":"40000002","seat":2,"outcome":"approved",'
        b'"reason":"","by":"40000001"}'
    ),
    EventKind.METADATA_CHANGED: b'{"version":3,"metadata":{"song":[1]}}',
}
"""Kinds that do not speak as notices do."""
