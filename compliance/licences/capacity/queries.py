"""Seats, use and demand, read in few statements however large the hub is (LIC-11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, or_, select

from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.licences.models import LastUse, Licence, LicenceArea, SeatContract
from compliance.licences.quarterly.models import UseVerdict
from compliance.licences.rules import HOLDS_A_SEAT, Kind, Status
from compliance.licences.waiting.models import SeatOffer, WaitingPlace
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from .figures import (
    IDLE_STATES,
    NO_AREA,
    By,
    Figures,
    Month,
    Seat,
    Wait,
    days_since,
    idle_before,
    idle_for,
    months,
    waiting_at,
)

DAYS_MOST = 366
"""Days without use that can be asked for at the most."""

SINCE = func.coalesce(LastUse.used_at, Licence.activated_at, Licence.decided_at)
"""When a licence was last used; never used, when it began, or was given where it has not begun."""

_AREAS = (
    select(func.aggregate_strings(LicenceArea.area, " "))
    .where(LicenceArea.licence_id == Licence.id)
    .correlate(Licence)
    .scalar_subquery()
)


@dataclass(frozen=True)
class Asked:
    """What the table is narrowed to, and by what it counts; `days` without use make a seat idle."""

    by: By = By.ORGANISATION
    days: int | None = None
    kind: Kind | None = None
    area: str | None = None
    sector: str | None = None
    search: str | None = None


@dataclass(frozen=True)
class KindOfSeat:
    """The seats of one kind: the contract's number, what has become of them, and how many are free (LIC-5)."""

    kind: Kind
    contract: int
    figures: Figures

    @property
    def free(self) -> int:
        """Seats that are nobody's and offered to nobody."""
        return max(0, self.contract - self.figures.taken - self.figures.offered)


@dataclass(frozen=True)
class Past:
    """One month: licences held and people waiting at its end; None before anything was recorded here."""

    month: Month
    held: int | None
    waiting: int | None


@dataclass(frozen=True)
class Quarter:
    """What the audit of use found in a quarter: how many licences of each verdict (LIC-8)."""

    quarter: str
    verdicts: dict[str, int]


@dataclass(frozen=True)
class Capacity:
    """Seats by kind, and by what was asked for; as at `at`, idle from `days` without use on."""

    at: datetime
    days: int
    kinds: tuple[KindOfSeat, ...]
    rows: tuple[Figures, ...]
    sectors: tuple[str, ...]
    past: tuple[Past, ...] = ()
    quarters: tuple[Quarter, ...] = ()


def capacity(ctx: Context, asked: Asked, *, months_back: int = 0) -> Capacity:
    """Where seats are, which are idle, and who waits; with `months_back`, over so many months as well.

    The figures by kind and over time are the whole hub's; what was asked narrows the rows. A licence with several
    areas counts in each of them. Raises Forbidden, and Invalid at `/days`.
    """
    require(ctx, Permission.CAPACITY_READ)
    days = days_asked(ctx, asked.days)
    before, span = idle_before(ctx.now(), days), months(ctx.now(), months_back)

    partners = _partners(ctx)
    seats = _seats(ctx, before)
    contracts, offers = _contracts(ctx)
    places = _places(ctx, span[0].mark if span else None)
    kinds = {kind: Figures(kind, kind) for kind in Kind}
    rows = _Rows(asked, partners, ctx.the(Policy))
    for seat in seats:
        kinds[seat.kind].holds(seat, idle_for(seat, ctx.now(), before))
    for seat in _seats(ctx, before, asked) if asked.by is By.AREA or asked.area else seats:
        idle = idle_for(seat, ctx.now(), before)
        for figures in rows.of(seat.organisation, seat.kind, seat.areas):
            figures.holds(seat, idle)
    for offer in offers:
        for figures in (kinds[offer.kind], *rows.of(offer.organisation, offer.kind, offer.areas)):
            figures.offered += 1
    for place in places:
        if place.left_at is None:
            for figures in (kinds[place.kind], *rows.of(place.organisation, place.kind, place.areas)):
                figures.waits.append(days_since(place.joined_at, ctx.now()))

    return Capacity(
        ctx.now(),
        days,
        tuple(KindOfSeat(kind, contracts.get(kind, 0), kinds[kind]) for kind in Kind),
        tuple(row for row in rows.made.values() if row),
        tuple(sorted({partner.sector for partner in partners.values()})),
        _past(ctx, span, places),
        _quarters(ctx, months_back),
    )


