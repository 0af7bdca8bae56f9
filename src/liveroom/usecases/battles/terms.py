"""What battles of an installation are like, and what keeps a room from having one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from liveroom.domain.battles.limit import BattleLimit, may_battle
from liveroom.domain.battles.model import WAIT_MAX
from liveroom.domain.battles.rule import BattleRule
from liveroom.domain.ids import TenantName, UserId
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

    async def may_have_another(self, tx: Tx, tenant: TenantName, owner: UserId, now: datetime) -> bool:
        """Say whether somebody may have another battle now."""
        window = None if self.limit is None else self.limit.window(now)
        if window is None:
            return True
        return may_battle(self.limit, await tx.battles.began(tenant, owner, window[0]), now)
