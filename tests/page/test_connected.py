"""Two hosts who connect their rooms, and everybody in both sees both."""

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall, Person

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
_MOVING = """
async (users) => {
  const videos = users.map((user) => document.querySelector(`[data-testid=player] [data-user="${user}"] video`));
  const frames = () => videos.map((video) => video?.getVideoPlaybackQuality().totalVideoFrames ?? 0);
  const before = frames();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return frames().every((now, index) => now >= before[index] + 5);
}
"""


async def sees(person: Person, *users: str) -> None:
    """Check that pictures of all these users move before somebody, and of nobody else."""
    await expect(person.at("player").locator("[data-user]")).to_have_count(len(users))
    await person.page.wait_for_function(_MOVING, arg=list(users), polling=200)


async def invite(host: Person, room: str) -> None:
    """Invite the host of a room."""
    await host.at("connect").click()
    candidate = host.page.locator(f'[data-testid="candidate"][data-room="{room}"]')
    await candidate.get_by_test_id("connect-ask-room").click()
    await expect(candidate.get_by_test_id("connect-cancel")).to_be_visible()


async def test_two_hosts_connect_and_everybody_sees_both_until_one_leaves(hall: Hall) -> None:
    mara, noor = await hall.guest("Mara"), await hall.guest("Noor")
    first, second = await mara.go_live("Mara's show"), await noor.go_live("Noor's show")
    viewers = [await hall.guest(name, f"/room/{room}") for name, room in (("Ada", first), ("Ben", second))]
    owners = [
        str(await one.page.evaluate("() => document.querySelector('[data-user]').dataset.user")) for one in (mara, noor)
    ]
    for viewer, owner in zip(viewers, owners, strict=True):
        await sees(viewer, owner)
    await invite(mara, second)
    await expect(noor.at("ask")).to_contain_text("Mara")
    await noor.at("ask-refuse").click()
    await expect(mara.at("toast")).to_contain_text("declined")
    await mara.page.keyboard.press("Escape")
    await invite(mara, second)
    await noor.at("ask-agree").click()
    for person in (mara, noor, *viewers):
        await sees(person, *owners)
        await expect(person.at("player")).to_have_attribute("data-arrangement", "grid")
    await noor.at("connect").click()
    await expect(noor.at("connected")).to_contain_text("Mara")
    await noor.at("connect-leave").click()
    for viewer, owner in zip(viewers, owners, strict=True):
        await sees(viewer, owner)
    hall.check_silence()
