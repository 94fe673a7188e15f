"""The demo's scene of complaints: one that was resolved, one that is overdue, and one that has come to directors (COM-1 to COM-5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from compliance.complaints import reporting, use_cases
from compliance.complaints.reporting import Written
from compliance.complaints.rules import Speaker
from compliance.complaints.use_cases import Matter
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context

from .demo_stage import Somebody, Stage

OTHER = "kmpt"
OURS = (
    Speaker("Bettany Coxhill", "Housing team manager"),
    Speaker("Lorcan Wetherby", "Service manager"),
    Speaker("Philippa Dunmore", "Assistant director, housing"),
)
THEIRS = (
    Speaker("Auberon Lisle", "Community team manager"),
    Speaker("Isolde Farthing", "Safeguarding lead"),
    Speaker("Septimus Oakden", "Deputy director"),
)


class _Played:
    """One complaint of the scene, and the two who write in it: a delegate, and the hub for who has no account."""

    def __init__(self, stage: Stage, delegate: Somebody, hub: Somebody) -> None:
        self.stage, self.delegate, self.hub = stage, delegate, hub
        self.ours, self.theirs = stage.organisation_id("swale"), stage.organisation_id(OTHER)
        self.id = UUID(int=0)

    @contextmanager
    def at_work(self) -> Iterator[Context]:
        with self.stage.as_(self.delegate) as ctx:
            yield ctx

    def is_raised(self, theme: str, words: str, reference: str | None = None) -> None:
        with self.at_work() as ctx:
            matter = Matter(theme, words, area="mid-kent", reference=reference)
            made = use_cases.raise_complaint(ctx, self.ours, self.theirs, matter, ours=OURS[0], theirs=THEIRS[0])
        self.id = made.id

    def both_record(self, level: int, ours: str, theirs: str) -> None:
        for who, side, words in ((self.delegate, self.ours, ours), (self.hub, self.theirs, theirs)):
            with self.stage.as_(who) as ctx:
                use_cases.record_discussion(
                    ctx, self.id, stage=level, held_on=london_date(ctx.now()), words=words, on_behalf=side
                )

    def goes_up(self, level: int) -> None:
        with self.at_work() as ctx:
            use_cases.escalate(ctx, self.id, stage=level, ours=OURS[level], theirs=THEIRS[level])


def partners_disagree(stage: Stage, delegate: Somebody, hub: Somebody) -> _Played:
    """A delegate's organisation and a trust disagree; the hub writes for the trust, which has no account here."""
    resolved, risen = (_Played(stage, delegate, hub) for _ in range(2))
    resolved.is_raised("attendance", "Nobody from the trust came to two meetings in a row.")
    resolved.both_record(1, "We asked for a named deputy.", "A deputy is named from now on.")
    risen.is_raised("risk", "We see high risk where the trust sees standard.", "KM-2026-0298")
    with resolved.at_work() as ctx:
        use_cases.resolve(ctx, resolved.id, stage=1, outcome="A named deputy comes where the lead cannot.")
    risen.both_record(1, "The managers did not agree.", "We judge the risk by another tool.")
    risen.goes_up(1)
    return risen


def one_comes_to_directors(stage: Stage, risen: _Played) -> None:
    """Ten days later one of them has come to directors, and is overdue by now; and a third is raised."""
    risen.both_record(2, "The leads did not agree either.", "We offered a joint assessment.")
    with risen.at_work() as ctx:
        reporting.send_report(
            ctx, risen.id, stage=2, to_name=THEIRS[2].name, to_post=THEIRS[2].post,
            written=Written("Both assessments, where they differ, and what we ask the trust to do."),
        )  # fmt: skip
    risen.goes_up(2)
    _Played(stage, risen.delegate, risen.hub).is_raised(
        "research", "Research for the last three meetings came after the day it was due."
    )
