"""Draws the icons of the built-in gifts: `python scripts/draw_gifts.py`, where Pillow is installed, after a change.

Each is 96 pixels wide, drawn eight times as large and scaled down, so that edges are smooth.
"""

import math
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent.parent / "web" / "public" / "gifts"
SIZE, SCALE = 96, 8
RED, PINK, ROSE, GREEN, LEAF = "#e5404e", "#ff8fb0", "#c81f4a", "#3fa95c", "#2c7f45"
GOLD, AMBER, CREAM, BROWN, DARK = "#ffc93c", "#f2a112", "#fff3d6", "#9a6236", "#5e3a1e"
BLUE, SKY, DEEP, VIOLET, GREY, WHITE = "#4c8df6", "#9fd4ff", "#2257b8", "#8b5cf6", "#b9c2d0", "#ffffff"
Pen = ImageDraw.ImageDraw


def at(*numbers: float) -> list[float]:
    """Return coordinates of the large drawing."""
    return [number * SCALE for number in numbers]


def polygon(pen: Pen, fill: str, *points: float) -> None:
    pen.polygon(at(*points), fill=fill)


def ellipse(pen: Pen, fill: str, *box: float) -> None:
    pen.ellipse(at(*box), fill=fill)


def box(pen: Pen, fill: str, *corners: float, radius: float = 0) -> None:
    pen.rounded_rectangle(at(*corners), radius * SCALE, fill=fill)


def line(pen: Pen, fill: str, width: float, *points: float) -> None:
    pen.line(at(*points), fill=fill, width=round(width * SCALE), joint="curve")


def rays(count: int, outer: float, inner: float, x: float, y: float) -> list[float]:
    """Return the corners of a star."""
    found: list[float] = []
    for step in range(count * 2):
        angle, far = math.pi * step / count - math.pi / 2, outer if step % 2 == 0 else inner
        found += (x + far * math.cos(angle), y + far * math.sin(angle))
    return found


def rose(pen: Pen) -> None:
    line(pen, LEAF, 5, 48, 50, 48, 90)
    polygon(pen, GREEN, 48, 74, 66, 60, 74, 66, 60, 78)
    polygon(pen, GREEN, 48, 80, 30, 66, 24, 73, 38, 84)
    ellipse(pen, ROSE, 24, 12, 72, 58)
    ellipse(pen, RED, 28, 10, 68, 48)
    ellipse(pen, ROSE, 34, 16, 64, 44)
    ellipse(pen, PINK, 38, 18, 60, 38)
    ellipse(pen, RED, 43, 22, 56, 34)


def heart(pen: Pen) -> None:
    ellipse(pen, RED, 10, 16, 52, 58)
    ellipse(pen, RED, 44, 16, 86, 58)
    polygon(pen, RED, 14, 48, 82, 48, 48, 86)
    ellipse(pen, PINK, 20, 24, 36, 38)


def coffee(pen: Pen) -> None:
    pen.arc(at(62, 40, 88, 68), -90, 110, fill=WHITE, width=6 * SCALE)
    polygon(pen, WHITE, 18, 34, 74, 34, 68, 76, 24, 76)
    ellipse(pen, WHITE, 18, 26, 74, 42)
    ellipse(pen, BROWN, 23, 29, 69, 40)
    ellipse(pen, GREY, 12, 74, 80, 86)
    for x in (36, 48, 60):
        line(pen, GREY, 3, x, 22, x + 3, 16, x - 2, 10)


def lollipop(pen: Pen) -> None:
    line(pen, GREY, 6, 48, 48, 48, 92)
    ellipse(pen, PINK, 18, 6, 78, 66)
    for far, fill in ((24, WHITE), (18, VIOLET), (12, WHITE), (6, RED)):
        ellipse(pen, fill, 48 - far, 36 - far, 48 + far, 36 + far)


def balloon(pen: Pen) -> None:
    line(pen, GREY, 2.5, 48, 66, 42, 78, 52, 84, 46, 92)
    polygon(pen, DEEP, 48, 60, 41, 70, 55, 70)
    ellipse(pen, BLUE, 20, 6, 76, 66)
    ellipse(pen, SKY, 30, 14, 44, 32)


