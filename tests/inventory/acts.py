"""The use cases that no door of the API leads to, each with how it is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from compliance.accesses.audits import use_cases as access_audits
from compliance.accesses.audits.counting import Counted
from compliance.accesses.flags import use_cases as flags
from compliance.accesses.flags.use_cases import Concern
from compliance.accesses.reporting import use_cases as reporting
from compliance.breaches import use_cases as breaches
from compliance.complaints import ruling
from compliance.complaints.data_protection import use_cases as data_complaints
from compliance.governance.escalations import use_cases as escalations
from compliance.governance.facts import use_cases as facts
from compliance.governance.growth import use_cases as growth
from compliance.governance.growth.rules import What
from compliance.identity import use_cases as identity
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.calendar import Quarter
from compliance.kernel.context import NOBODY, Context
from compliance.kernel.errors import Refusal
from compliance.licences.rules import Kind
from compliance.licences.use_cases import set_seats
from compliance.sharing import use_cases as sharing
from compliance.sharing.disclosures import use_cases as disclosures
from compliance.sharing.reuse import use_cases as reuse
from compliance.witnesses import use_cases as witnesses
from compliance.witnesses.rules import Answer, Held, Problem
from policies.permissions import Permission
from retention import use_cases as registering
from retention.disposals import chasing
from retention.disposals import use_cases as disposals
from retention.holds import use_cases as holds
from retention.own import use_cases as own_records
from retention.own.schedule import KINDS
from retention.reviews import use_cases as record_reviews
from retention.use_cases import Registered
from signatories.use_cases import register_organisation
from tests.builders import identity as people
from tests.inventory import answers
from tests.inventory.world import Belongings, Whose, World


@dataclass(frozen=True)
class Act:
    """A use case that no door of the API leads to, and the permission it asks for."""

    permission: Permission
    use_case: Callable[[Context, Belongings], object]

    def __call__(self, world: World, caller: str, whose: Whose) -> str:
        actor, origin = (people.COMMAND, None) if caller == "operator" else world.actors.get(caller, (NOBODY, None))
        try:
            with world.house.work(actor, origin) as ctx:
                self.use_case(ctx, world.things[whose])
        except Refusal as refusal:
            return answers.of_refusal(refusal)
        return answers.YES


def _agree(ctx: Context, proposal_id: UUID) -> None:
    """Agree to whatever the proposal asks for now."""
    found = ctx.session.get(Proposal, proposal_id)
    proposals.approve(ctx, proposal_id, digest=found.digest if found else "")


def _the_policy_change(ctx: Context, _its: Belongings) -> None:
    waiting = select(Proposal.id).where(Proposal.kind == "policy.change")
    _agree(ctx, ctx.session.scalars(waiting).one())


def _the_webhook(ctx: Context, _its: Belongings) -> None:
    waiting = select(Proposal.id).where(Proposal.kind == "webhook.make", Proposal.state == "proposed")
    _agree(ctx, ctx.session.scalars(waiting).one())


def _the_client(ctx: Context, _its: Belongings) -> None:
    waiting = select(Proposal.id).where(Proposal.kind == "client.add", Proposal.state == "proposed")
    _agree(ctx, ctx.session.scalars(waiting).one())


def _newcomer_to_the_register(ctx: Context, _its: Belongings) -> object:
    return register_organisation(
        ctx, code="newcomer", name="Newcomer", sector="Health", kind="standing", areas=["medway"]
    )


AHEAD = Answer("safe", problem=Problem.CLAIMS_MORE, held=Held("hub.example", 10**6))
"""What a witness says whose log is longer than ours."""

ACTS: dict[str, Act] = {
    "use case: open an access audit": Act(
        Permission.ACCESS_AUDIT_OPEN,
        lambda ctx, its: access_audits.open_audit(
            ctx, Counted(Quarter(2026, 2), 0, 1, {its.organisation: {}}, 0), its.organisation
        ),
    ),
    "use case: give a flag to another reviewer": Act(
        Permission.FLAG_REVIEW, lambda ctx, its: flags.hand_over(ctx, its.flag, its.reviewer)
    ),
    "use case: accept a log that was turned back": Act(
        Permission.ROLLBACK_ACCEPT, lambda ctx, _its: witnesses.accept_rollback(ctx, AHEAD, reason="The store was put back.")
    ),
    "use case: report a concern": Act(
        Permission.CONCERN_RAISE, lambda ctx, its: flags.report_concern(ctx, Concern("They knew.", reference=its.code))
    ),
    "use case: report what happened in the case system": Act(
        Permission.ACCESS_REPORT, lambda ctx, _its: reporting.report(ctx, [])
    ),
    "use case: keep what a month came to": Act(
        Permission.GROWTH_COUNT, lambda ctx, _its: growth.keep(ctx, date(2026, 10, 1), dict.fromkeys(What, 0))
    ),
    "use case: remind of an escalation": Act(
        Permission.ESCALATION_CHASE, lambda ctx, its: escalations.remind(ctx, its.escalation)
    ),
    "use case: remind of a complaint about data": Act(
        Permission.COMPLAINT_CHASE, lambda ctx, its: data_complaints.remind(ctx, its.data_complaint)
    ),
    "use case: remind of a complaint": Act(
        Permission.COMPLAINT_CHASE, lambda ctx, its: ruling.remind(ctx, its.complaint)
    ),
    "use case: raise a breach with its partner": Act(
        Permission.INCIDENT_HANDLE, lambda ctx, its: breaches.raise_with(ctx, its.incident_reported, words="Why?")
    ),
    "use case: answer a breach for the partner": Act(
        Permission.INCIDENT_ANSWER, lambda ctx, its: breaches.answer(ctx, its.incident, words="Mislaid.")
    ),
    "use case: resolve a breach for the manager": Act(
        Permission.INCIDENT_MANAGE, lambda ctx, its: breaches.resolve(ctx, its.incident_with_manager, words="It came.")
    ),
    "use case: close a breach for the steering group": Act(
        Permission.INCIDENT_CLOSE, lambda ctx, its: breaches.close(ctx, its.incident_with_steering, words="Talked over.")
    ),
    "use case: remind of a breach": Act(
        Permission.INCIDENT_CHASE, lambda ctx, its: breaches.remind(ctx, its.incident)
    ),
    "use case: answer a request for re-use": Act(
        Permission.REUSE_ANSWER, lambda ctx, its: reuse.permit(ctx, its.reuse, words="It is safe.")
    ),
    "use case: rely on an overriding reason": Act(
        Permission.REUSE_OVERRIDE,
        lambda ctx, its: reuse.rely(ctx, its.reuse, reason="child_protection", words="A child is at risk."),
    ),
    "use case: remind of a request for re-use": Act(
        Permission.REUSE_CHASE, lambda ctx, its: reuse.remind(ctx, its.reuse)
    ),
    "use case: look at a disclosure": Act(
        Permission.DISCLOSURE_READ, lambda ctx, its: disclosures.view(ctx, its.disclosure)
    ),
    "use case: authorise a disclosure": Act(
        Permission.DISCLOSURE_AUTHORISE, lambda ctx, its: disclosures.authorise(ctx, its.disclosure, words="It may.")
    ),
    "use case: look at a decision to share": Act(
        Permission.SHARING_READ, lambda ctx, its: sharing.view(ctx, its.shared)
    ),
    "use case: report what the case system counted": Act(
        Permission.FACTS_REPORT, lambda ctx, _its: facts.report(ctx, [])
    ),
    "use case: remind of a flag": Act(Permission.FLAG_RAISE, lambda ctx, its: flags.remind(ctx, its.flag)),
    "use case: register what the case system keeps": Act(
        Permission.RETENTION_REGISTER, lambda ctx, its: registering.register(ctx, f"R-{its.code}", Registered([2], date(2026, 1, 5)))
    ),
    "use case: confirm that a record was disposed of": Act(
        Permission.DISPOSAL_CONFIRM,
        lambda ctx, its: disposals.confirm(ctx, its.instruction, method="erased", disposed_on=date(2026, 11, 21)),
    ),
    "use case: make the review of a record that fell due": Act(
        Permission.RETENTION_MAKE_DUE, lambda ctx, its: record_reviews.make_due(ctx, its.record)
    ),
    "use case: remind of a hold": Act(
        Permission.RETENTION_MAKE_DUE, lambda ctx, its: holds.remind(ctx, its.hold)
    ),
    "use case: remind of the review of a record": Act(
        Permission.RETENTION_MAKE_DUE, lambda ctx, its: record_reviews.remind(ctx, its.record_review)
    ),
    "use case: be the second person for a disposal": Act(
        Permission.DISPOSAL_APPROVE, lambda ctx, its: _agree(ctx, its.disposal)
    ),
    "use case: tell the case system what is to go": Act(
        Permission.DISPOSAL_CARRY_OUT, lambda ctx, its: disposals.instruct(ctx, its.manifest)
    ),
    "use case: ask after a disposal": Act(
        Permission.DISPOSAL_CARRY_OUT, lambda ctx, its: chasing.chase(ctx, its.manifest)
    ),
    "use case: dispose of a record of our own": Act(
        Permission.OWN_RECORDS_DISPOSE, lambda ctx, its: own_records.dispose_of_one(ctx, KINDS[0], its.person)
    ),
    "use case: give a role by a command": Act(
        Permission.ROLE_GRANT,
        lambda ctx, its: identity.grant_role(ctx, its.newcomer, role="escalation_contact", reason="Joins the team."),
    ),
    "use case: be the second person for a role": Act(
        Permission.ROLE_APPROVE, lambda ctx, its: _agree(ctx, its.proposal)
    ),
    "use case: be the second person for a recovery": Act(
        Permission.RECOVERY_APPROVE, lambda ctx, its: _agree(ctx, its.recovery)
    ),
    "use case: be the second person for a conflict of interest": Act(
        Permission.CONFLICT_APPROVE, lambda ctx, its: _agree(ctx, its.conflict_waits)
    ),
    "use case: be the second person for the policy": Act(Permission.POLICY_APPROVE, _the_policy_change),
    "use case: be the second person for a program": Act(Permission.CLIENT_APPROVE, _the_client),
    "use case: be the second person for a webhook": Act(Permission.WEBHOOK_APPROVE, _the_webhook),
    "use case: register a client": Act(Permission.CLIENT_MANAGE, lambda ctx, _its: identity.register_client(ctx, name="Oasis", scopes=["decisions"])),
    "use case: put an organisation on the register": Act(Permission.REGISTER_SEED, _newcomer_to_the_register),
    "use case: set the seats of the contract": Act(
        Permission.SEATS_SET, lambda ctx, _its: set_seats(ctx, Kind.STANDING, 60)
    ),
}  # fmt: skip
"""Each by what the matrix calls it."""
