"""What people do with one breach: the next step, licences that rest, lessons, actions and conduct (BRE-2, BRE-4, BRE-5)."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for

from compliance.breaches import learning, queries, showing, suspending, use_cases
from compliance.breaches.errors import IncidentOver
from compliance.breaches.models import Incident
from compliance.breaches.rules import ENDED, ENDS, Status, Step
from compliance.kernel.context import Context, reading, work
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.ids import parse_id
from compliance.web.access import can, guarded
from compliance.web.breach_words import BREACH_STEPS
from compliance.web.forms.breaches import NO_NAMES, WORDS, Conduct, Lessons, NextStep, Suspend
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission

from .breaches import organisations, pages, words_of

DONE = {
    Step.RAISE: "The breach is raised with the organisation, which is told by letter.",
    Step.ANSWER: "Your answer is with the MARAC Hub Team.",
    Step.ESCALATE_TO_MANAGER: "The breach is with the MARAC manager.",
    Step.ESCALATE_TO_STEERING: "The breach is with the steering group.",
    Step.RESOLVE: "The breach is resolved.",
    Step.CLOSE: "The breach is closed.",
}


@pages.route("/<uuid:incident_id>/steps/<step>", methods=["GET", "POST"])
@guarded(Permission.INCIDENT_READ)
def step(incident_id: UUID, step: str) -> Reply:
    """Take the next step of a breach, and say why."""
    if step not in BREACH_STEPS or step == Step.REPORT:
        raise NotFound()
    taken, form = Step(step), NextStep()
    with reading() as ctx:
        it = queries.readable(ctx, incident_id)
        can_take = taken in showing.can_take(ctx, it)
        rest = len(suspending.resting(ctx, it)) if taken in ENDS else 0
        named = organisations(ctx) if taken is Step.RAISE else []
    form.organisation.choices = [("", "Choose an organisation"), *named]
    label, hint = WORDS[taken]
    form.words.label.text, form.words.description = label, f"{hint} {NO_NAMES}"
    if form.sent():
        with telling(form):
            with work() as ctx:
                _take(ctx, incident_id, taken, form)
            return on("breaches.breach", DONE[taken], incident_id=incident_id)
    elif not form.is_submitted():
        form.organisation.data, form.seen.data = str(it.organisation_id or ""), it.status
    if not form.summary and not can_take:
        return redirect(url_for("breaches.breach", incident_id=incident_id), 303)
    return show("breach_step.html", form, it=it, step=taken, says=BREACH_STEPS[taken], rest=rest, **words_of(it))


@pages.route("/<uuid:incident_id>/suspension", methods=["GET", "POST"])
@guarded(Permission.LICENCE_SUSPEND)
def suspend(incident_id: UUID) -> Reply:
    """Let somebody's licence rest at once because of a breach."""
    form, search = Suspend(), request.args.get("search", "")[:200]
    with reading() as ctx:
        it = _open_one(ctx, incident_id)
        found = suspending.to_suspend(ctx, it, search)
    form.licence.choices = [
        ("", "Choose a licence"),
        *((str(each.id), f"{each.person.full_name}, {each.organisation.name}") for each in found),
    ]
    if form.sent():
        with telling(form):
            with work() as ctx:
                suspending.suspend(ctx, incident_id, parse_id(form.licence.data or "") or UUID(int=0))
            done = "The licence rests from now on, and what its holder had open is ended."
            return on("breaches.breach", done, incident_id=incident_id)
    return show("breach_suspend.html", form, it=it, search=search, found=found, **words_of(it))


@pages.route("/<uuid:incident_id>/lessons", methods=["GET", "POST"])
@guarded(Permission.INCIDENT_READ)
def lessons(incident_id: UUID) -> Reply:
    """Keep what was learned, or give somebody something to do."""
    form = Lessons()
    with reading() as ctx:
        it = queries.readable(ctx, incident_id)
        if not learning.takes_part(ctx, it):
            raise Forbidden()
        people = learning.owners(ctx, it)
    form.owner.choices = [("", "Nobody: it is a lesson"), *((str(each.id), each.full_name) for each in people)]
    if form.sent():
        with telling(form):
            with work() as ctx:
                learning.add(
                    ctx, incident_id, kind=form.kind.data, words=form.words.data or "",
                    owner_id=parse_id(form.owner.data or ""), due_on=form.due_on.data,
                )  # fmt: skip
            return on("breaches.breach", "It is kept with the breach.", incident_id=incident_id)
    return show("breach_lessons.html", form, it=it, **words_of(it))


@pages.post("/<uuid:incident_id>/actions/<uuid:action_id>/done")
@guarded(Permission.INCIDENT_READ)
def done(incident_id: UUID, action_id: UUID) -> Reply:
    """Say that an action is done."""
    with work() as ctx:
        learning.done(ctx, incident_id, action_id)
    return on("breaches.breach", "The action is done.", incident_id=incident_id)


@pages.route("/<uuid:incident_id>/conduct", methods=["GET", "POST"])
@guarded(Permission.INCIDENT_READ)
def conduct(incident_id: UUID) -> Reply:
    """Say under which reference somebody's own organisation deals with their conduct."""
    form = Conduct()
    with reading() as ctx:
        it = queries.readable(ctx, incident_id)
        by_hub = can(Permission.INCIDENT_HANDLE)
        if not by_hub and not can(Permission.INCIDENT_ANSWER, it.organisation_id):
            raise Forbidden()
        named = organisations(ctx)
    form.organisation.choices = [
        ("", "Choose an organisation"),
        *(each for each in named if by_hub or each[0] == str(it.organisation_id)),
    ]
    if form.sent():
        with telling(form):
            with work() as ctx:
                organisation_id = parse_id(form.organisation.data or "") or UUID(int=0)
                learning.refer_conduct(
                    ctx, incident_id, organisation_id=organisation_id, reference=form.reference.data or ""
                )
            return on("breaches.breach", "The reference is kept with the breach.", incident_id=incident_id)
    elif not form.is_submitted():
        form.organisation.data = str(it.conduct_organisation_id or it.organisation_id or "")
        form.reference.data = it.conduct_reference
    return show("breach_conduct.html", form, it=it, **words_of(it))


def _take(ctx: Context, incident_id: UUID, taken: Step, form: NextStep) -> Incident:
    words, seen = form.words.data or "", form.seen.data or None
    if taken is Step.RAISE:
        partner = parse_id(form.organisation.data or "")
        return use_cases.raise_with(ctx, incident_id, organisation_id=partner, words=words, seen=seen)
    if taken is Step.ANSWER:
        return use_cases.answer(ctx, incident_id, words=words, seen=seen)
    if taken is Step.RESOLVE:
        return use_cases.resolve(ctx, incident_id, words=words, lift=bool(form.lift.data), seen=seen)
    if taken is Step.CLOSE:
        return use_cases.close(ctx, incident_id, words=words, lift=bool(form.lift.data), seen=seen)
    return use_cases.escalate(ctx, incident_id, to=taken, words=words, seen=seen)


def _open_one(ctx: Context, incident_id: UUID) -> Incident:
    it = queries.readable(ctx, incident_id)
    if Status(it.status) in ENDED:
        raise IncidentOver()
    return it
