"""Asking before a gift is sold: modules of this process, then the operator's server. Nobody changes what it costs."""

from dataclasses import dataclass
from typing import Any

from liveroom.domain.gifts.sending import GiftOrder
from liveroom.domain.hooks.model import HookType
from liveroom.usecases.hooks.calls import HookCall, HookCalls


@dataclass(frozen=True, slots=True)
class GiftHooks:
    """Calls the hooks before gifts, where there are any; else it waits for nothing."""

    hook_calls: HookCalls

    async def ask(self, order: GiftOrder) -> None:
        """Ask whether this may be sold. Raises ``HookRefused``; ``ProviderUnavailable`` where nobody has answered."""
        if self.hook_calls.concerns(order.tenant, HookType.GIFT):
            await self.hook_calls.ask(HookCall(HookType.GIFT, order.tenant, order.category, _question(order)))


def _question(order: GiftOrder) -> dict[str, Any]:
    name, avatar = order.names.get(order.sender, ("", ""))
    version = order.offered.version
    return {
        "userId": order.sender,
        "name": name,
        "avatar": avatar,
        "roomId": order.room,
        "category": order.category,
        "broadcastId": order.broadcast,
        "receiverIds": list(order.receivers),
        "giftId": order.offered.gift.id,
        "version": version.number,
        "count": order.count,
        "coins": order.coins,
        "key": order.key,
        "comboId": order.combo,
    }
