"""Where a simulated vendor is asked: it answers well, late, wrongly, or not at all.

A call that has to wait is carried out after that, whether or not anybody still listens. So it is with vendors that are
slow: a timeout does not take a call back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

_FOREVER: Final = 3600.0


class Mood(Enum):
    """How calls are answered."""

    WELL = "well"
    SILENT = "silent"
    """The call is taken, and nothing is said until the mood changes or the caller hangs up."""
    NONSENSE = "nonsense"
    """What is answered is no JSON."""
    ODD = "odd"
    """What is answered is JSON that the documentation does not have."""
    BROKEN = "broken"
    """HTTP 502."""
    DOWN = "down"
    """The connection is closed without a word, and nothing is done."""
    LOST = "lost"
    """What is asked is done, and the connection is closed without a word."""


class VendorRequest(NamedTuple):
    """What came; ``refused_with`` is the error code that somebody wants it to be answered with."""

    method: str
    target: str
    headers: dict[str, str]
    """By their names in small letters."""
    body: bytes
    refused_with: str = ""


class VendorResponse(NamedTuple):
    """What is answered."""

    body: bytes
    status: int = 200
    more: str = ""
    """Further header lines, each with its end; one that names the Content-Type takes the place of JSON's."""


@dataclass
class CallFault:
    """What goes wrong with calls: with one command's or, where none is named, with all."""

    mood: Mood = Mood.WELL
    command: str = ""
    code: str = ""
    """The vendor's error code that calls are answered with, which are not carried out."""
    seconds: float = 0.0
    """How long a call waits before anything else happens to it."""
    times: int = 0
    """How many calls are left to go wrong; 0: all until the fault is taken away."""


@dataclass
class VendorEndpoint:
    """How calls of one vendor are answered; ``command_of`` names a call's command, by which faults are chosen."""

    answer: Callable[[VendorRequest], VendorResponse]
    command_of: Callable[[VendorRequest], str] = lambda _: ""
    odd: bytes = b'{"ErrorCode":"zero","Response":[]}'
    url: str = ""
    mood: Mood = Mood.WELL
    """How calls are answered that no fault is for."""
    delay: float = 0.0
    """Seconds before a call is carried out."""
    faults: list[CallFault] = field(default_factory=list)
    """The first that fits a call is taken."""
    asked: int = 0
    under_way: int = 0
    most_under_way: int = 0
    come: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a call has come."""
    through: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to let calls that wait go on."""

    def hold(self) -> None:
        """Let every call wait until it is let go."""
        self.delay = _FOREVER
        self.through.clear()
        self.come.clear()

    def let_go(self) -> None:
        """Let calls through, those that wait and those to come."""
        self.delay = 0.0
        self.through.set()

    def refuse(self, command: str, code: object) -> None:
        """Answer a command with an error code until it is accepted again."""
        self.accept(command)
        self.faults.append(CallFault(command=command, code=str(code)))

    def accept(self, command: str) -> None:
        """Take away what goes wrong with a command."""
        self.faults = [fault for fault in self.faults if fault.command != command]

    async def respond(
        self, request: VendorRequest, hung_up: Callable[[], Awaitable[object]]
    ) -> tuple[VendorResponse | None, CallFault]:
        """Return the answer to a call, None to hang up, and what went wrong with it."""
        fault = self._fault(self.command_of(request))
        self.asked += 1
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            self.come.set()
            if fault.seconds:
                await asyncio.sleep(fault.seconds)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.delay):
                    await self.through.wait()
            mood = fault.mood if fault.mood is not Mood.WELL else self.mood
            if mood is Mood.SILENT:
                await hung_up()
            return self._response(mood, request._replace(refused_with=fault.code)), fault
        finally:
            self.under_way -= 1

    def _fault(self, command: str) -> CallFault:
        fault = next((fault for fault in self.faults if fault.command in ("", command)), CallFault())
        if fault.times == 1:
            self.faults.remove(fault)
        fault.times = max(0, fault.times - 1)
        return fault

    def _response(self, mood: Mood, request: VendorRequest) -> VendorResponse | None:
        match mood:
            case Mood.SILENT | Mood.DOWN:
                return None
            case Mood.NONSENSE:
                return VendorResponse(b"<html>it works!</html>")
            case Mood.ODD:
                return VendorResponse(self.odd)
            case Mood.BROKEN:
                return VendorResponse(b"<html>Bad Gateway</html>", 502)
            case Mood.LOST:
                self.answer(request)
                return None
            case Mood.WELL:
                return self.answer(request)