def star(pen: Pen) -> None:
    polygon(pen, AMBER, *rays(5, 44, 19, 48, 52))
    polygon(pen, GOLD, *rays(5, 36, 16, 48, 50))


def cake(pen: Pen) -> None:
    box(pen, PINK, 14, 48, 82, 84, radius=6)
    box(pen, CREAM, 14, 42, 82, 56, radius=6)
    for x in (20, 36, 52, 68):
        ellipse(pen, CREAM, x, 48, x + 12, 66)
    for x in (30, 46, 62):
        box(pen, BLUE, x, 24, x + 5, 44)
        ellipse(pen, AMBER, x - 1, 12, x + 6, 24)
    box(pen, GREY, 8, 82, 88, 88, radius=3)


def crown(pen: Pen) -> None:
    polygon(pen, GOLD, 12, 34, 30, 52, 48, 20, 66, 52, 84, 34, 76, 78, 20, 78)
    box(pen, AMBER, 20, 68, 76, 80, radius=2)
    for x, y, fill in ((12, 32, RED), (48, 18, BLUE), (84, 32, RED)):
        ellipse(pen, fill, x - 6, y - 6, x + 6, y + 6)
    ellipse(pen, RED, 43, 69, 53, 79)


def diamond(pen: Pen) -> None:
    polygon(pen, BLUE, 26, 20, 70, 20, 90, 42, 48, 88, 6, 42)
    polygon(pen, SKY, 26, 20, 70, 20, 62, 42, 34, 42)
    polygon(pen, DEEP, 62, 42, 90, 42, 48, 88)
    polygon(pen, SKY, 6, 42, 34, 42, 48, 88)
    polygon(pen, WHITE, 34, 24, 46, 24, 42, 36, 30, 36)


def fireworks(pen: Pen) -> None:
    for x, y, far, fill in ((34, 36, 30, RED), (66, 30, 22, GOLD), (62, 66, 26, BLUE)):
        for step in range(12):
            angle = math.pi * step / 6
            dx, dy = math.cos(angle), math.sin(angle)
            line(pen, fill, 3, x + dx * far * 0.35, y + dy * far * 0.35, x + dx * far * 0.8, y + dy * far * 0.8)
            ellipse(pen, fill, x + dx * far - 2.5, y + dy * far - 2.5, x + dx * far + 2.5, y + dy * far + 2.5)


def rocket(pen: Pen) -> None:
    polygon(pen, AMBER, 38, 70, 58, 70, 48, 94)
    polygon(pen, GOLD, 42, 70, 54, 70, 48, 84)
    polygon(pen, RED, 34, 50, 20, 72, 36, 68)
    polygon(pen, RED, 62, 50, 76, 72, 60, 68)
    ellipse(pen, WHITE, 32, 4, 64, 92)
    box(pen, "#00000000", 20, 73, 76, 96)
    polygon(pen, AMBER, 38, 73, 58, 73, 48, 94)
    pen.pieslice(at(32, 4, 64, 60), 215, 325, fill=RED)
    ellipse(pen, DEEP, 39, 34, 57, 52)
    ellipse(pen, SKY, 42, 37, 54, 49)


def castle(pen: Pen) -> None:
    for x in (12, 64):
        box(pen, GREY, x, 40, x + 20, 88)
        polygon(pen, VIOLET, x - 4, 40, x + 24, 40, x + 10, 18)
    box(pen, "#d5dbe6", 28, 52, 68, 88)
    box(pen, GREY, 38, 28, 58, 56)
    polygon(pen, RED, 34, 28, 62, 28, 48, 4)
    box(pen, DARK, 40, 66, 56, 88, radius=6)
    for x in (19, 45, 71):
        box(pen, DEEP, x, 44 if x != 45 else 34, x + 6, 54 if x != 45 else 44, radius=2)


DRAWN: tuple[Callable[[Pen], None], ...] = (
    *(rose, heart, coffee, lollipop, balloon, star),
    *(cake, crown, diamond, fireworks, rocket, castle),
)


def main() -> None:
    """Write one file for each gift."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for draw in DRAWN:
        image = Image.new("RGBA", (SIZE * SCALE, SIZE * SCALE))
        draw(ImageDraw.Draw(image))
        small = image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
        small.save(FOLDER / f"{draw.__name__}.webp", lossless=False, quality=82, method=6)


if __name__ == "__main__":
    main()
