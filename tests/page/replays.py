"""The replay page in a browser: its picture, and its bar."""

from typing import Final

from tests.page.browser import Person

COMES: Final = 60_000
"""Milliseconds that a picture may take to be there."""
_PLACE: Final = "() => Number(document.querySelector('[data-testid=replay-place]').value)"
_SET: Final = """
(place) => {
  const bar = document.querySelector('[data-testid=replay-place]');
  bar.value = place;
  bar.dispatchEvent(new Event('input', {bubbles: true}));
}
"""
_SHOWN: Final = """
() => {
  const video = document.querySelector('[data-testid=replay-player] video');
  return video.videoWidth === 160 && video.readyState >= 2;
}
"""


async def is_shown(viewer: Person) -> None:
    """Return when there is a picture."""
    await viewer.page.wait_for_function(_SHOWN, polling=100, timeout=COMES)


async def go_to(viewer: Person, place: int) -> None:
    """Move the bar, and see the picture of that place."""
    await viewer.page.evaluate(_SET, place)
    await is_shown(viewer)


async def place_of(viewer: Person) -> int:
    """Return where the bar is, in milliseconds."""
    return int(await viewer.page.evaluate(_PLACE))
