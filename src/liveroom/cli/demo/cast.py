"""The accounts of a demo: made on the operator's word, flagged, and deleted at the end whatever happens."""

from collections.abc import Iterator

from liveroom.app.assembly import Core
from liveroom.cli.core import demo_users
from liveroom.cli.demo.script import VIEWERS
from liveroom.cli.trail import noted
from liveroom.domain.tenants.model import Tenant


class Cast:
    """Everybody who takes part, as users of one tenant."""

    def __init__(self, core: Core, tenant: Tenant) -> None:
        self._core = core
        self._tenant = tenant
        self._made = 0

    async def hire(self, name: str) -> str:
        """Make an account with this display name; return its token."""
        self._made += 1
        return await demo_users(self._core).make(self._tenant, f"demo-{self._made}", name)

    async def dismiss_all(self) -> int:
        """Delete all flagged accounts, those of a demo that was killed included; return how many there were."""
        found = await demo_users(self._core).all(self._tenant)
        if found:
            async with noted(self._core, "demo", tenant=self._tenant.name, reason=f"{len(found)} accounts removed"):
                for user in found:
                    await self._core.moderation.delete(user, tenant=self._tenant.name)
        return len(found)


def viewer_names() -> Iterator[tuple[str, str]]:
    """Yield names of viewers with their languages, in turns; without an end."""
    number = 0
    while True:
        for language, names in VIEWERS.items():
            lap, place = divmod(number, len(names))
            yield (f"{names[place]}{lap + 1}" if lap else names[place]), language
        number += 1
