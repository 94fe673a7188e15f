"""The pages of a pack: what to do and whom to reach, and two forms to fill in by hand, each one file of HTML (GOV-3, OP App. L).

No script, nothing fetched from anywhere: they open from a folder on a machine that reaches nobody, and on paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compliance.kernel.clock import said_instant
from policies.outage_groups import OutageStep

from .gathering import Gathered

REFERRAL, TRANSCRIPTION = "referral-form.html", "transcription-list.html"
BLANK_LINES = 20
"""Lines of the transcription list, as many as a sheet of paper holds."""
KINDS = ("Referral", "Research", "Action plan")

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


def index(gathered: Gathered, *, lists: Mapping[str, str]) -> str:
    """The page that a pack is read by; `lists` names the file of each area by its code."""
    return _PAGES.get_template("index.html").render(
        pack=gathered,
        made=said_instant(gathered.at),
        steps=[(step, when(step)) for step in gathered.steps],
        lists=lists,
        referral=REFERRAL,
        transcription=TRANSCRIPTION,
    )


def referral(gathered: Gathered) -> str:
    """The offline MARAC referral form, to be typed into and printed, or filled in by hand."""
    return _PAGES.get_template("referral.html").render(areas=_named(gathered), made=said_instant(gathered.at))


def transcription(gathered: Gathered) -> str:
    """The list of what was taken by hand, kept until each line is in the case system."""
    return _PAGES.get_template("transcription.html").render(
        areas=_named(gathered), kinds=KINDS, lines=range(1, BLANK_LINES + 1), made=said_instant(gathered.at)
    )


def when(step: OutageStep) -> str:
    """From when a step applies and until when, in words."""
    if step.afterwards:
        return "When it is over"
    if step.working_days:
        return f"Still down after {_counted(step.working_days, 'working day')}"
    begins = f"Expected to last more than {_counted(step.hours, 'hour')}" if step.hours else "At once"
    return f"{begins}, in the first {_counted(step.until_hours, 'hour')}" if step.until_hours else begins


def _counted(number: int, unit: str) -> str:
    return f"1 {unit}" if number == 1 else f"{number} {unit}s"


def _named(gathered: Gathered) -> list[str]:
    return [area.name for area in gathered.areas if area.districts]
