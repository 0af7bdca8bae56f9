"""Draws a trace as docs/traces.md shows it: `TRACE_PICTURE=docs/images/trace.svg` has a test draw the one it records.

Each span is a line: its name, as deep as it stands, and a bar from its beginning to its end.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

from tests.tracing.collector import Collector, Told

_LINE: Final = 22
_TOP: Final = 34
_NAMES: Final = 330
_BARS: Final = 520
_COLORS: Final = {"db.system.name": "#3b82c4", "messaging.system": "#2e9e6b", "liveroom.peer": "#c7792b"}
_PLAIN: Final = "#6b7280"
_STYLE: Final = (
    "text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1f2937}"
    ".quiet{fill:#6b7280}.back{fill:#ffffff}.line{stroke:#e5e7eb}"
    "@media (prefers-color-scheme:dark){text{fill:#e5e7eb}.quiet{fill:#9ca3af}.back{fill:#111827}.line{stroke:#374151}}"
)


def drawn(collector: Collector, top: Told) -> str:
    """Return a trace as SVG."""
    rows = list(_rows(collector, top, 0))
    begin = top.span.start_time_unix_nano
    end = max(told.span.end_time_unix_nano for told, _ in rows)
    height, width = _TOP + _LINE * len(rows) + 8, _NAMES + _BARS + 90
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="A recorded trace of {escape(top.name)}"><style>{_STYLE}</style>',
        f'<rect class="back" width="{width}" height="{height}" rx="6"/>',
    ]
    for part in range(5):
        x, at = _NAMES + _BARS * part / 4, (end - begin) * part / 4 / 1e6
        parts.append(f'<line class="line" x1="{x:g}" x2="{x:g}" y1="{_TOP - 8}" y2="{height - 6}"/>')
        parts.append(f'<text class="quiet" x="{x:g}" y="18" text-anchor="middle">{at:.1f} ms</text>')
    for number, (told, depth) in enumerate(rows):
        parts += _row(told, depth, _TOP + number * _LINE, begin, end)
    return "\n".join([*parts, "</svg>", ""])


def _rows(collector: Collector, top: Told, depth: int) -> Iterator[tuple[Told, int]]:
    yield top, depth
    for one in collector.under(top):
        yield from _rows(collector, one, depth + 1)


def _row(told: Told, depth: int, y: int, begin: int, end: int) -> Iterator[str]:
    span, whole = told.span, end - begin
    x = _NAMES + _BARS * (span.start_time_unix_nano - begin) / whole
    width = max(2, _BARS * (span.end_time_unix_nano - span.start_time_unix_nano) / whole)
    color = next((color for name, color in _COLORS.items() if name in told.about), _PLAIN)
    took = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6
    yield f'<text x="{12 + 14 * depth}" y="{y + 12}">{escape(told.name)}</text>'
    yield f'<rect x="{x:.1f}" y="{y + 1}" width="{width:.1f}" height="14" rx="2" fill="{color}"/>'
    yield f'<text class="quiet" x="{min(x + width, _NAMES + _BARS) + 6:.1f}" y="{y + 12}">{took:.2f}</text>'
