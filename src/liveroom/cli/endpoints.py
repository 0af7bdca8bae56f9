"""What the commands for webhooks and hooks have in common: both are addresses of an operator's server."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

from liveroom.app.assembly import Core
from liveroom.cli.core import SOON, run
from liveroom.cli.output import Value, say
from liveroom.cli.trail import noted
from liveroom.domain.webhooks.endpoints import Endpoint
from liveroom.usecases.tenants.operator_configuration import EndpointRegistry

E = TypeVar("E", bound=Endpoint)


@dataclass(frozen=True, slots=True)
class EndpointCommands(Generic[E]):
    """The commands for one kind of endpoint."""

    noun: str
    registry_of: Callable[[Core], EndpointRegistry[E]]

    def remove(self, id: str) -> None:
        """Remove an endpoint."""

        async def work(core: Core) -> None:
            async with self.noted(core, "remove", id):
                await self.registry_of(core).remove(id)
            self.say(id, f"{id} is removed; {SOON}", removed=True)

        run(work)

    def rotate(self, id: str) -> None:
        """Give an endpoint a new secret and print it."""

        async def work(core: Core) -> None:
            async with self.noted(core, "rotate", id):
                rotated = await self.registry_of(core).rotate(id)
            self.say_secret(rotated)

        run(work)

    def noted(self, core: Core, action: str, id: str) -> AbstractAsyncContextManager[None]:
        """Write down what is done to an endpoint. Raises ``BadRequest`` where there is none of that id."""
        return noted(core, f"{self.noun}s {action}", id, tenant=self.registry_of(core).find(id).tenant)

    def say_secret(self, endpoint: E, *sentences: str) -> None:
        """Print an endpoint's newest secret."""
        secret = endpoint.secrets[0].text
        self.say(endpoint.id, "\n".join([*sentences, f"its secret, for your server: {secret}"]), secret=secret)

    def say(self, id: str, sentence: str, **facts: Value) -> None:
        """Print what was done to an endpoint."""
        say(sentence, **{self.noun: id, **facts})
