"""Organisations that do not take part: before which group each stands, what was asked and answered (GOV-2)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.escalations import queries, rules, tables, use_cases
from compliance.governance.escalations.queries import Which
from compliance.governance.escalations.rules import About, Level, Step, called
from compliance.governance.escalations.use_cases import Ask
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import can, guarded
from compliance.web.forms.escalations import (
    ABOUT,
    LEVELS,
    Answer,
    Asks,
    End,
    Escalate,
    EscalationQuestion,
    RaiseHigher,
)
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

pages = Blueprint("escalations", __name__, url_prefix="/escalations")

WHICH = {
    Which.OPEN: "All that are open",
    Which.TO_ANSWER: "The organisation is to answer, overdue or not",
    Which.ASKED: "The organisation is to answer, and has time",
    Which.OVERDUE: "Overdue",
    Which.ANSWERED: "Answered: for the group to end or raise",
    Which.ENDED: "Ended",
    Which.ALL: "All",
}
TAKES = {
    Step.ANSWER: Permission.ESCALATION_ANSWER,
    Step.RAISE: Permission.ESCALATION_RAISE,
    Step.END: Permission.ESCALATION_RAISE,
}
"""What each step takes."""


@pages.get("")
@guarded(Permission.ESCALATION_READ)
def escalations() -> Reply:
    """The escalations one may know of: searched, filtered, sorted, a page at a time."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.escalations(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        counted = queries.counted(ctx)
        record(ctx, ListViewed(what="escalations", rows=len(page.rows)))
    return show(
        "escalations.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        counted=counted, called=called, levels=LEVELS, abouts=ABOUT, filtered=_asked(form) != _EVERYTHING,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.ESCALATION_READ)
def export(form: str) -> Reply:
    """The escalations as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.escalations, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_escalations(ctx, rows, most=most)

    return lists.file_of(form, "escalations", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.ESCALATION_OPEN)
def escalate() -> Reply:
    """Put before the steering group that an organisation does not take part."""
    form = Escalate()
    with reading() as ctx:
        form.organisation_id.choices = [
            ("", "Choose one"), *((str(each), name) for each, name in register.names(ctx))
        ]  # fmt: skip
        if not form.is_submitted():
            _usual_day(ctx, form, Level.STEERING)
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.open_escalation(
                    ctx, parse_id(form.organisation_id.data or "") or UUID(int=0), about=form.about.data,
                    grounds=form.grounds.data or "", ask=_ask(form),
                )  # fmt: skip
                escalation_id = made.id
            done = "It is before the steering group. The organisation is told by letter."
            return on("escalations.escalation", done, escalation_id=escalation_id)
    return show("escalation_new.html", form, days=use_cases.days_of(in_force(Policy), Level.STEERING))


@pages.get("/<uuid:escalation_id>")
@guarded(Permission.ESCALATION_READ)
def escalation(escalation_id: UUID) -> Reply:
    """One escalation: whose move it is, and what each group asked and was answered."""
    with work() as ctx:
        whole = use_cases.view(ctx, escalation_id)
    it = whole.escalation
    possible = rules.steps(whole.standing, Level(it.level))
    return show(
        "escalation.html", whole=whole, it=it, name=called(it.year, it.number), levels=LEVELS, abouts=ABOUT,
        may={step.value for step in possible if can(TAKES[step], it.organisation_id)},
        above=rules.ABOVE.get(Level(it.level)), possible={step.value for step in possible},
    )  # fmt: skip


@pages.route("/<uuid:escalation_id>/answer", methods=["GET", "POST"])
@guarded(Permission.ESCALATION_ANSWER)
def answer(escalation_id: UUID) -> Reply:
    """Answer what a group asked."""
    form = Answer()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.answer(ctx, escalation_id, level=form.level.data or "", words=form.words.data or "")
            done = "The answer is given. Those who can end or raise it are told by letter."
            return on("escalations.escalation", done, escalation_id=escalation_id)
    return _step("escalation_answer.html", escalation_id, form, Step.ANSWER)


@pages.route("/<uuid:escalation_id>/raise", methods=["GET", "POST"])
@guarded(Permission.ESCALATION_RAISE)
def raise_higher(escalation_id: UUID) -> Reply:
    """Put it before the group above."""
    form = RaiseHigher()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.raise_higher(ctx, escalation_id, level=form.level.data or "", ask=_ask(form))
            done = "It is before the group above. The organisation is told by letter."
            return on("escalations.escalation", done, escalation_id=escalation_id)
    return _step("escalation_raise.html", escalation_id, form, Step.RAISE)


@pages.route("/<uuid:escalation_id>/end", methods=["GET", "POST"])
@guarded(Permission.ESCALATION_RAISE)
def end(escalation_id: UUID) -> Reply:
    """End it, with what was agreed or decided."""
    form = End()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.end(ctx, escalation_id, level=form.level.data or "", outcome=form.outcome.data or "")
            done = "It has ended. The organisation is told by letter."
            return on("escalations.escalation", done, escalation_id=escalation_id)
    return _step("escalation_end.html", escalation_id, form, Step.END)


def _step(template: str, escalation_id: UUID, form: Answer | RaiseHigher | End, step: Step) -> Reply:
    """The page of a step; where there is no such step now, the escalation's own page instead."""
    with reading() as ctx:
        whole = queries.whole(ctx, queries.visible(ctx, escalation_id))
        it = whole.escalation
        higher = rules.ABOVE.get(Level(it.level))
        if isinstance(form, RaiseHigher) and higher is not None and not form.is_submitted():
            _usual_day(ctx, form, higher)
    if not form.summary and step not in rules.steps(whole.standing, Level(it.level)):
        return redirect(url_for("escalations.escalation", escalation_id=escalation_id), 303)
    form.level.data = it.level
    return show(
        template, form, whole=whole, it=it, name=called(it.year, it.number), levels=LEVELS, above=higher,
        present=next(each for each in whole.asks if each.ask.level == it.level),
        days=use_cases.days_of(in_force(Policy), higher or Level(it.level)),
    )  # fmt: skip


def _usual_day(ctx: Context, form: Asks, level: Level) -> None:
    policy = ctx.the(Policy)
    day = rules.answer_by(london_date(ctx.now()), use_cases.days_of(policy, level), policy.calendar)
    form.answer_by.process(None, day)


def _ask(form: Asks) -> Ask:
    return Ask(form.asked.data or "", form.of_whom.data or "", form.answer_by.data)


def _question() -> EscalationQuestion:
    form = EscalationQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    form.level.choices = [("", "Any group"), *((level.value, words) for level, words in LEVELS.items())]
    form.about.choices = [("", "Anything"), *((about.value, words) for about, words in ABOUT.items())]
    return form


def _asked(form: EscalationQuestion) -> dict[str, Any]:
    return {
        "which": Which(form.which.data) if form.which.data in list(Which) else Which.OPEN,
        "level": Level(form.level.data) if form.level.data in list(Level) else None,
        "about": About(form.about.data) if form.about.data in list(About) else None,
        "search": form.search.data or None,
    }


_EVERYTHING: dict[str, Any] = {"which": Which.OPEN, "level": None, "about": None, "search": None}
