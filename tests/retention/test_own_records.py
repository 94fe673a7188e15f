"""What is over of our own records goes by its schedule, and nothing before its time, nothing under hold, nothing open (RET-9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from audit.models import AuditEntry
from compliance.accesses.flags.models import AccessFlag, AccessFlagEntry
from compliance.breaches.models import Incident, IncidentAction, IncidentStep
from compliance.breaches.notifying.models import BreachAssessment, DataBreach
from compliance.changes.webhooks.models import WebhookDelivery, WebhookSecret
from compliance.complaints.data_protection.models import DataProtectionComplaint, DataProtectionProgress
from compliance.complaints.models import Complaint, ComplaintDiscussion, ComplaintSide, ComplaintStage
from compliance.governance.escalations.models import Escalation, EscalationAsk
from compliance.governance.outages.models import Outage, Transcription
from compliance.governance.support.models import HelpRequest
from compliance.identity.clients.models import ClientCredential, CredentialUse, RevokedToken
from compliance.identity.models import AccountInvitation, Authenticator, Passkey, PasskeyUse, SpentStep
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.jobs import JobRun
from compliance.notices.models import Notice
from compliance.sharing.disclosures.models import Disclosure
from compliance.sharing.models import SharingDecision
from compliance.sharing.reuse.models import ReuseRequest
from policies.values import packaged
from signatories.models import KeyContact, PolicyDocument, Upload
from tests.builders import own
from tests.builders.identity import every, logged


@dataclass(frozen=True)
class Case:
    """How one kind comes to its end, the tables that are empty once it has gone, and how many rows the log counts."""

    code: str
    made: Callable[[House], Any]
    gone: tuple[type[Any], ...]
    rows: int


CASES = (
    Case("links", own.an_ended_link, (AccountInvitation,), 1),
    Case("factors", own.an_ended_factor, (Authenticator, SpentStep), 2),
    Case("factors", own.an_ended_passkey, (Passkey, PasskeyUse), 2),
    Case("letters", own.a_sent_letter, (Notice,), 1),
    Case("runs", own.a_run, (JobRun,), 1),
    Case("contacts", own.a_replaced_contact, (KeyContact,), 1),
    Case("flags", own.an_explained_flag, (AccessFlag, AccessFlagEntry), 1),
    Case("incidents", own.a_closed_incident, (Incident, IncidentStep, IncidentAction, DataBreach, BreachAssessment), 5),
    Case(
        "complaints",
        own.a_resolved_complaint,
        (Complaint, ComplaintStage, ComplaintSide, ComplaintDiscussion),
        6,
    ),
    Case("data_complaints", own.an_answered_data_complaint, (DataProtectionComplaint, DataProtectionProgress), 1),
    Case("escalations", own.an_ended_escalation, (Escalation, EscalationAsk), 2),
    Case("support", own.an_ended_request_for_help, (HelpRequest,), 1),
    Case("outages", own.a_closed_outage, (Outage, Transcription), 2),
    Case("policy_papers", own.a_replaced_policy, (PolicyDocument,), 1),
    Case("uploads", own.a_stray_file, (Upload,), 1),
    Case("sharing", own.a_decision_to_share, (SharingDecision,), 1),
    Case("sharing", own.an_answered_request, (ReuseRequest,), 1),
    Case("sharing", own.a_made_disclosure, (Disclosure,), 1),
    Case("revoked_tokens", own.a_token_taken_back, (RevokedToken,), 1),
    Case("credentials", own.an_ended_credential, (ClientCredential, CredentialUse), 2),
    Case("webhook_secrets", own.an_ended_endpoint, (WebhookSecret,), 1),
    Case("webhook_deliveries", own.a_sent_change, (WebhookDelivery,), 1),
)


def disposals(house: House) -> list[AuditEntry]:
    """What the log says of disposals of our own records."""
    return [*logged(house, "own_record.disposed"), *logged(house, "own_records.disposed")]


@pytest.mark.rule("RET-9")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.made.__name__)
def test_a_record_of_ours_goes_after_its_time_and_not_before(house: House, clock: FixedClock, case: Case) -> None:
    case.made(house)
    held = {kind: len(every(house, kind)) for kind in case.gone}

    clock.move(packaged().own_records[case.code].lasts(packaged()) - timedelta(seconds=1))
    assert own.disposes(house, case.code) == 0
    assert {kind: len(every(house, kind)) for kind in case.gone} == held

    clock.move(timedelta(days=1, seconds=2))
    assert own.disposes(house, case.code) >= 1

    assert {kind.__name__ for kind in case.gone if every(house, kind)} == set()
    assert own.whole(house) == []
    [entry] = disposals(house)
    detail = json.loads(entry.detail)
    assert (detail["kind"], detail["rows"]) == (case.code, case.rows)
    assert (entry.actor_kind, entry.rules) == ("job", "RET-9")
    assert own.disposes(house, case.code) == 0, "once"
