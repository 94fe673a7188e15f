"""Flags: what waits for whom, what each is about, its review, and how well each rule asks (AUD-6)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.accesses.flags import queries, reviewers, tables, tuning, use_cases
from compliance.accesses.flags.queries import Which
from compliance.accesses.flags.rules import Status, Step
from compliance.accesses.flags.showing import Whole
from compliance.breaches import queries as breaches
from compliance.kernel.context import Context, acting, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.web import charts, lists
from compliance.web.access import guarded
from compliance.web.charts import Chart, Series
from compliance.web.forms.flags import FlagQuestion, HandOver, Review
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show
from compliance.web.words import FLAG_REASONS, said
from policies.need_to_know import CONCERN
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("flags", __name__, url_prefix="/flags")

WHICH = {
    Which.OPEN: "All that are open",
    Which.MINE: "Mine to review",
    Which.UNASSIGNED: "With no reviewer",
    Which.OVERDUE: "Overdue",
    Which.EXPLAINED: "Explained",
    Which.BREACH: "To be raised as a breach",
    Which.RAISED: "Raised as a breach",
    Which.ALL: "All",
}


@pages.get("")
@guarded(Permission.FLAG_READ)
def flags() -> Reply:
    """The flags one may know of: searched, filtered, sorted, a page at a time; what is due first stands first."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.flags(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        counted = queries.counted(ctx)
        record(ctx, ListViewed(what="flags", rows=len(page.rows)))
    return show(
        "flags.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort, counted=counted,
        filtered=_asked(form) != {"which": Which.OPEN, "rule": None, "search": None},
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.FLAG_READ)
def export(form: str) -> Reply:
    """The flags as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.flags, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_flags(ctx, rows, most=most)

    return lists.file_of(form, "flags", table)


@pages.get("/rules")
@guarded(Permission.FLAG_READ)
def rules() -> Reply:
    """What each rule raised and what became of it: by the rate of false flags rules are tuned."""
    with work() as ctx:
        span, found = tuning.tuned(ctx)
        record(ctx, ListViewed(what="need-to-know-rules", rows=len(found)))
    chosen = lists.one_of("rule", {each.code for each in found})
    shown = [each for each in found if chosen in (None, each.code)]
    by_month = tuning.together(shown)
    return show(
        "flag_rules.html", found=found, chosen=chosen, months=list(zip(span, by_month, strict=True)),
        picture=_picture([month.short for month in span], by_month) if any(each.raised for each in by_month) else None,
        values=in_force(Policy).audit,
    )  # fmt: skip


@pages.get("/rules/export.<form>")
@guarded(Permission.FLAG_READ)
def export_rules(form: str) -> Reply:
    """The rules with what became of their flags, as a file."""
    return lists.file_of(form, "need-to-know-rules", lambda ctx: tables.of_rules(ctx, tuning.tuned(ctx)[1]))


@pages.get("/<uuid:flag_id>")
@guarded(Permission.FLAG_READ)
def flag(flag_id: UUID) -> Reply:
    """One flag: what it asks and why, what it rests on, what was done, and what to do next."""
    with work() as ctx:
        whole = use_cases.view(ctx, flag_id)
        raised = breaches.of_flag(ctx, flag_id) if whole.flag.status == Status.RAISED else None
    return show(
        "flag.html", whole=whole, it=whole.flag, says=means(whole.flag.rule), mine=_is_mine(whole), incident=raised,
        incident_called=breaches.called(raised) if raised else None,
    )  # fmt: skip


@pages.route("/<uuid:flag_id>/review", methods=["GET", "POST"])
@guarded(Permission.FLAG_READ)
def review(flag_id: UUID) -> Reply:
    """Say what a flag came to, and why."""
    form = Review()
    form.reason.choices = Review.reasons(FLAG_REASONS)
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.review(
                    ctx, flag_id, step=form.step.data, reason=form.reason.data, words=form.words.data or "",
                    accesses=_number(form.accesses.data),
                )  # fmt: skip
            done = (
                "The flag is explained." if form.step.data == Step.EXPLAIN else "The flag is to be raised as a breach."
            )
            return on("flags.flag", done, flag_id=flag_id)
    with reading() as ctx:
        it = queries.visible(ctx, flag_id)
        may_not = queries.why_not(ctx, it) is not None or it.reviewer_id != ctx.actor.person_id
    if _out_of_place(form, it.status, may_not):
        return redirect(url_for("flags.flag", flag_id=flag_id), 303)
    form.accesses.data = str(it.accesses)
    return show("flag_review.html", form, it=it, says=means(it.rule))


@pages.route("/<uuid:flag_id>/reviewer", methods=["GET", "POST"])
@guarded(Permission.FLAG_READ)
def hand_over(flag_id: UUID) -> Reply:
    """Give a flag to another reviewer, or take it over."""
    form = HandOver()
    with reading() as ctx:
        it = queries.visible(ctx, flag_id)
        may_not = queries.why_not(ctx, it) is not None
        others = [each for each in reviewers.candidates(ctx, it) if each.id != it.reviewer_id] if not may_not else []
        me = ctx.actor.person_id
    if it.status != Status.OPEN.value or may_not:
        return redirect(url_for("flags.flag", flag_id=flag_id), 303)
    form.reviewer.choices = [
        ("", "Choose somebody"),
        *((str(each.id), f"{'Me: ' if each.id == me else ''}{each.full_name} ({each.open} open)") for each in others),
    ]
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.hand_over(ctx, flag_id, parse_id(form.reviewer.data or "") or UUID(int=0))
            return on("flags.flag", "The flag has another reviewer, who is told by letter.", flag_id=flag_id)
    return show("flag_hand_over.html", form, it=it, says=means(it.rule), nobody=not others)


def means(code: str) -> str:
    """What a rule asks, in its own words."""
    if code == CONCERN:
        return "Somebody reported a concern about access."
    rule = in_force(Policy).need_to_know.get(code)
    return rule.means if rule else "It was raised by a rule that is no longer in force."


def _number(typed: str | None) -> int:
    """What a hidden field brought back; nonsense is no number of accesses."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _is_mine(whole: Whole) -> bool:
    """Whether whoever looks is the one to review it."""
    return whole.why_not is None and str(whole.flag.reviewer_id) == acting().id


