"""What is open until it is closed: ``async with`` closes it."""

from types import TracebackType
from typing import Self


class ClosedAtTheEnd:
    """Is closed at the end of ``async with``, however that ends."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, problem, trace
        await self.close()

    async def close(self) -> None:
        """Let go of what is held."""
        raise NotImplementedError
