"""A tenant's quotas: users, live rooms, members of a room; each tenant's own."""

from liveroom.domain.tenants.model import Quotas
from tests.contract.conftest import Serving
from tests.service import Device, Service


async def _people(service: Service, count: int, app: str) -> list[Device]:
    return [await service.sign_up(app=app) for _ in range(count)]


async def test_a_tenant_takes_as_many_users_as_its_quota(embedded: Serving) -> None:
    async with embedded() as service:
        await service.make_tenant("small", quotas=Quotas(users=2))
        await _people(service, 2, "small")
        refused = await service.call("oauth/register", {"apaasAppId": "small", "username": "third", "salt": "0" * 32})
        assert refused.code == 3005
        await service.sign_up()


async def test_a_deleted_user_makes_room_for_another(embedded: Serving) -> None:
    async with embedded() as service:
        await service.make_tenant("small", quotas=Quotas(users=1))
        (only,) = await _people(service, 1, "small")
        await only.call("auth_users/user_delete")
        await _people(service, 1, "small")


async def test_a_tenant_opens_as_many_rooms_as_its_quota(embedded: Serving) -> None:
    async with embedded() as service:
        await service.make_tenant("small", quotas=Quotas(rooms=1))
        first, second = await _people(service, 2, "small")
        room = await first.go_live()
        assert (await second.enter(role="anchor")).code == 3005
        assert (await first.enter(role="anchor")).code == 0, "a room that is live already is not one more"
        await first.call("rooms/destroy_room", {"roomId": room})
        await second.go_live()
        await (await service.sign_up()).go_live()


async def test_a_room_takes_as_many_members_as_the_quota_and_its_owner(embedded: Serving) -> None:
    async with embedded() as service:
        await service.make_tenant("small", quotas=Quotas(members=2))
        host, one, two = await _people(service, 3, "small")
        room = await host.go_live(capacity=100)
        assert (await one.enter(room, "audience")).code == 0
        assert (await two.enter(room, "audience")).code == 3001
        await host.leave(room)
        assert (await two.enter(room, "audience")).code == 0
        assert (await host.enter(room, "anchor")).code == 0, "the owner always gets into their own room"


async def test_the_capacity_asked_for_counts_below_the_quota(embedded: Serving) -> None:
    async with embedded(room_capacity_max="3") as service:
        await service.make_tenant("small", quotas=Quotas(members=2))
        host, one, two = await _people(service, 3, "small")
        room = await host.go_live(capacity=1)
        assert (await one.enter(room, "audience")).code == 3001
        await host.call("rooms/update_room", {"roomId": room, "capacity": 0})
        assert (await one.enter(room, "audience")).code == 0
        assert (await two.enter(room, "audience")).code == 3001
