"""A report as bytes that stay the same: canonical JSON, from which the same report can be read again (GOV-1).

Names of members are sorted, nothing is spaced, and each value stands beside the words in which every dress writes it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from .model import Chapter, Decision, Figure, Grid, Report, Span, Trend, Unit

FORMAT = 1
"""Which members there are; a report that is read again says which it was written with."""


def freeze(report: Report) -> bytes:
    """The report as canonical JSON, in UTF-8."""
    held = {
        "format": FORMAT,
        "kind": report.kind,
        "title": report.title,
        "span": {"name": report.span.name, "since": report.span.since.isoformat(), "until": report.span.until.isoformat()},
        "at": report.at.isoformat(),
        "says": list(report.says),
        "chapters": [_chapter(each) for each in report.chapters],
    }  # fmt: skip
    return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def thaw(content: bytes | str) -> Report:
    """The report that was frozen so; raises ValueError for what is none."""
    held = json.loads(content)
    if held.get("format") != FORMAT:
        raise ValueError("this report was written in a form that is not known")
    span = held["span"]
    return Report(
        held["kind"],
        held["title"],
        Span(date.fromisoformat(span["since"]), date.fromisoformat(span["until"]), span["name"]),
        datetime.fromisoformat(held["at"]),
        tuple(_thawed(each) for each in held["chapters"]),
        tuple(held["says"]),
    )


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "code": chapter.code,
        "heading": chapter.heading,
        "says": chapter.says,
        "figures": [asdict(each) | {"unit": each.unit.value, "said": each.said} for each in chapter.figures],
        "grids": [
            asdict(each) | {"columns": list(each.columns), "rows": [list(row) for row in each.rows]}
            for each in chapter.grids
        ],
        "trends": [
            asdict(each)
            | {
                "unit": each.unit.value,
                "labels": list(each.labels),
                "series": [{"name": name, "values": list(values)} for name, values in each.series],
            }
            for each in chapter.trends
        ],
        "decisions": [asdict(each) for each in chapter.decisions],
    }


def _thawed(held: dict[str, Any]) -> Chapter:
    return Chapter(
        held["code"],
        held["heading"],
        held["says"],
        tuple(_figure(each) for each in held["figures"]),
        tuple(Grid(**each | {"rows": tuple(map(tuple, each["rows"])), "columns": tuple(each["columns"])})
              for each in held["grids"]),
        tuple(_trend(each) for each in held["trends"]),
        tuple(Decision(**each) for each in held["decisions"]),
    )  # fmt: skip


def _figure(held: dict[str, Any]) -> Figure:
    told = {name: value for name, value in held.items() if name != "said"}
    return Figure(**told | {"unit": Unit(held["unit"])})


def _trend(held: dict[str, Any]) -> Trend:
    series = tuple((each["name"], tuple(each["values"])) for each in held["series"])
    return Trend(**held | {"unit": Unit(held["unit"]), "labels": tuple(held["labels"]), "series": series})
