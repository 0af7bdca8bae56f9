"""The figures of /metrics: the table of operations.md has all of them, with their labels."""

import re
from pathlib import Path

from tests.docs.pages import ROOT
from tests.monitoring.figures import series, with_everything

_HISTOGRAM = ("_bucket", "_count", "_sum")


async def test_the_table_of_operations_has_each_figure_of_a_service_and_no_other(tmp_path: Path) -> None:
    async with with_everything(tmp_path) as service:
        shown = await series(service)
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = {
        name: frozenset(labels.split(",")) if labels else frozenset()
        for row in re.findall(r"^\| (`liveroom_.+?) \|", page, re.MULTILINE)
        for name, labels in re.findall(r"`(liveroom_\w+)(?:\{([\w,]+)\})?`", row)
    }
    ours = {name: labels for name, labels in shown.items() if name.startswith("liveroom_")}
    told = {name: labels for name, labels in ours.items() if not name.endswith(_HISTOGRAM)}
    told |= {name.removesuffix("_count"): labels for name, labels in ours.items() if name.endswith("_count")}
    assert table == told
