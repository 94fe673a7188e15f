"""What keeps somebody's own records whatever their time: something open that names them (RET-5, RET-9)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_

from compliance.accesses.audits.models import AccessAudit, AccessAuditFigure
from compliance.accesses.flags.models import AccessFlag
from compliance.breaches.models import Incident, IncidentAction, IncidentSuspension
from compliance.complaints.models import Complaint, ComplaintSide
from compliance.decisions.exceptions.models import BreakGlass
from compliance.identity.models import Person
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.rules import State
from compliance.licences.models import Licence
from compliance.sharing.disclosures.models import Disclosure
from compliance.sharing.disclosures.rules import Status as Disclosed
from compliance.sharing.reuse.models import ReuseRequest
from retention.reviews.models import RetentionReview
from signatories.models import Withdrawal

from .kinds import same


def names(person: Any) -> ColumnElement[bool]:
    """The condition that something open names this person: a breach, complaint, flag, proposal, audit, review, withdrawal, request or disclosure."""
    unsigned = (AccessAudit.signed_at.is_(None), AccessAuditFigure.audit_id == AccessAudit.id)
    complained, breached = Complaint.ended_at.is_(None), Incident.ended_at.is_(None)
    to_come = (
        Withdrawal.carried_out_at.is_(None), Withdrawal.called_off_at.is_(None), Withdrawal.superseded_at.is_(None),
    )  # fmt: skip
    return or_(
        exists().where(complained, same(Complaint.raised_by, person)),
        exists().where(complained, ComplaintSide.complaint_id == Complaint.id, ComplaintSide.person_id == person),
        exists().where(breached, same(Incident.reported_by, person)),
        exists().where(
            breached,
            IncidentSuspension.incident_id == Incident.id,
            IncidentSuspension.licence_id == Licence.id,
            Licence.person_id == person,
        ),
        exists().where(IncidentAction.owner_id == person, IncidentAction.done_at.is_(None)),
        exists().where(
            AccessFlag.decided_at.is_(None),
            or_(AccessFlag.person_id == person, AccessFlag.reviewer_id == person, same(AccessFlag.raised_by, person)),
        ),
        exists().where(
            Proposal.state == State.PROPOSED.value,
            or_(Proposal.beneficiary_id == person, same(Proposal.proposer, person)),
        ),
        exists().where(*unsigned, AccessAuditFigure.person_id == person),
        exists().where(BreakGlass.person_id == person, BreakGlass.reviewed_at.is_(None)),
        exists().where(RetentionReview.reviewer_id == person, RetentionReview.decided_at.is_(None)),
        exists().where(ReuseRequest.asked_by == person, ReuseRequest.ended_at.is_(None)),
        exists().where(
            Disclosure.asked_by == person, Disclosure.status.in_((Disclosed.ASKED.value, Disclosed.AUTHORISED.value))
        ),
        exists().where(Person.id == person, Withdrawal.organisation_id == Person.organisation_id, *to_come),
    )
