"""Whether a Redis holds live data of liveroom: what a restored database must not be joined with."""

import asyncio
from typing import Final

import hiredis

from liveroom.domain.errors import LiveUnavailable
from liveroom.store.live.redis.addresses import ServerKind, read_address
from liveroom.store.live.redis.cluster import Cluster
from liveroom.store.live.redis.keys import LAYOUT
from liveroom.store.live.redis.servers import Topology, single, watched
from liveroom.store.live.redis.wire import Disconnected

_SILENCE: Final = 2.0
_SECONDS: Final = 5.0


async def holds_live_data(url: str) -> bool:
    """Say whether a liveroom has used this Redis since it was empty."""
    topology = _topology(url)
    try:
        async with asyncio.timeout(_SECONDS):
            replies = [await server.submit(("EXISTS", LAYOUT)) for server in await topology.servers()]
    except (Disconnected, TimeoutError) as problem:
        raise LiveUnavailable(f"Redis does not answer: {str(problem) or 'too slow'}") from problem
    finally:
        await topology.close()
    answers = [reply for reply in replies if not _is_elsewhere(reply)]
    if not answers or isinstance(answers[0], hiredis.ReplyError):
        raise LiveUnavailable(f"Redis refuses: {answers[0] if answers else 'no server has the slot'}")
    return bool(answers[0])


def _is_elsewhere(reply: object) -> bool:
    """Say whether another server of the Cluster has the key's slot."""
    return isinstance(reply, hiredis.ReplyError) and str(reply).startswith("MOVED")


def _topology(url: str) -> Topology:
    address = read_address(url)
    if address.kind is ServerKind.CLUSTER:
        return Cluster(address, _SILENCE)
    return (watched if address.kind is ServerKind.SENTINEL else single)(address, _SILENCE)
