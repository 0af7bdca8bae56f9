"""What the page has to look like wherever it is shown."""

from typing import Any, Final

from axe_playwright_python.async_playwright import Axe

from tests.page.browser import Person

PHONE: Final[dict[str, Any]] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


# What moves for ever has no end to wait for.
_SETTLED: Final = """
() => Promise.all(document.getAnimations()
  .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished.catch(() => null))).then(() => null)
"""


async def check_axe(person: Person) -> None:
    """Fail if something cannot be read or reached, once colours have faded to what they will be."""
    await person.page.evaluate(_SETTLED)
    found = (await Axe().run(person.page)).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []


async def check_looks(*people: Person) -> None:
    """Fail if something cannot be read or reached, or is wider than the window."""
    for person in people:
        await check_axe(person)
        width, window = await person.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert width <= window
