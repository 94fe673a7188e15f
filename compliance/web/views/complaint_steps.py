"""What either side, the hub for it, or the chair does at a stage of a complaint (COM-2 to COM-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for

from compliance.complaints import reporting, ruling, showing, use_cases
from compliance.complaints.queries import visible
from compliance.complaints.reporting import Written
from compliance.complaints.showing import Whole
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.web import step_up
from compliance.web.access import guarded, signed_in
from compliance.web.forms.complaints import (
    YES,
    Discussion,
    Escalate,
    FinalResolution,
    OnBehalf,
    OurSide,
    Report,
    Resolve,
    TakeUpAgain,
)
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy

from .complaints import STAGES, pages, theme

Act = Callable[[Context], object]
THE_CHAIR = "Chair of the Domestic and Sexual Abuse Executive Group"


@pages.route("/<uuid:complaint_id>/discussions", methods=["GET", "POST"])
@signed_in
def discuss(complaint_id: UUID) -> Reply:
    """Record what was discussed."""
    form = Discussion()

    def act(ctx: Context) -> object:
        return use_cases.record_discussion(
            ctx, complaint_id, stage=_stage(form), held_on=form.held_on.data or date.min, words=form.words.data or "",
            on_behalf=_for(form),
        )  # fmt: skip

    return _step(complaint_id, form, act, "complaint_discuss.html", "The discussion is recorded.")


@pages.route("/<uuid:complaint_id>/report", methods=["GET", "POST"])
@guarded(Permission.COMPLAINT_TAKE_PART, upload=True)
def report(complaint_id: UUID) -> Reply:
    """Send the written report that the next stage asks for (COM-3)."""
    form = Report()

    def act(ctx: Context) -> object:
        return reporting.send_report(
            ctx, complaint_id, stage=_stage(form), written=_written(form), to_name=form.to_name.data or "",
            to_post=form.to_post.data or "", answer_by=form.answer_by.data, on_behalf=_for(form),
        )  # fmt: skip

    def begin(whole: Whole) -> None:
        if whole.complaint.stage == 3:
            form.to_post.data = THE_CHAIR

    done = "The report is sent. The other organisation is told by letter."
    return _step(complaint_id, form, act, "complaint_report.html", done, begin, lambda whole: whole.needs_report)


@pages.route("/<uuid:complaint_id>/escalation", methods=["GET", "POST"])
@signed_in
def escalate(complaint_id: UUID) -> Reply:
    """Take a complaint up by one stage, and say who speaks for each side there (COM-2)."""
    form = Escalate()

    def act(ctx: Context) -> object:
        return use_cases.escalate(
            ctx, complaint_id, stage=_stage(form), ours=form.ours, theirs=form.theirs, on_behalf=_for(form)
        )

    def begin(whole: Whole) -> None:
        if whole.next_report is not None and whole.complaint.stage == 2:
            form.their_name.data, form.their_post.data = whole.next_report.to_name, whole.next_report.to_post

    done = "The complaint has gone up by one stage. Both sides are told by letter."
    return _step(
        complaint_id, form, act, "complaint_escalate.html", done, begin, lambda whole: whole.complaint.stage < 4
    )


@pages.route("/<uuid:complaint_id>/resolution", methods=["GET", "POST"])
@signed_in
def resolve(complaint_id: UUID) -> Reply:
    """Say that it is resolved, and what was agreed (COM-4)."""
    form = Resolve()

    def act(ctx: Context) -> object:
        return use_cases.resolve(
            ctx, complaint_id, stage=_stage(form), outcome=form.outcome.data or "", on_behalf=_for(form)
        )

    def fits(whole: Whole) -> bool:
        return whole.complaint.from_organisation_id in whole.acts_for

    return _step(complaint_id, form, act, "complaint_resolve.html", "The complaint is resolved.", fits=fits)


@pages.route("/<uuid:complaint_id>/side", methods=["GET", "POST"])
@signed_in
def side(complaint_id: UUID) -> Reply:
    """Name somebody else to speak for one's own organisation (COM-2)."""
    form = OurSide()

    def act(ctx: Context) -> object:
        return use_cases.name_side(ctx, complaint_id, form.ours, on_behalf=_for(form))

    def begin(whole: Whole) -> None:
        if len(whole.acts_for) == 1:
            now = whole.sides[whole.acts_for[0]]
            form.our_name.data, form.our_post.data, form.our_email.data = now.name, now.post, now.email

    return _step(complaint_id, form, act, "complaint_side.html", "They speak for the organisation now.", begin)


