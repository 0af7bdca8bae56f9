"""Compares groups of messages with rooms, and who is online in a group with what callbacks have said."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from liveroom.domain.drift.media import SeenInMedia, subject_of
from liveroom.domain.drift.model import Drift, DriftCase, DriftSource
from liveroom.domain.ids import RoomId, TenantName, UserId


class ListedMembers(NamedTuple):
    """Who is online in a group; ``is_whole``: False where the list may be cut off, as it is for large groups."""

    users: Collection[UserId]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """What is known here of rooms that have groups."""

    live: Mapping[RoomId, TenantName]
    others: Mapping[RoomId, TenantName]
    """Those of the listed that are rooms of ours, and not live."""
    under_way: Collection[RoomId]
    """Rooms about whose group something is still to be done, or was given up."""
    members: Mapping[RoomId, Collection[UserId]]
    """Members of each room, of those who are listed or seen there."""
    seen: Collection[SeenInMedia]
    """Who is online in which group, as callbacks have said."""


def compare_groups(
    groups: Collection[RoomId], listed: Mapping[RoomId, ListedMembers], view: GroupView
) -> Iterator[Drift]:
    """Yield what differs. ``listed``: who is online in groups of live rooms."""
    for room, tenant in view.live.items():
        if room not in groups and room not in view.under_way:
            yield Drift(DriftSource.IM, DriftCase.GROUP_MISSING, room, tenant, room)
    for room in groups:
        if room in view.others and room not in view.under_way:
            yield Drift(DriftSource.IM, DriftCase.GROUP_LEFT, room, view.others[room], room)
        elif room not in view.live and room not in view.others:
            yield Drift(DriftSource.IM, DriftCase.GROUP_UNKNOWN, room, room=room)
    yield from _members(listed, view)


def _members(listed: Mapping[RoomId, ListedMembers], view: GroupView) -> Iterator[Drift]:
    seen = {(one.room, one.user) for one in view.seen}
    for room, online in listed.items():
        about = Drift(DriftSource.IM, DriftCase.GROUP_MEMBER_UNSEEN, room, view.live[room], room)
        for user in online.users:
            if user in view.members.get(room, ()) and (room, user) not in seen:
                yield about._replace(subject=subject_of(user, room, ""), user=user)
    for room, user in sorted(seen):
        if room in listed and listed[room].is_whole and user not in listed[room].users:
            about = Drift(
                DriftSource.IM, DriftCase.GROUP_MEMBER_GONE, subject_of(user, room, ""), view.live[room], room
            )
            yield about._replace(user=user)
