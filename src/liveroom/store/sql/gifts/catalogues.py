"""Catalogues of gifts: each tenant's is read whole when it has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, select, update

from liveroom.domain.gifts.model import (
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
from liveroom.store.sql.dialect import Row, Statement, put_row, statement
from liveroom.store.sql.gift_tables import gift_catalogues, gift_categories, gift_prices, gifts
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner

_TENANT: Final[BindParameter[str]] = bindparam("of")
_NUMBERS: Final = statement(select(gift_catalogues))
_BUMP: Final = Statement(
    lambda dialect: dialect.upsert(gift_catalogues, lambda _: [("number", gift_catalogues.c.number + 1)])
)
_GIFTS: Final = statement(select(gifts).where(gifts.c.tenant == _TENANT).order_by(gifts.c.id))
_VERSIONS: Final = statement(
    select(gift_prices).where(gift_prices.c.tenant == _TENANT).order_by(gift_prices.c.gift, gift_prices.c.version)
)
_CATEGORIES: Final = statement(
    select(gift_categories).where(gift_categories.c.tenant == _TENANT).order_by(gift_categories.c.id)
)
_PUT: Final = put_row(gifts)
_ADD_VERSION: Final = statement(gift_prices.insert())
_PUT_CATEGORY: Final = put_row(gift_categories)
_REMOVE_CATEGORY: Final = statement(
    delete(gift_categories).where(gift_categories.c.tenant == _TENANT, gift_categories.c.id == bindparam("key"))
)
_EMPTY_CATEGORY: Final = statement(
    update(gifts).where(gifts.c.tenant == _TENANT, gifts.c.category == bindparam("key")).values(category="")
)
_read_languages: Final = msgspec.json.Decoder(dict[str, GiftTexts]).decode


@dataclass(frozen=True, slots=True)
class SqlGiftCatalogues:
    """``ports.GiftCatalogueRows``."""

    _runner: Runner

    async def numbers(self) -> Mapping[TenantName, int]:
        return {TenantName(tenant): number for tenant, number in await self._runner.rows(_NUMBERS)}

    async def bump(self, tenant: TenantName) -> None:
        await self._runner.run(_BUMP, tenant=tenant, number=1)

    async def load(self, tenant: TenantName) -> StoredCatalogue:
        found = list(map(_read, await self._runner.rows(_GIFTS, of=tenant)))
        versions: dict[GiftId, list[GiftVersion]] = {}
        for row in await self._runner.rows(_VERSIONS, of=tenant):
            versions.setdefault(GiftId(row[1]), []).append(_read_version(row))
        categories = await self._runner.rows(_CATEGORIES, of=tenant)
        return StoredCatalogue(found, versions, list(map(_read_category, categories)))

    async def put(self, gift: Gift) -> None:
        await self._runner.run(
            _PUT,
            tenant=gift.tenant,
            id=gift.id,
            name=gift.texts.name,
            description=gift.texts.description,
            languages=_written(gift.languages),
            category=gift.category,
            position=gift.position,
            state=gift.state.value,
            receivers=gift.receivers.value,
            icon=gift.icon,
            animation=gift.animation.url if gift.animation else "",
            animation_kind=gift.animation.kind.value if gift.animation else "",
            extension=gift.extension,
            since=optional_millis(gift.since),
            until=optional_millis(gift.until),
            created=millis(gift.created),
            updated=millis(gift.updated),
        )

    async def add_version(self, tenant: TenantName, gift: GiftId, version: GiftVersion) -> None:
        await self._runner.run(
            _ADD_VERSION,
            tenant=tenant,
            gift=gift,
            version=version.number,
            price=version.price,
            points=version.points,
            host_share=version.shares.host,
            agency_share=version.shares.agency,
            platform_share=version.shares.platform,
            level=version.level,
            begins=millis(version.begins),
            made=millis(version.made),
            made_by=version.made_by,
        )

    async def put_category(self, category: GiftCategory) -> None:
        await self._runner.run(
            _PUT_CATEGORY,
            tenant=category.tenant,
            id=category.id,
            name=category.texts.name,
            languages=_written(category.languages),
            position=category.position,
        )

    async def remove_category(self, tenant: TenantName, id: str) -> None:
        await self._runner.run(_REMOVE_CATEGORY, of=tenant, key=id)
        await self._runner.run(_EMPTY_CATEGORY, of=tenant, key=id)


def _written(languages: Mapping[str, GiftTexts]) -> str:
    return msgspec.json.encode(languages).decode()


def _read(row: Row) -> Gift:
    return Gift(
        TenantName(row[0]),
        GiftId(row[1]),
        GiftTexts(row[2], row[3]),
        instant(row[15]),
        instant(row[16]),
        _read_languages(row[4]),
        category=row[5],
        position=row[6],
        state=GiftState(row[7]),
        receivers=GiftReceivers(row[8]),
        icon=row[9],
        animation=Animation(row[10], AnimationKind(row[11])) if row[10] else None,
        extension=row[12],
        since=optional_instant(row[13]),
        until=optional_instant(row[14]),
    )


def _read_version(row: Row) -> GiftVersion:
    shares = Shares(row[5], row[6], row[7])
    return GiftVersion(row[2], row[3], row[4], shares, row[8], instant(row[9]), instant(row[10]), row[11])


def _read_category(row: Row) -> GiftCategory:
    return GiftCategory(TenantName(row[0]), row[1], GiftTexts(row[2]), _read_languages(row[3]), row[4])
