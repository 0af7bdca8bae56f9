"""The operator's own wallet: whether it answers, and as it must."""

from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

from liveroom.app.charges import make_wallet_calls
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.gifts.charges import Charge, ChargeState, WalletSilent
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.ports import Clock
from liveroom.settings import Settings

_SUBJECT: Final = "wallet"
_TRIED: Final = "doctor"
"""The charge that the doctor has reversed; there never was one."""


async def look_at_operator_wallet(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Have the operator's wallet reverse a charge that there never was, which changes nothing."""
    calls = make_wallet_calls(settings, clock)
    if calls is None or not settings.offers("wallet"):
        return
    charge = Charge(
        id=_TRIED,
        tenant=DEFAULT_TENANT,
        sender=AccountId(""),
        attempt="",
        digest="",
        room=RoomId(""),
        gift="",
        count=0,
        coins=0,
        state=ChargeState.UNKNOWN,
        created=clock.now(),
    )
    try:
        await calls.reverse(charge, UserId(""))
    except WalletSilent as silent:
        yield fail(_SUBJECT, f"your wallet: {silent}", "gifts are not sent until it answers (docs/operators-wallet.md)")
    else:
        if urlsplit(settings.wallet_url).scheme == "https":
            yield ok(_SUBJECT, "your wallet answers")
        else:
            yield warn(_SUBJECT, "your wallet answers, without encryption", "use https:// outside your own network")
    finally:
        await calls.client.close()
