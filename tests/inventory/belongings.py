"""What each partner of the small Kent has: one thing of every kind that a door may be asked for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from compliance.breaches.notifying import use_cases as data_breaches
from compliance.breaches.rules import Status as Breach
from compliance.changes.webhooks import use_cases as webhooks
from compliance.complaints.reporting import Written
from compliance.decisions.exceptions.use_cases import end_break_glass
from compliance.governance.outages.models import Outage, OutagePack
from compliance.governance.support.models import SupportContact
from compliance.governance.support.rules import Matter
from compliance.identity import queries
from compliance.identity import use_cases as identity
from compliance.identity.clients import queries as clients
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import House, operator
from compliance.licences import use_cases as licence_use_cases
from compliance.licences.quarterly import use_cases as use
from compliance.licences.rules import Status
from compliance.sharing.statement import use_cases as statement
from retention.reviews.use_cases import ask as ask_review
from signatories import queries as register_queries
from signatories import use_cases as register_use_cases
from signatories.welcome import use_cases as welcoming
from tests.builders import disposals, exceptions, helping, licences, outage_days, outages
from tests.builders import identity as people
from tests.builders import signatories as partners
from tests.builders.accesses import an_audit
from tests.builders.breaches import a_cast, an_action, brought_to
from tests.builders.challenges import challenges
from tests.builders.complaints import a_complaint, at_stage, between, escalates, records, reports, resolves
from tests.builders.data_complaints import a_data_complaint, acknowledged
from tests.builders.escalations import an_escalation, answered
from tests.builders.flags import a_concern
from tests.builders.holds import held as held_back
from tests.builders.incidents import a_data_breach, an_incident, assessed
from tests.builders.reports import an_issued_report
from tests.builders.retention import kept
from tests.builders.rotas import SATURDAY, SUNDAY, a_rota, a_turn
from tests.builders.sharing import asked as asked_for_reuse
from tests.builders.sharing import decided, wanted
from tests.builders.webhooks import an_endpoint


@dataclass
class Belongings:
    """What one organisation has: the ids that a door may be asked for."""

    organisation: UUID
    code: str
    area: str
    moves_to: str
    active: UUID
    suspended: UUID
    requested: UUID
    person: UUID
    newcomer: UUID
    withdrawn: UUID
    withdrawal: UUID
    announced: UUID
    invitation: UUID
    role_held: UUID
    session: UUID
    proposal: UUID
    recovery: UUID
    contact: UUID
    policy: UUID
    signature: UUID
    challenge: UUID
    exemption: UUID
    rota: UUID
    flag: UUID
    reviewer: UUID
    access_audit: UUID
    glass: UUID
    glass_over: UUID
    data_breach: UUID
    data_breach_to_tell: UUID
    incident_apart: UUID
    incident: UUID
    incident_reported: UUID
    incident_with_manager: UUID
    incident_with_steering: UUID
    incident_action: UUID
    webhook: UUID
    webhook_delivery: UUID
    conflict: UUID
    conflict_waits: UUID
    sharing: UUID
    waits: UUID
    complaint: UUID
    complaint_two: UUID
    complaint_last: UUID
    complaint_over: UUID
    report: UUID
    data_complaint: UUID
    data_complaint_to_answer: UUID
    escalation: UUID
    escalation_answered: UUID
    issued_report: UUID
    outage: UUID
    outage_line: UUID
    outage_pack: UUID
    help_request: UUID
    help_suppliers: UUID
    support_contact: UUID
    record: UUID
    record_review: UUID
    shared: UUID
    reuse: UUID
    disclosure: UUID
    client: UUID
    credential: UUID
    record_to_go: UUID
    manifest: UUID
    disposal: UUID
    certificate: UUID
    instruction: UUID
    hold: UUID
    digest: str = "0" * 64
    entry: int = 0


_TWO_HOURS = timedelta(hours=2)

MOVES_TO = {"mid-kent": "west-kent", "east-kent": "south-east-kent"}
"""Where those who work in an area can move within their organisation."""


def of_a_partner(house: House, code: str, area: str) -> Belongings:
    organisation = licences.an_organisation(house, code, areas=[area, MOVES_TO[area]])

    def licence(status: Status, name: str) -> UUID:
        email = f"{name}@{code}.gov.uk"
        return licences.a_licence(house, organisation, email, status=status, areas=[area]).id

    active = licences.a_licence(house, organisation, f"active@{code}.gov.uk", areas=[area])
    gone = licences.an_organisation(house, f"{code}-gone", areas=[area])
    newcomer = people.a_person(house, "delegate", organisation_id=organisation)
    colleague = people.an_account(house, organisation_id=organisation)
    house.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    manager = people.someone(house, "hub_manager")
    with house.work(*manager) as ctx:
        invitation = licence_use_cases.invite_to_case(
            ctx, reference=f"C-{code}", person_id=active.person_id, closed=True, until=None
        ).id
    with house.work(*manager) as ctx:
        proposal = identity.grant_role(ctx, newcomer.id, role="ig_officer", reason=people.WHY)
        assert isinstance(proposal, Proposal)
        recovery = identity.propose_recovery(
            ctx, colleague.person.id, identity_check="By telephone.", reason=people.WHY
        )
    with house.work(*people.someone(house, "hub_coordinator")) as ctx:
        contact = register_queries.key_contacts(ctx, organisation)[0].id
        policy = register_use_cases.record_policy_document(
            ctx, organisation, kind="safeguarding", title="Our policy", owner="Head", dated_on=date(2026, 1, 5),
            next_review_on=date(2027, 3, 1), file_name="policy.pdf", file=partners.a_pdf(),
        ).id  # fmt: skip
        welcoming.give(ctx, organisation, given_on=date(2026, 10, 5), items=["protocol"])
    withdrawal = partners.withdraws(house, gone, acknowledged_by=None).id
    leaving = licences.an_organisation(house, f"{code}-leaving", areas=[area])
    in_a_month = house.clock.now() + timedelta(days=30)
    announced = partners.withdraws(house, leaving, effective_at=in_a_month, acknowledged_by=None).id
    with house.reading(people.COMMAND) as ctx:
        held = queries.roles_held(ctx, newcomer.id)[0].id
        signatures = register_queries.facts(ctx, [organisation])[organisation].instruments
        doubted, signature = (cell.signature.id for cell in signatures.values() if cell.signature)
    challenge = challenges(house, doubted).id
    suspended = licence(Status.SUSPENDED, "suspended")
    with house.work(*people.someone(house, "hub_supervisor")) as ctx:
        exemption = use.exempt(ctx, suspended, reason="Long leave", ends_on=date(2027, 3, 31)).id
    sharing = licences.a_licence(house, organisation, f"sharing@{code}.gov.uk", areas=[area])
    waits = licences.a_request(house, organisation, f"waits@{code}.gov.uk", areas=[area])
    glass, over = (exceptions.opened(house, active.person_id, f"{each}-{code}", area=area) for each in ("E", "F"))
    with house.work(*people.someone(house, "hub_manager")) as ctx:
        end_break_glass(ctx, over.id)
    breach = a_data_breach(house, aware_at=house.clock.now() - _TWO_HOURS, organisation_id=organisation)
    assessed(house, breach)
    concern = a_concern(house, people.at_work(house, newcomer), person=str(active.person_id), reference=f"C-{code}")
    it = between(house, organisation, licences.an_organisation(house, f"{code}-partner", areas=[area]))
    first, second, third, ended = a_complaint(it), at_stage(it, 2), at_stage(it, 3), a_complaint(it)
    for each in (first, second, third, ended):
        records(it, each)
    report = reports(it, third, written=Written(file_name="report.pdf", content=partners.a_pdf()))
    escalates(it, third)
    resolves(it, ended)
    it_is = brought_to(house, cast := a_cast(house, organisation), Breach.RAISED)
    for each in ("R", "N"):
        kept(house, f"{each}-{code}", organisation_id=organisation, opened_on=date(2026, 1, 5))
    manifest = disposals.proposed(house, disposals.goes(house, f"M-{code}", organisation))
    with house.work(*people.someone(house, "hub_coordinator")) as ctx:
        asked = ask_review(ctx, f"R-{code}", trigger="regroup")
    with house.work(people.COMMAND) as ctx:
        statement.begin(ctx)
    sharer = people.someone(house, "delegate", organisation_id=organisation)
    return Belongings(
        shared=decided(house, sharer).id,
        reuse=asked_for_reuse(house, None, people.someone(house, "hub_coordinator"), supplier_id=organisation).id,
        disclosure=wanted(house, sharer).id,
        record=asked.record_id,
        record_review=asked.id,
        record_to_go=disposals.goes(house, f"G-{code}", organisation).id,
        manifest=manifest.id,
        disposal=manifest.proposal_id,
        instruction=disposals.instructed(house, disposals.goes(house, f"I-{code}", organisation)).id,
        certificate=disposals.certified(house, disposals.goes(house, f"D-{code}", organisation)).id,
        hold=held_back(house, f"R-{code}").id,
        organisation=organisation,
        code=code,
        area=area,
        moves_to=MOVES_TO[area],
        active=active.id,
        suspended=suspended,
        requested=licence(Status.REQUESTED, "requested"),
        person=active.person_id,
        newcomer=newcomer.id,
        withdrawn=gone,
        withdrawal=withdrawal,
        announced=announced,
        invitation=invitation,
        role_held=held,
        session=people.signed_in(house, colleague).session_id,
        proposal=proposal.id,
        recovery=recovery.id,
        contact=contact,
        policy=policy,
        signature=signature,
        challenge=challenge,
        exemption=exemption,
        rota=a_rota(house, organisation, [a_turn(sharing, SATURDAY), a_turn(waits, SUNDAY)]).id,
        flag=concern.id,
        reviewer=people.a_person(house, "ig_officer").id,
        access_audit=an_audit(house, organisation, active.person_id),
        glass=glass.id,
        glass_over=over.id,
        data_breach=breach.id,
        data_breach_to_tell=_to_tell(house, organisation),
        incident_apart=an_incident(house, kind="failure_to_share", organisation_id=organisation).id,
        incident=it_is.id,
        incident_reported=brought_to(house, cast, Breach.REPORTED).id,
        incident_with_manager=brought_to(house, cast, Breach.WITH_MANAGER).id,
        incident_with_steering=brought_to(house, cast, Breach.WITH_STEERING).id,
        incident_action=an_action(house, cast, it_is).id,
        conflict_waits=exceptions.proposed(house, newcomer.id, f"W-{code}").id,
        conflict=exceptions.kept(house, newcomer.id, f"K-{code}").id,
        sharing=sharing.id,
        waits=waits.id,
        complaint=first.id,
        complaint_two=second.id,
        complaint_last=third.id,
        complaint_over=ended.id,
        report=report.id,
        data_complaint=a_data_complaint(house, organisation_id=organisation).id,
        data_complaint_to_answer=acknowledged(house, a_data_complaint(house, organisation_id=organisation)).id,
        escalation=an_escalation(house, organisation).id,
        escalation_answered=answered(house, an_escalation(house, organisation, about="actions")).id,
        issued_report=an_issued_report(house).id,
        **_an_outage(house, organisation),
        help_request=helping.a_request(house).id,
        help_suppliers=helping.sorted_as(house, helping.a_request(house), Matter.SUPPLIER).id,
        support_contact=_a_support_contact(house),
        digest=proposal.digest,
        **_a_client(house, code),
        **_a_webhook(house, code),
    )


def _a_client(house: House, code: str) -> dict[str, UUID]:
    """A program, which is no organisation's, and what it proves itself by."""
    with house.work(operator("tests")) as ctx:
        client, _ = identity.register_client(ctx, name=f"Program of {code}", scopes=["changes:read"])
        [proof] = clients.live_credentials(ctx, client.id)
    return {"client": client.id, "credential": proof.id}