@pages.route("/<uuid:complaint_id>/final", methods=["GET", "POST"])
@guarded(Permission.COMPLAINT_RULE)
def rule(complaint_id: UUID) -> Reply:
    """The chair's resolution: final, after a fresh code (COM-1)."""
    form = FinalResolution()
    with reading() as ctx:
        visible(ctx, complaint_id)
    if not form.is_submitted():
        step_up.needed()

    def act(ctx: Context) -> object:
        return ruling.give_final_resolution(ctx, complaint_id, resolution=form.resolution.data or "")

    def fits(whole: Whole) -> bool:
        return whole.rules_it and whole.complaint.stage == 4 and whole.why_not is None

    done = "The complaint is resolved, and that is final. Both sides are told by letter."
    return _step(complaint_id, form, act, "complaint_rule.html", done, fits=fits, takes_part=False)


@pages.route("/<uuid:complaint_id>/again", methods=["GET", "POST"])
@signed_in
def take_up_again(complaint_id: UUID) -> Reply:
    """Take a complaint that was resolved up again, by a new one (COM-4)."""
    form = TakeUpAgain()
    shown = _shown(complaint_id)
    whole: Whole = shown["whole"]
    _offer(form, whole)
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.take_up_again(
                    ctx, complaint_id, words=form.words.data or "", immediate_risk=form.immediate_risk.data == YES,
                    ours=form.ours, theirs=form.theirs, on_behalf=_for(form),
                )  # fmt: skip
            return on("complaints.complaint", "It is taken up again, as a new complaint.", complaint_id=made.id)
    fits = whole.complaint.status == "resolved" and whole.taken_up_by is None and whole.acts_for
    if not form.summary and not fits:
        return redirect(url_for("complaints.complaint", complaint_id=complaint_id), 303)
    return show("complaint_again.html", form, **shown)


def _step(
    complaint_id: UUID,
    form: PlainForm,
    act: Act,
    template: str,
    done: str,
    begin: Callable[[Whole], None] = lambda _whole: None,
    fits: Callable[[Whole], Any] = lambda _whole: True,
    *,
    takes_part: bool = True,
) -> Reply:
    """The page of a step; whoever cannot take it now is led to the page that says why."""
    shown = _shown(complaint_id)
    whole: Whole = shown["whole"]
    if isinstance(form, OnBehalf):
        _offer(form, whole)
    if form.sent():
        with telling(form):
            with work() as ctx:
                act(ctx)
            return on("complaints.complaint", done, complaint_id=complaint_id)
    able = whole.is_open and (whole.acts_for or not takes_part) and fits(whole)
    if not form.summary and not able:
        return redirect(url_for("complaints.complaint", complaint_id=complaint_id), 303)
    if not form.is_submitted():
        if "stage" in form:
            form["stage"].data = str(whole.complaint.stage)
        begin(whole)
    return show(template, form, **shown)


def _shown(complaint_id: UUID) -> dict[str, Any]:
    with reading() as ctx:
        whole = showing.whole(ctx, visible(ctx, complaint_id))
    days = in_force(Policy).complaints.stage_working_days
    return {
        "whole": whole, "it": whole.complaint, "stages": STAGES, "days": days, "theme": theme(whole.complaint.theme),
    }  # fmt: skip


def _offer(form: OnBehalf, whole: Whole) -> None:
    """The organisations for which whoever asks can act: the hub chooses between both, nobody else is asked."""
    offered = [(str(each), whole.organisations[each]) for each in whole.acts_for]
    form.on_behalf.choices = [("", "Choose one"), *offered]


def _for(form: OnBehalf) -> UUID | None:
    return parse_id(form.on_behalf.data or "")


def _stage(form: Any) -> int:
    """The stage that was seen; nonsense is none."""
    typed = form.stage.data or ""
    return int(typed) if typed in {str(stage) for stage in STAGES} else 0


def _written(form: Report) -> Written:
    file = request.files.get("report")
    if file is None or not file.filename:
        return Written(form.words.data or "")
    return Written(form.words.data or "", file.filename, file.read())
