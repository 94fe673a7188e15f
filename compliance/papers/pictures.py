"""Pictures of figures over time, drawn as SVG; each stands beside a table that says the same (LIC-11).

Colours, patterns and letters come from a style sheet by class: nothing is styled in the picture itself, which the
pages' security policy would not let through. What is not known has no mark, and is not drawn as nought.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 40, 40
STYLE = """
.hub-chart__text { font-family: "Libertinus Serif", "Helvetica Neue", Arial, sans-serif; font-size: 15px; fill: #0b0c0c; }
.hub-chart__grid { stroke: #9fb4bd; stroke-width: 1; }
.hub-chart__line { fill: none; stroke-width: 3; }
.hub-chart__line--1 { stroke: #14343f; }
.hub-chart__line--2 { stroke: #b0391c; stroke-dasharray: 8 5; }
.hub-chart__line--3 { stroke: #4c2c92; stroke-dasharray: 2 4; }
.hub-chart__line--4 { stroke: #00703c; stroke-dasharray: 12 4 2 4; }
.hub-chart__mark { stroke: #ffffff; stroke-width: 1; }
.hub-chart__mark--1 { fill: #14343f; }
.hub-chart__mark--2 { fill: #b0391c; }
.hub-chart__mark--3 { fill: #4c2c92; }
.hub-chart__mark--4 { fill: #00703c; }
.hub-chart__column { stroke: #14343f; stroke-width: 1.5; }
.hub-chart__column--plain, .hub-chart__stripe, .hub-chart__dot { fill: #2b5563; }
.hub-chart__stripe { fill: #b0391c; }
.hub-chart__ground { fill: #ffffff; }
"""
"""How a picture looks that leaves the service: there its style goes with it."""

LABELS_MOST = 8
"""Labels below the picture at the most: more of them run into one another."""
LETTER = 8.5
"""The width of a letter, to set the names of the series beside one another, and numbers beside the scale."""
_GAP = 8

FILLS = ("plain", "stripes", "dots")
"""How the columns of each series are told apart, besides by colour."""


@dataclass(frozen=True)
class Series:
    """One line or one colour of columns: what it is called, and a value for each label; None where it is not known."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True)
class Chart:
    """What a picture shows: its title, a sentence that says what is to be seen, labels along the bottom, and series.

    `key` is its name on the page, in letters and hyphens.
    """

    key: str
    title: str
    says: str
    labels: Sequence[str]
    series: Sequence[Series]

    @property
    def top(self) -> int:
        """The number at the top of the scale: a round one, no smaller than any value."""
        return _round_up(max((value for each in self.series for value in each.values if value is not None), default=0))

    @property
    def left(self) -> float:
        """How far from the left the scale stands: far enough for its longest number."""
        return max(LEFT, 2 * _GAP + LETTER * len(f"{self.top:,}"))


def lines(chart: Chart) -> Markup:
    """One line for each series, with a mark of its own shape at each value."""
    x, y = _scales(chart)
    drawn = []
    for number, series in enumerate(chart.series, 1):
        for run in _runs(series.values):
            if len(run) > 1:
                path = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in run)
                drawn.append(f'<polyline class="hub-chart__line hub-chart__line--{number}" points="{path}"/>')
            drawn.extend(_mark(number, x(place), y(value)) for place, value in run)
    names = [_mark(number, 0, 0) for number, _ in enumerate(chart.series, 1)]
    return _framed(chart, drawn, names)


def columns(chart: Chart) -> Markup:
    """For each label one column a series, side by side, each with a pattern of its own."""
    x, y = _scales(chart)
    room = (WIDTH - chart.left - RIGHT) / max(1, len(chart.labels))
    wide = room * 0.8 / max(1, len(chart.series))
    drawn = []
    for number, series in enumerate(chart.series, 1):
        for place, value in enumerate(series.values):
            if value is not None:
                start = x(place) - room * 0.4 + wide * (number - 1)
                high = HEIGHT - BOTTOM - y(value)
                drawn.append(_column(chart, number, start, y(value), wide, high))
    return _framed(chart, drawn, [_column(chart, number, -6, -6, 12, 12) for number, _ in enumerate(chart.series, 1)])


def with_style(picture: Markup) -> str:
    """The picture by itself, for a document: its style is in it."""
    head, end, rest = str(picture).partition(">")
    return f"{head}{end}<style>{STYLE}</style>{rest}"


class _Scale:
    """Turns a place or a value into a coordinate."""

    def __init__(self, start: float, step: float) -> None:
        self.start = start
        self.step = step

    def __call__(self, value: float) -> float:
        return self.start + self.step * value


def _scales(chart: Chart) -> tuple[_Scale, _Scale]:
    room = (WIDTH - chart.left - RIGHT) / max(1, len(chart.labels))
    return _Scale(chart.left + room / 2, room), _Scale(HEIGHT - BOTTOM, -(HEIGHT - BOTTOM - TOP) / chart.top)


def _runs(values: Sequence[int | None]) -> list[list[tuple[int, int]]]:
    """The values that stand next to one another without a gap."""
    runs: list[list[tuple[int, int]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if run]


def _mark(number: int, x: float, y: float) -> str:
    if number % 2:
        return f'<circle class="hub-chart__mark hub-chart__mark--{number}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    return (
        f'<rect class="hub-chart__mark hub-chart__mark--{number}" x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" '
        'width="9" height="9"/>'
    )


def _column(chart: Chart, number: int, x: float, y: float, wide: float, high: float) -> str:
    fill = FILLS[(number - 1) % len(FILLS)]
    how = "" if fill == "plain" else f' fill="url(#{chart.key}-{fill})"'
    return (
        f'<rect class="hub-chart__column hub-chart__column--{fill}" x="{x:.1f}" y="{y:.1f}" '
        f'width="{wide:.1f}" height="{high:.1f}"{how}/>'
    )


def _framed(chart: Chart, drawn: Sequence[str], signs: Sequence[str]) -> Markup:
    """The picture with its title, its scale, its labels, and the sign of each series beside its name."""
    x, y = _scales(chart)
    scale = [
        f'<line class="hub-chart__grid" x1="{chart.left:g}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
        f'<text class="hub-chart__text" x="{chart.left - _GAP:g}" y="{y(value) + 5:.1f}" text-anchor="end">{value:,}</text>'
        for value in sorted({0, chart.top // 2, chart.top})
    ]
    apart = -(-len(chart.labels) // LABELS_MOST)
    named = [
        f'<text class="hub-chart__text" x="{x(place):.1f}" y="{HEIGHT - 14}" text-anchor="middle">{escape(label)}</text>'
        for place, label in enumerate(chart.labels)
        if (len(chart.labels) - 1 - place) % apart == 0
    ]
    picture = (
        f'<svg class="hub-chart__picture" role="img" aria-labelledby="{chart.key}-title {chart.key}-says" '
        f'focusable="false" viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{chart.key}-title">{escape(chart.title)}</title>'
        f'<desc id="{chart.key}-says">{escape(chart.says)}</desc>'
        f"{_patterns(chart)}{''.join(scale)}{''.join(drawn)}{''.join(named)}{''.join(_names(chart, signs))}</svg>"
    )
    return Markup(picture)  # noqa: S704 - every word in it is escaped above


def _names(chart: Chart, signs: Sequence[str]) -> list[str]:
    """What each series is called, beside its sign, along the top."""
    shown, start = [], chart.left + _GAP
    for series, sign in zip(chart.series, signs, strict=True):
        shown.append(
            f'<g transform="translate({start:.0f} 14)">{sign}'
            f'<text class="hub-chart__text" x="14" y="5">{escape(series.name)}</text></g>'
        )
        start += 44 + LETTER * len(series.name)
    return shown


def _patterns(chart: Chart) -> str:
    return (
        f'<defs><pattern id="{chart.key}-stripes" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="hub-chart__ground" width="8" height="8"/>'
        '<rect class="hub-chart__stripe" width="3" height="8"/></pattern>'
        f'<pattern id="{chart.key}-dots" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<rect class="hub-chart__ground" width="8" height="8"/>'
        '<circle class="hub-chart__dot" cx="4" cy="4" r="2.2"/></pattern></defs>'
    )


def _round_up(value: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 and so on: their halves are whole."""
    step = 1
    while True:
        for leaf in (2, 4, 10):
            if leaf * step >= value:
                return leaf * step
        step *= 10
