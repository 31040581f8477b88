"""OKLCH to sRGB and the WCAG contrast ratio, for the tests of the tokens."""

import math
import re
from pathlib import Path

THEME = Path(__file__).parents[2] / "site" / "sucharit" / "theme"
CSS = (THEME / "static" / "theme" / "css" / "sucharit.css").read_text(encoding="utf-8")

Colour = tuple[float, float, float]
_TOKEN = re.compile(r"(--[\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)")


def tokens(block: str) -> dict[str, Colour]:
    return {name: (float(a), float(b), float(c)) for name, a, b, c in _TOKEN.findall(block)}


def _between(start: str, end: str) -> str:
    return CSS.split(start, 1)[1].split(end, 1)[0]


LIGHT = tokens(_between("/* light */", "/* dark, by the device */"))
DARK_DEVICE = tokens(_between("/* dark, by the device */", "/* dark, by choice */"))
DARK_CHOICE = tokens(_between("/* dark, by choice */", "/* browsers without OKLCH"))
FALLBACK = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", _between("/* browsers without OKLCH", "--font:")))


def linear(colour: Colour) -> Colour:
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l_ = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )


def clipped(colour: Colour) -> Colour:
    red, green, blue = (min(1.0, max(0.0, part)) for part in linear(colour))
    return red, green, blue


def hexadecimal(colour: Colour) -> str:
    parts = (12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055 for x in clipped(colour))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def luminance(colour: Colour) -> float:
    red, green, blue = clipped(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
