"""Wires the operator's own wallet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.errors import BadRequest
from liveroom.domain.webhooks.endpoints import check_address
from liveroom.domain.webhooks.signing import SigningSecret
from liveroom.ports import Clock
from liveroom.providers.operator_wallet import HttpOperatorWallet
from liveroom.settings import Settings, SettingsError
from liveroom.settings.declaring import variable
from liveroom.usecases.charges.listing import AdminCharges
from liveroom.usecases.charges.reversing import ChargeReversals, Doubts
from liveroom.usecases.charges.wallet import WalletCalls

_SINCE: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class ChargeServices(ServiceGroup):
    """The use cases."""

    calls: WalletCalls | None
    doubts: Doubts
    reversals: ChargeReversals
    admin: AdminCharges

    async def close(self) -> None:
        """Hang up."""
        if self.calls is not None:
            await self.calls.client.close()


def make_charges(wiring: Wiring) -> ChargeServices:
    """Build them."""
    db, clock = wiring.db, wiring.clock
    calls, doubts = make_wallet_calls(wiring.settings, clock), Doubts(db, clock, wiring.recorder)
    return ChargeServices(calls, doubts, ChargeReversals(db, clock, calls, doubts), AdminCharges(db))


def make_wallet_calls(settings: Settings, clock: Clock) -> WalletCalls | None:
    """Return what asks the operator's wallet, also one that keeps no coins any more; None where no address is set.

    Raises ``SettingsError`` for an address that cannot be one.
    """
    if not settings.wallet_url or settings.wallet_secret is None:
        return None
    try:
        check_address(settings.wallet_url)
    except BadRequest as wrong:
        raise SettingsError([f"{variable('wallet_url')}: {wrong.detail}."]) from None
    secrets = wallet_secrets(settings.wallet_secret.reveal())
    return WalletCalls(HttpOperatorWallet(settings.wallet_url, secrets), clock)


def wallet_secrets(text: str) -> Sequence[SigningSecret]:
    """Return the secrets of the operator's wallet, the one that signs first."""
    return [SigningSecret(one, _SINCE) for one in text.split()]
