"""The evening's gifts: an operator arranges what can be sent, and a user looks at it."""

from datetime import timedelta
from typing import Final

from tests.contract.evening import Evening
from tests.uploading import picture, send

_KITE: Final = {
    "giftId": "kite",
    "name": "Kite",
    "languages": {"zh": {"name": "风筝", "description": "乘风而上"}},
    "categoryId": "sky",
    "iconUrl": "https://example.com/kite.webp",
    "price": 66,
}


async def tell_of_gifts(evening: Evening, server: str, user: str, room: str) -> None:
    """Let a kite be made, offered, and retired."""
    await evening.call(server, "admin/set_gift_category", categoryId="sky", name="Sky", languages={"zh": "天空"})
    await evening.call(server, "admin/list_gift_categories")
    await _upload_icon(evening, server)
    await evening.call(server, "admin/set_gift", **_KITE)
    await evening.call(server, "admin/order_gifts", giftIds=["kite", "rose"])
    await evening.call(server, "admin/list_gifts")
    evening.show("admin/list_gifts", lambda rows: rows[-1:])
    await evening.call(user, "gifts/catalog", roomId=room, language="zh")
    evening.show("gifts/catalog", lambda shown: {**shown, "gifts": shown["gifts"][-1:]})
    await evening.call(server, "admin/retire_gift", giftId="kite", why="the season is over")
    await evening.call(server, "admin/delete_gift_category", categoryId="sky")


async def _upload_icon(evening: Evening, server: str) -> None:
    """Upload the kite's icon; addresses that are signed or drawn at random are shown shortened."""
    content = picture("PNG", (96, 96))
    asked = {"purpose": "gift_icon", "contentType": "image/png", "size": len(content)}
    created = await evening.call(server, "admin/create_upload", **asked)
    assert await send(evening.service, created, content) == 204
    shown = f"/uploads/{created['uploadId'][:4]}…?until=1767269400&signature=9f2c…"
    evening.show("admin/create_upload", lambda data: {**data, "url": shown})
    await evening.call(server, "admin/finish_upload", uploadId=created["uploadId"])
    evening.show("admin/finish_upload", lambda data: {**data, "url": "/files/3f9c….png"})


async def tell_of_sending(evening: Evening, server: str, sender: str, host: str, room: str) -> None:
    """Let a member send roses to the host, and one of them be taken back."""
    tap = {"roomId": room, "giftId": "rose", "count": 9, "key": "tap-0b1f6c2e", "comboId": "combo-1", "version": 1}
    await evening.service.call("gifts/send", {**tap, "key": "tap-0"}, headers={"authorization": f"Bearer {sender}"})
    evening.service.clock.advance(timedelta(seconds=1))
    sent = await evening.call(sender, "gifts/send", **tap)
    await evening.call(sender, "gifts/list", roomId=room, limit=20)
    await evening.call(sender, "gifts/ranking", roomId=room, by="senders", period="broadcast", limit=20)
    await evening.service.core.jobs.rank_counting.run()
    await evening.call(server, "admin/gift_ranking", by="senders", period="week", limit=20)
    received = await evening.call(host, "gifts/received", limit=20)
    await evening.call(server, "admin/received_gifts", userId=received[0]["receiverId"], limit=20)
    await evening.call(server, "admin/refund_gift", sentId=sent["sentIds"][0], key="refund-1", reason="sent by a child")
