"""A stand-in for Tencent IM's REST API, as honest as its documentation lets it be.

It verifies the administrator's UserSig, answers documented errors, and keeps its guard: a group that has ended cannot
be made again within five seconds.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from liveroom.ports import Clock
from liveroom.providers.tencent.usersig import decode, is_signed
from tests.service import SDK_APP_ID, SDK_SECRET
from tests.vendors.endpoint import FakeEndpoint, Request, Response, serving

ADMINISTRATOR: Final = "administrator"
GUARD: Final = timedelta(seconds=5)
AGAIN: Final = timedelta(minutes=5)
Said = Mapping[str, Any]


class Refusal(Exception):
    """What a command raises to be answered with an ErrorCode."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code: Final = code


class Group(NamedTuple):
    """A group that is there."""

    name: str
    owner: str


class Sent(NamedTuple):
    """A message in a group, as its members get it."""

    sender: str
    priority: str
    text: str
    data: str
    cloud_data: str
    random: int
    at: datetime


class Did(NamedTuple):
    """A call that was carried out, or refused with a code."""

    command: str
    subject: str
    code: int
    at: datetime


@dataclass
class FakeIm:
    """The applications of one edition; tests say what they know, and read what has become of it."""

    clock: Clock
    secrets: dict[int, str] = field(default_factory=lambda: {SDK_APP_ID: SDK_SECRET})
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    ended: dict[str, datetime] = field(default_factory=dict)
    muted: dict[tuple[str, str], int] = field(default_factory=dict)
    """For how many seconds who is muted in which group."""
    banned: dict[tuple[str, str], int] = field(default_factory=dict)
    said: dict[str, list[Sent]] = field(default_factory=dict)
    """By group."""
    did: list[Did] = field(default_factory=list)
    signatures: set[str] = field(default_factory=set)
    """UserSigs that came."""
    refuse: dict[str, int] = field(default_factory=dict)
    """Commands that are refused, and with which code."""
    guard_code: int = 10021
    """What the guard answers is not documented: tests try several."""
    endpoint: FakeEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = FakeEndpoint(self._answer)

    def commands(self, subject: str = "") -> list[str]:
        """Return the calls that were accepted, of one subject or of all, in their order."""
        return [did.command for did in self.did if subject in ("", did.subject) and did.code == 0]

    def codes(self, command: str) -> list[int]:
        """Return how calls of the command were answered."""
        return [did.code for did in self.did if did.command == command]

    def make(self, id: str, name: str, owner: str) -> None:
        """Make a group as an app does by its SDK."""
        self.groups[id] = Group(name, owner)

    def dissolve(self, id: str) -> None:
        """End a group as its owner's app does by its SDK."""
        del self.groups[id]
        self.ended[id] = self.clock.now()
        for held in (self.muted, self.banned):
            for key in [key for key in held if key[0] == id]:
                del held[key]

    def _answer(self, request: Request) -> Response:
        url = urlsplit(request.target)
        command = url.path.removeprefix("/v4/").partition("/")[2]
        subject = ""
        try:
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            self._check_caller(asked)
            said = json.loads(request.body)
            subject = _subject(said)
            if command in self.refuse:
                raise Refusal(self.refuse[command])
            more = self._commands[command](said)
            reply = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", **more}
        except Refusal as refusal:
            reply = {"ActionStatus": "FAIL", "ErrorCode": refusal.code, "ErrorInfo": f"about {subject}, as documented"}
        code = int(reply["ErrorCode"])
        self.did.append(Did(command, subject, code, self.clock.now()))
        return Response(json.dumps(reply).encode())

    def _check_caller(self, asked: Mapping[str, str]) -> None:
        app = int(asked.get("sdkappid", "0"))
        if app not in self.secrets:
            raise Refusal(60006)
        if asked.get("identifier") != ADMINISTRATOR:
            raise Refusal(60010)
        self.signatures.add(asked["usersig"])
        fields = decode(asked["usersig"])
        if not is_signed(self.secrets[app], fields):
            raise Refusal(70009)
        if fields["TLS.identifier"] != ADMINISTRATOR:
            raise Refusal(70013)
        now = self.clock.now().timestamp()
        if not fields["TLS.time"] - 60 <= now < fields["TLS.time"] + fields["TLS.expire"]:
            raise Refusal(70001)
        if not (0 <= int(asked["random"]) < 2**32 and asked["contenttype"] == "json"):
            raise Refusal(60002)

    @property
    def _commands(self) -> Mapping[str, Callable[[Said], Mapping[str, Any]]]:
        return {
            "account_import": self._import,
            "account_delete": self._delete,
            "account_check": self._check,
            "portrait_set": self._set_profile,
            "create_group": self._create,
            "modify_group_base_info": self._modify,
            "destroy_group": self._destroy,
            "get_online_member_num": self._count_online,
            "send_group_msg": self._say,
            "forbid_send_msg": self._mute,
            "ban_group_member": self._ban,
            "unban_group_member": self._unban,
        }

    def _import(self, said: Said) -> Said:
        if not 1 <= len(said["UserID"].encode()) <= 32:
            raise Refusal(70169)
        if max(len(said["Nick"].encode()), len(said["FaceUrl"].encode())) > 500:
            raise Refusal(40601)
        self.accounts[said["UserID"]] = (said["Nick"], said["FaceUrl"])
        return {}

    def _delete(self, said: Said) -> Said:
        codes = {item["UserID"]: 0 if self.accounts.pop(item["UserID"], None) else 70107 for item in said["DeleteItem"]}
        return {"ResultItem": [{"UserID": user, "ResultCode": code, "ResultInfo": ""} for user, code in codes.items()]}

    def _check(self, said: Said) -> Said:
        status = {True: "Imported", False: "NotImported"}
        users = [item["UserID"] for item in said["CheckItem"]]
        return {
            "ResultItem": [
                {"UserID": user, "ResultCode": 0, "AccountStatus": status[user in self.accounts]} for user in users
            ]
        }

    def _set_profile(self, said: Said) -> Said:
        if said["From_Account"] not in self.accounts:
            raise Refusal(40003)
        given = {item["Tag"]: item["Value"] for item in said["ProfileItem"]}
        if any(len(value.encode()) > 500 for value in given.values()):
            raise Refusal(40601)
        self.accounts[said["From_Account"]] = (given["Tag_Profile_IM_Nick"], given["Tag_Profile_IM_Image"])
        return {}

    def _create(self, said: Said) -> Said:
        id, owner = said["GroupId"], said["Owner_Account"]
        self._check_group(id, said["Name"])
        if said["Type"] != "AVChatRoom" or "MemberList" in said:
            raise Refusal(10004)
        if owner not in self.accounts:
            raise Refusal(10019)
        if id in self.groups:
            raise Refusal(10025 if self.groups[id].owner == ADMINISTRATOR else 10021)
        if id in self.ended and self.clock.now() - self.ended[id] < GUARD:
            raise Refusal(self.guard_code)
        self.groups[id] = Group(said["Name"], owner)
        return {"GroupId": id, "Type": "AVChatRoom"}

    def _modify(self, said: Said) -> Said:
        self._check_group(said["GroupId"], said["Name"])
        self._find(said["GroupId"])
        self.groups[said["GroupId"]] = self.groups[said["GroupId"]]._replace(name=said["Name"])
        return {}

    def _destroy(self, said: Said) -> Said:
        self._find(said["GroupId"])
        self.dissolve(said["GroupId"])
        return {}

    def _count_online(self, said: Said) -> Said:
        self._find(said["GroupId"])
        return {"OnlineMemberNum": 0}

    def _say(self, said: Said) -> Said:
        """Take a message: one that came within five minutes is known by its random number and not given out again."""
        id, sender, now = said["GroupId"], said["From_Account"], self.clock.now()
        self._find(id)
        if sender not in self.accounts:
            raise Refusal(10019)
        elements = {element["MsgType"]: element["MsgContent"] for element in said["MsgBody"]}
        is_sound = elements and set(elements) <= {"TIMTextElem", "TIMCustomElem"} and 0 <= said["Random"] < 2**32
        if not is_sound or said["MsgPriority"] not in ("High", "Normal", "Low") or len(json.dumps(said)) > 12 * 1024:
            raise Refusal(10004)
        sent = Sent(
            sender, said["MsgPriority"], elements.get("TIMTextElem", {}).get("Text", ""),
            elements.get("TIMCustomElem", {}).get("Data", ""), said["CloudCustomData"], said["Random"], now,
        )  # fmt: skip
        group = self.said.setdefault(id, [])
        if not any(one.random == sent.random and now - one.at < AGAIN for one in group):
            group.append(sent)
        return {"MsgTime": int(now.timestamp()), "MsgSeq": len(group)}

    def _mute(self, said: Said) -> Said:
        self._hold(self.muted, said, said["MuteTime"])
        return {}

    def _ban(self, said: Said) -> Said:
        if said["Duration"] < 1:
            raise Refusal(10004)
        self._hold(self.banned, said, said["Duration"])
        return {}

    def _unban(self, said: Said) -> Said:
        self._hold(self.banned, said, 0)
        return {}

    def _hold(self, held: dict[tuple[str, str], int], said: Said, seconds: int) -> None:
        """Note for how long somebody is muted or banned in an AVChatRoom, whether they are in it or not."""
        self._find(said["GroupId"])
        if not 0 <= seconds < 2**32 or not 1 <= len(said["Members_Account"]) <= 20:
            raise Refusal(10004)
        for user in said["Members_Account"]:
            held[said["GroupId"], user] = seconds
            if not seconds:
                del held[said["GroupId"], user]

    def _find(self, id: str) -> None:
        if id not in self.groups:
            raise Refusal(10010 if id in self.ended else 10015)

    @staticmethod
    def _check_group(id: str, name: str) -> None:
        is_plain = 1 <= len(id) <= 48 and all(" " <= character <= "~" for character in id)
        if not is_plain or id.startswith("@TGS#") or not 1 <= len(name.encode()) <= 30:
            raise Refusal(10004)


def _subject(said: Said) -> str:
    """Return whom or what a call is about."""
    items = said.get("DeleteItem") or said.get("CheckItem")
    return str(items[0]["UserID"] if items else said.get("GroupId") or said.get("UserID") or said.get("From_Account"))


@asynccontextmanager
async def tencent_im(clock: Clock) -> AsyncIterator[FakeIm]:
    """Yield an IM that is asked at its endpoint's ``url``."""
    fake = FakeIm(clock)
    async with serving(fake.endpoint):
        yield fake
