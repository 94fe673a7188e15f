"""The steps of a licence's life, each behind a page that says what it means before it is taken (LIC-3 to LIC-9)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import request

from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.ids import parse_id
from compliance.licences import queries, use_cases
from compliance.licences.models import Licence
from compliance.licences.rotas import queries as sharing
from compliance.licences.rules import BY_HAND, HUB_TO_END, OWN_TO_END, EndReason, Kind, RefusedFor, Status, Suspension
from compliance.licences.waiting import queries as waiting_list
from compliance.licences.waiting.use_cases import accept_offer, decline_offer
from compliance.web import lists
from compliance.web.access import can, guarded
from compliance.web.forms import licences as forms
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show
from compliance.web.words import KINDS, REASONS
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as signatories

from .licences import PAGE, pages


@pages.route("/<uuid:licence_id>/approval", methods=["GET", "POST"])
@guarded(Permission.LICENCE_APPROVE)
def approve(licence_id: UUID) -> Reply:
    """Give it: after a fresh code, never one's own, never with an item missing, never beyond the seats."""
    found = _found(licence_id, Permission.LICENCE_APPROVE)
    form = forms.Confirm()
    if form.sent():
        with telling(form):
            with work() as ctx:
                approved = use_cases.approve(ctx, licence_id)
            return _given(approved)
    with reading() as ctx:
        checklist = queries.checklist(ctx, found.person_id, found.organisation_id)
        seats = next(each for each in queries.seats(ctx) if each.kind == found.kind)
        standing = waiting_list.standing(ctx, found)
        shares = sharing.others_hold(ctx, found)
    return show(
        "licence_approve.html", form, licence=found, checklist=checklist, seats=seats, standing=standing, shares=shares
    )


@pages.route("/<uuid:licence_id>/refusal", methods=["GET", "POST"])
@guarded(Permission.LICENCE_REFUSE)
def refuse(licence_id: UUID) -> Reply:
    """Say no, and why."""
    found = _found(licence_id, Permission.LICENCE_REFUSE)
    form = forms.Refusal()
    return _step(
        found, form, "Refuse the request", "Refuse", "The request is refused.",
        lambda ctx: use_cases.refuse(
            ctx, licence_id, reason=form.reason.data or "", refused_for=RefusedFor(form.refused_for.data)
        ),
    )  # fmt: skip


@pages.route("/<uuid:licence_id>/suspension", methods=["GET", "POST"])
@guarded(Permission.LICENCE_SUSPEND)
def suspend(licence_id: UUID) -> Reply:
    """Rest it; the seat stays the person's."""
    found = _found(licence_id, Permission.LICENCE_SUSPEND)
    form = forms.Suspend()
    by_hand = BY_HAND - {Suspension.ROTA} if found.rota_id is not None else BY_HAND
    form.reason.choices = [(reason.value, REASONS[reason.value]) for reason in Suspension if reason in by_hand]
    return _step(
        found, form, "Suspend the licence", "Suspend", "The licence is suspended. The very next question of the case system is answered with no.",
        lambda ctx: use_cases.suspend(ctx, licence_id, reason=Suspension(form.reason.data)),
        says="Nothing opens in the case system while it is suspended. The seat stays theirs, and you can resume it.",
    )  # fmt: skip


@pages.route("/<uuid:licence_id>/resumption", methods=["GET", "POST"])
@guarded(Permission.LICENCE_RESUME)
def resume(licence_id: UUID) -> Reply:
    """Let it be used again."""
    found = _found(licence_id, Permission.LICENCE_RESUME)
    return _step(
        found, forms.Confirm(), "Resume the licence", "Resume", "The licence is active again.",
        lambda ctx: use_cases.resume(ctx, licence_id),
        says="They can work in the case system again at once. Everything on the checklist must still hold.",
    )  # fmt: skip


