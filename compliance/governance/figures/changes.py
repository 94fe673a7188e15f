"""What has changed since the last report of its kind: figure by figure, by their codes; pure (GOV-1)."""

from __future__ import annotations

from dataclasses import dataclass

from .model import Figure, Report, Unit, said


@dataclass(frozen=True)
class Change:
    """One figure that is not what it was; `was` or `now` is that it was not there, where only one of the two had it.

    `by` is how much more or less it is, in words; empty where that cannot be said.
    """

    chapter: str
    heading: str
    code: str
    name: str
    was: str
    now: str
    by: str


NOT_THERE = "Not in it"


def changes(before: Report, after: Report) -> list[Change]:
    """The figures that differ, in the order of the newer report, and then those that only the older one had."""
    old = {(chapter.code, each.code): each for chapter in before.chapters for each in chapter.figures}
    found = []
    for chapter in after.chapters:
        for now in chapter.figures:
            was = old.pop((chapter.code, now.code), None)
            if was is None or was.said != now.said:
                found.append(_change(chapter.code, chapter.heading, was, now))
    headings = {chapter.code: chapter.heading for chapter in before.chapters}
    found.extend(_change(code, headings[code], was, None) for (code, _), was in old.items())
    return found


def _change(chapter: str, heading: str, was: Figure | None, now: Figure | None) -> Change:
    known = now or was
    if known is None:
        raise ValueError("neither of the two has this figure")
    return Change(
        chapter, heading, known.code, known.name,
        was.said if was else NOT_THERE, now.said if now else NOT_THERE, _by(was, now),
    )  # fmt: skip


def _by(was: Figure | None, now: Figure | None) -> str:
    if was is None or now is None or was.value is None or now.value is None or was.unit is not now.unit:
        return ""
    more = now.value - was.value
    sign = "+" if more > 0 else "−"
    if now.unit is Unit.SHARE:
        return f"{sign}{abs(more) // 10:,}.{abs(more) % 10} points"
    return f"{sign}{said(abs(more), now.unit)}"
