"""The archive of a person's data: a zip file, made while somebody downloads it with a page of rows in memory."""

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from liveroom.domain.ids import UserId
from liveroom.ports import Clock, Database

_PIECE: Final = 65_536
_encode: Final = msgspec.json.Encoder().encode
README: Final = """\
Your data / 你的数据

Everything that this service keeps about user {user}, as of {now} UTC. Each file is a JSON array; [] means that there is
nothing of the kind. Times are UTC. Fields that would name somebody else are empty.
本服务保存的关于用户 {user} 的全部数据，截至 {now}（UTC）。每个文件是一个 JSON 数组，[] 表示没有这类数据。
时间均为 UTC。会指明他人的字段为空。

profile          your account / 账号资料
ids              your number / 你的编号
credentials      your user name; the password is not kept / 用户名；不保存密码
tags, own_users  under which names you sign in / 你的登录名
contacts         your phone number and mailbox / 手机号与邮箱
sessions         where you have signed in / 登录记录
rooms            your rooms / 你的房间
room_metadata    what an app keeps with them / 应用存于房间的数据
broadcasts       your broadcasts, with their likes / 你的直播及点赞数
stays            when you were in which broadcast / 你何时在哪场直播中
messages         what you have written / 你发的消息
access_records   your roles in rooms, and bans and mutes there / 你在各房间的角色、封禁与禁言
address_bans     bans of an address that came with yours / 随你一同封禁的地址
reports_filed    what you have reported / 你提交的举报
statements       what was decided about you, why, and your appeals / 针对你的处理决定、理由与申诉
notices          what the operator has told you / 运营方发给你的通知
labels           what a vendor's check found in what is yours / 第三方内容审核对你的内容的标记
statistics, broadcast_statistics, first_visits
                 figures of your broadcasts; when you first watched whom / 你直播的统计；你首次观看的时间
activities       polls and predictions that you have started / 你发起的投票与竞猜
ballots          what you have chosen in them / 你的选择
questions        questions that you have asked or answered in rooms / 你在房间里提出或回答的问题
audit            what you did as a host or moderator / 你作为主播或房管所做的操作
exports          when your data was asked for / 数据导出记录

Not in it / 不包括
- who reported you, and what they wrote / 谁举报了你、写了什么
- notes of the operator's people, and why they did something / 运营人员的备注与处理理由
- what other people wrote or did / 他人所写、所做的内容
- secrets and digests: nothing can be read from them / 密钥与摘要：无法从中读出内容
- single likes: only their sum is kept / 单次点赞：只保存总数
- copies on their way to the operator's server, and backups / 发往运营方服务器途中的副本与备份
"""


class _Pieces(io.RawIOBase):
    """What a zip file is written to: it is taken away piece by piece, and nobody goes back in it."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._written += data
        return len(data)

    def take(self, least: int = 0) -> bytes:
        """Return what was written, if it is so much."""
        if len(self._written) < max(least, 1):
            return b""
        taken = bytes(self._written)
        self._written.clear()
        return taken


@dataclass(frozen=True, slots=True)
class Archives:
    """Makes archives."""

    db: Database
    clock: Clock

    async def pieces(self, user: UserId) -> AsyncIterator[bytes]:
        """Yield the archive of a user's data."""
        pieces, now = _Pieces(), self.clock.now()
        with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            readme = README.format(user=user, now=f"{now:%Y-%m-%d %H:%M:%S}")
            archive.writestr(_entry("README.txt", now), readme)
            for file in self.db.personal_export.files():
                with archive.open(_entry(f"{file}.json", now), "w") as entry:
                    before = b"["
                    async for rows in self.db.personal_export.rows(file, user):
                        for row in rows:
                            entry.write(before + b"\n" + _encode(row))
                            before = b","
                            if piece := pieces.take(_PIECE):
                                yield piece
                    entry.write(b"[]\n" if before == b"[" else b"\n]\n")
                if piece := pieces.take(_PIECE):
                    yield piece
        yield pieces.take()


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