def days_asked(ctx: Context, days: int | None) -> int:
    """The days without use that were asked for, the policy's for none; raises Invalid at `/days`."""
    values = ctx.the(Policy).capacity
    if days is None:
        return values.idle_days
    if not values.light_days <= days <= DAYS_MOST:
        raise Invalid.at("/days", f"Ask for a number of days between {values.light_days} and {DAYS_MOST}.")
    return days


@dataclass(frozen=True)
class Needs:
    """What waits for somebody to act, for the first page: seats idle, people in line, offers open and accepted."""

    idle: int
    waiting: int
    since: datetime | None
    offered: int
    accepted: int


def needs(ctx: Context) -> Needs:
    """What needs acting upon, counted in one statement."""
    before = idle_before(ctx.now(), ctx.the(Policy).capacity.idle_days)
    idle = (
        select(func.count())
        .select_from(Licence)
        .outerjoin(LastUse, LastUse.licence_id == Licence.id)
        .where(Licence.status.in_(IDLE_STATES), Licence.rota_id.is_(None), before > SINCE)
    )
    in_line = select(func.count()).where(WaitingPlace.left_at.is_(None))
    since = select(func.min(WaitingPlace.joined_at)).where(WaitingPlace.left_at.is_(None))
    offers = select(func.count()).where(SeatOffer.settled_at.is_(None))
    counted = (
        idle, in_line, since, offers.where(SeatOffer.accepted_at.is_(None)), offers.where(SeatOffer.accepted_at.is_not(None)),
    )  # fmt: skip
    return Needs(*ctx.session.execute(select(*(each.scalar_subquery() for each in counted))).one())


@dataclass(frozen=True)
class _Partner:
    id: UUID
    name: str
    sector: str


class _Rows:
    """The rows of the table as they come to be: which of them a licence, an offer or a place counts in."""

    def __init__(self, asked: Asked, partners: dict[str, _Partner], policy: Policy) -> None:
        self.made: dict[str, Figures] = {}
        self._asked = asked
        self._area = policy.area_now.get(asked.area, asked.area) if asked.area else None
        self._partners = partners
        self._policy = policy
        self._found: dict[str, bool] = {}

    def of(self, organisation: str, kind: Kind, areas: tuple[str, ...]) -> Iterable[Figures]:
        """The rows this counts in: none where what was asked leaves it out."""
        asked, areas, area = self._asked, self._policy.areas_now(areas), self._area
        left_out = asked.kind not in (None, kind) or (area is not None and area not in areas)
        if left_out or not self._is_wanted(organisation):
            return ()
        if asked.by is By.ORGANISATION:
            return (self._row(organisation),)
        if asked.by is By.SECTOR:
            return (self._row(self._partners[organisation].sector),)
        return [self._row(each) for each in areas or (NO_AREA,) if area in (None, each)]

    def _is_wanted(self, organisation: str) -> bool:
        if organisation not in self._found:
            partner, asked = self._partners[organisation], self._asked
            named = not asked.search or asked.search.strip().casefold() in partner.name.casefold()
            self._found[organisation] = named and asked.sector in (None, partner.sector)
        return self._found[organisation]

    def _row(self, code: str) -> Figures:
        if code not in self.made:
            self.made[code] = self._begun(code)
        return self.made[code]

    def _begun(self, code: str) -> Figures:
        if self._asked.by is By.ORGANISATION:
            partner = self._partners[code]
            return Figures(code, partner.name, partner.sector, partner.id)
        if self._asked.by is By.SECTOR:
            return Figures(code, code)
        known = self._policy.areas.get(code)
        return Figures(code, known.name if known else "By case, no area")


def _partners(ctx: Context) -> dict[str, _Partner]:
    rows = ctx.session.execute(select(Organisation.code, Organisation.id, Organisation.name, Organisation.sector))
    return {code: _Partner(id_, name, sector) for code, id_, name, sector in rows}


