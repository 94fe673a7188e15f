"""Reviews of records: the queue, one review, its decision, its reviewer, asking for one (RET-3, RET-4, RET-7)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.identity.those_with import hub_wide
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.errors import Refusal
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.retention_reviews import (
    ANSWERS,
    TO_BE_CONFIRMED,
    TRIGGERS,
    AskReview,
    Assessment,
    HandReviewOver,
    ReviewQuestion,
    Together,
    assessing,
)
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy
from retention.reviews import deciding, queries, reviewers, rules, showing, tables, use_cases
from retention.reviews.deciding import Found
from retention.reviews.queries import Listed, Which
from retention.reviews.rules import Kind, Status
from retention.rules import GROUPS
from signatories import queries as register

pages = Blueprint("retention_reviews", __name__, url_prefix="/retention/reviews")

WHICH = {
    Which.OPEN: "All that are open",
    Which.MINE: "Mine to decide",
    Which.UNASSIGNED: "With no reviewer",
    Which.OVERDUE: "Overdue",
    Which.RETAINED: "Retained",
    Which.REGROUPED: "Regrouped",
    Which.PROPOSED: "Disposal proposed",
    Which.ALL: "All",
}
BECAUSE = {Kind.DUE.value: "Its time came"} | {each.value: words for each, words in TRIGGERS.items()}
"""Why there is a review, in words."""


@pages.get("")
@guarded(Permission.RETENTION_READ)
def reviews() -> Reply:
    """The queue: searched, filtered, sorted, a page at a time; what fell due first stands first."""
    with work() as ctx:
        form, sort = _question(ctx), lists.sort_of(queries.SORTS)
        after = lists.place_of(queries.SORTS, sort)
        form.understood()
        asked = _asked(form)
        page = queries.reviews(ctx, **asked, sort=sort, after=after, limit=lists.PAGE)
        counted = queries.counted(ctx)
        record(ctx, ListViewed(what="record-reviews", rows=len(page.rows)))
    return show(
        "retention_reviews.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        counted=counted, because=BECAUSE,
        filtered=any(value for name, value in asked.items() if name != "which") or asked["which"] != Which.OPEN,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.RETENTION_READ)
def export(form: str) -> Reply:
    """The queue as it was searched and sorted, as a file."""
    sort = lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        asked = _asked(_question(ctx))

        rows, most = lists.walked(partial(queries.reviews, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_reviews(ctx, rows, most=most)

    return lists.file_of(form, "record-reviews", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.RETENTION_ASK_REVIEW)
def ask() -> Reply:
    """Ask for a review of a record before its time."""
    form = AskReview()
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.ask(ctx, form.reference.data or "", trigger=form.trigger.data or "")
                review_id = made.id
            return on("retention_reviews.review", "The review is made.", review_id=review_id)
    return show("retention_review_new.html", form)


@pages.get("/<uuid:review_id>")
@guarded(Permission.RETENTION_READ)
def review(review_id: UUID) -> Reply:
    """One review: the record's dates and why, what was found, and what to do next."""
    with work() as ctx:
        whole = showing.view(ctx, review_id)
        alike = len(showing.like(ctx, whole.listed)) if whole.may_review else 0
    return show(
        "retention_review.html", whole=whole, it=whole.listed.review, its=whole.listed.record, because=BECAUSE,
        questions=in_force(Policy).retention_questions, said_answers=ANSWERS, alike=alike,
        to_be_confirmed=TO_BE_CONFIRMED,
    )  # fmt: skip


@pages.route("/<uuid:review_id>/decision", methods=["GET", "POST"])
@guarded(Permission.RETENTION_REVIEW)
def decide(review_id: UUID) -> Reply:
    """Answer the assessment, and say what the review ends in."""
    form = assessing(Assessment, in_force(Policy).retention_questions)
    if form.sent():
        with telling(form):
            with work() as ctx:
                deciding.decide(ctx, review_id, _found(form), revision=_number(form.revision.data))
            return on("retention_reviews.review", "The review is decided.", review_id=review_id)
    with reading() as ctx:
        whole = showing.of(ctx, review_id)
    if not form.summary and whole.listed.review.status != Status.OPEN.value:
        return redirect(url_for("retention_reviews.review", review_id=review_id), 303)
    form.revision.data = form.revision.data or str(whole.listed.record.revision)
    return show(
        "retention_review_decide.html", form, whole=whole, its=whole.listed.record,
        confirmed=rules.confirmed(in_force(Policy).retention_questions),
    )  # fmt: skip


