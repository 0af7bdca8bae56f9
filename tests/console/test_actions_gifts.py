"""What operators do with gifts: made with a preview, priced anew, ordered, retired; and off in one room."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.console.evening import Evening
from tests.page.animations import lottie
from tests.uploading import picture

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def fill(evening: Evening, **fields: str) -> None:
    """Fill in the form of a gift."""
    for name, text in fields.items():
        await evening.desk.at("gift-editor").locator(f"[name={name}]").fill(text)


async def make_kite(evening: Evening) -> None:
    """Make a gift, looking at what people will see of it."""
    desk = evening.desk
    await desk.at("add-gift").click()
    await fill(evening, giftId="kite", name="Kite", languages="zh: 风筝 | 会飞", price="67", iconUrl="/gifts/star.webp")
    await expect(desk.at("gift-preview")).to_contain_text("Kite · 风筝")
    await expect(desk.at("gift-preview").locator("img")).to_have_js_property("naturalWidth", 96)
    await desk.at("gift-save").click()
    await evening.lists("67 coins")


async def test_a_gift_is_made_with_a_preview_and_priced_anew_from_a_day_on(evening: Evening) -> None:
    desk = evening.desk
    await evening.open("/gifts")
    await expect(evening.row("Rose").locator("img")).to_have_js_property("naturalWidth", 96)
    await make_kite(evening)
    await evening.page.get_by_role("button", name="Edit Kite").click()
    await fill(evening, price="88", fromUtc="2099-01-01 00:00:00")
    await desk.at("gift-save").click()
    await expect(evening.row("Kite")).to_contain_text("88 coins")
    await evening.row("Kite").click()
    await expect(desk.at("gift-editor")).to_contain_text("Version 2: 88 coins, 88 points")
    await desk.at("gift-editor").get_by_role("button", name="Close").click()
    await evening.check("admin/set_gift")


async def test_gifts_are_ordered_retired_and_brought_back_and_categories_come_and_go(evening: Evening) -> None:
    page = evening.page
    await evening.open("/gifts")
    await evening.desk.at("order-gifts").click()
    await evening.go(giftIds="kite\nheart\nrose")
    await expect(page.locator("main [data-row]").first).to_contain_text("Heart")
    await page.get_by_role("button", name="Retire Star").click()
    await evening.go("the season is over")
    await expect(evening.row("Star")).to_contain_text("retired")
    await page.get_by_role("button", name="Bring back Star").click()
    await evening.go()
    await expect(evening.row("Star")).to_contain_text("hidden")
    await evening.desk.at("add-category").click()
    await evening.go(categoryId="sky", name="Sky", languages="zh: 天空", position="0")
    await evening.lists("天空")
    await page.get_by_role("button", name="Delete Sky").click()
    await evening.go("unused")
    await evening.lists("天空", there=False)
    await evening.check(
        *("admin/order_gifts", "admin/retire_gift", "admin/set_gift_category", "admin/delete_gift_category"),
    )


async def test_gifts_are_switched_off_in_one_room(evening: Evening) -> None:
    await evening.open(f"/rooms/{evening.room}?tab=seats")
    await evening.desk.at("options").click()
    await evening.go("a memorial", picks={"Gifts": "off in this room"})
    await evening.toast("changed")
    await evening.check("admin/update_options")


async def test_icon_and_animation_of_a_gift_are_chosen_as_files_and_seen_before_they_are_saved(
    evening: Evening, tmp_path: Path
) -> None:
    desk = evening.desk
    for name, content in (("icon.png", picture("PNG", (200, 200))), ("flag.json", lottie())):
        (tmp_path / name).write_bytes(content)
    await evening.open("/gifts")
    await desk.at("add-gift").click()
    await fill(evening, giftId="flag", name="Flag", price="5")
    await desk.at("file-iconUrl").set_input_files(tmp_path / "flag.json")
    await expect(desk.at("gift-editor")).to_contain_text("This is no such file.")
    await desk.at("file-iconUrl").set_input_files(tmp_path / "icon.png")
    await expect(desk.at("gift-preview").locator("img")).to_have_js_property("naturalWidth", 200)
    await desk.at("file-animationUrl").set_input_files(tmp_path / "flag.json")
    await desk.at("play").click()
    await expect(desk.at("animation").locator("svg")).to_be_visible()
    await desk.at("gift-save").click()
    await evening.lists("Flag")
    await expect(evening.row("Flag").locator("img")).to_have_js_property("naturalWidth", 200)
    await evening.page.get_by_role("button", name="Edit Flag").click()
    await expect(desk.at("gift-editor").locator("[name=animationUrl]")).to_have_value(re.compile(r"^/files/.*\.json$"))
    await evening.check("admin/create_upload", "admin/finish_upload", "admin/set_gift")