def _a_webhook(house: House, code: str) -> dict[str, UUID]:
    """An address that changes are sent to, which is no organisation's, and a message that waits to be sent there."""
    endpoint_id = an_endpoint(house, f"https://{code}.example.org/changes", name=f"Webhook of {code}")
    with house.work(*people.someone(house, "hub_manager")) as ctx:
        return {"webhook": endpoint_id, "webhook_delivery": webhooks.try_endpoint(ctx, endpoint_id).id}


def _an_outage(house: House, organisation: UUID) -> dict[str, UUID]:
    """The outage that lasts, what was taken by hand for this partner, and a pack: there is one of each but of the second."""
    known = next(iter(people.every(house, Outage)), None)
    if known is None:
        outage_days.a_passphrase(house)
        outages.a_kept_pack(house)
    it = known or outage_days.an_outage(house)
    line = outage_days.taken(house, it, reference=f"OFF-{organisation}", organisation_id=organisation)
    return {"outage": it.id, "outage_line": line.id, "outage_pack": people.every(house, OutagePack)[0].id}


def _a_support_contact(house: House) -> UUID:
    """Somebody who passes requests for help on, of the hub."""
    person = helping.a_contact(house).actor.person_id
    return next(each.id for each in people.every(house, SupportContact) if each.person_id == person)


def _to_tell(house: House, organisation: UUID) -> UUID:
    """A personal-data breach of which it is decided that the ICO and the people concerned are told."""
    breach = a_data_breach(house, aware_at=house.clock.now() - _TWO_HOURS, organisation_id=organisation)
    number = assessed(house, breach)
    with house.work(*people.someone(house, "hub_manager")) as ctx:
        data_breaches.decide(ctx, breach.id, "notify", reasons=people.WHY, assessment=number)
        data_breaches.decide_people(ctx, breach.id, "tell", reasons=people.WHY, assessment=number)
    return breach.id


def nothing() -> Belongings:
    """Ids of the right form that nothing has."""
    given = ("code", "area", "moves_to", "digest", "entry")
    ids: dict[str, Any] = {each.name: uuid4() for each in fields(Belongings) if each.name not in given}
    return Belongings(code="nowhere", area="mid-kent", moves_to="west-kent", entry=10**9, **ids)
