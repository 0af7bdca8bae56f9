"""The simulator's own page, and what it and tests ask: the state, the journal, steps.

Only pages of the simulator's own address may ask: other sites, and names that lead to this machine, are refused.
"""

import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from pathlib import Path
from re import DOTALL, findall
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from liveroom.simulate.callbacks import CallbackFault
from liveroom.simulate.endpoint import CallFault, Mood, VendorRequest, VendorResponse
from liveroom.simulate.simulator import Simulator
from liveroom.simulate.steps import StepRefused, take_step

PAGE: Final = Path(__file__).with_name("page.html")
CONTROL: Final = "/control"
_LONGEST_WAIT: Final = 25.0
_HOSTS: Final = frozenset({"127.0.0.1", "localhost"})
_SAFE: Final = "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n"
_SAID: Final = 20
"""Messages of a group that are shown."""


class SimulatorSite:
    """Answers browsers and tests."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator: Final = simulator
        self._page: Final = PAGE.read_bytes()
        self._policy: Final = _policy(self._page.decode())

    async def answer(self, request: VendorRequest, hung_up: Callable[[], Awaitable[object]]) -> VendorResponse:
        """Answer one request."""
        del hung_up
        if not _is_own(request):
            return _refused("only the simulator's own page may ask", 403)
        url = urlsplit(request.target)
        if (request.method, url.path) == ("GET", "/"):
            more = f"Content-Type: text/html; charset=utf-8\r\nContent-Security-Policy: {self._policy}\r\n"
            return VendorResponse(self._page, more=f"{more}{_SAFE}")
        if (request.method, url.path) == ("GET", CONTROL):
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            return await self._look(asked)
        if (request.method, url.path) == ("POST", CONTROL):
            return self._step(request)
        return _refused("there is nothing here", 404)

    async def _look(self, asked: Mapping[str, str]) -> VendorResponse:
        """Answer with the state and with what has happened since; where nothing has, wait for it a little."""
        try:
            since, wait = int(asked.get("since", "0")), float(asked.get("wait", "0"))
        except ValueError:
            return _refused("since and wait are numbers", 400)
        await self._simulator.journal.wait(since, min(max(wait, 0.0), _LONGEST_WAIT))
        return _json(self.state(since))

    def _step(self, request: VendorRequest) -> VendorResponse:
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _refused("send application/json", 415)
        try:
            given = json.loads(request.body)
            told = take_step(self._simulator, given if isinstance(given, dict) else {})
        except ValueError:
            return _refused("send a JSON object", 400)
        except StepRefused as refused:
            return _refused(str(refused), 409)
        return _json(told)

    def state(self, since: int = 0) -> Mapping[str, Any]:
        """Return everything that the page shows; of the journal, what came after that number."""
        simulator = self._simulator
        return {
            "number": simulator.journal.number,
            "service": simulator.callbacks.target,
            "journal": [entry._asdict() for entry in simulator.journal.since(since)],
            "im": self._im(),
            "trtc": self._trtc(),
            "sms": [_text(sent) for sent in simulator.sms.sent()[-_SAID:]],
            "captcha": {"solved": len(simulator.captcha.tickets)},
            "css": self._css(),
            "faults": [*self._call_faults(), *map(_callback_fault, simulator.callbacks.faults)],
        }

    def _im(self) -> Mapping[str, Any]:
        im = self._simulator.im
        return {
            "accounts": [
                {"user": user, "nick": nick, "online": sorted(im.online.get(user, ()))}
                for user, (nick, _) in im.accounts.items()
            ],
            "groups": [
                {
                    "room": room,
                    "name": group.name,
                    "owner": group.owner,
                    "members": im.members.get(room, []),
                    "muted": [user for of, user in im.muted if of == room],
                    "banned": [user for of, user in im.banned if of == room],
                    "messages": [
                        {"sender": one.sender, "text": one.text or one.data} for one in im.said.get(room, [])[-_SAID:]
                    ],
                    "dropped": im.dropped[room],
                }
                for room, group in im.groups.items()
            ],
        }

    def _trtc(self) -> list[Mapping[str, Any]]:
        return [
            {
                "room": str(room),
                "kind": "number" if isinstance(room, int) else "string",
                "users": [
                    {"user": user, "role": "anchor" if one.role == 20 else "audience", "sends": sorted(one.sends)}
                    for user, one in users.items()
                ],
            }
            for room, users in self._simulator.trtc.rooms.items()
        ]

    def _css(self) -> list[Mapping[str, Any]]:
        css = self._simulator.css
        names = [*css.pushes, *(name for name in css.forbidden if name not in css.pushes)]
        return [
            {
                "stream": name,
                "sequence": css.pushes[name].sequence if name in css.pushes else "",
                "forbidden": css.forbidden[name].isoformat() if name in css.forbidden else "",
            }
            for name in names
        ]

    def _call_faults(self) -> list[Mapping[str, Any]]:
        found = []
        for vendor, endpoint in self._simulator.endpoints().items():
            standing = [CallFault(endpoint.mood)] if endpoint.mood is not Mood.WELL else []
            found += [_call_fault(vendor, fault) for fault in (*endpoint.faults, *standing)]
        return found


def _call_fault(vendor: str, fault: CallFault) -> Mapping[str, Any]:
    what = fault.code or (fault.mood.value if fault.mood is not Mood.WELL else f"{fault.seconds:g} s late")
    return {"vendor": vendor, "name": fault.command, "what": what, "times": fault.times}


def _callback_fault(fault: CallbackFault) -> Mapping[str, Any]:
    return {"vendor": fault.vendor, "name": fault.name, "what": f"callback {fault.mishap.value}", "times": fault.times}


def _text(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"to": sent.get("PhoneNumberSet"), "template": sent.get("TemplateId"), "texts": sent.get("TemplateParamSet")}


def _is_own(request: VendorRequest) -> bool:
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    name, _, _ = host.rpartition(":")
    return (name or host) in _HOSTS and origin in (None, f"http://{host}")


def _policy(page: str) -> str:
    """Return a Content-Security-Policy that lets the page's own script and style run, and nothing else."""
    scripts, styles = (
        " ".join(
            f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in findall(tag, page, DOTALL)
        )
        for tag in (r"<script>(.*?)</script>", r"<style>(.*?)</style>")
    )
    rest = "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"default-src 'none'; script-src {scripts}; style-src {styles}; {rest}"


def _json(found: Mapping[str, Any]) -> VendorResponse:
    return VendorResponse(json.dumps(found, ensure_ascii=False).encode(), more=_SAFE)


def _refused(reason: str, status: int) -> VendorResponse:
    return VendorResponse(json.dumps({"error": reason}).encode(), status, _SAFE)
