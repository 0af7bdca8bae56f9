"""A Centrifugo as the relay sees it: honest about what it takes, and what it was told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.events.model import Position
from liveroom.ports import Ending, News, UserConnections


@dataclass
class Shelf:
    """It is the ``Broker`` of the ports: each channel's publications, each key once, each epoch's in rising order."""

    taken: dict[str, list[News]] = field(default_factory=lambda: defaultdict(list))
    seats: dict[str, dict[str, tuple[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    """Channel: connection: its user, and what was said of it."""
    unsubscribed: list[Ending] = field(default_factory=list)
    disconnected: list[tuple[UserConnections, int]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    is_down: bool = False
    refused: int = 0
    _keys: set[str] = field(default_factory=set)

    def sit(self, channel: str, client: str, user: str, said: Any = None) -> None:
        """Let a connection be on a channel."""
        self.seats[channel][client] = user, said

    def events(self, channel: str) -> list[dict[str, Any]]:
        """Return the events that a channel took."""
        return [event for news in self.taken[channel] for event in msgspec.json.decode(news.data)["events"]]

    def offsets(self, channel: str) -> list[int]:
        """Return where the channel's publications were by the service's counting."""
        return [news.at.offset for news in self.taken[channel]]

    def _answer(self) -> None:
        if self.is_down:
            self.refused += 1
            raise ProviderUnavailable("down")

    async def publish(self, news: Sequence[News]) -> None:
        self._answer()
        for one in news:
            known = await self.newest(one.channel)
            late = one.at.offset and one.at.epoch == known.epoch and one.at.offset <= known.offset
            if one.key not in self._keys and not late:
                self._keys.add(one.key)
                self.taken[one.channel].append(one)

    async def unsubscribe(self, endings: Sequence[Ending]) -> None:
        self._answer()
        self.unsubscribed += endings
        for ending in endings:
            sat = self.seats[ending.channel]
            self.seats[ending.channel] = {client: seat for client, seat in sat.items() if seat[0] != ending.user}

    async def disconnect(self, connections: Sequence[UserConnections], code: int, reason: str) -> None:
        self._answer()
        self.disconnected += [(one, code) for one in connections]

    async def present(self, channel: str) -> Mapping[str, bytes]:
        self._answer()
        return {client: msgspec.json.encode(said) for client, (_, said) in self.seats[channel].items()}

    async def users(self, channel: str) -> frozenset[str]:
        self._answer()
        return frozenset(user for user, _ in self.seats[channel].values())

    async def newest(self, channel: str) -> Position:
        self._answer()
        found = [news.at for news in self.taken[channel] if news.at.epoch]
        return found[-1] if found else Position("", 0)

    async def listened(self, pattern: str) -> Sequence[str]:
        self._answer()
        return [channel for channel, sat in self.seats.items() if sat and fnmatchcase(channel, pattern)]

    async def position(self, channel: str) -> Position:
        self._answer()
        return Position("shelf", len(self.taken[channel]))

    async def forget(self, channel: str) -> None:
        self._answer()
        self.forgotten.append(channel)
        self.taken.pop(channel, None)
