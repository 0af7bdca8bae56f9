"""The settings of gifts and of the money behind them: like those of ``declared``, behind them."""

from dataclasses import dataclass
from typing import Final

from liveroom.settings import values
from liveroom.settings.declared_console import DeclaredConsole
from liveroom.settings.declaring import setting

OF_GIFTS: Final = frozenset({"gifts", "wallet"})
"""The modules that are offered only where gifts are on."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredGifts(DeclaredConsole):
    """What the operator may decide about gifts."""

    gifts: str = setting(
        "off",
        "Whether users send gifts for coins: off, on, or test (with a built-in catalogue and coins that are worth "
        "nothing). While off, the modules gifts and wallet are not offered, nor what operators do with them.",
        parse=values.choice("off", "on", "test"),
        starts="Gifts",
    )
