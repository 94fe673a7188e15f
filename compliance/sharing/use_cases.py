"""Recording a decision to share, or not to (SHA-1, OP 1.6 rule 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.record import record
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.numbering import next_number
from compliance.kernel.secrets import KeyRing
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import queries, rules
from .behalf import whose
from .events import SharingDecided, SharingViewed
from .models import SharingDecision
from .rules import Choice

REFERENCE_LONGEST = 255


@dataclass(frozen=True)
class Decided:
    """What somebody decided: about which case, whether to share, upon which basis, and why in their own words.

    `with_id` is the partner it is shared with; `decided_at` is now where it is not said; `person` on whose behalf a
    program records it, and `organisation_id` for which organisation, where that is not the one they work for.
    """

    reference: str
    decision: str
    basis: str
    words: str
    with_id: UUID | None = None
    decided_at: datetime | None = None
    person: str | None = None
    organisation_id: UUID | None = None


def decide(ctx: Context, said: Decided) -> SharingDecision:
    """Record a decision with its reason and lawful basis, by case reference (SHA-1).

    Raises Forbidden, NotOnBehalf, and Invalid at the member that is wrong.
    """
    who = whose(ctx, Permission.SHARING_RECORD, person=said.person, organisation_id=said.organisation_id)
    policy, now = ctx.the(Policy), ctx.now()

    reference = text.line(said.reference, pointer="/reference", limit=REFERENCE_LONGEST)
    if said.decision not in list(Choice):
        raise Invalid.at("/decision", "Say whether it is shared.")
    bases = rules.bases_for(Choice(said.decision), policy.lawful_bases)
    if said.basis not in bases:
        raise Invalid.at("/basis", f"Use one that goes with the decision: {', '.join(bases)}.")
    words = text.prose(said.words, pointer="/words", limit=policy.sharing.words_most)
    if said.with_id is not None and ctx.session.get(Organisation, said.with_id) is None:
        raise Invalid.at("/with_organisation_id", "Choose an organisation from the register, or leave it open.")
    decided_at = said.decided_at or now
    wrong = rules.instant_wrong(decided_at, now)
    if wrong is not None:
        raise Invalid.at("/decided_at", wrong)

    new_id, year = ctx.new_id(), london_date(now).year
    decision = SharingDecision(
        id=new_id, year=year, number=next_number(ctx, SharingDecision.number, SharingDecision.year, year),
        reference=reference, decision=said.decision, basis=said.basis, with_organisation_id=said.with_id,
        decided_by=who.person_id, organisation_id=who.organisation_id, decided_at=decided_at, recorded_by=ctx.actor.id,
        words=ctx.the(KeyRing).seal(words.encode(), place=f"sharing_decisions.words:{new_id}"),
    )  # fmt: skip
    ctx.session.add(decision)
    ctx.session.flush()

    record(
        ctx,
        SharingDecided(
            subject=decision.id, organisation=decision.organisation_id, reference=reference,
            action=decision.decision, ground=decision.basis, person=decision.decided_by,
        ),
    )  # fmt: skip
    return decision


def view(ctx: Context, decision_id: UUID) -> tuple[SharingDecision, str]:
    """One decision with its reason, and keep that it was read (AUD-1)."""
    decision = queries.visible(ctx, decision_id)
    words = ctx.the(KeyRing).open(decision.words, place=f"sharing_decisions.words:{decision.id}").decode()

    record(ctx, SharingViewed(subject=decision.id, organisation=decision.organisation_id, reference=decision.reference))
    return decision, words
