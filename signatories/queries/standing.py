"""Whether an organisation is a signatory of all it must have signed (LIC-1), and by which rule it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from policies.values import Policy
from signatories import rules
from signatories.facts import OrganisationFacts, Reading, read, standings
from signatories.models import Instrument, InstrumentVersion
from signatories.rules import State, VersionFact


@dataclass(frozen=True)
class InstrumentStanding:
    """One required instrument: whether a signature is in force, until when, or the rule that fails."""

    code: str
    state: State
    in_force: bool
    until: datetime | None
    rule: str | None


@dataclass(frozen=True)
class Standing:
    """An organisation at an instant, with one line for each required instrument."""

    organisation_id: UUID
    at: datetime
    instruments: tuple[InstrumentStanding, ...]

    @property
    def signatory(self) -> bool:
        return all(instrument.in_force for instrument in self.instruments)

    @property
    def failing(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.rule for each in self.instruments if each.rule is not None))

    @property
    def until(self) -> datetime | None:
        """The next instant at which this may change without anybody acting; None for none."""
        return min((each.until for each in self.instruments if each.until is not None), default=None)

    @property
    def withdrawn(self) -> bool:
        return any(each.state is State.WITHDRAWN for each in self.instruments)

    def of(self, code: str) -> InstrumentStanding:
        """The line of one required instrument."""
        return next(each for each in self.instruments if each.code == code)


def standing(
    ctx: Context, organisation_id: UUID, *, at: datetime | None = None, known: datetime | None = None
) -> Standing:
    """Where one organisation stands, now or at an instant; raises NotFound for one that is not there."""
    instant = at or ctx.now()
    found = facts(ctx, [organisation_id], at=at, known=known).get(organisation_id)
    if found is None:
        raise NotFound()
    lines = []
    for code in ctx.the(Policy).signatories.required_instruments:
        cell = found.instruments[code]
        lines.append(InstrumentStanding(code, cell.state, cell.in_force, cell.until, cell.rule))
    return Standing(organisation_id, instant, tuple(lines))


def facts(
    ctx: Context,
    organisation_ids: Sequence[UUID] | None = None,
    *,
    at: datetime | None = None,
    known: datetime | None = None,
) -> dict[UUID, OrganisationFacts]:
    """`facts.standings` by the policy in force, within this unit of work.

    What held at `at` as it was known then, or as it was known at a later instant; without either, as it is now.
    """
    return standings(ctx.session, at or ctx.now(), organisation_ids, policy=ctx.the(Policy), known=known or at)


def withdrawn(ctx: Context) -> set[UUID]:
    """The organisations that are outside now: withdrawn from a required instrument, and not back (SIG-6, SIG-9)."""
    return {each.id for each in facts(ctx).values() if each.withdrawn}


def reading(
    ctx: Context, organisation_id: UUID, *, at: datetime | None = None, known: datetime | None = None
) -> Reading:
    """One organisation's facts together with the versions they were judged by; raises NotFound."""
    found = read(ctx.session, at or ctx.now(), [organisation_id], policy=ctx.the(Policy), known=known or at)
    if organisation_id not in found.organisations:
        raise NotFound()
    return found


def to_sign(found: Reading, organisation_id: UUID, at: datetime) -> dict[str, list[VersionFact]]:
    """What an organisation can sign today, by instrument: versions in force or coming, and not signed by it (SIG-4).

    One that has withdrawn can sign only the version in force (SIG-9).
    """
    organisation = found.organisations[organisation_id]
    waiting: dict[str, list[VersionFact]] = {}
    for code, known in found.versions.items():
        place = max(rules.in_force(known, at), 0)
        outside = organisation.instruments[code].state is State.WITHDRAWN
        open_to_it = known[place : place + 1 if outside else None]
        if unsigned := [each for each in open_to_it if each.id not in organisation.signed]:
            waiting[code] = unsigned
    return waiting


def signable(ctx: Context, organisation_id: UUID) -> list[InstrumentVersion]:
    """The versions that `to_sign` finds, with their instruments."""
    waiting = to_sign(reading(ctx, organisation_id), organisation_id, ctx.now())
    ids = [each.id for versions in waiting.values() for each in versions]
    if not ids:
        return []
    return list(
        ctx.session.scalars(
            select(InstrumentVersion)
            .join(InstrumentVersion.instrument)
            .options(contains_eager(InstrumentVersion.instrument))
            .where(InstrumentVersion.id.in_(ids))
            .order_by(Instrument.code, InstrumentVersion.effective_on)
        )
    )
