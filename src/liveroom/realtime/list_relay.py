"""Hands on to a Centrifugo what is told of room lists that somebody listens to (LIVE.md 8).

Every process in which somebody subscribed relays the list; one goes on with those whose process is gone. What several
have sent, Centrifugo takes once.
"""

from typing import Final

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.events.model import RECOVERED
from liveroom.domain.rooms.feeds import Feed, read_channel
from liveroom.ports import Broker, Sent
from liveroom.realtime.relays import BrokerRelay
from liveroom.realtime.sequencer import Item
from liveroom.usecases.rooms.feeds import ListFeeds

log = structlog.get_logger("liveroom.centrifugo")

TENANT_MAX: Final = 512
"""Lists of one tenant that a process relays."""


class TooManyLists(Exception):
    """So many lists of a tenant are listened to that no more are."""


class ListRelay:
    """It is the ``ListListener`` of ``ListFeeds`` where a Centrifugo holds the sockets."""

    def __init__(self, feeds: ListFeeds, broker: Broker, relay: BrokerRelay) -> None:
        self._feeds = feeds
        self._broker = broker
        self._relay = relay
        self._epochs: dict[Feed, str] = {}
        """What is relayed, with the epoch in which it is."""
        self._early: dict[Feed, list[Sent]] = {}
        """Told while it was not known yet what Centrifugo has."""

    async def state(self, feed: Feed) -> bytes:
        """Return the list as it was told so far, and relay it from now on. Raises ``TooManyLists``, ``Unavailable``."""
        if feed not in self._epochs and sum(other.tenant == feed.tenant for other in self._epochs) >= TENANT_MAX:
            raise TooManyLists
        await self._relay_feed(feed)
        return (await self._feeds.snapshot(feed))[1]

    async def look(self) -> None:
        """Leave lists that nobody listens to any more; go on with those that nobody relays."""
        names = await self._broker.listened("rooms:*")
        listened = {feed for name in names if (feed := read_channel(name)) is not None}
        for feed in set(self._epochs) - listened:
            self._leave(feed)
        for feed in listened:
            if self._relay.has(feed.channel):
                await self._relay_feed(feed)

    def published(self, feed: Feed, epoch: str, sent: Sent) -> None:
        """Relay a publication, after those that Centrifugo does not have yet."""
        if feed in self._early:
            self._early[feed].append(sent)
        elif self._epochs.get(feed) == epoch:
            self._send(feed, epoch, sent)

    def begun_anew(self, feed: Feed) -> None:
        """Let all who listen begin again."""
        if self._epochs.pop(feed, None) is not None:
            self._relay.spawn(self._again(feed))

    async def _again(self, feed: Feed) -> None:
        try:
            await self._relay_feed(feed)
        except Unavailable as failure:
            log.warning("centrifugo.list_lost", channel=feed.channel, cause=repr(failure.__cause__ or failure))
            self._leave(feed)

    async def _relay_feed(self, feed: Feed) -> None:
        """Relay a list: what Centrifugo does not have yet, and what is told from now on."""
        position = await self._feeds.join(feed)
        if self._epochs.get(feed) == position.epoch or feed in self._early:
            return
        early = self._early[feed] = []
        try:
            newest = await self._broker.newest(feed.channel)
            after = max(0, position.offset - RECOVERED)
            position, found = await self._feeds.recent(feed, after=after, limit=RECOVERED)
        finally:
            del self._early[feed]
        self._epochs[feed] = position.epoch
        if newest.epoch and newest.epoch != position.epoch:
            self._relay.renew(feed.channel)
        missing = {sent.offset: sent for sent in (*found, *early)}
        for offset in sorted(missing):
            if newest.epoch != position.epoch or offset > newest.offset:
                self._send(feed, position.epoch, missing[offset])

    def _send(self, feed: Feed, epoch: str, sent: Sent) -> None:
        self._relay.send(feed.channel, epoch, Item(*sent))

    def _leave(self, feed: Feed) -> None:
        self._epochs.pop(feed, None)
        self._feeds.leave(feed)