def _out_of_place(form: PlainForm, status: str, may_not: bool) -> bool:
    """Whether there is nothing to fill in here: whoever was refused while sending is shown why instead."""
    return not form.summary and (status != Status.OPEN.value or may_not)


def _picture(labels: list[str], by_month: tuple[tuning.Tally, ...]) -> Any:
    whole = sum(by_month, tuning.Tally())
    return charts.columns(
        Chart(
            "chart-flags", "What became of the flags of each month",
            f"Of {whole.raised} raised in twelve months {whole.explained} were explained, {whole.breach} found to be "
            f"breaches, and {whole.open} are open.",
            labels,
            [
                Series("Explained", [each.explained for each in by_month]),
                Series("Breach", [each.breach for each in by_month]),
                Series("Open", [each.open for each in by_month]),
            ],
        )
    )  # fmt: skip


def _question() -> FlagQuestion:
    form = FlagQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    codes = [*in_force(Policy).need_to_know, CONCERN]
    form.raised_by.choices = [("", "Any rule, or a person"), *((code, said(code)) for code in codes)]
    return form


def _asked(form: FlagQuestion) -> dict[str, Any]:
    which = form.which.data if form.which.data in list(Which) else Which.OPEN
    known = {*in_force(Policy).need_to_know, CONCERN}
    return {
        "which": Which(which),
        "rule": form.raised_by.data if form.raised_by.data in known else None,
        "search": form.search.data or None,
    }
