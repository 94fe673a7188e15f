"""The demo's partners sign, each in its way: most of them both instruments, some one, some none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from compliance.kernel.context import Context
from signatories import queries as register
from signatories import use_cases as signatories

from .demo_names import a_name, local
from .demo_stage import THE_OPERATOR, Somebody, Stage

DOCUMENTS = Path(__file__).with_name("demo_documents")

NEVER_SIGNED = ("moat", "amat", "wkha")
REFUSES = "orbit"
WITHDRAWS = "southern-housing"
SIGNS_ONLY_ISA = "cgl"


def partners_sign(stage: Stage, supervisor: Somebody, say: Callable[[str], None]) -> dict[str, UUID]:
    """Who signs does; gives the version of each instrument."""
    say("Forty partners sign on paper; some have not answered")
    stage.at(588)
    scan = (DOCUMENTS / "signed-page.pdf").read_bytes()
    with stage.house.reading(THE_OPERATOR) as ctx:
        partners = [facts.code for facts in sorted(register.facts(ctx).values(), key=lambda facts: facts.code)]
        versions = {version.instrument.code: version.id for version in register.versions(ctx)}
    for number, code in enumerate(partners):
        signed = signed_by(code)
        with stage.as_(supervisor) as ctx:
            partner = register.organisation_by_code(ctx, code)
            for instrument in signed:
                signatories.record_paper_signature(
                    ctx, partner.id, versions[instrument], name=a_name(number), role="Head of Safeguarding",
                    signed_on=days_before(stage, 1), scan_name="signed-page.pdf", scan=scan,
                )  # fmt: skip
            if signed:
                _assure(ctx, stage, partner.id, number, partner.domains[0].domain)
    return versions


def _assure(ctx: Context, stage: Stage, partner: UUID, number: int, domain: str) -> None:
    """The policies and key contacts that a partner sends in with its signature."""
    for kind in ("safeguarding", "data_protection"):
        signatories.record_policy_document(
            ctx, partner, kind=kind, title=f"{kind.replace('_', ' ').capitalize()} policy", owner="Head of Governance",
            dated_on=days_before(stage, 30), next_review_on=days_before(stage, -(720 + number)),
        )  # fmt: skip
    for place, kind in enumerate(("primary", "delegate", "escalation")):
        name = a_name(number + 7 * (place + 1))
        signatories.name_key_contact(ctx, partner, kind=kind, name=name, email=f"{local(name)}@{domain}")


def signed_by(code: str) -> tuple[str, ...]:
    """What the partner of this code has signed."""
    if code in NEVER_SIGNED or code == REFUSES:
        return ()
    return ("isa",) if code == SIGNS_ONLY_ISA else ("isa", "op")


def days_before(stage: Stage, days: int) -> date:
    """The date so many days before the story's own today."""
    return (stage.clock.now() - timedelta(days=days)).date()
