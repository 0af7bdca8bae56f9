"""Shows for the pictures, with covers that are painted here: pictures of a test run show nobody's photographs."""

from typing import Final
from urllib.parse import urlsplit

COVERS_AT: Final = "https://covers.example/"
COVERS: Final = {
    "en": [
        ("Nia", "Small hours, soft piano", "", "music"),
        ("Ivo", "Desert radio", f"{COVERS_AT}desert", "talk"),
        ("Mara", "Evening sketches by the harbour", f"{COVERS_AT}harbour", "live"),
    ],
    "zh": [
        ("小满", "深夜轻钢琴", "", "music"),
        ("阿洛", "沙漠电台", f"{COVERS_AT}desert", "talk"),
        ("林夏", "港湾边的晚间速写", f"{COVERS_AT}harbour", "live"),
    ],
}
TALK: Final = {
    "en": (
        "Noor",
        ["Good evening from the other side of the bay", "Which pen is that?", "An old dip pen, and walnut ink"],
    ),
    "zh": ("小南", ["海湾对面的朋友晚上好", "用的是什么笔？", "一支老蘸水笔，配核桃墨水"]),
}
"""Who joins the host on stage, and what the three of them say: the guest, the visitor, the host."""
_COLOURS: Final = {
    "/harbour": ("#12355b", "#e07a5f", "#f2cc8f", "#0b2239"),
    "/desert": ("#5f0f40", "#fb8b24", "#ffd6a5", "#7f2b0a"),
}


def cover(url: str) -> str:
    """Return a landscape as SVG: a sky, a sun and two hills."""
    high, low, sun, ground = _COLOURS[urlsplit(url).path]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="{high}"/><stop offset="1" stop-color="{low}"/>
</linearGradient></defs><path fill="url(#sky)" d="M0 0h640v360H0z"/><circle cx="440" cy="190" r="54" fill="{sun}"/>
<path fill="{ground}" opacity=".55" d="M0 270 170 150l110 80 130-60 230 120v70H0z"/>
<path fill="{ground}" d="M0 310q160-70 330-24t310-26v100H0z"/></svg>"""
