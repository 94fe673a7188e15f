"""What is done about a personal-data breach: its clock, its assessments, and who is told (BRE-3, BRE-6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, url_for

from compliance.breaches import queries as breaches
from compliance.breaches.notifying import opening, queries, showing, use_cases
from compliance.breaches.notifying.rules import NEXT, PeopleDecision, Status, Step
from compliance.kernel.context import house, in_force, reading, work
from compliance.kernel.errors import Conflict
from compliance.web.access import guarded
from compliance.web.errors import STATUS
from compliance.web.forms.data_breaches import (
    Assess,
    Decide,
    DecidePeople,
    OpenClock,
    OthersTold,
    Told,
    begin_at,
    instant_of,
)
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy

from .data_breaches import incident_page, pages, shown

_PAGE = "data_breaches.data_breach"


@pages.route("/of/<uuid:incident_id>", methods=["GET", "POST"])
@guarded(Permission.DATA_BREACH_ASSESS)
def open_clock(incident_id: UUID) -> Reply:
    """Say that an incident is a personal-data breach: its clock runs from when somebody came to know."""
    with reading() as ctx:
        incident = breaches.readable(ctx, incident_id)
        known = queries.of_incident(ctx, incident_id)
    form = OpenClock()
    if form.sent() and (at := instant_of(form, form.aware_on, form.aware_at)) is not None:
        with telling(form):
            with work() as ctx:
                made = opening.open_clock(ctx, incident_id, aware_at=at)
            return on(_PAGE, "The clock runs. Write down what is known next.", data_breach_id=made.id)
    if known is not None and not form.summary:
        return redirect(url_for(_PAGE, data_breach_id=known.breach.id), 303)
    if not form.is_submitted():
        begin_at(form.aware_on, form.aware_at, incident.aware_at)
    return show(
        "data_breach_open.html", form, number=breaches.called(incident), incident_page=incident_page(incident_id),
        hours=in_force(Policy).breaches.notify_hours, again=False,
    )  # fmt: skip


@pages.route("/<uuid:data_breach_id>/awareness", methods=["GET", "POST"])
@guarded(Permission.DATA_BREACH_ASSESS)
def correct_awareness(data_breach_id: UUID) -> Reply:
    """Set the clock to an earlier time, because somebody knew before."""
    form, whole = OpenClock(), _whole(data_breach_id)
    if form.sent() and (at := instant_of(form, form.aware_on, form.aware_at)) is not None:
        with telling(form):
            with work() as ctx:
                opening.correct_awareness(ctx, data_breach_id, aware_at=at)
            return on(_PAGE, "The clock runs from that time on.", data_breach_id=data_breach_id)
    if whole.listed.status is Status.NOTIFIED and not form.summary:
        return _back(data_breach_id)
    if not form.is_submitted():
        begin_at(form.aware_on, form.aware_at, whole.listed.breach.aware_at)
    return show("data_breach_open.html", form, again=True, **shown(whole))


@pages.route("/<uuid:data_breach_id>/assessment", methods=["GET", "POST"])
@guarded(Permission.DATA_BREACH_ASSESS)
def assess(data_breach_id: UUID) -> Reply:
    """Write down what is known: the newest assessment is filled in, to be changed and added to."""
    form, whole = Assess(), _whole(data_breach_id)
    form.categories.choices = [(each.code, each.name) for each in in_force(Policy).data_categories.values()]
    if form.sent():
        people, records = form.numbers()
        if form.status == 200:
            known = use_cases.Known(
                risk=form.risk.data, categories=tuple(form.categories.data or ()), facts=form.facts.data or "",
                effects=form.effects.data or "", remedy=form.remedy.data or "", people=people, records=records,
            )  # fmt: skip
            with telling(form):
                with work() as ctx:
                    use_cases.assess(ctx, data_breach_id, known, assessment=_read(form.assessment.data))
                return on(_PAGE, "The assessment is kept beside those before it.", data_breach_id=data_breach_id)
    elif not form.is_submitted() and whole.newest:
        _begin_with(form, whole.newest)
    return _step("data_breach_assess.html", form, whole)


@pages.route("/<uuid:data_breach_id>/decision", methods=["GET", "POST"])
@guarded(Permission.DATA_BREACH_NOTIFY)
def decide(data_breach_id: UUID) -> Reply:
    """Decide whether the ICO is told."""
    form, whole = Decide(), _whole(data_breach_id)
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.decide(
                    ctx, data_breach_id, form.decision.data, reasons=form.reasons.data or "",
                    assessment=_read(form.assessment.data),
                )  # fmt: skip
            return on(_PAGE, "The decision is kept, with its reasons.", data_breach_id=data_breach_id)
    possible = any((whole.listed.status, step) in NEXT for step in (Step.NOTIFY, Step.NOT_NOTIFY))
    return _step("data_breach_decide.html", form, whole, possible=possible and whole.newest is not None)


@pages.route("/<uuid:data_breach_id>/notification", methods=["GET", "POST"])
@guarded(Permission.DATA_BREACH_NOTIFY)
def told(data_breach_id: UUID) -> Reply:
    """Write down that the ICO was told, first or with what followed."""
    form, whole = Told(), _whole(data_breach_id)
    if form.sent() and (at := instant_of(form, form.on, form.at, now=house().clock.now())) is not None:
        said = use_cases.Told(
            at=at, more_to_follow=form.more.data == "yes", words=form.words.data or "",
            reference=form.reference.data or "", late_reason=form.late_reason.data or "",
        )  # fmt: skip
        with telling(form):
            with work() as ctx:
                use_cases.tell_regulator(ctx, data_breach_id, said, assessment=_read(form.assessment.data))
            return on(_PAGE, "It is kept that the ICO was told.", data_breach_id=data_breach_id)
    _begin_now(form)
    return _step("data_breach_told.html", form, whole, possible=(whole.listed.status, Step.TELL) in NEXT)


@pages.route("/<uuid:data_breach_id>/people", methods=["GET", "POST"])
@guarded(Permission.DATA_BREACH_NOTIFY)
def decide_people(data_breach_id: UUID) -> Reply:
    """Decide whether the people concerned are told."""
    form, whole = DecidePeople(), _whole(data_breach_id)
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.decide_people(
                    ctx, data_breach_id, form.decision.data, reasons=form.reasons.data or "",
                    assessment=_read(form.assessment.data),
                )  # fmt: skip
            return on(_PAGE, "The decision is kept, with its reasons.", data_breach_id=data_breach_id)
    possible = whole.newest is not None and whole.listed.breach.people_told_at is None
    return _step("data_breach_people.html", form, whole, possible=possible)


@pages.route("/<uuid:data_breach_id>/people/told", methods=["GET", "POST"])
@guarded(Permission.DATA_BREACH_NOTIFY)
def people_told(data_breach_id: UUID) -> Reply:
    """Write down that the people concerned were told."""
    form, whole = OthersTold(), _whole(data_breach_id)
    if form.sent() and (at := instant_of(form, form.on, form.at)) is not None:
        with telling(form):
            with work() as ctx:
                use_cases.people_told(ctx, data_breach_id, at=at, words=form.words.data or "")
            return on(_PAGE, "It is kept that the people concerned were told.", data_breach_id=data_breach_id)
    _begin_now(form)
    breach = whole.listed.breach
    possible = breach.people_decision == PeopleDecision.TELL.value and breach.people_told_at is None
    return _step("data_breach_others.html", form, whole, possible=possible, who="the people concerned")


@pages.route("/<uuid:data_breach_id>/partners/told", methods=["GET", "POST"])
@guarded(Permission.DATA_BREACH_ASSESS)
def partners_told(data_breach_id: UUID) -> Reply:
    """Write down that organisations whose information it is were told."""
    form, whole = OthersTold(), _whole(data_breach_id)
    form.words.label.text = "Which organisations, how, and what were they told?"
    if form.sent() and (at := instant_of(form, form.on, form.at)) is not None:
        with telling(form):
            with work() as ctx:
                use_cases.partners_told(ctx, data_breach_id, at=at, words=form.words.data or "")
            return on(_PAGE, "It is kept that they were told.", data_breach_id=data_breach_id)
    _begin_now(form)
    return _step("data_breach_others.html", form, whole, who="the organisations whose information it is")


def _whole(data_breach_id: UUID) -> showing.Whole:
    with reading() as ctx:
        return showing.whole(ctx, queries.one(ctx, data_breach_id))


def _step(template: str, form: PlainForm, whole: showing.Whole, *, possible: bool = True, **more: Any) -> Reply:
    """The page of a step; where there is nothing to fill in, on to the breach, unless a refusal is to be shown."""
    if not possible and not form.summary:
        return _back(whole.listed.breach.id)
    if "assessment" in form and (not form.summary or form.status == STATUS[Conflict]):
        form["assessment"].data = str(whole.number)
    return show(template, form, **shown(whole), **more)


def _back(data_breach_id: UUID) -> Reply:
    return redirect(url_for(_PAGE, data_breach_id=data_breach_id), 303)


def _begin_now(form: Told | OthersTold) -> None:
    if not form.is_submitted():
        begin_at(form.on, form.at, house().clock.now())


def _begin_with(form: Assess, newest: showing.Opened) -> None:
    """Begin with what was written last: what is known grows, and is seldom written anew."""
    row = newest.row
    form.facts.data, form.effects.data, form.remedy.data = newest.facts, newest.effects, newest.remedy
    form.categories.data, form.risk.data = row.categories.split(), row.risk
    form.people.data = "" if row.people is None else str(row.people)
    form.records.data = "" if row.records is None else str(row.records)


def _read(typed: str | None) -> int:
    """Which assessment had been read, as a hidden field brought it back; nonsense is none."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
