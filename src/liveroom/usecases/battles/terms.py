"""What battles of an installation are like, and what keeps a room from having one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from liveroom.domain.battles.limit import BattleLimit, may_battle
from liveroom.domain.battles.model import WAIT_MAX
from liveroom.domain.battles.rule import BattleRule
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.protection.profiles import RuleProfile, battle_limit, has_result_phase
from liveroom.ports import Tx


@dataclass(frozen=True, slots=True)
class BattleTerms:
    """The operator's choices."""

    duration: timedelta = timedelta(minutes=5)
    """Unless a host chooses another."""
    shown: timedelta = timedelta(seconds=10)
    """How long a result is shown."""
    rule: BattleRule = field(default_factory=BattleRule)
    limit: BattleLimit | None = None
    wait: timedelta = WAIT_MAX
    """How long an invitation waits for answers, and a room for an opponent."""
    profile_of: Callable[[TenantName], RuleProfile] = lambda _: RuleProfile.STANDARD
    """Whose rules a tenant follows."""

    def shown_in(self, tenant: TenantName) -> timedelta:
        """Return how long a result is shown in a tenant's rooms."""
        return self.shown if has_result_phase(self.profile_of(tenant)) else timedelta(0)

    async def may_have_another(self, tx: Tx, tenant: TenantName, owner: UserId, now: datetime) -> bool:
        """Say whether somebody may have another battle now."""
        limits = [limit for limit in (self.limit, battle_limit(self.profile_of(tenant))) if limit is not None]
        windows = [window for limit in limits if (window := limit.window(now)) is not None]
        if not windows:
            return True
        began = await tx.battles.began(tenant, owner, min(since for since, _ in windows))
        return all(may_battle(limit, began, now) for limit in limits)
