"""Every kind of our own records that is disposed of here, and when one is over (RET-9). Its time stands in the policy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from compliance.accesses.flags.models import AccessFlag, AccessFlagEntry
from compliance.accesses.flags.rules import Status as FlagStatus
from compliance.breaches.models import Incident, IncidentAction, IncidentStep, IncidentSuspension
from compliance.breaches.notifying.models import BreachAssessment, DataBreach, NotificationStage
from compliance.complaints.data_protection.models import DataProtectionComplaint, DataProtectionProgress
from compliance.complaints.models import (
    Complaint,
    ComplaintDiscussion,
    ComplaintReport,
    ComplaintSide,
    ComplaintStage,
)
from compliance.identity.clients.models import ClientCredential, CredentialUse, RevokedToken
from compliance.identity.models import AccountInvitation, Authenticator, Passkey, PasskeyUse, Person, SpentStep
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.jobs import JobRun
from compliance.notices.models import Notice
from compliance.sharing.disclosures.models import Disclosure
from compliance.sharing.disclosures.rules import Status as Disclosed
from compliance.sharing.models import SharingDecision
from compliance.sharing.reuse.models import ReuseRequest
from retention.models import RetentionRecord
from retention.rules import Status as RecordStatus
from signatories.models import InstrumentVersion, KeyContact, PolicyDocument, Signature, Upload, Withdrawal

from . import leavers
from . import open as still_open
from .kinds import Kind, Part, held


def _links(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it = AccountInvitation
    return and_(
        or_(it.used_at < before, it.withdrawn_at < before, it.ends_at < before),
        ~still_open.names(it.person_id),
        ~held("links", people=(it.person_id,)),
    )


def _authenticators(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it = Authenticator
    return and_(it.ended_at < before, ~still_open.names(it.person_id), ~held("factors", people=(it.person_id,)))


def _passkeys(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it = Passkey
    return and_(it.ended_at < before, ~still_open.names(it.person_id), ~held("factors", people=(it.person_id,)))


def _letters(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    kept = held("letters", people=(Notice.person_id,))
    return and_(or_(Notice.sent_at < before, Notice.dropped_at < before), ~kept)


def _runs(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    return and_(JobRun.started_at < before, ~held("runs"))


def _contacts(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    return and_(KeyContact.ended_at < before, ~held("contacts", organisations=(KeyContact.organisation_id,)))


def _flags(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    """A flag that was found a breach is kept until it is raised as one, and then while that breach is kept."""
    it = AccessFlag
    return and_(
        it.decided_at < before,
        it.status.in_((FlagStatus.EXPLAINED.value, FlagStatus.RAISED.value)),
        ~exists().where(Incident.flag_id == it.id),
        ~held("flags", references=(it.reference,), organisations=(it.organisation_id,), people=(it.person_id,)),
    )


def _incidents(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    """Nothing of it may be left to do: no licence rests for it, no action is open, and who is told is decided."""
    it, action = Incident, IncidentAction
    return and_(
        it.ended_at < before,
        ~exists().where(IncidentSuspension.incident_id == it.id, IncidentSuspension.lifted_at.is_(None)),
        ~exists().where(action.incident_id == it.id, action.done_at.is_(None), action.due_on.is_not(None)),
        ~exists().where(DataBreach.incident_id == it.id, DataBreach.decision.is_(None)),
        ~exists().where(Complaint.reference == it.reference, Complaint.ended_at.is_(None)),
        ~held(
            "incidents",
            references=(it.reference,),
            organisations=(it.organisation_id, it.reporting_organisation_id, it.conduct_organisation_id),
        ),
    )


def _complaints(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    """One that was taken up again goes after the one that did."""
    it, later = Complaint, Complaint.__table__.alias("later")
    return and_(
        it.ended_at < before,
        ~exists().where(later.c.follows_id == it.id),
        ~exists().where(Incident.reference == it.reference, Incident.ended_at.is_(None)),
        ~held(
            "complaints",
            references=(it.reference,),
            organisations=(it.from_organisation_id, it.about_organisation_id),
        ),
    )


def _data_complaints(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it = DataProtectionComplaint
    return and_(it.answered_on < london_date(before), ~held("data_complaints", organisations=(it.organisation_id,)))


def _decisions_to_share(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it = SharingDecision
    organisations = (it.organisation_id, it.with_organisation_id)
    return and_(it.decided_at < before, *_of_a_case(it.reference, organisations, it.decided_by))


def _requests_for_reuse(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it = ReuseRequest
    organisations = (it.supplier_id, it.asking_organisation_id)
    return and_(it.ended_at < before, *_of_a_case(it.reference, organisations, it.asked_by))


def _disclosures(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    """One that was authorised is open until it was made, or the authority was taken back."""
    it = Disclosure
    refused = and_(it.status == Disclosed.REFUSED.value, it.answered_at < before)
    over = or_(it.made_on < london_date(before), refused)
    return and_(over, *_of_a_case(it.reference, (it.organisation_id,), it.asked_by))


def _of_a_case(reference: Any, organisations: tuple[Any, ...], person: Any) -> tuple[ColumnElement[bool], ...]:
    """What else must be so before anything goes that was said about sharing what a case holds: the case's record is gone."""
    record = RetentionRecord
    return (
        ~exists().where(record.reference == reference, record.status != RecordStatus.DISPOSED.value),
        ~exists().where(Complaint.reference == reference, Complaint.ended_at.is_(None)),
        ~exists().where(Incident.reference == reference, Incident.ended_at.is_(None)),
        ~held("sharing", references=(reference,), organisations=organisations, people=(person,)),
    )


