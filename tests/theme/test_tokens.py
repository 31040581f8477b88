"""The colours are legible in both themes, and the style sheet keeps the rules that Thai script needs."""

import re

import pytest

from tests.theme import colour

CSS = colour.CSS
THEMES = {"light": colour.LIGHT, "dark": colour.DARK_DEVICE}
GROUNDS = ("--paper", "--paper-2", "--paper-3", "--raised")
STANDARDS = [f"--std-{n}" for n in range(1, 8)]

TEXT = [
    *(
        (text, ground)
        for text in ("--ink", "--ink-2", "--brand", "--brand-strong")
        for ground in (*GROUNDS, "--brand-soft")
    ),
    *(
        (tone, ground)
        for tone in ("--success", "--warning", "--danger", "--info")
        for ground in (*GROUNDS, f"{tone}-soft")
    ),
    *(
        (text, f"{tone}-soft")
        for text in ("--ink", "--brand")
        for tone in ("--success", "--warning", "--danger", "--info")
    ),
    *((hue, ground) for hue in STANDARDS for ground in ("--paper", "--paper-2", "--raised", f"{hue}-soft")),
    ("--on-brand", "--brand"),
    ("--on-brand", "--brand-strong"),
    ("--on-act", "--act"),
    ("--on-act", "--act-hover"),
    ("--paper", "--success"),
    ("--paper", "--ink"),
    ("--ink", "--act-soft"),
    *((text, ground) for text in ("--on-deep", "--on-deep-2") for ground in ("--deep", "--deep-2")),
]
CONTROLS = [
    *(("--line-strong", ground) for ground in ("--paper", "--paper-2", "--raised")),
    ("--act-line", "--paper"),
    ("--act-line", "--raised"),
    ("--on-deep-2", "--deep"),
    ("--act", "--deep"),
    *(("--focus", ground) for ground in (*GROUNDS, "--brand-soft")),
    ("--brand", "--paper-3"),
    ("--danger", "--raised"),
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_reaches_four_and_a_half_to_one(theme, text, ground):
    assert colour.contrast(THEMES[theme][text], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), CONTROLS)
def test_controls_and_focus_reach_three_to_one(theme, mark, ground):
    assert colour.contrast(THEMES[theme][mark], THEMES[theme][ground]) >= 3


def test_contrast_agrees_with_known_values():
    black, white, grey = (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.5999, 0.0, 0.0)
    assert colour.contrast(black, white) == pytest.approx(21, abs=0.01)
    assert colour.contrast(grey, white) == pytest.approx(3.95, abs=0.05)


def test_every_theme_has_every_token():
    assert colour.DARK_DEVICE == colour.DARK_CHOICE
    assert colour.LIGHT.keys() == colour.DARK_DEVICE.keys()
    assert len(colour.LIGHT) > 40


def test_fallback_is_the_light_theme_in_srgb():
    assert {name: colour.hexadecimal(value) for name, value in colour.LIGHT.items()} == colour.FALLBACK


@pytest.mark.parametrize("theme", THEMES)
def test_colours_exist_on_ordinary_screens(theme):
    outside = {
        n for n, v in THEMES[theme].items() if any(not -0.01 <= part <= 1.01 for part in colour.linear(v))
    }
    assert outside == set()


def test_standards_differ_in_hue():
    hues = sorted(colour.LIGHT[name][2] for name in STANDARDS)
    gaps = [b - a for a, b in zip(hues, [*hues[1:], hues[0] + 360], strict=True)]
    assert min(gaps) >= 35


def test_thai_is_never_squeezed():
    assert "letter-spacing" not in CSS
    assert "justify;" not in re.sub(r"justify-\w+", "", CSS)
    assert "break-all" not in CSS
    assert "line-break: anywhere" not in CSS


def test_line_heights_leave_room_for_stacked_marks():
    leading = dict(re.findall(r"--(leading(?:-tight)?): ([\d.]+);", CSS))
    assert float(leading["leading"]) == 1.7
    assert float(leading["leading-tight"]) >= 1.5
    literal = [float(value) for value in re.findall(r"line-height: ([\d.]+)", CSS)]
    assert literal
    assert min(literal) >= 1.5
    assert "line-height: normal" not in CSS


def test_one_radius_and_no_shadows():
    assert set(re.findall(r"box-shadow: (\w+)", CSS)) <= {"inset"}
    radii = set(re.findall(r"border-radius: ([^;]+);", CSS))
    assert radii <= {"var(--radius)", "50%", "99px", "2px", "0 0 var(--radius) var(--radius)"}


def test_buttons_are_large_enough_to_touch():
    assert "--touch: 3rem" in CSS
    assert re.search(r"\.btn \{[^}]*min-height: var\(--touch\)", CSS)
    assert re.search(r"\.btn--small \{[^}]*min-height: 2\.75rem", CSS)


def test_motion_stops_when_asked_and_is_short():
    assert "prefers-reduced-motion: reduce" in CSS
    assert int(re.search(r"--quick: (\d+)ms", CSS)[1]) < 200


def test_nothing_is_loaded_from_outside():
    for address in re.findall(r"url\(([^)]*)\)", CSS):
        path = colour.THEME / "static" / "theme" / "css" / address
        assert path.resolve().is_file(), address
    assert "@import" not in CSS


def test_braces_balance_and_layers_are_declared():
    assert CSS.count("{") == CSS.count("}")
    used = set(re.findall(r"@layer (\w+) \{", CSS))
    declared = re.search(r"@layer ([\w, ]+);", CSS)[1].split(", ")
    assert used == set(declared)


def test_every_variable_used_is_defined():
    defined = set(re.findall(r"(--[\w-]+):", CSS))
    assert set(re.findall(r"var\((--[\w-]+)\)", CSS)) <= defined