@pages.route("/<uuid:licence_id>/end", methods=["GET", "POST"])
@guarded(Permission.LICENCE_READ)
def deactivate(licence_id: UUID) -> Reply:
    """End it for good; a delegate does so for a leaver or at request, the hub for more reasons (LIC-4)."""
    found = _found(licence_id, Permission.LICENCE_DEACTIVATE, Permission.LICENCE_END_OWN)
    reasons = HUB_TO_END if can(Permission.LICENCE_DEACTIVATE, found.organisation_id) else OWN_TO_END
    form = forms.End()
    form.reason.choices = [(reason.value, REASONS[reason.value]) for reason in EndReason if reason in reasons]
    return _step(
        found, form, "End the licence", "End the licence", "The licence has ended, and its seat is free.",
        lambda ctx: use_cases.deactivate(ctx, licence_id, reason=EndReason(form.reason.data)),
        says="This cannot be undone: if they need one again, a new licence is asked for.", warning=True,
    )  # fmt: skip


@pages.route("/<uuid:licence_id>/reallocation", methods=["GET", "POST"])
@guarded(Permission.LICENCE_REALLOCATE)
def reallocate(licence_id: UUID) -> Reply:
    """End this licence and give its seat to a request, in one step (LIC-9)."""
    found = _found(licence_id, Permission.LICENCE_REALLOCATE)
    form = forms.Reallocate()
    with reading() as ctx:
        waiting = queries.licences(ctx, status=Status.REQUESTED, kind=Kind(found.kind), limit=PAGE).rows
    form.to_licence.choices = [(str(each.id), f"{each.person.full_name}, {each.organisation.name}") for each in waiting]
    if form.sent():
        with telling(form):
            with work() as ctx:
                approved = use_cases.reallocate(ctx, licence_id, UUID(form.to_licence.data))
            return _given(approved)
    return show("licence_reallocate.html", form, licence=found, waiting=waiting)


@pages.route("/<uuid:licence_id>/waiting", methods=["GET", "POST"])
@guarded(Permission.LICENCE_APPROVE)
def wait(licence_id: UUID) -> Reply:
    """The hub would grant it and has no seat: put it on the waiting list (LIC-5)."""
    found = _found(licence_id, Permission.LICENCE_APPROVE)
    with reading() as ctx:
        order = " Then ".join(waiting_list.order(ctx))
    return _step(
        found, forms.Confirm(), "Put the request on the waiting list", "Put on the waiting list",
        "The request waits for a seat. The next free one comes in the order that the waiting list says.",
        lambda ctx: use_cases.wait_for_seat(ctx, licence_id),
        says=f"When a seat comes free, it is offered to whoever is first: {order}.",
    )  # fmt: skip


@pages.route("/<uuid:licence_id>/offer", methods=["GET", "POST"])
@guarded(Permission.OFFER_ANSWER)
def offer(licence_id: UUID) -> Reply:
    """A seat is offered: the organisation's delegate answers, or the hub for it (LIC-5)."""
    found = _found(licence_id, Permission.OFFER_ANSWER)
    form = forms.Answer()
    wanted = form.answer.data == "yes"
    answer = accept_offer if wanted else decline_offer
    done = (
        "The seat is kept. The MARAC Hub Team now approves the licence."
        if wanted
        else "The seat goes to the next on the waiting list. The request waits no longer; the hub can put it back."
    )
    return _step(
        found, form, "Answer the offer of a seat", "Send the answer", done, lambda ctx: answer(ctx, licence_id),
        says="A seat is free for this request, and is kept for it until the offer ends.",
    )  # fmt: skip


