"""Tencent IM's REST API, as honest as its documentation lets it be.

It verifies the administrator's UserSig, answers documented errors, and keeps its guard: a group that has ended cannot
be made again within five seconds.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from liveroom.simulate.cloud import KEPT
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.im_state import ADMINISTRATOR, GUARD, ImGroup, ImMessage, ImRefusal, ImState, Said
from liveroom.simulate.pace import CallPace

MESSAGES_A_SECOND: Final = 40
"""What a group takes; messages beyond are answered as if they had been given out, and are not."""
CALLS_A_SECOND: Final = 200
PATH: Final = "/v4/"
_LONGEST_MESSAGE: Final = 12 * 1024
_Do = Callable[[Said], Mapping[str, Any]]


class ImCall(NamedTuple):
    """A call that was carried out, or refused with a code."""

    command: str
    subject: str
    code: int
    at: datetime


@dataclass
class ImSimulator(ImState):
    """IM as services see it."""

    pace: CallPace | None = None
    """None: calls and messages may come as fast as they like."""
    did: list[ImCall] = field(default_factory=list)
    signatures: set[str] = field(default_factory=set)
    """UserSigs that came."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Messages that a group did not take, by group."""
    guard_code: int = 10021
    """What the guard answers is not documented: tests try several."""
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer, command_of)
        self._commands: Mapping[str, Mapping[str, _Do]] = {
            "im_open_login_svc": {
                "account_import": self._import,
                "account_delete": self._delete,
                "account_check": self._check,
                "kick": self._kick,
            },
            "profile": {"portrait_set": self._set_profile},
            "openim": {"query_online_status": self._query_online},
            "group_open_avchatroom_http_svc": {"get_members": self._list_members},
            "group_open_http_svc": {
                "create_group": self._create,
                "modify_group_base_info": self._modify,
                "destroy_group": self._destroy,
                "get_appid_group_list": self._list_groups,
                "get_online_member_num": self._count_online,
                "send_group_msg": self._say,
                "forbid_send_msg": self._mute,
                "ban_group_member": self._ban,
                "unban_group_member": self._unban,
                "add_group_member": self._add_member,
                "delete_group_member": self._delete_member,
            },
        }

    def commands(self, subject: str = "") -> list[str]:
        """Return the calls that were accepted, of one subject or of all, in their order."""
        return [did.command for did in self.did if subject in ("", did.subject) and did.code == 0]

    def codes(self, command: str) -> list[int]:
        """Return how calls of the command were answered."""
        return [did.code for did in self.did if did.command == command]

    def _answer(self, request: VendorRequest) -> VendorResponse:
        subject = ""
        try:
            self._check_caller({name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()})
            said = _read(request.body)
            subject = subject_of(said)
            if request.refused_with:
                raise ImRefusal(int(request.refused_with))
            reply = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", **self._do(request, said)}
        except ImRefusal as refusal:
            reply = {"ActionStatus": "FAIL", "ErrorCode": refusal.code, "ErrorInfo": f"about {subject}, as documented"}
        self.did.append(ImCall(command_of(request), subject, int(reply["ErrorCode"]), self.clock.now()))
        del self.did[:-KEPT]
        return VendorResponse(json.dumps(reply).encode())

    def _do(self, request: VendorRequest, said: Said) -> Mapping[str, Any]:
        service, _, command = urlsplit(request.target).path.removeprefix(PATH).partition("/")
        if service not in self._commands:
            raise ImRefusal(60008)
        if command not in self._commands[service]:
            raise ImRefusal(10003)
        if self.pace is not None and self.pace.is_over(command, CALLS_A_SECOND):
            raise ImRefusal(60007)
        try:
            return self._commands[service][command](said)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ImRefusal(10004) from None

    def _check_caller(self, asked: Mapping[str, str]) -> None:
        app = asked.get("sdkappid", "")
        if not app.isdigit():
            raise ImRefusal(60012)
        if int(app) not in self.secrets:
            raise ImRefusal(60006)
        if asked.get("identifier") != ADMINISTRATOR:
            raise ImRefusal(60010)
        self.signatures.add(asked.get("usersig", ""))
        self.check_sig(int(app), ADMINISTRATOR, asked.get("usersig", ""))
        random = asked.get("random", "")
        if not (random.isdigit() and int(random) < 2**32 and asked.get("contenttype") == "json"):
            raise ImRefusal(60002)

    def _import(self, said: Said) -> Said:
        nick, face = said.get("Nick", ""), said.get("FaceUrl", "")
        if not 1 <= len(said["UserID"].encode()) <= 32:
            raise ImRefusal(70169)
        if max(len(nick.encode()), len(face.encode())) > 500:
            raise ImRefusal(40601)
        self.accounts[said["UserID"]] = (nick, face)
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

    def _kick(self, said: Said) -> Said:
        if said["UserID"] not in self.accounts:
            raise ImRefusal(70107)
        for platform in sorted(self.online.get(said["UserID"], ())):
            self.logout(said["UserID"], platform)
        return {}

    def _query_online(self, said: Said) -> Said:
        if not 1 <= len(said["To_Account"]) <= 500:
            raise ImRefusal(10004)
        known = [user for user in said["To_Account"] if user in self.accounts]
        absent = [user for user in said["To_Account"] if user not in self.accounts]
        found = [{"To_Account": user, "Status": "Online" if user in self.online else "Offline"} for user in known]
        return {"QueryResult": found, "ErrorList": [{"To_Account": user, "ErrorCode": 70107} for user in absent]}

    def _set_profile(self, said: Said) -> Said:
        if said["From_Account"] not in self.accounts:
            raise ImRefusal(40003)
        given = {item["Tag"]: item["Value"] for item in said["ProfileItem"]}
        if any(len(value.encode()) > 500 for value in given.values()):
            raise ImRefusal(40601)
        self.accounts[said["From_Account"]] = (given["Tag_Profile_IM_Nick"], given["Tag_Profile_IM_Image"])
        return {}

    def _create(self, said: Said) -> Said:
        id, owner = said["GroupId"], said["Owner_Account"]
        _check_group(id, said["Name"])
        if said["Type"] != "AVChatRoom" or "MemberList" in said:
            raise ImRefusal(10004)
        if owner not in self.accounts:
            raise ImRefusal(10019)
        if id in self.groups:
            raise ImRefusal(10025 if self.groups[id].owner == ADMINISTRATOR else 10021)
        if id in self.ended and self.clock.now() - self.ended[id] < GUARD:
            raise ImRefusal(self.guard_code)
        self.groups[id] = ImGroup(said["Name"], owner)
        return {"GroupId": id, "Type": "AVChatRoom"}

    def _modify(self, said: Said) -> Said:
        _check_group(said["GroupId"], said["Name"])
        self.find(said["GroupId"])
        self.groups[said["GroupId"]] = self.groups[said["GroupId"]]._replace(name=said["Name"])
        return {}

    def _destroy(self, said: Said) -> Said:
        self.find(said["GroupId"])
        self.dissolve(said["GroupId"], "RESTAPI")
        return {}

    def _count_online(self, said: Said) -> Said:
        self.find(said["GroupId"])
        return {"OnlineMemberNum": len(self.members.get(said["GroupId"], ()))}

    def _list_groups(self, said: Said) -> Said:
        most, after = said.get("Limit", 10_000), said.get("Next", 0)
        if not 1 <= most <= 10_000 or said.get("GroupType", "AVChatRoom") != "AVChatRoom":
            raise ImRefusal(10004)
        ids = sorted(self.groups)
        page, more = ids[after : after + most], after + most < len(ids)
        return {"TotalCount": len(ids), "GroupIdList": [{"GroupId": id} for id in page], "Next": (after + most) * more}

    def _list_members(self, said: Said) -> Said:
        self.find(said["GroupId"])
        members = self.members.get(said["GroupId"], [])
        return {"MemberList": [{"Member_Account": user} for user in members], "NextTimestamp": 0}

    def _add_member(self, said: Said) -> Said:
        self.find(said["GroupId"])
        raise ImRefusal(10007)

    def _delete_member(self, said: Said) -> Said:
        self.find(said["GroupId"])
        raise ImRefusal(10004)

    def _say(self, said: Said) -> Said:
        id, sender, now = said["GroupId"], said["From_Account"], self.clock.now()
        self.find(id)
        if sender not in self.accounts:
            raise ImRefusal(10019)
        elements = {element["MsgType"]: element["MsgContent"] for element in said["MsgBody"]}
        is_sound = elements and set(elements) <= {"TIMTextElem", "TIMCustomElem"} and 0 <= said["Random"] < 2**32
        is_known = said["MsgPriority"] in ("High", "Normal", "Low")
        if not is_sound or not is_known or len(json.dumps(said)) > _LONGEST_MESSAGE:
            raise ImRefusal(10004)
        sent = ImMessage(
            sender, said["MsgPriority"], elements.get("TIMTextElem", {}).get("Text", ""),
            elements.get("TIMCustomElem", {}).get("Data", ""), said["CloudCustomData"], said["Random"], now,
        )  # fmt: skip
        if self.pace is not None and self.pace.is_over(f"group {id}", MESSAGES_A_SECOND):
            self.dropped[id] += 1
            return {"MsgTime": int(now.timestamp()), "MsgSeq": len(self.said.get(id, ()))}
        return {"MsgTime": int(now.timestamp()), "MsgSeq": self.keep(id, sent)}

    def _mute(self, said: Said) -> Said:
        self._hold("muted", self.muted, said, said["MuteTime"])
        return {}

    def _ban(self, said: Said) -> Said:
        if said["Duration"] < 1:
            raise ImRefusal(10004)
        self._hold("banned", self.banned, said, said["Duration"])
        for user in said["Members_Account"]:
            if user in self.members.get(said["GroupId"], ()):
                self.quit(said["GroupId"], user)
        return {}

    def _unban(self, said: Said) -> Said:
        self._hold("banned", self.banned, said, 0)
        return {}

    def _hold(self, kind: str, held: dict[tuple[str, str], int], said: Said, seconds: int) -> None:
        """Note for how long somebody is muted or banned in an AVChatRoom, whether they are in it or not."""
        self.find(said["GroupId"])
        if not 0 <= seconds < 2**32 or not 1 <= len(said["Members_Account"]) <= 20:
            raise ImRefusal(10004)
        for user in said["Members_Account"]:
            held[said["GroupId"], user] = seconds
            self.held_since[kind, said["GroupId"], user] = self.clock.now()
            if not seconds:
                del held[said["GroupId"], user]


def command_of(request: VendorRequest) -> str:
    """Return the command that a call's address names, without the service before it."""
    return urlsplit(request.target).path.rpartition("/")[2]


def _read(body: bytes) -> Said:
    try:
        said = json.loads(body)
    except ValueError:
        raise ImRefusal(60003) from None
    if not isinstance(said, dict):
        raise ImRefusal(60003)
    return said


def _check_group(id: str, name: str) -> None:
    is_plain = 1 <= len(id) <= 48 and all(" " <= character <= "~" for character in id)
    if not is_plain or id.startswith("@TGS#") or not 1 <= len(name.encode()) <= 30:
        raise ImRefusal(10004)


def subject_of(said: Said) -> str:
    """Return whom or what a call is about."""
    items = said.get("DeleteItem") or said.get("CheckItem")
    try:
        found = items[0]["UserID"] if items else said.get("GroupId") or said.get("UserID") or said.get("From_Account")
        return str(found or "")
    except (KeyError, TypeError, IndexError):
        return ""
