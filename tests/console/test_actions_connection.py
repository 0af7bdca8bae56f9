"""What an operator does about rooms that are connected, from the click that confirms to what people see."""

import pytest
from playwright.async_api import expect

from tests.console.evening import Evening
from tests.page.test_connected import invite

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_a_connection_that_an_operator_ends_is_over_for_both_hosts_at_once(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    other = await evening.hall.guest("Noor")
    await invite(evening.host, await other.go_live("Noor's show"))
    await other.at("ask-agree").click()
    await expect(evening.host.at("player").locator("[data-user]")).to_have_count(2)
    await expect(evening.desk.at("connection")).to_be_visible()
    await evening.desk.at("end-connection").click()
    ended = evening.go("not in this show")
    await evening.after("end a connection", ended, other, "[data-testid=player] [data-user]:nth-child(2)", there=False)
    await expect(evening.host.at("player").locator("[data-user]")).to_have_count(1)
    await expect(evening.desk.at("connection")).to_be_hidden()
    with capsys.disabled():
        await evening.check("admin/end_connection")
