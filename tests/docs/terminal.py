"""The picture of a terminal after `make run`, drawn from the banner itself: docs/images/serve.svg.

`python -m tests.docs.terminal` draws it anew.
"""

import re
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from liveroom.cli.banner import banner
from liveroom.settings import Settings
from tests.docs.pages import ROOT

PICTURE = ROOT / "docs/images/serve.svg"

_FOLDER = Path("/srv/liveroom/liveroom-data")
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_FONT = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace'
_THEME = TerminalTheme(
    (24, 29, 36),
    (214, 221, 229),
    [
        (24, 29, 36),
        (232, 101, 97),
        (94, 201, 143),
        (226, 185, 92),
        (104, 160, 232),
        (190, 138, 220),
        (92, 197, 205),
        (214, 221, 229),
    ],
)


def terminal() -> str:
    """Return the picture as SVG; its letters are those of the reader's machine."""
    console = Console(record=True, width=98, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print("[bold]$[/] make run")
    console.print(banner(Settings(data_dir=_FOLDER), ["http://127.0.0.1:9000"]))
    drawn = console.export_svg(title="liveroom", theme=_THEME, unique_id="serve")
    return _FONT_FACE.sub("", drawn).replace("Fira Code, monospace", _FONT)


if __name__ == "__main__":
    PICTURE.write_text(terminal(), encoding="utf-8")
