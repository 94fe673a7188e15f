"""Leaving, step by step: the letter, when, who would lose what, and only then the withdrawal itself (SIG-6, SIG-7, OP 11.1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, g

from compliance.decisions.exceptions import shown
from compliance.kernel.clock import showing
from compliance.kernel.context import house, in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.licences import use_cases as licences
from compliance.web import session_cookie, step_up
from compliance.web.access import can, guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.withdrawing import Acknowledge, CallOff, Confirm, When, Withdraw
from compliance.web.replies import Reply, on, show
from compliance.web.words import INSTRUMENTS, day, moment
from policies.access import Access
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries, use_cases
from signatories.models import Organisation
from signatories.rules import DUTIES
from signatories.withdrawals import drafts
from signatories.withdrawals.errors import ChangedSince, NoDraft

pages = Blueprint("withdrawals", __name__)

NOW, LATER = "now", "later"
FIRST, SECOND = "first", "second"


@pages.route("/organisations/<uuid:organisation_id>/withdrawal", methods=["GET", "POST"])
@guarded(Permission.WITHDRAWAL_RECORD, upload=True)
def withdraw(organisation_id: UUID) -> Reply:
    """First the letter, what it says, and what withdrawing means. Nothing happens here."""
    organisation = _organisation(organisation_id)
    step_up.needed()
    with reading() as ctx:
        cells = queries.facts(ctx, [organisation_id])[organisation_id].instruments
        kept = drafts.find(ctx, organisation_id)
    form = Withdraw()
    signed = [code for code, cell in cells.items() if cell.in_force]
    form.instruments.choices = [(code, INSTRUMENTS.get(code, code)) for code in signed]
    if form.sent():
        with telling(form):
            sent = form.letter.data
            with work() as ctx:
                drafts.put_down(
                    ctx,
                    organisation_id,
                    instruments=form.instruments.data or [],
                    letter_name=sent.filename if sent else "",
                    letter=sent.read() if sent else None,
                    letter_on=form.letter_on.data,
                    reasons=form.reasons.data or "",
                    acknowledged_by=form.acknowledged_by.data or None,
                )
            return on("withdrawals.when", organisation_id=organisation_id)
    if not form.is_submitted():
        required = in_force(Policy).signatories.required_instruments
        form.process(
            instruments=kept.instruments.split() if kept else [code for code in required if code in signed],
            letter_on=kept.letter_on if kept else None,
            reasons=kept.reasons if kept else None,
            acknowledged_by=kept.acknowledged_by if kept else None,
        )
    return show("withdraw.html", form, organisation=organisation, kept=kept, duties=DUTIES)


@pages.route("/organisations/<uuid:organisation_id>/withdrawal/when", methods=["GET", "POST"])
@guarded(Permission.WITHDRAWAL_RECORD)
def when(organisation_id: UUID) -> Reply:
    """Then when: the moment it is sent, or at a day and time by the clock in London."""
    organisation = _organisation(organisation_id)
    form = When()
    form.when.choices = [(NOW, "Now, the moment I confirm"), (LATER, "At a day and time")]
    form.which.choices = [(FIRST, "The first"), (SECOND, "The second, after the clocks have gone back")]
    twice = False
    if form.sent():
        at, twice = (None, False) if form.when.data == NOW else _asked_time(form)
        if form.status == 200:
            with telling(form):
                with work() as ctx:
                    drafts.take_effect(ctx, organisation_id, at)
                return on("withdrawals.check", organisation_id=organisation_id)
    else:
        with reading() as ctx:
            if drafts.find(ctx, organisation_id) is None:
                return _begin_again(organisation_id)
    most = in_force(Policy).signatories.withdrawal_most_days
    return show("withdraw_when.html", form, organisation=organisation, most=most, twice=twice or bool(form.which.data))


@pages.route("/organisations/<uuid:organisation_id>/withdrawal/check", methods=["GET", "POST"])
@guarded(Permission.WITHDRAWAL_RECORD)
def check(organisation_id: UUID) -> Reply:
    """Who loses what, before anything happens; sent from here, it happens, if that is still what would end (SIG-6)."""
    if not can(Permission.WITHDRAWAL_RECORD, organisation_id):
        raise NotFound()
    form = Confirm()
    if form.sent():
        with telling(form):
            try:
                return _confirmed(_organisation(organisation_id), form.shown.data or "")
            except NoDraft:
                return _begin_again(organisation_id)
            except ChangedSince as changed:
                form.understood.data = False
                raise changed
    with work() as ctx:
        organisation = queries.organisation(ctx, organisation_id)
        draft = drafts.find(ctx, organisation_id)
        if draft is None:
            return _begin_again(organisation_id)
        named = draft.instruments.split()
        losses = licences.preview_withdrawal(ctx, organisation_id, instruments=named, effective_at=draft.effective_at)
        losses = shown.losses(ctx, losses)
    stops = sorted(_as_said(action) for action in house().the(Access).case_actions("licence_holder"))
    form.shown.data = losses.digest
    return show(
        "withdraw_check.html", form, organisation=organisation, draft=draft, losses=losses, stops=stops, duties=DUTIES
    )


def _confirmed(organisation: Organisation, shown: str) -> Reply:
    with work() as ctx:
        draft = drafts.at_hand(ctx, organisation.id, with_letter=True)
        made = licences.confirm_withdrawal(
            ctx,
            organisation.id,
            shown=shown,
            instruments=draft.instruments.split(),
            letter_name=draft.letter_name,
            letter=draft.letter,
            letter_on=draft.letter_on,
            reasons=draft.reasons,
            acknowledged_by=draft.acknowledged_by,
            effective_at=draft.effective_at,
        )
        drafts.used_up(ctx, draft)
    if made.carried_out_at is None:
        says = f"{organisation.name} leaves on {moment(made.effective_at)}, by itself. Until then it can be called off."
        return on("organisations.organisation", says, organisation_id=organisation.id)
    own = g.sign_in.person.organisation_id == organisation.id
    if own:
        session_cookie.take_back()
    return show("withdrawn.html", organisation=organisation, withdrawal=made, own=own, duties=DUTIES)


@pages.route("/withdrawals/<uuid:withdrawal_id>/call-off", methods=["GET", "POST"])
@guarded(Permission.WITHDRAWAL_RECORD)
def call_off(withdrawal_id: UUID) -> Reply:
    """Call an announced withdrawal off, while it has not taken effect."""
    with reading() as ctx:
        withdrawal = queries.withdrawal(ctx, withdrawal_id)
    organisation = _organisation(withdrawal.organisation_id)
    form = CallOff()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.call_off(ctx, withdrawal_id)
            done = f"The withdrawal is called off. {organisation.name} stays."
            return on("organisations.organisation", done, organisation_id=organisation.id)
    return show("withdrawal_call_off.html", form, organisation=organisation, withdrawal=withdrawal)


@pages.route("/withdrawals/<uuid:withdrawal_id>/duties", methods=["GET", "POST"])
@guarded(Permission.WITHDRAWAL_RECORD)
def duties(withdrawal_id: UUID) -> Reply:
    """Who acknowledged, for the organisation, the duties that stay with it (SIG-7)."""
    with reading() as ctx:
        withdrawal = queries.withdrawal(ctx, withdrawal_id)
    organisation = _organisation(withdrawal.organisation_id)
    form = Acknowledge()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.acknowledge_duties(ctx, withdrawal_id, by=form.by.data or "")
            done = f"{organisation.name} has acknowledged the duties that stay."
            return on("organisations.organisation", done, organisation_id=organisation.id)
    return show("duties.html", form, organisation=organisation, duties=DUTIES)


def _as_said(action: str) -> str:
    """An action of the case system in words: `case.view` is *view case*."""
    return " ".join(reversed(action.split("."))).replace("_", " ")


def _organisation(organisation_id: UUID) -> Organisation:
    """The organisation, for whoever may withdraw it; it is not there for anybody else (ROL-4)."""
    if not can(Permission.WITHDRAWAL_RECORD, organisation_id):
        raise NotFound()
    with reading() as ctx:
        return queries.organisation(ctx, organisation_id)


def _begin_again(organisation_id: UUID) -> Reply:
    return on("withdrawals.withdraw", NoDraft.detail, organisation_id=organisation_id)


def _asked_time(form: When) -> tuple[datetime | None, bool]:
    """The instant that is meant; what cannot be understood, or means two, is said beside the field. Whether it means two."""
    if form.on.data is None and not form.on.errors:
        form.tell_at("on", "Enter the day on which it takes effect.")
    if form.at.at is None and not form.at.errors:
        form.tell_at("at", "Enter the time at which it takes effect.")
    if form.on.data is None or form.at.at is None:
        return None, False
    meant = showing(form.on.data, form.at.at)
    if not meant:
        form.tell_at("at", f"Clocks go forward on {day(form.on.data)} and leave this time out. Choose another.")
        return None, False
    if len(meant) == 1:
        return meant[0], False
    if form.which.data not in (FIRST, SECOND):
        form.tell_at(
            "which", f"Clocks go back on {day(form.on.data)}, so this time comes twice. Choose which is meant."
        )
        return None, True
    return meant[0] if form.which.data == FIRST else meant[1], True
