"""What Tencent IM knows: accounts, who is online, groups and their members; and what apps do to it by their SDK."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from liveroom.ports import Clock
from liveroom.simulate.tickets import SignedTicket, TicketInvalid, read_ticket

ADMINISTRATOR: Final = "administrator"
GUARD: Final = timedelta(seconds=5)
"""A group that has ended cannot be made again within this time."""
REPEATED: Final = timedelta(minutes=5)
"""Within this time, a message is known by its random number and not given out again."""
KEPT: Final = 1_000
"""Messages that are remembered of each group."""
Said = Mapping[str, Any]
ImTelling = Callable[[str, Mapping[str, Any], str], None]
"""Takes a callback's command, its body and the platform on which it happened."""


class ImRefusal(Exception):
    """What is answered with an ErrorCode."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code: Final = code


class ImGroup(NamedTuple):
    """A group that is there."""

    name: str
    owner: str


class ImMessage(NamedTuple):
    """A message in a group, as its members get it."""

    sender: str
    priority: str
    text: str
    data: str
    cloud_data: str
    random: int
    at: datetime


def nobody_is_told(_command: str, _body: Mapping[str, Any], _platform: str) -> None:
    """Call nobody back."""


@dataclass
class ImState:
    """The applications of one edition."""

    clock: Clock
    secrets: dict[int, str]
    """SDKAppIDs and their SecretKeys."""
    tell: ImTelling = nobody_is_told
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    online: dict[str, set[str]] = field(default_factory=dict)
    """The platforms on which users are signed in."""
    groups: dict[str, ImGroup] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    """Who is in a group, by group, in the order in which they joined."""
    ended: dict[str, datetime] = field(default_factory=dict)
    muted: dict[tuple[str, str], int] = field(default_factory=dict)
    """For how many seconds who is muted in which group."""
    banned: dict[tuple[str, str], int] = field(default_factory=dict)
    held_since: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    """Since when: by "muted" or "banned", group and user."""
    said: dict[str, list[ImMessage]] = field(default_factory=dict)
    """By group."""

    def check_sig(self, app: int, user: str, user_sig: str) -> SignedTicket:
        """Return the UserSig if it is good. Raises ``ImRefusal``, as signing in does."""
        if app not in self.secrets:
            raise ImRefusal(60006)
        if not user_sig:
            raise ImRefusal(70002)
        try:
            ticket = read_ticket(user_sig)
        except TicketInvalid:
            raise ImRefusal(70003) from None
        if ticket.app != app:
            raise ImRefusal(70014)
        if not ticket.is_signed_with(self.secrets[app]):
            raise ImRefusal(70009)
        if ticket.user != user:
            raise ImRefusal(70013)
        if not ticket.begun - 60 <= self.clock.now().timestamp() < ticket.begun + ticket.lasts:
            raise ImRefusal(70001)
        return ticket

    def login(self, user: str, platform: str) -> None:
        """Sign in on a platform; the first time, that makes the account."""
        self.accounts.setdefault(user, ("", ""))
        self.online.setdefault(user, set()).add(platform)
        self._tell_state(user, platform, "Login", "Register")

    def logout(self, user: str, platform: str, *, cut: bool = False) -> None:
        """Sign out on a platform, or lose the connection (``cut``). Raises ``ImRefusal``."""
        if platform not in self.online.get(user, ()):
            raise ImRefusal(70107)
        self.online[user].discard(platform)
        if not self.online[user]:
            del self.online[user]
        self._tell_state(user, platform, *(("Disconnect", "LinkClose") if cut else ("Logout", "Unregister")))

    def make(self, id: str, name: str, owner: str) -> None:
        """Make a group as an app does by its SDK."""
        self.groups[id] = ImGroup(name, owner)

    def join(self, id: str, user: str) -> None:
        """Join a group. Raises ``ImRefusal``."""
        self.find(id)
        if user not in self.accounts:
            raise ImRefusal(10019)
        if self.is_held("banned", self.banned, id, user):
            raise ImRefusal(10007)
        if user in self.members.setdefault(id, []):
            raise ImRefusal(10013)
        self.members[id].append(user)
        self._tell_member(id, user, "Online", "Join")

    def quit(self, id: str, user: str, cause: str = "Quit") -> None:
        """Leave a group, or fall silent in it (``HeartbeatInterrupt``). Raises ``ImRefusal``."""
        self.find(id)
        if user not in self.members.get(id, ()):
            raise ImRefusal(10007)
        self.members[id].remove(user)
        self._tell_member(id, user, "Offline", cause)

    def speak(self, id: str, user: str, text: str) -> None:
        """Say something in a group as an app does by its SDK. Raises ``ImRefusal``."""
        self.find(id)
        if user not in self.members.get(id, ()):
            raise ImRefusal(10007)
        if self.is_held("muted", self.muted, id, user):
            raise ImRefusal(10017)
        self.keep(id, ImMessage(user, "Normal", text, "", "", 0, self.clock.now()))

    def dissolve(self, id: str, platform: str = "Android") -> None:
        """End a group as its owner's app does by its SDK, or as the service does by REST (``RESTAPI``)."""
        group = self.groups.pop(id)
        members = self.members.pop(id, [])
        self.ended[id] = self.clock.now()
        for held in (self.muted, self.banned):
            for key in [key for key in held if key[0] == id]:
                del held[key]
        command = "Group.CallbackAfterGroupDestroyed"
        self.tell(command, group_destroyed(id, group, members, self.clock.now()), platform)

    def keep(self, id: str, message: ImMessage) -> int:
        """Note a message and return its number, unless it is a repetition."""
        group = self.said.setdefault(id, [])
        again = message.random and any(one.random == message.random and message.at - one.at < REPEATED for one in group)
        if not again:
            group.append(message)
            del group[:-KEPT]
        return len(group)

    def is_held(self, kind: str, held: Mapping[tuple[str, str], int], id: str, user: str) -> bool:
        """Say whether somebody is muted or banned at this moment."""
        lasts = timedelta(seconds=held.get((id, user), 0))
        since = self.held_since.get((kind, id, user))
        return bool(lasts) and (since is None or self.clock.now() - since < lasts)

    def find(self, id: str) -> None:
        """Return if the group is there. Raises ``ImRefusal``."""
        if id not in self.groups:
            raise ImRefusal(10010 if id in self.ended else 10015)

    def _tell_state(self, user: str, platform: str, action: str, reason: str) -> None:
        self.tell("State.StateChange", state_change(user, action, reason, self.clock.now()), platform)

    def _tell_member(self, id: str, user: str, event: str, cause: str) -> None:
        command = "Group.CallbackOnMemberStateChange"
        self.tell(command, member_change(id, [user], event, cause, self.clock.now()), "Android")