def _seats(ctx: Context, before: datetime, asked: Asked | None = None) -> list[Seat]:
    """Every licence that holds a seat, alike ones together; since when it is unused only where that is before this.

    Where areas are asked for, a licence comes once for each of those. Organisations by their code, for an id costs
    thousands of conversions.
    """
    policy = ctx.the(Policy)
    former = {code: now for code, now in policy.area_now.items() if code != now}
    named_now = case(former, value=LicenceArea.area, else_=LicenceArea.area) if former else LicenceArea.area
    area: Any = named_now if asked else literal("")
    alike = (Organisation.code, Licence.kind, Licence.status, case((before > SINCE, SINCE)), Licence.rota_id, area)
    named: list[ColumnElement[Any]] = [column.label(f"c{number}") for number, column in enumerate(alike)]
    counted = (
        select(*named, func.count(Licence.id.distinct()) if former else func.count())
        .select_from(Licence)
        .join(Organisation, Organisation.id == Licence.organisation_id)
        .outerjoin(LastUse, LastUse.licence_id == Licence.id)
        .where(Licence.status.in_(HOLDS_A_SEAT))
        .group_by(*(literal_column(column.name) for column in named[: None if asked else -1]))
    )
    if asked:
        counted = counted.outerjoin(LicenceArea, LicenceArea.licence_id == Licence.id)
        counted = counted.where(LicenceArea.area.in_(policy.area_codes(asked.area))) if asked.area else counted
    return [Seat(*row[:5], (row[5],) if row[5] else (), row[6]) for row in ctx.session.execute(counted)]


@dataclass(frozen=True)
class _Offer:
    organisation: str
    kind: Kind
    areas: tuple[str, ...]


def _contracts(ctx: Context) -> tuple[dict[Kind, int], list[_Offer]]:
    """The contract's seats by kind, and the offers that are open: one statement for both."""
    rows = ctx.session.execute(
        select(SeatContract.kind, SeatContract.seats, Organisation.code, _AREAS)
        .select_from(SeatContract)
        .outerjoin(SeatOffer, and_(SeatOffer.kind == SeatContract.kind, SeatOffer.settled_at.is_(None)))
        .outerjoin(Organisation, Organisation.id == SeatOffer.organisation_id)
        .outerjoin(Licence, Licence.id == SeatOffer.licence_id)
    ).all()
    offers = [_Offer(code, Kind(kind), tuple((areas or "").split())) for kind, _, code, areas in rows if code]
    return {Kind(kind): seats for kind, seats, _, _ in rows}, offers


def _places(ctx: Context, since: datetime | None) -> list[Wait]:
    """Who waits now, and with `since` who waited at any time from then on."""
    still = WaitingPlace.left_at.is_(None)
    rows = ctx.session.execute(
        select(
            WaitingPlace.licence_id, Organisation.code, WaitingPlace.kind, _AREAS, WaitingPlace.joined_at,
            WaitingPlace.left_at,
        )
        .join(Licence, Licence.id == WaitingPlace.licence_id)
        .join(Organisation, Organisation.id == WaitingPlace.organisation_id)
        .where(still if since is None else or_(still, WaitingPlace.left_at > since))
        .order_by(WaitingPlace.joined_at, WaitingPlace.id)
    )  # fmt: skip
    return [
        Wait(one, code, Kind(kind), tuple((areas or "").split()), joined_at, left_at)
        for one, code, kind, areas, joined_at, left_at in rows
    ]


def _past(ctx: Context, span: Sequence[Month], places: Sequence[Wait]) -> tuple[Past, ...]:
    """Licences held at each month's end, by their own dates; nothing before the first of them was asked for."""
    if not span:
        return ()
    given = func.coalesce(Licence.decided_at, Licence.activated_at)
    held: list[Any] = [
        func.count(case((and_(given <= month.mark, _not_over(month.mark)), 1))).label(f"m{number}")
        for number, month in enumerate(span)
    ]
    counted = select(func.min(Licence.requested_at), *held).where(Licence.status != Status.REFUSED)
    begun, *numbers = ctx.session.execute(counted).one()
    return tuple(
        Past(month, number, waiting_at(places, month.mark))
        if begun is not None and begun <= month.mark
        else Past(month, None, None)
        for month, number in zip(span, numbers, strict=True)
    )


def _not_over(mark: datetime) -> Any:
    return or_(Licence.deactivated_at.is_(None), Licence.deactivated_at > mark)


def _quarters(ctx: Context, months_back: int) -> tuple[Quarter, ...]:
    """What the audits of use found, the oldest first."""
    if not months_back:
        return ()
    found: dict[str, dict[str, int]] = defaultdict(dict)
    counted = select(UseVerdict.quarter, UseVerdict.verdict, func.count()).group_by(
        UseVerdict.quarter, UseVerdict.verdict
    )
    for quarter, verdict, number in ctx.session.execute(counted.order_by(UseVerdict.quarter, UseVerdict.verdict)):
        found[quarter][verdict] = number
    return tuple(Quarter(quarter, verdicts) for quarter, verdicts in found.items())[-(months_back // 3) :]
