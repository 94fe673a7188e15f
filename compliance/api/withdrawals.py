"""Leaving: who would lose what, the withdrawal, now or announced, and the register of those that left (SIG-6 to SIG-8, OP 11.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import BeforeValidator, Field

from compliance.decisions.exceptions import shown
from compliance.kernel.context import house, work
from compliance.licences import use_cases as licences
from compliance.licences.leaving import Loss, LostLicence
from policies.permissions import Permission
from signatories import use_cases
from signatories.models import Withdrawal
from signatories.rules import DUTIES
from signatories.withdrawals.queries import stands

from .access import guarded
from .reading import Body, Code, Day, Line, Prose, file_sent, moment, parse, parse_form, parse_nothing, parse_query
from .replies import Reply, changed, present

withdrawals = Blueprint("withdrawals", __name__, url_prefix="/api/v1")


def _instant(given: object) -> object:
    try:
        return moment(given) if isinstance(given, str) else given
    except (ValueError, OverflowError):
        raise ValueError("Use an instant with its time zone, such as 2026-12-03T09:00:00Z.") from None


Instant = Annotated[datetime, BeforeValidator(_instant)]


class Leaving(Body):
    instruments: Annotated[tuple[Code, ...], Field(min_length=1, max_length=20)]
    letter_on: Day
    reasons: Prose
    acknowledged_by: Line | None = None
    effective_at: Instant | None = None
    shown: Code | None = None


class Previewed(Body):
    instruments: Annotated[tuple[Code, ...], Field(min_length=1, max_length=20)]
    effective_at: Instant | None = None


class Filtered(Body):
    search: Line | None = None
    state: Code | None = None
    sort: Code | None = None


class Acknowledged(Body):
    by: Line


@withdrawals.post("/organisations/<uuid:organisation_id>/withdrawals/preview")
@guarded(Permission.WITHDRAWAL_RECORD)
def preview(organisation_id: UUID) -> Reply:
    """Who would lose what, before anything happens; `shown` is its fingerprint, to send along when confirming (SIG-6)."""
    body = parse(Previewed)
    with work() as ctx:
        losses = licences.preview_withdrawal(
            ctx, organisation_id, instruments=body.instruments, effective_at=body.effective_at
        )
        losses = shown.losses(ctx, losses)
    said = {
        "effective_at": body.effective_at,
        "licences": losses.licences,
        "requests": losses.requests,
        "sign_ins": losses.signed_in,
        "rota_turns": losses.turns,
        "waiting": losses.waiting,
        "distribution_lists": losses.lists,
        "people": [_loss(loss) for loss in losses.people],
        "duties": DUTIES,
        "shown": losses.digest,
    }
    return changed(ctx, said)


@withdrawals.post("/organisations/<uuid:organisation_id>/withdrawals")
@guarded(Permission.WITHDRAWAL_RECORD, upload=True)
def withdraw(organisation_id: UUID) -> Reply:
    """Record a withdrawal: a form with the letter. From its instant on nobody of the organisation is let in (SIG-6).

    Without `effective_at` that is now. With `shown`, it is refused where what would end is not what was shown.
    """
    body = parse_form(Leaving, "letter")
    name, letter = file_sent("letter")
    with work() as ctx:
        withdrawal = licences.confirm_withdrawal(
            ctx,
            organisation_id,
            shown=body.shown,
            effective_at=body.effective_at,
            instruments=body.instruments,
            letter_name=name,
            letter=letter,
            letter_on=body.letter_on,
            reasons=body.reasons,
            acknowledged_by=body.acknowledged_by,
        )
        said = _withdrawal(withdrawal)
    return changed(ctx, said, 201, revision=withdrawal.revision)


@withdrawals.get("/withdrawals")
@guarded(Permission.WITHDRAWAL_READ)
def list_withdrawals() -> Reply:
    """The withdrawal register, newest first unless asked; `state` is one of four words (SIG-8)."""
    asked = parse_query(Filtered)
    with work() as ctx:
        rows = use_cases.view_withdrawals(ctx, search=asked.search, state=asked.state, sort=asked.sort)
    return present(
        {
            "items": [
                _withdrawal(row.withdrawal)
                | {
                    "organisation": row.organisation,
                    "letter": row.letter,
                    "letter_sha256": row.letter_sha256,
                    "recorded_by_name": row.recorded_by,
                }
                for row in rows
            ]
        }
    )


@withdrawals.post("/withdrawals/<uuid:withdrawal_id>/call-off")
@guarded(Permission.WITHDRAWAL_RECORD)
def call_off(withdrawal_id: UUID) -> Reply:
    """Call an announced withdrawal off before it takes effect; afterwards it is refused (SIG-6, SIG-9)."""
    parse_nothing()
    with work() as ctx:
        withdrawal = use_cases.call_off(ctx, withdrawal_id)
        said = _withdrawal(withdrawal)
    return changed(ctx, said, revision=withdrawal.revision)


@withdrawals.post("/withdrawals/<uuid:withdrawal_id>/acknowledgement")
@guarded(Permission.WITHDRAWAL_RECORD)
def acknowledge_duties(withdrawal_id: UUID) -> Reply:
    """Record who acknowledged, for an organisation that has left, the duties that stay with it (SIG-7)."""
    body = parse(Acknowledged)
    with work() as ctx:
        withdrawal = use_cases.acknowledge_duties(ctx, withdrawal_id, by=body.by)
        said = _withdrawal(withdrawal)
    return changed(ctx, said, revision=withdrawal.revision)


def _withdrawal(withdrawal: Withdrawal) -> dict[str, Any]:
    return {
        "id": withdrawal.id,
        "organisation_id": withdrawal.organisation_id,
        "instruments": withdrawal.instruments.split(),
        "letter_on": withdrawal.letter_on,
        "reasons": withdrawal.reasons,
        "state": stands(withdrawal, house().clock.now()),
        "effective_at": withdrawal.effective_at,
        "recorded_at": withdrawal.recorded_at,
        "carried_out_at": withdrawal.carried_out_at,
        "called_off_at": withdrawal.called_off_at,
        "called_off_by": withdrawal.called_off_by,
        "recorded_by": withdrawal.recorded_by,
        "people_removed": withdrawal.people_removed,
        "licences_ended": withdrawal.licences_ended,
        "duties": DUTIES,
        "duties_acknowledged_by": withdrawal.duties_acknowledged_by,
        "duties_acknowledged_at": withdrawal.duties_acknowledged_at,
    }


def _loss(loss: Loss) -> dict[str, Any]:
    return {
        "person_id": loss.person_id,
        "full_name": loss.full_name,
        "email": loss.email,
        "licences": [_lost(each) for each in loss.licences],
        "distribution_lists": loss.lists,
        "invited_to": loss.invited_to,
        "roles_end": loss.roles_end,
        "roles_stay": loss.roles_stay,
        "sign_ins": loss.signed_in,
        "link_open": loss.link_open,
    }


def _lost(licence: LostLicence) -> dict[str, Any]:
    return {
        "id": licence.id,
        "kind": licence.kind,
        "status": licence.status,
        "areas": licence.areas,
        "cases": licence.cases,
        "ends_on": licence.ends_on,
        "rota_turns": licence.turns,
        "waits": licence.waits,
        "offered": licence.offered,
    }
