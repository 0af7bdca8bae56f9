"""Encoders of tests: nginx-rtmp's calls, as an encoder and its viewers cause them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from tests.service import CALLBACK_KEY, Answer, Caller, Device


@dataclass(frozen=True)
class Encoder:
    """What was typed into OBS: it pushes over one connection after another."""

    caller: Caller
    stream: str
    """Its id."""
    name: str
    key: str
    server: str = "nginx_rtmp"
    """Which server it pushes to, by the name that we have for it."""
    callback_key: str = CALLBACK_KEY
    """By which that server shows itself."""

    async def push(self, session: int | str, *, key: str = "") -> bool:
        """Ask to push, over a connection of that number; say whether the server was told to take it."""
        said = {"call": "publish", "type": "live", "token": key or self.key}
        return (await self._say(session, **said)).status == 200

    async def gone(self, session: int | str) -> None:
        """Report that the connection is over."""
        assert (await self._say(session, call="publish_done")).status == 200

    async def may_watch(self, address: str) -> bool:
        """Ask, as the server of HLS does, whether what a viewer was given is good."""
        token, name, _ = address.rsplit("/", maxsplit=3)[1:]
        query = {"key": self.callback_key, "call": "hls", "name": name, "token": token}
        answer = await self.caller.send("GET", f"/callbacks/streams/{self.server}", query=query)
        assert answer.status in (200, 403), answer.text
        return answer.status == 200

    async def _say(self, session: int | str, **said: str) -> Answer:
        form = {"app": "live", "addr": "192.0.2.7", "clientid": str(session), "name": self.name, **said}
        query = {"key": self.callback_key}
        return await self.caller.send("POST", f"/callbacks/streams/{self.server}", query=query, form=form)


def encoder_of(caller: Caller, made: Mapping[str, Any]) -> Encoder:
    """Return the encoder that is given what ``streams/create`` or ``streams/rotate_key`` has answered."""
    (address,) = made["addresses"]
    assert address["url"] == f"{address['server']}/{address['key']}"
    name, _, query = address["key"].partition("?")
    return Encoder(caller, made["streamId"], name, parse_qs(query)["token"][0])


async def make_encoder(host: Device, room: str, seat: int = 0) -> Encoder:
    """Make a stream of the host's in a room, or of whoever has a seat there."""
    about = {"roomId": room, **({"seat": seat} if seat else {})}
    return encoder_of(host.account.caller, (await host.call("streams/create", about)).data)
