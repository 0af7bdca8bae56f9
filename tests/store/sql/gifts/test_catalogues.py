"""Catalogues of gifts as the databases keep them."""

from dataclasses import replace
from datetime import timedelta

from liveroom.domain.gifts.model import (
    PRICE_MAX,
    Animation,
    AnimationKind,
    Gift,
    GiftCategory,
    GiftId,
    GiftReceivers,
    GiftState,
    GiftVersion,
    Shares,
)
from liveroom.domain.gifts.texts import GiftTexts
from liveroom.domain.ids import TenantName
from liveroom.ports import StoredCatalogue
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import HOME, NOW

ROSE = Gift(
    HOME,
    GiftId("rose"),
    GiftTexts("Rose", "one 🌹"),
    NOW,
    NOW,
    {"zh": GiftTexts("玫瑰"), "zh-Hant": GiftTexts("玫瑰花", "一朵")},
    category="small",
    position=9999,
    receivers=GiftReceivers.HOST,
    icon="/gifts/rose.webp",
    animation=Animation("https://example.com/rose.svga", AnimationKind.SVGA),
    extension='{"tier":1}',
    since=NOW,
    until=NOW + timedelta(days=1),
)
PLAIN = Gift(TenantName("shop"), GiftId("rose"), GiftTexts("Rose"), NOW, NOW, {})
SMALL = GiftCategory(HOME, "small", GiftTexts("Small"), {"zh": GiftTexts("心意")}, 3)


def version(number: int) -> GiftVersion:
    """Return a version, as dear as it may be."""
    return GiftVersion(number, PRICE_MAX, number, Shares(500, 100, 400), 9, NOW, NOW, "operator:-Ohv8e6-ODUyN2E4")


async def test_a_catalogue_is_read_as_it_was_written_and_each_tenant_has_its_own(database: SqlDatabase) -> None:
    await database.gift_catalogues.put_category(SMALL)
    for gift in (ROSE, PLAIN):
        await database.gift_catalogues.put(gift)
        await database.gift_catalogues.add_version(gift.tenant, gift.id, version(1))
    for number in (10, 2):
        await database.gift_catalogues.add_version(HOME, ROSE.id, version(number))
    assert await database.gift_catalogues.load(HOME) == StoredCatalogue(
        [ROSE], {ROSE.id: [version(1), version(2), version(10)]}, [SMALL]
    )
    assert await database.gift_catalogues.load(PLAIN.tenant) == StoredCatalogue([PLAIN], {PLAIN.id: [version(1)]}, [])
    changed = replace(ROSE, state=GiftState.RETIRED, animation=None, since=None, until=None, languages={})
    await database.gift_catalogues.put(changed)
    assert (await database.gift_catalogues.load(HOME)).gifts == [changed]


async def test_the_gifts_of_a_category_that_goes_are_in_none(database: SqlDatabase) -> None:
    other = replace(ROSE, id=GiftId("tulip"), category="grand")
    for gift in (ROSE, other):
        await database.gift_catalogues.put(gift)
    await database.gift_catalogues.put_category(SMALL)
    await database.gift_catalogues.remove_category(HOME, SMALL.id)
    found = await database.gift_catalogues.load(HOME)
    assert ({gift.id: gift.category for gift in found.gifts}, found.categories) == ({"rose": "", "tulip": "grand"}, [])


async def test_each_change_of_a_tenants_catalogue_is_counted(database: SqlDatabase) -> None:
    assert await database.gift_catalogues.numbers() == {}
    for tenant in (HOME, PLAIN.tenant, HOME):
        await database.gift_catalogues.bump(tenant)
    assert await database.gift_catalogues.numbers() == {HOME: 2, PLAIN.tenant: 1}