def millis(when: datetime) -> int:
    """Return the milliseconds since 1970."""
    return int(when.timestamp() * 1000)


def state_change(user: str, action: str, reason: str, at: datetime) -> dict[str, Any]:
    """Return the body of ``State.StateChange``."""
    info = {"Action": action, "To_Account": user, "Reason": reason}
    return {"CallbackCommand": "State.StateChange", "EventTime": millis(at), "Info": info}


def member_change(id: str, users: Sequence[str], event: str, cause: str, at: datetime) -> dict[str, Any]:
    """Return the body of ``Group.CallbackOnMemberStateChange``."""
    return {
        "CallbackCommand": "Group.CallbackOnMemberStateChange",
        "GroupId": id,
        "EventType": event,
        "EventCause": cause,
        "MemberList": [{"Member_Account": user} for user in users],
        "EventTime": millis(at),
    }


def group_destroyed(id: str, group: ImGroup, members: Sequence[str], at: datetime) -> dict[str, Any]:
    """Return the body of ``Group.CallbackAfterGroupDestroyed``, whose time is a text."""
    return {
        "CallbackCommand": "Group.CallbackAfterGroupDestroyed",
        "GroupId": id,
        "Type": "AVChatRoom",
        "Owner_Account": group.owner,
        "Name": group.name,
        "MemberList": [{"Member_Account": user} for user in members],
        "EventTime": str(millis(at)),
    }
