"""A month over HTTP: a host of an agency earns, both are paid, and the file for accounting says so."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest_asyncio

from liveroom.api.codes import Code
from liveroom.domain.settlement.periods import SettlementPeriod
from tests.contract.money_scenes import bought
from tests.contract.scene import set_stage
from tests.service import Keyholder, Service, serving

NAME: Final = "=1+1"
"""A spreadsheet would compute it."""


class Month:
    """What has happened in a month that is over and settled."""

    def __init__(self, service: Service, backend: Keyholder, agency: dict[str, Any], host: str) -> None:
        self.service, self.backend, self.agency, self.host = service, backend, agency, host
        self.totals: list[dict[str, Any]] = []
        self.period: SettlementPeriod

    async def call(self, method: str, **params: Any) -> Any:
        answer = await self.backend.call(f"admin/{method}", params)
        assert answer.code == 0, answer.text
        return answer.data


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def month(tmp_path_factory: Any) -> AsyncIterator[Month]:
    """Yield a month in Shanghai's time: 90 coins for a host of an agency, which was paid 5 points."""
    folder = tmp_path_factory.mktemp("month")
    async with serving(folder, time_zone="Asia/Shanghai", earnings_clear="1s") as service:
        stage, backend = await set_stage(service), await service.make_key()
        made = (await backend.call("admin/create_agency", {"name": NAME, "ownerId": stage.guest.user})).data
        month = Month(service, backend, made, stage.host.user)
        await month.call("invite_host", agencyId=made["agencyId"], userId=month.host)
        invited = (await stage.host.call("agencies/mine")).data["memberships"][0]
        await stage.host.call("agencies/accept", {"invitationId": invited["invitationId"]})
        await bought(stage, 100)
        gift = {"roomId": stage.room, "giftId": "coffee", "key": "one", "count": 9}
        assert (await stage.guest.call("gifts/send", gift)).code == 0
        month.totals = (await stage.guest.call("agencies/totals", {"agencyId": made["agencyId"]})).data
        service.clock.advance(2)
        await pay_the_agency(month)
        spans = service.core.services.money.settlement.settlements.spans
        month.period = await spans.at(service.services.tenants.default, service.clock.now() - timedelta(seconds=2))
        service.clock.advance(month.period.settles - service.clock.now())
        await month.call("settle", period=month.period.id)
        yield month


async def pay_the_agency(month: Month) -> None:
    (agency,) = await month.call("list_agencies")
    given = {"accountId": agency["accountId"], "points": 5, "key": "agency-1"}
    held = await month.call("hold_payout", **given)
    assert (held["agencyId"], held["userId"], held["state"]) == (agency["agencyId"], "", "held")
    assert (await month.call("settle_payout", key="agency-1"))["state"] == "settled"
    refused = await month.backend.call("admin/hold_payout", {**given, "key": "agency-2"})
    assert refused.code == Code.BalanceTooLow


async def read(month: Month) -> list[dict[str, str]]:
    link = (await month.call("export_statements", period=month.period.id))["link"]
    answer = await month.service.http.get(f"/{link}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def test_an_agency_sees_the_sums_of_its_host_and_is_paid_by_its_account(month: Month) -> None:
    (total,) = month.totals
    assert (total["userId"], total["gifts"], total["points"], total["agencyPoints"]) == (month.host, 9, 45, 9)
    (paid,) = await month.call("list_payouts", state="settled")
    assert (paid["agencyId"], paid["userId"], paid["points"]) == (month.agency["agencyId"], "", 5)
    (agency,) = await month.call("list_agencies")
    assert agency["points"] == 4


async def test_the_file_has_a_row_for_each_and_no_cell_is_a_formula(month: Month) -> None:
    rows = {row["kind"]: row for row in await read(month)}
    assert rows.keys() == {"earnings", "agency"}
    host, agency = rows["earnings"], rows["agency"]
    assert (host["userId"], host["gifts"], host["closing"], host["agencyId"]) == (month.host, "45", "45", "")
    assert (agency["gifts"], agency["payouts"], agency["closing"], agency["userId"]) == ("9", "-5", "4", "")
    assert agency["agencyName"] == f"'{NAME}"
    statement = await month.call("get_account_statement", period=month.period.id, agencyId=month.agency["agencyId"])
    assert [str(statement[name]) for name in ("opening", "gifts", "payouts", "closing")] == ["0", "9", "-5", "4"]


async def test_a_month_begins_at_midnight_of_the_tenants_zone(month: Month) -> None:
    for row in await read(month):
        assert "T16:00:00" in row["beginUtc"].replace(" ", "T")
    (settled,) = await month.call("list_settlements")
    assert (settled["state"], settled["beginUtc"][11:]) == ("closed", "16:00:00")


async def test_a_link_to_statements_is_good_for_five_minutes_and_for_its_period(month: Month) -> None:
    link = (await month.call("export_statements", period=month.period.id))["link"]
    for wrong in (link[:-1], link.replace("ticket=", "ticket=A"), "downloads/statements.csv"):
        assert (await month.service.http.get(f"/{wrong}")).status_code == 403
    month.service.clock.advance(301)
    assert (await month.service.http.get(f"/{link}")).status_code == 403
    early = await month.backend.call("admin/export_statements", {"period": "2020-01"})
    assert early.code == Code.StatementNotExists