@pages.route("/<uuid:licence_id>/move", methods=["GET", "POST"])
@guarded(Permission.LICENCE_REQUEST)
def move(licence_id: UUID) -> Reply:
    """Its holder takes another role, or goes to another organisation: a new licence, and this one ends (LIC-4)."""
    found = _found(licence_id, Permission.LICENCE_REQUEST)
    form = forms.Move()
    with reading() as ctx:
        reached = [(id_, name) for id_, name in signatories.names(ctx) if can(Permission.LICENCE_REQUEST, id_)]
    form.organisation_id.choices = [(str(id_), name) for id_, name in reached]
    form.areas.choices = [(area.code, area.name) for area in in_force(Policy).areas.values()]
    if not form.is_submitted():
        form.organisation_id.data = str(found.organisation_id)
        form.areas.data = list(in_force(Policy).areas_now(area.area for area in found.areas))
    elif (named := parse_id(form.organisation_id.data or "")) and named not in dict(reached):
        raise NotFound()
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.move(
                    ctx,
                    licence_id,
                    organisation_id=UUID(form.organisation_id.data),
                    areas=form.areas.data or [],
                    reason=form.reason.data or "",
                    email=(form.email.data or "").strip() or None,
                )
            return _back(made.id, "The new licence is asked for. The MARAC Hub Team decides on it.")
    says = (
        "A new role or organisation means a new licence, which the MARAC Hub Team decides on. Within the organisation "
        "this licence ends as soon as you send this, and its seat is kept for the new one. At another organisation "
        "it ends when the new one begins."
    )
    title = "Move to another role or organisation"
    return show("licence_step.html", form, licence=found, title=title, does="Ask for the move", says=says)


@pages.route("/<uuid:licence_id>/training", methods=["GET", "POST"])
@guarded(Permission.TRAINING_RECORD)
def training(licence_id: UUID) -> Reply:
    """That its holder has done a module (OP 6.1)."""
    found = _found(licence_id, Permission.TRAINING_RECORD)
    form = forms.TrainingDone(formdata=None) if request.method == "GET" else forms.TrainingDone()
    form.module.choices = [
        (module, KINDS.get(module, module)) for module in in_force(Policy).licences.required_training
    ]
    if request.method == "GET":
        form.module.data = lists.one_of("module", in_force(Policy).licences.required_training)
    return _step(
        found, form, "Record training", "Save", "The training is recorded.",
        lambda ctx: use_cases.record_training(
            ctx, found.person_id, module=form.module.data, done_on=form.done_on.data, valid_until=form.valid_until.data
        ),
    )  # fmt: skip


@pages.route("/<uuid:licence_id>/vetting", methods=["GET", "POST"])
@guarded(Permission.VETTING_RECORD)
def vetting(licence_id: UUID) -> Reply:
    """At which level its holder is vetted, and until when (OP 6.1)."""
    found = _found(licence_id, Permission.VETTING_RECORD)
    form = forms.VettingHeld()
    return _step(
        found, form, "Record vetting", "Save", "The vetting is recorded.",
        lambda ctx: use_cases.record_vetting(
            ctx, found.person_id, level=form.level.data or "", holds_until=form.holds_until.data
        ),
    )  # fmt: skip


def _step(
    found: Licence,
    form: PlainForm,
    title: str,
    does: str,
    done: str,
    act: Callable[[Context], object],
    *,
    says: str | None = None,
    warning: bool = False,
) -> Reply:
    """A step of a licence's life, behind a page that says what it means."""
    if form.sent():
        with telling(form):
            with work() as ctx:
                act(ctx)
            return _back(found.id, done)
    return show("licence_step.html", form, licence=found, title=title, does=does, says=says, warning=warning)


def _given(approved: use_cases.Approved) -> Reply:
    """What happens next; the link, if one was made, is on its way to the holder alone (IDN-8)."""
    return show("licence_given.html", licence=approved.licence, sent_to=approved.link_sent_to)


def _found(licence_id: UUID, *any_of: Permission) -> Licence:
    """The licence, for whoever may do one of these to it; it is not there for anybody else (ROL-4)."""
    with reading() as ctx:
        found = queries.visible(ctx, licence_id, lock=False)
    if not any(can(permission, found.organisation_id) for permission in any_of):
        raise NotFound()
    return found


def _back(licence_id: UUID, done: str) -> Reply:
    return on("licences.licence", done, licence_id=licence_id)
