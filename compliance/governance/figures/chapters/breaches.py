"""Breaches and their clocks: what was reported, what came of it, and whether the regulator was told in time (BRE-1 to BRE-6; GOV-1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, select

from compliance.breaches.models import Incident
from compliance.breaches.notifying.models import DataBreach
from compliance.breaches.notifying.rules import Status as Telling
from compliance.breaches.notifying.rules import status_of
from compliance.breaches.rules import ENDED, Kind, Status
from compliance.decisions.exceptions.models import Conflict
from compliance.governance.figures import kept, spans
from compliance.governance.figures.counting import by_month, number, numbers, open_at, worded
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Span, Trend, Unit, share
from compliance.governance.gathering import moment
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from signatories.models import Organisation

MOST = 500
"""Personal-data breaches, and organisations, that are listed at the most."""

_ENDED = [each.value for each in ENDED]
_NOT_TO_TELL = "not_notify"

_REGISTERS = (
    kept.Register(
        ("reported", "ended", "resolved", "closed", "open"), (Incident.reported_at,), ("kinds", "organisations"),
        "incidents",
    ),
    kept.Register(
        ("data_breaches", "told_in_time", "told_late", "told_in_time_share", "not_told", "clock_runs", "clock_over",
         "people_told", "partners_told"), (DataBreach.aware_at,), ("clocks",), "incidents",
    ),
)  # fmt: skip


def chapter(ctx: Context, span: Span) -> Chapter:
    """What was reported in the span and how it stands, and the clocks that began in it.

    It says nothing of what a breach is about: no reference, no person, no words.
    """
    waits = _waiting(ctx)
    whole = Chapter(
        "breaches",
        "Breaches",
        "Breaches count in the span in which they were reported, personal-data breaches in that in which the clock began.",
        (*_incidents(ctx, span, waits), *_clocks(ctx, span)),
        (_by_kind(ctx, span), _by_organisation(ctx, span), _each_clock(ctx, span)),
        (_trend(ctx, span),),
        tuple(_decisions(waits)),
    )
    return kept.told(ctx, span, whole, *_REGISTERS)


def _waiting(ctx: Context) -> dict[str, int]:
    """How the open ones stand now."""
    it, today = Incident, london_date(ctx.now())
    still = it.status.not_in(_ENDED)
    return numbers(
        ctx, it, overdue=number(still, it.due_on < today), steering=number(it.status == Status.WITH_STEERING.value),
        manager=number(it.status == Status.WITH_MANAGER.value),
    )  # fmt: skip


def _incidents(ctx: Context, span: Span, waits: dict[str, int]) -> list[Figure]:
    it, close = Incident, spans.end(ctx, span)
    reported, ended = spans.within(ctx, span, it.reported_at), spans.within(ctx, span, it.ended_at)
    counted = numbers(
        ctx, it, reported=number(reported), ended=number(ended),
        resolved=number(ended, it.status == Status.RESOLVED.value), closed=number(ended, it.status == Status.CLOSED.value),
        open=number(open_at(it.reported_at, it.ended_at, close)),
    )  # fmt: skip
    return [
        Figure("reported", "Breaches reported", counted["reported"], where="/breaches?which=all"),
        Figure("ended", "Breaches that ended", counted["ended"], where="/breaches?which=ended"),
        Figure("resolved", "Of them resolved with the partner", counted["resolved"], where="/breaches?which=ended"),
        Figure("closed", "Of them closed by the steering group", counted["closed"], where="/breaches?which=ended"),
        Figure("open", "Open at the end", counted["open"], where="/breaches?which=open"),
        Figure("overdue", "Overdue now", waits["overdue"], where="/breaches?which=overdue"),
        Figure("with_manager", "With the MARAC manager now", waits["manager"], where="/breaches?which=open"),
        Figure("with_steering", "With the steering group now", waits["steering"], where="/breaches?which=open"),
    ]


def _clocks(ctx: Context, span: Span) -> list[Figure]:
    it, now = DataBreach, ctx.now()
    began = spans.within(ctx, span, it.aware_at)
    told = it.notified_at.is_not(None)
    not_to_tell = and_(it.notified_at.is_(None), it.decision.is_not(None), it.decision == _NOT_TO_TELL)
    undecided = and_(it.notified_at.is_(None), (it.decision.is_(None)) | (it.decision != _NOT_TO_TELL))
    counted = numbers(
        ctx, it, began=number(began), in_time=number(began, told, it.notified_at <= it.tell_by),
        late=number(began, told, it.notified_at > it.tell_by), not_told=number(began, not_to_tell),
        runs=number(began, undecided, it.tell_by >= now), over=number(began, undecided, it.tell_by < now),
        people=number(began, it.people_told_at.is_not(None)), partners=number(began, it.partners_told_at.is_not(None)),
    )  # fmt: skip
    where = "/data-breaches"
    told_at_all = counted["in_time"] + counted["late"]
    return [
        Figure("data_breaches", "Personal-data breaches", counted["began"], where=where),
        Figure("told_in_time", "The regulator told within 72 hours", counted["in_time"], where=where),
        Figure("told_late", "The regulator told later", counted["late"], where=where),
        Figure(
            "told_in_time_share", "Told in time among those told", share(counted["in_time"], told_at_all), Unit.SHARE
        ),
        Figure("not_told", "Decided, with reasons, not to tell", counted["not_told"], where=where),
        Figure("clock_runs", "The clock runs now", counted["runs"], where=where),
        Figure("clock_over", "The clock is over, and nobody was told", counted["over"], where=where),
        Figure("people_told", "Those concerned told", counted["people"], where=where),
        Figure("partners_told", "Partners told", counted["partners"], where=where),
    ]


def _by_kind(ctx: Context, span: Span) -> Grid:
    it = Incident
    ended = number(it.status.in_(_ENDED))
    wanted = select(it.kind, func.count(), ended).where(spans.within(ctx, span, it.reported_at)).group_by(it.kind)
    found = {kind: (count, over) for kind, count, over in ctx.session.execute(wanted)}
    known = [*(kind.value for kind in Kind), *sorted(set(found) - {kind.value for kind in Kind})]
    rows = [
        (worded(kind), f"{found[kind][0]:,}", f"{found[kind][1]:,}", f"{found[kind][0] - found[kind][1]:,}")
        for kind in known if kind in found
    ]  # fmt: skip
    columns = ("Kind", "Reported", "Ended", "Open now")
    return Grid("kinds", "By kind", columns, rows, nothing="No breach was reported in it.", names=False)


def _by_organisation(ctx: Context, span: Span) -> Grid:
    it, today = Incident, london_date(ctx.now())
    still = it.status.not_in(_ENDED)
    wanted = (
        select(Organisation.name, func.count(), number(still), number(still, it.due_on < today))
        .join(Organisation, Organisation.id == it.organisation_id)
        .where(spans.within(ctx, span, it.reported_at))
        .group_by(Organisation.id, Organisation.name)
        .order_by(func.count().desc(), Organisation.name)
        .limit(MOST)
    )
    rows = [(name, *(f"{count:,}" for count in counts)) for name, *counts in ctx.session.execute(wanted)]
    columns = ("About", "Reported", "Open now", "Overdue now")
    return Grid("organisations", "By organisation", columns, rows, nothing="None was about an organisation.")


def _each_clock(ctx: Context, span: Span) -> Grid:
    """Each clock by the breach's number; none that somebody is to know nothing of: this is read by everybody (DEC-6, AUD-6)."""
    it = DataBreach
    kept = exists().where(Conflict.reference == Incident.reference, Conflict.lifted_at.is_(None))
    wanted = (
        select(Incident.year, Incident.number, it.aware_at, it.tell_by, it.notified_at, it.decision)
        .join(Incident, Incident.id == it.incident_id)
        .where(spans.within(ctx, span, it.aware_at), Incident.flag_id.is_(None), ~kept)
        .order_by(it.aware_at, it.id)
        .limit(MOST)
    )
    rows = [
        (f"{year}-{no}", moment(aware), moment(until), moment(told), _stands(ctx.now(), until, told, decision))
        for year, no, aware, until, told, decision in ctx.session.execute(wanted)
    ]
    says = "Those that come from a flag, or that somebody is kept from, are counted above and are not listed."
    columns = ("Breach", "Known", "Tell by", "Told", "State")
    return Grid("clocks", "The 72 hours, breach by breach", columns, rows, says, "No clock began in it.")


def _stands(now: datetime, until: datetime, told: datetime | None, decision: str | None) -> str:
    status = status_of(decision, told)
    if status is Telling.NOTIFIED and told is not None:
        return "Told in time" if told <= until else "Told late"
    if status is Telling.NOT_NOTIFIED:
        return "Not to be told"
    return "The clock runs" if now <= until else "Over, and not told"


def _trend(ctx: Context, span: Span) -> Trend:
    it: Any = Incident
    return by_month(
        ctx, span, "months", "Breaches by month", "How many were reported, and how many ended, in each month.",
        (("Reported", it, it.reported_at, it.kind.is_not(None)), ("Ended", it, it.ended_at, it.kind.is_not(None))),
    )  # fmt: skip


def _decisions(waits: dict[str, int]) -> list[Decision]:
    count = waits["steering"]
    if not count:
        return []
    what = "breach that has" if count == 1 else "breaches that have"
    return [
        Decision(
            f"Close {count:,} {what} come to the steering group.",
            "The partner and the MARAC manager did not resolve it.",
            "/breaches?which=open",
            "BRE-2",
        )
    ]
