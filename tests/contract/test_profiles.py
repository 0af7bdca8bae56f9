"""A profile over HTTP: what the rules of a country ask for."""

from datetime import timedelta

from liveroom.api.codes import Code
from tests.contract.battling import begin, current, hosts, invite
from tests.contract.conftest import Serving
from tests.contract.test_battles import over


async def test_in_an_evening_in_china_an_account_battles_twice_and_nothing_follows_the_score(embedded: Serving) -> None:
    async with embedded(profile="cn") as service:
        now = service.clock.now()
        half_past_eight = now.replace(hour=12, minute=30, second=0, microsecond=0)
        service.clock.advance(half_past_eight + timedelta(days=1) - now)
        ann, bob = await hosts(service, 2)
        for _ in range(2):
            await begin(ann, bob)
            await over(service)
            await service.core.jobs.battle_ends.step()
            assert [await current(host) for host in (ann, bob)] == [None, None]
        assert (await invite(ann, bob)).code == Code.BattleLimit
        service.clock.advance(timedelta(hours=2))
        assert (await invite(ann, bob)).code != Code.BattleLimit
