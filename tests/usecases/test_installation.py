"""The doctor in a service: it looks once for whoever asks, never longer than it may, and what fails is said."""

import asyncio
from collections.abc import AsyncIterator

from liveroom.clock import SystemClock
from liveroom.domain.findings import Finding, Level, ok
from liveroom.usecases.installation import Doctor


async def test_several_who_ask_at_once_get_one_look() -> None:
    looks: list[int] = []

    async def examine() -> AsyncIterator[Finding]:
        looks.append(1)
        yield ok("clock", "it ticks")

    doctor = Doctor(examine, SystemClock())
    found = await asyncio.gather(*(doctor.examination() for _ in range(5)), doctor.examination())
    assert [one.findings for one in found] == [[ok("clock", "it ticks")]] * 6
    assert await doctor.examination() is found[0], "what was found a moment ago"
    assert len(looks) == 1


async def test_what_hangs_is_said_beside_what_was_found_until_then() -> None:
    async def examine() -> AsyncIterator[Finding]:
        yield ok("clock", "it ticks")
        await asyncio.Event().wait()

    first, late = (await Doctor(examine, SystemClock(), longest=0.05).examination()).findings
    assert first == ok("clock", "it ticks")
    assert late.level is Level.FAIL
    assert "not everything was looked at within 0.05 s" in late.fact


async def test_a_fault_of_its_own_is_a_finding() -> None:
    async def examine() -> AsyncIterator[Finding]:
        yield ok("clock", "it ticks")
        raise ZeroDivisionError

    _, fault = (await Doctor(examine, SystemClock()).examination()).findings
    assert fault.level is Level.FAIL
    assert "ZeroDivisionError" in fault.fact
