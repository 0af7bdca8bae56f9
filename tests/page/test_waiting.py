"""A broadcast is announced on the page, people wait before it, and are in when its host begins."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall
from tests.page.looks import PHONE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_people_wait_before_an_announced_show_and_are_in_when_it_begins(hall: Hall) -> None:
    host = await hall.guest("Mara", "/live")
    await host.at("title").fill("Saturday choir")
    await host.at("when").select_option("later")
    starts = (datetime.now(UTC) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    await host.at("starts").fill(starts)
    await host.at("start").click()
    await expect(host.at("waiting-title")).to_have_text("Saturday choir")
    await expect(host.at("begin")).to_be_visible()
    room = host.page.url.rsplit("/", 1)[1]

    ada = await hall.guest("Ada", "/")
    await ada.at("coming-room").filter(has_text="Saturday choir").click()
    await expect(ada.at("countdown")).to_have_text(re.compile(r"0[12]:\d\d:\d\d"))
    await expect(ada.at("waiting-people")).to_have_text("0 people want to be there")
    await ada.at("remind").click()
    await expect(ada.at("remind")).to_have_text("You will be reminded")
    await expect(ada.at("waiting-people")).to_have_text("1 person wants to be there")

    ben = await hall.guest("Ben", f"/room/{room}", **PHONE, locale="zh-CN")
    await expect(ben.at("remind")).to_have_text("提醒我")
    await expect(ben.at("waiting-people")).to_have_text("1 人想看")
    assert await ben.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than the phone"

    await host.at("begin").click()
    await expect(host.at("room-title")).to_have_text("Saturday choir")
    await expect(ada.at("room-title")).to_have_text("Saturday choir", timeout=20_000)
    await expect(ben.at("room-title")).to_have_text("Saturday choir", timeout=60_000)
    hall.check_silence()
