"""What operators see of hooks, by commands and by ``admin/*``: how each does in this process, and what it answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from liveroom import deadlines
from liveroom.domain.hooks.model import Hook, HookAnswer, HookFailed, sample_question
from liveroom.domain.ids import TenantName
from liveroom.usecases.hooks.calls import HookCall, HookCalls, Hooks, HookState

_CATEGORY: Final = "test"


class HookTriedOut(NamedTuple):
    """What a hook answered to a sample question."""

    answer: HookAnswer | None
    """None: there was no answer that counts."""
    millis: int
    problem: str = ""
    """Why not."""


@dataclass(frozen=True, slots=True)
class AdminHooks:
    """The hooks of all tenants, for whoever operates them."""

    calls: HookCalls

    @property
    def hooks(self) -> Hooks:
        """Return the registry."""
        return self.calls.hooks

    async def of(self, tenant: TenantName) -> Sequence[tuple[Hook, HookState]]:
        """Return a tenant's hooks, those too that another process has just added, and their state in this process."""
        return [(hook, self.calls.state_of(hook.id)) for hook in await self.hooks.stored(tenant)]

    async def test(self, hook: Hook) -> HookTriedOut:
        """Ask a hook a sample question now, even if it is left alone."""
        call = HookCall(hook.hook_type, hook.tenant, _CATEGORY, sample_question(hook.hook_type))
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            with deadlines.outside():
                answer = await self.calls.try_out(hook, call)
        except HookFailed as failure:
            return HookTriedOut(None, round((loop.time() - began) * 1000), str(failure))
        return HookTriedOut(answer, round((loop.time() - began) * 1000))
