"""Two browsers whose networks know nothing of each other: only a TURN server lies between them."""

from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall, chromium
from tests.page.networks import (
    MEETING,
    SERVED,
    SIDES,
    TURN_PORT,
    TURN_SECRET,
    coturn,
    needs_networks,
    program_in,
    two_networks,
)
from tests.servers import find
from tests.service import process

pytestmark = [pytest.mark.asyncio, pytest.mark.long, needs_networks]
KINDS: Final = """
async () => {
  const kinds = new Set();
  for (const peer of window.peers) {
    const stats = await peer.getStats();
    for (const report of stats.values()) {
      if (report.type !== 'candidate-pair' || !report.nominated) continue;
      const ends = [report.localCandidateId, report.remoteCandidateId];
      kinds.add(ends.map(id => stats.get(id).candidateType).join(' '));
    }
  }
  return [...kinds];
}
"""

"""Returns the kinds of both ends of each connection that is in use."""


async def test_a_show_goes_through_coturn_where_there_is_no_other_way(tmp_path: Path) -> None:
    turn = {"turn_urls": f"turn:{MEETING}:{TURN_PORT}", "turn_secret": TURN_SECRET}
    with two_networks():
        near, far = (program_in(side, find("chromium"), tmp_path) for side in SIDES)
        async with (
            coturn(tmp_path) as log,
            process(tmp_path / "service", **SERVED, **turn) as running,
            chromium(program=near, reaches=MEETING) as here,
            chromium(program=far, reaches=MEETING) as there,
        ):
            url = f"http://{MEETING}:{running.http.base_url.port}"
            host = await Hall(here, url).guest("Mara")
            room = await host.go_live("Through a relay")
            viewer = await Hall(there, url).guest("Ada", f"/room/{room}")
            await viewer.check_moving()
            kinds = await viewer.page.evaluate(KINDS)
            assert kinds, "a connection is there"
            assert all("relay" in pair for pair in kinds), kinds
            await expect(host.at("reach")).to_have_text("Streaming to 1 of 1")
        assert b"ALLOCATE processed, success" in log.read_bytes()