def _revoked_tokens(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    return and_(RevokedToken.ends_at < before, ~held("revoked_tokens"))


def _credentials(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it = ClientCredential
    return and_(or_(it.ended_at < before, it.ends_at < before), ~held("credentials"))


def _policy_papers(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it = PolicyDocument
    return and_(it.replaced_at < before, ~held("policy_papers", organisations=(it.organisation_id,)))


def _uploads(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it = Upload
    needed = (InstrumentVersion.upload_id, PolicyDocument.upload_id, Signature.scan_id, Withdrawal.letter_id)
    return and_(it.received_at < before, *(~exists().where(column == it.id) for column in needed), ~held("uploads"))


KINDS: tuple[Kind, ...] = (
    Kind("accounts", Person, Person.created_at, leavers.over, instead=leavers.forget),
    Kind("links", AccountInvitation, AccountInvitation.made_at, _links),
    Kind(
        "factors",
        Authenticator,
        Authenticator.ended_at,
        _authenticators,
        (Part(SpentStep, SpentStep.authenticator_id),),
    ),
    Kind("factors", Passkey, Passkey.ended_at, _passkeys, (Part(PasskeyUse, PasskeyUse.passkey_id),)),
    Kind("letters", Notice, Notice.written_at, _letters),
    Kind("runs", JobRun, JobRun.started_at, _runs),
    Kind("contacts", KeyContact, KeyContact.ended_at, _contacts),
    Kind(
        "incidents",
        Incident,
        Incident.ended_at,
        _incidents,
        (
            Part(IncidentStep, IncidentStep.incident_id),
            Part(IncidentAction, IncidentAction.incident_id),
            Part(IncidentSuspension, IncidentSuspension.incident_id),
            Part(
                DataBreach,
                DataBreach.incident_id,
                (
                    Part(BreachAssessment, BreachAssessment.data_breach_id),
                    Part(NotificationStage, NotificationStage.data_breach_id),
                ),
            ),
        ),
    ),
    Kind("flags", AccessFlag, AccessFlag.decided_at, _flags, (Part(AccessFlagEntry, AccessFlagEntry.flag_id),)),
    Kind(
        "complaints",
        Complaint,
        Complaint.ended_at,
        _complaints,
        (
            Part(ComplaintStage, ComplaintStage.complaint_id),
            Part(ComplaintSide, ComplaintSide.complaint_id),
            Part(ComplaintDiscussion, ComplaintDiscussion.complaint_id),
            Part(ComplaintReport, ComplaintReport.complaint_id),
        ),
    ),
    Kind(
        "data_complaints",
        DataProtectionComplaint,
        DataProtectionComplaint.answered_on,
        _data_complaints,
        (Part(DataProtectionProgress, DataProtectionProgress.complaint_id),),
    ),
    Kind("sharing", SharingDecision, SharingDecision.decided_at, _decisions_to_share),
    Kind("sharing", ReuseRequest, ReuseRequest.ended_at, _requests_for_reuse),
    Kind("sharing", Disclosure, Disclosure.asked_at, _disclosures),
    Kind("revoked_tokens", RevokedToken, RevokedToken.ends_at, _revoked_tokens),
    Kind(
        "credentials",
        ClientCredential,
        ClientCredential.made_at,
        _credentials,
        (Part(CredentialUse, CredentialUse.credential_id),),
    ),
    Kind("policy_papers", PolicyDocument, PolicyDocument.replaced_at, _policy_papers),
    Kind("uploads", Upload, Upload.received_at, _uploads),
)
"""Each kind; what points at another comes before it. Second factors and what is said about sharing are of several kinds of rows under one rule."""
