"""Leaving, and the register of those who left (SIG-6 to SIG-8, OP 11.1)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g

from compliance.kernel.context import in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.licences import queries as licences
from compliance.licences.rules import ENDED, Status
from compliance.web import lists, session_cookie, step_up
from compliance.web.access import can, guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.signing import Acknowledge, Withdraw
from compliance.web.replies import Reply, attachment, on, show
from compliance.web.words import INSTRUMENTS
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries, use_cases
from signatories.rules import DUTIES

pages = Blueprint("withdrawals", __name__)

SORTS = {
    "organisation": lambda row: row.organisation.casefold(),
    "effective_at": lambda row: row.withdrawal.effective_at,
    "people": lambda row: row.withdrawal.people_removed,
}


@pages.get("/withdrawals")
@guarded(Permission.WITHDRAWAL_READ)
def withdrawals() -> Reply:
    """The withdrawal register (SIG-8)."""
    sort = lists.one_of("sort", [*SORTS, *(f"-{key}" for key in SORTS)]) or "-effective_at"
    search = lists.asked("search")
    with work() as ctx:
        rows = use_cases.view_withdrawals(ctx)
    most = queries.MOST if len(rows) >= queries.MOST else None
    if search:
        rows = [row for row in rows if search.casefold() in f"{row.organisation} {row.withdrawal.reasons}".casefold()]
    rows.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return show("withdrawals.html", sheet=lists.cut(rows), sort=sort, search=search, most=most)


@pages.get("/withdrawals/export.<form>")
@guarded(Permission.WITHDRAWAL_READ)
def export(form: str) -> Reply:
    """The withdrawal register as a spreadsheet (SIG-8)."""
    if form not in ("csv", "xlsx"):
        raise NotFound()
    step_up.needed()
    with work() as ctx:
        file = use_cases.export_withdrawals(ctx, form)
    return attachment(file.content, file.media_type, file.file_name)


@pages.get("/withdrawals/<uuid:withdrawal_id>/letter")
@guarded(Permission.WITHDRAWAL_READ)
def letter(withdrawal_id: UUID) -> Reply:
    """The letter, as it was received."""
    with work() as ctx:
        upload = use_cases.read_letter(ctx, withdrawal_id)
    return attachment(upload.content, upload.media_type, upload.file_name)


@pages.route("/withdrawals/<uuid:withdrawal_id>/duties", methods=["GET", "POST"])
@guarded(Permission.WITHDRAWAL_RECORD)
def duties(withdrawal_id: UUID) -> Reply:
    """Who acknowledged, for the organisation, the duties that stay with it (SIG-7)."""
    with reading() as ctx:
        withdrawal = queries.withdrawal(ctx, withdrawal_id)
        if not can(Permission.WITHDRAWAL_RECORD, withdrawal.organisation_id):
            raise NotFound()
        organisation = queries.organisation(ctx, withdrawal.organisation_id)
    form = Acknowledge()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.acknowledge_duties(ctx, withdrawal_id, by=form.by.data or "")
            return on("withdrawals.withdrawals", f"{organisation.name} has acknowledged the duties that stay.")
    return show("duties.html", form, organisation=organisation, duties=DUTIES)


@pages.route("/organisations/<uuid:organisation_id>/withdrawal", methods=["GET", "POST"])
@guarded(Permission.WITHDRAWAL_RECORD, upload=True)
def withdraw(organisation_id: UUID) -> Reply:
    """The withdrawal: what ends is said first, then it ends in one moment (SIG-6)."""
    if not can(Permission.WITHDRAWAL_RECORD, organisation_id):
        raise NotFound()
    step_up.needed()
    with reading() as ctx:
        organisation = queries.organisation(ctx, organisation_id)
        cells = queries.facts(ctx, [organisation_id])[organisation_id].instruments
    holders = _holders(organisation_id)
    form = Withdraw()
    signed = [code for code, cell in cells.items() if cell.in_force]
    form.instruments.choices = [(code, INSTRUMENTS.get(code, code)) for code in signed]
    required = in_force(Policy).signatories.required_instruments
    if not form.is_submitted():
        form.instruments.data = [code for code in required if code in signed]
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.withdraw(
                    ctx,
                    organisation_id,
                    instruments=form.instruments.data or [],
                    letter_name=form.letter.data.filename or "letter",
                    letter=form.letter.data.read(),
                    letter_on=form.letter_on.data,
                    reasons=form.reasons.data or "",
                    acknowledged_by=form.acknowledged_by.data or None,
                )
            own = g.sign_in.person.organisation_id == organisation_id
            if own:
                session_cookie.take_back()
            return show("withdrawn.html", organisation=organisation, withdrawal=made, own=own, duties=DUTIES)
    return show("withdraw.html", form, organisation=organisation, holders=holders, duties=DUTIES)


def _holders(organisation_id: UUID) -> int | None:
    """How many licences would end; None for whoever may not know."""
    if not can(Permission.LICENCE_READ, organisation_id):
        return None
    with reading() as ctx:
        living = licences.waiting(ctx, *(frozenset(Status) - ENDED), organisation_id=organisation_id)
    return sum(each.number for each in living.values())
