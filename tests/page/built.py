"""Whether the pages that browsers open are made of the source that is there: others show what it was."""

from liveroom.http.pages import FOLDER
from tests.web.test_building import ROOT, load


def check_built(page: str) -> None:
    """Fail unless a page is built, of this source."""
    building = load(ROOT / "web" / "build.py")
    assert (FOLDER / page).is_file(), f"{page} is not built: python web/build.py"
    of_the_page, _ = building.products()
    assert of_the_page.is_built(), f"{page} is built of another source: python web/build.py"
