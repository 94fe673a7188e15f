"""The demo's registers in full: what the hub lives with beside signatures and licences that simply stand.

A seat that three share, a licence that may rest unused, an entry that is doubted, a partner that has announced that it
will leave, and two reviews of the instruments that were held, with a third overdue.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

from sqlalchemy import select

from compliance.kernel.clock import london_date, showing
from compliance.licences.quarterly import use_cases as quarterly
from compliance.licences.rotas import use_cases as rotas
from compliance.licences.rotas.rules import Turn
from signatories import queries as register
from signatories import use_cases as signatories
from signatories.challenges import use_cases as challenges
from signatories.models import Signature
from signatories.reviews import use_cases as reviews

from .demo_stage import Somebody, Stage

DOCUMENTS = Path(__file__).with_name("demo_documents")
AWAY = "Sabine Thorley"
DOUBTED = "clarion"
LEAVES = "look-ahead"
OFFICE_HOURS = (9 * 60, 17 * 60)


def hold_reviews(stage: Stage, manager: Somebody) -> None:
    """The first two reviews of both instruments, each a few days after it fell due (SIG-10)."""
    for due_on in (date(2025, 7, 1), date(2025, 10, 1)):
        stage.at((london_date(stage.now) - due_on).days - 4)
        for instrument in ("isa", "op"):
            with stage.as_(manager) as ctx:
                reviews.record_review(
                    ctx, instrument, due_on, held_on=london_date(ctx.now()), useful=True, fit_for_purpose=True,
                    issues="Partners ask for more licences than there are seats; shared seats are tried.",
                    decision="extend", reasons="It is used by all who signed, and nothing in it stood in the way.",
                )  # fmt: skip


def share_a_seat(stage: Stage, manager: Somebody, holders: list[Somebody]) -> None:
    """One seat for several of a partner: Monday to Friday, each their days (LIC-6).

    Whether they are let in depends on the hour, so a program that tries everything is not told of them.
    """
    for holder in holders:
        holder.listed = False
    begins, ends = OFFICE_HOURS
    ids = [holder.licence for holder in holders if holder.licence is not None]
    turns = [Turn(weekday, begins, ends, ids[weekday * len(ids) // 5]) for weekday in range(5)]
    with stage.as_(manager) as ctx:
        organisation = register.organisation_by_code(ctx, holders[0].organisation or "").id
        rotas.make_rota(ctx, organisation_id=organisation, name="Adult safeguarding desk", turns=turns)


def let_rest_unused(stage: Stage, manager: Somebody) -> None:
    """Somebody is away for longer than a quarter, and keeps the licence (LIC-8)."""
    licence = next(each.licence for each in stage.people if each.full_name == AWAY)
    if licence is None:
        raise ValueError(f"{AWAY} has no licence")
    with stage.as_(manager) as ctx:
        quarterly.exempt(
            ctx, licence, reason="On parental leave; takes up the team's research again on return.",
            ends_on=london_date(ctx.now()) + timedelta(days=120),
        )  # fmt: skip


def doubt_an_entry(stage: Stage, officer: Somebody) -> None:
    """The information governance officer doubts the day of a signature; the hub has yet to decide (SIG-3)."""
    with stage.as_(officer) as ctx:
        organisation = register.organisation_by_code(ctx, DOUBTED).id
        signed = select(Signature.id).where(Signature.organisation_id == organisation).order_by(Signature.id)
        entry = ctx.session.scalars(signed).first()
        if entry is None:
            raise ValueError(f"{DOUBTED} has signed nothing")
        challenges.raise_challenge(
            ctx, "signature", entry, grounds="The scan bears another day than the register says. Please look again."
        )


def announce_a_withdrawal(stage: Stage, manager: Somebody) -> None:
    """A partner leaves in two weeks; until then everything stands as it does (SIG-6)."""
    leaves_on = london_date(stage.now) + timedelta(days=14)
    leaves_at = showing(leaves_on, time(9))[0]
    with stage.as_(manager) as ctx:
        signatories.withdraw(
            ctx, register.organisation_by_code(ctx, LEAVES).id, instruments=["isa", "op"],
            letter_name="withdrawal-letter.pdf", letter=(DOCUMENTS / "withdrawal-letter.pdf").read_bytes(),
            letter_on=london_date(ctx.now()) - timedelta(days=1),
            reasons="Our contract in the area ends that morning.", effective_at=leaves_at,
        )  # fmt: skip
