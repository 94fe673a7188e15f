"""A record's time drawn as a line, as SVG made here; it stands beside a table that says the same (RET-1).

Every point has the number of its row in the table. Colours and letters come from the style sheet by class. What is to
come is drawn in dashes; a line with no end that can be told ends in an arrow.
"""

from __future__ import annotations

from datetime import date

from markupsafe import Markup, escape

from compliance.kernel.clock import said_day
from retention.timeline import Held, Line, Mark

WIDTH = 760
LEFT, RIGHT = 28, 44
LANE, LANES, RADIUS = 30, 5, 12
BAR, BARS = 14, 4
LABELS_MOST = 8
"""Years written below the line at the most."""


def drawn(line: Line) -> Markup:
    """The picture of this line."""
    picture = _Picture(line)
    return Markup(picture.whole())  # noqa: S704 - every word in it is escaped where it is written


def says(line: Line) -> str:
    """What is to be seen, in a sentence."""
    number = sum(point.mark is Mark.EVENT for point in line.points)
    events = "no relevant event" if not number else "1 relevant event" if number == 1 else f"{number} relevant events"
    if line.over:
        end = "It was disposed of"
    elif line.ends_on is None:
        end = "No end can be shown"
    else:
        end = f"The first day on which it may be disposed of is {said_day(line.ends_on)}"
    return f"From {said_day(line.first)}: {events}. {end}. The table says what each number is."


class _Picture:
    def __init__(self, line: Line) -> None:
        self.line = line
        self.bars = self._bars()
        self.axis = self._lanes_used() * LANE + 12
        self.height = self.axis + 30 + BAR * (max((lane for _, lane in self.bars), default=-1) + 1) + 18

    def whole(self) -> str:
        title = escape("Its time from opening to earliest disposal")
        return (
            f'<svg class="hub-chart__picture" role="img" aria-labelledby="time-title time-says" focusable="false" '
            f'viewBox="0 0 {WIDTH} {self.height}" xmlns="http://www.w3.org/2000/svg">'
            f'<title id="time-title">{title}</title><desc id="time-says">{escape(says(self.line))}</desc>'
            f"{self._holds()}{self._axis()}{self._years()}{self._points()}</svg>"
        )

    def x(self, day: date) -> float:
        return LEFT + self.line.place(day) * (WIDTH - LEFT - RIGHT)

    def _lanes_used(self) -> int:
        return max((lane for _, lane in self._lanes()), default=0) + 1

    def _lanes(self) -> list[tuple[float, int]]:
        """Where each point stands, and how high: none over another, as far as there is room."""
        ends = [-1e9] * LANES
        placed = []
        for point in self.line.points:
            x = self.x(point.on)
            lane = next((lane for lane, end in enumerate(ends) if x - end >= 2 * RADIUS + 2), None)
            lane = min(range(LANES), key=lambda each: ends[each]) if lane is None else lane
            ends[lane] = x
            placed.append((x, lane))
        return placed

    def _points(self) -> str:
        stems, marks = [], []
        for number, (point, (x, lane)) in enumerate(zip(self.line.points, self._lanes(), strict=True), 1):
            y = self.axis - 18 - lane * LANE
            stems.append(f'<line class="hub-time__stem" x1="{x:.1f}" x2="{x:.1f}" y1="{self.axis}" y2="{y}"/>')
            marks.append(
                f'<circle class="hub-time__mark hub-time__mark--{point.mark.value}" cx="{x:.1f}" cy="{y}" r="{RADIUS}"/>'
                f'<text class="hub-time__number hub-time__number--{point.mark.value}" x="{x:.1f}" y="{y + 5}" '
                f'text-anchor="middle">{number}</text>'
            )
        return "".join(stems) + "".join(marks)

    def _axis(self) -> str:
        line, y = self.line, self.axis
        now = self.x(line.last if line.over else line.today)
        end = self.x(line.last)
        parts = [f'<line class="hub-time__line" x1="{LEFT}" x2="{now:.1f}" y1="{y}" y2="{y}"/>']
        if line.over:
            return "".join(parts)
        if line.ends_on is None:
            end = WIDTH - 14
            parts.append(f'<path class="hub-time__arrow" d="M{end} {y - 7} l12 7 l-12 7 z"/>')
        if end > now:
            parts.append(
                f'<line class="hub-time__line hub-time__line--coming" x1="{now:.1f}" x2="{end:.1f}" y1="{y}" y2="{y}"/>'
            )
        return "".join(parts)

    def _years(self) -> str:
        first, last = self.line.first.year, self.line.last.year
        apart = max(1, -(-(last - first + 1) // LABELS_MOST))
        written = []
        for year in range(first + 1, last + 1, apart):
            x = self.x(date(year, 1, 1))
            written.append(
                f'<line class="hub-time__tick" x1="{x:.1f}" x2="{x:.1f}" y1="{self.axis}" y2="{self.axis + 6}"/>'
                f'<text class="hub-chart__text" x="{x:.1f}" y="{self.axis + 22}" text-anchor="middle">{year}</text>'
            )
        return "".join(written)

    def _bars(self) -> list[tuple[Held, int]]:
        """Each hold, and in which row below the line it is drawn."""
        return [(each, min(place, BARS - 1)) for place, each in enumerate(self.line.holds)]

    def _holds(self) -> str:
        written = []
        for each, row in self.bars:
            start = self.x(each.since)
            end = self.x(each.until or (self.line.last if self.line.over else self.line.today))
            y = self.axis + 32 + row * BAR
            wide = max(end - start, 3)
            still = "" if each.until else " hub-time__hold--still"
            written.append(
                f'<rect class="hub-time__hold{still}" x="{start:.1f}" y="{y}" width="{wide:.1f}" height="{BAR - 4}"/>'
            )
        return "".join(written)
