"""Centrifugo's server API: publishing in order, and ending what its clients may not have any more."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import httpx
import msgspec

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.events.model import Position
from liveroom.ports.broker import Ending, News, UserConnections
from liveroom.providers.outgoing import open_client

TIMEOUT: Final = timedelta(seconds=3)
_KEY_HEADER: Final = "X-API-Key"
_TAG: Final = "at"

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder().decode


class Centrifugo:
    """The broker of the ports, by HTTP. Raises ``ProviderUnavailable``."""

    def __init__(self, url: str, key: str, *, timeout: timedelta = TIMEOUT) -> None:
        self._http = open_client(
            "Centrifugo", base_url=url, headers={_KEY_HEADER: key}, timeout=timeout.total_seconds(), trust_env=False
        )

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def publish(self, news: Sequence[News]) -> None:
        """Publish in this order; what was published before, by its key or offset, is left out."""
        await self._carry_out([{"publish": _publication(one)} for one in news])

    async def unsubscribe(self, endings: Sequence[Ending]) -> None:
        """Take users off channels."""
        await self._carry_out([{"unsubscribe": {"user": one.user, "channel": one.channel}} for one in endings])

    async def disconnect(self, connections: Sequence[UserConnections], code: int, reason: str) -> None:
        """End connections: one, or all of a user."""
        how = {"code": code, "reason": reason}
        await self._carry_out([{"disconnect": {**one._asdict(), "disconnect": how}} for one in connections])

    async def present(self, channel: str) -> Mapping[str, bytes]:
        """Return the connections that are on a channel, each with what was said of it when it was subscribed."""
        (reply,) = await self._carry_out([{"presence": {"channel": channel}}])
        found = reply["presence"]["presence"]
        return {client: _encode(info.get("chan_info")) for client, info in found.items()}

    async def users(self, channel: str) -> frozenset[str]:
        """Return the users who are on a channel."""
        (reply,) = await self._carry_out([{"presence": {"channel": channel}}])
        return frozenset(info.get("user", "") for info in reply["presence"]["presence"].values())

    async def newest(self, channel: str) -> Position:
        """Return where the channel's last publication was, by our counting; ("", 0) when there is none."""
        (reply,) = await self._carry_out([{"history": {"channel": channel, "limit": 1, "reverse": True}}])
        found = reply["history"].get("publications")
        epoch, _, offset = found[0].get("tags", {}).get(_TAG, "").partition(":") if found else ("", "", "")
        return Position(epoch, int(offset or 0))

    async def listened(self, pattern: str) -> Sequence[str]:
        """Return the channels that somebody is subscribed to."""
        (reply,) = await self._carry_out([{"channels": {"pattern": pattern}}])
        return list(reply["channels"].get("channels") or ())

    async def position(self, channel: str) -> Position:
        """Return where the channel's publications are."""
        (reply,) = await self._carry_out([{"history": {"channel": channel}}])
        found = reply["history"]
        return Position(found.get("epoch", ""), found.get("offset", 0))

    async def forget(self, channel: str) -> None:
        """Throw away what was published on a channel."""
        await self._carry_out([{"history_remove": {"channel": channel}}])

    async def _carry_out(self, commands: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        if not commands:
            return []
        try:
            answer = await self._http.post("/api/batch", content=_encode({"commands": commands}))
            if answer.status_code != httpx.codes.OK:
                raise ProviderUnavailable(f"Centrifugo answers {answer.status_code}")
            replies: list[dict[str, Any]] = _decode(answer.content)["replies"]
        except (httpx.HTTPError, ValueError, KeyError) as failure:
            raise ProviderUnavailable("Centrifugo does not answer") from failure
        for reply in replies:
            if "error" in reply:
                raise ProviderUnavailable(f"Centrifugo refuses: {reply['error']}")
        return replies


def _publication(news: News) -> Mapping[str, Any]:
    """Return the command. Where it is by our counting stands in a tag, for whoever goes on after it."""
    epoch, offset = news.at
    command: dict[str, Any] = {"channel": news.channel, "data": msgspec.Raw(news.data), "idempotency_key": news.key}
    if epoch:
        command["tags"] = {_TAG: f"{epoch}:{offset}"}
    return {**command, "version": offset, "version_epoch": epoch} if offset else command
