"""Rotas: several people of one organisation on one seat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from compliance.kernel.context import Actor, House, operator
from compliance.kernel.jobs import Run, Stopping
from compliance.licences import use_cases
from compliance.licences.models import Licence
from compliance.licences.rotas import jobs, queries
from compliance.licences.rotas import use_cases as rotas
from compliance.licences.rotas.models import Rota
from compliance.licences.rotas.rules import Turn
from compliance.licences.rules import Kind
from tests.builders.licences import a_licence, a_person, a_request, acting, an_organisation, partner, seats

MONDAY, TUESDAY, WEDNESDAY, SATURDAY, SUNDAY = 0, 1, 2, 5, 6
NINE, FIVE = 9 * 60, 17 * 60


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026, second: int = 0) -> datetime:
    """An instant of November 2026 unless told, in UTC, which is London's time then."""
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def a_turn(licence: Licence, weekday: int, begins: int = NINE, ends: int = FIVE) -> Turn:
    """A turn of office hours, unless told."""
    return Turn(weekday, begins, ends, licence.id)


def a_rota(
    house: House, organisation_id: UUID, turns: Sequence[Turn], *, by: Actor | None = None, name: str = "Duty desk"
) -> Rota:
    """The organisation's delegate makes a rota, unless told who."""
    with acting(house, by or partner(organisation_id)) as ctx:
        return rotas.make_rota(ctx, organisation_id=organisation_id, name=name, turns=turns)


def sharing(house: House, *names: str, seat: int = 1, kind: Kind = Kind.STANDING) -> tuple[UUID, list[Licence]]:
    """An organisation in a contract of one seat: the first named holds it, the others have asked for a licence."""
    seats(house, standing=seat)
    organisation = an_organisation(house, review_in_days=1000)
    first, *others = [f"{name}@swale.gov.uk" for name in names]
    licences = [a_licence(house, organisation, first, kind=kind)]
    for email in others:
        a_person(house, organisation, email)
        licences.append(a_request(house, organisation, email, kind=kind))
    return organisation, licences


def approved(house: House, *licences: Licence) -> None:
    """The hub approves these."""
    for licence in licences:
        with acting(house) as ctx:
            use_cases.approve(ctx, licence.id)


def a_rota_of(house: House, *names: str, turns: Sequence[tuple[int, int, int]]) -> tuple[Rota, list[Licence]]:
    """People on one seat of a full contract, all approved: the turns are dealt out to them in order."""
    organisation, licences = sharing(house, *names)
    dealt = [Turn(*turn, licences[number % len(licences)].id) for number, turn in enumerate(turns)]
    rota = a_rota(house, organisation, dealt)
    approved(house, *licences[1:])
    hand_over(house)
    return rota, licences


def hand_over(house: House) -> Run:
    """What the scheduler does every second."""
    return jobs.hand_over(house, Stopping())


def standing(house: House, rota_id: UUID) -> queries.Standing:
    """The rota as it stands now."""
    with house.reading(operator("test")) as ctx:
        return queries.rota(ctx, rota_id)
