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
        b'{"sentId":"g1","giftId":"rose","version":1,"count":2,"coins":10,"senderId":"40000002","senderName":"Bob",'
        b'"senderAvatar":"","receiverId":"40000001","receiverName":"Ann","comboId":"c1","comboTotal":4}'
    ),
    EventKind.MORE_GIFTS: b'{"count":12,"coins":60}',
    EventKind.GIFT_TOTALS: b'{"coins":1234,"gifts":120,"senders":7}',
    EventKind.BATTLE_SCORE: (
        b'{"battleId":"b1","version":7,"rooms":[{"roomId":"1","side":1,"score":70,"likes":3},'
        b'{"roomId":"2","side":2,"score":0,"likes":0}]}'
    ),
    EventKind.ENVELOPE_SENT: (
        b'{"envelopeId":"e1","senderId":"40000001","senderName":"Ann","senderAvatar":"","coins":100,"parts":10,'
        b'"split":"random","audience":"everyone","sentAt":"2026-11-26T10:00:00.000Z",'
        b'"opensAt":"2026-11-26T10:00:05.000Z","endsAt":"2026-11-26T10:02:05.000Z",'
        b'"commitment":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","opensIn":5000,"endsIn":125000}'
    ),
    EventKind.ENVELOPE_OPENED: b'{"envelopeId":"e1","endsAt":"2026-11-26T10:02:05.000Z","endsIn":120000}',
    EventKind.ENVELOPE_GRABBED: (
        b'{"envelopeId":"e1","left":9,"grabs":[{"userId":"40000002","name":"Bob","number":1,"coins":7}]}'
    ),
    EventKind.ENVELOPE_ENDED: (
        b'{"envelopeId":"e1","reason":"expired","grabbed":1,"grabbedCoins":7,"rest":93,'
        b'"luckiest":{"userId":"40000002","name":"Bob","number":1,"coins":7},"seed":"00ff"}'
    ),
    **{
        EventKind(f"recording.{kind}"): (
            b'{"recordingId":"r1","state":"%b","beginsAt":"2026-11-26T10:00:05.000Z","beginsIn":%d,"reason":"","files":%d}'
            % (state, milliseconds, files)
        )
        for kind, state, milliseconds, files in (
            ("announced", b"announced", 5000, 0),
            ("started", b"recording", 0, 0),
            ("ended", b"processing", 0, 0),
            ("failed", b"failed", 0, 0),
            ("ready", b"ready", 0, 2),
        )
    },
    **{
        kind: (
            b'{"activityId":"a1","type":"poll","version":2,"userId":"40000001","startAt":"2026-11-26T10:00:00.000Z",'
            b'"state":{"question":"?"},"tally":{"activityId":"a1","votes":3,"counts":{"0":3}}%b}' % more
        )
        for kind, more in (
            (EventKind.ACTIVITY_STARTED, b""),
            (EventKind.ACTIVITY_CHANGED, b',"action":"close"'),
        )
    },
    EventKind.ACTIVITY_TALLY: b'{"activityId":"a1","votes":3,"counts":{"0":3}}',
    EventKind.ACTIVITY_ENDED: (
        b'{"activityId":"a1","type":"poll","version":3,"reason":"ended","votes":3,"result":{"counts":[3,0]}}'
    ),
    EventKind.RAID_ARRIVED: (b'{"activityId":"a2","roomId":"40000009","userId":"40000009","name":"Mara","avatar":""}'),
    EventKind.GOAL_REACHED: (
        b'{"activityId":"a3","title":"One more song","measure":"likes","giftId":"","target":500,"step":1,"steps":2}'
    ),
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
