"""Leaving: an organisation's withdrawal, and the register of those that left (SIG-6 to SIG-8, OP 11.1)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from compliance.kernel.context import work
from policies.permissions import Permission
from signatories import use_cases
from signatories.models import Withdrawal
from signatories.rules import DUTIES

from .access import guarded
from .reading import Body, Code, Day, Line, Prose, file_sent, parse, parse_form
from .replies import Reply, changed, present

withdrawals = Blueprint("withdrawals", __name__, url_prefix="/api/v1")


class Leaving(Body):
    instruments: Annotated[tuple[Code, ...], Field(min_length=1, max_length=20)]
    letter_on: Day
    reasons: Prose
    acknowledged_by: Line | None = None


class Acknowledged(Body):
    by: Line


@withdrawals.post("/organisations/<uuid:organisation_id>/withdrawals")
@guarded(Permission.WITHDRAWAL_RECORD, upload=True)
def withdraw(organisation_id: UUID) -> Reply:
    """Record a withdrawal: a form with the letter. From its commit on nobody of the organisation is let in (SIG-6)."""
    body = parse_form(Leaving, "letter")
    name, letter = file_sent("letter")
    with work() as ctx:
        withdrawal = use_cases.withdraw(
            ctx,
            organisation_id,
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
    """The withdrawal register, newest first (SIG-8)."""
    with work() as ctx:
        rows = use_cases.view_withdrawals(ctx)
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
        "effective_at": withdrawal.effective_at,
        "recorded_by": withdrawal.recorded_by,
        "people_removed": withdrawal.people_removed,
        "licences_ended": withdrawal.licences_ended,
        "duties": DUTIES,
        "duties_acknowledged_by": withdrawal.duties_acknowledged_by,
        "duties_acknowledged_at": withdrawal.duties_acknowledged_at,
    }