@pages.route("/<uuid:review_id>/together", methods=["GET", "POST"])
@guarded(Permission.RETENTION_REVIEW)
def together(review_id: UUID) -> Reply:
    """Decide the reviews of like records at once, each with a record of its own."""
    form = assessing(Together, in_force(Policy).retention_questions)
    with reading() as ctx:
        whole = showing.of(ctx, review_id)
        alike = showing.like(ctx, whole.listed)
    form.offer([(f"{each.review.id}.{each.record.revision}", _called(each)) for each in alike])
    if form.sent():
        return _each(form, whole.listed, {each.review.id: each.record.reference for each in alike})
    if whole.listed.review.status != Status.OPEN.value:
        return redirect(url_for("retention_reviews.review", review_id=review_id), 303)
    return show(
        "retention_review_together.html", form, whole=whole, its=whole.listed.record,
        confirmed=rules.confirmed(in_force(Policy).retention_questions),
    )  # fmt: skip


@pages.route("/<uuid:review_id>/reviewer", methods=["GET", "POST"])
@guarded(Permission.RETENTION_REVIEW)
def hand_over(review_id: UUID) -> Reply:
    """Give a review to another reviewer, or take it over."""
    form = HandReviewOver()
    with reading() as ctx:
        listed = queries.visible(ctx, review_id)
        me = ctx.actor.person_id
        others = [each for each in reviewers.able(ctx, listed.record) if each.id != listed.review.reviewer_id]
    if listed.review.status != Status.OPEN.value:
        return redirect(url_for("retention_reviews.review", review_id=review_id), 303)
    form.reviewer.choices = [
        ("", "Choose somebody"),
        *((str(each.id), f"{'Me: ' if each.id == me else ''}{each.full_name}") for each in others),
    ]
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.hand_over(ctx, review_id, parse_id(form.reviewer.data or "") or UUID(int=0))
            return on("retention_reviews.review", "The review has another reviewer.", review_id=review_id)
    return show("retention_review_hand_over.html", form, its=listed.record, it=listed.review, nobody=not others)


def _each(form: Together, like: Listed, names: dict[UUID, str]) -> Reply:
    """Every review that was chosen, in a unit of work of its own; what was refused is said beside it."""
    most = in_force(Policy).disposal.bulk_most
    chosen = [
        (parse_id(value.partition(".")[0]), _number(value.partition(".")[2])) for value in form.reviews.data or []
    ]
    outcome: list[tuple[UUID, Refusal | None]] = []
    for review_id, revision in chosen[:most]:
        try:
            with work() as ctx:
                deciding.decide(
                    ctx,
                    review_id or UUID(int=0),
                    _found(form),
                    revision=revision,
                    together=len(chosen),
                    like=like.record,
                )
        except Refusal as refusal:
            outcome.append((review_id or UUID(int=0), refusal))
        else:
            outcome.append((review_id or UUID(int=0), None))
    return show(
        "retention_review_together_done.html", names=names, outcome=outcome, done=sum(not each for _, each in outcome)
    )


def _found(form: Assessment) -> Found:
    group = int(form.group.data) if form.group.data in [str(each) for each in GROUPS] else None
    return Found(form.answers, form.decision.data or "", form.reason.data or "", group, form.next_on.data)


def _number(typed: str | None) -> int:
    """What a hidden field brought back; nonsense is no revision."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _called(each: Listed) -> str:
    return f"{each.record.reference}, opened {said_day(each.record.opened_on)}"


def _question(ctx: Context) -> ReviewQuestion:
    form = ReviewQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    form.organisation.choices = [("", "Any organisation"), *((str(i), name) for i, name in register.names(ctx))]
    people = hub_wide(ctx, Permission.RETENTION_REVIEW)
    form.reviewer.choices = [("", "Anybody"), *((str(each.id), each.full_name) for each in people)]
    form.group.choices = [("", "Any group"), *((str(each), f"Group {each}") for each in GROUPS)]
    return form


def _asked(form: ReviewQuestion) -> dict[str, Any]:
    return {
        "which": Which(form.which.data) if form.which.data in list(Which) else Which.OPEN,
        "organisation_id": parse_id(form.organisation.data or ""),
        "reviewer_id": parse_id(form.reviewer.data or ""),
        "group": int(form.group.data) if form.group.data in [str(each) for each in GROUPS] else None,
        "due_until": form.due.data,
        "search": form.search.data or None,
    }
