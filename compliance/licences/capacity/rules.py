"""What if these idle seats were freed, or shared by rota: who could be served today? Values in, values out (LIC-11).

A plan takes, in this order and only as far as somebody can be served:

- seats that are free already;
- seats of licences idle for the days asked, the longest idle first (LIC-8);
- where rotas are asked for, seats that people of one organisation could share who use theirs lightly (LIC-6).

It serves those who wait in the list's own order and of the seat's kind (LIC-5). Somebody is passed over only where
something is missing that a licence needs (LIC-1), or a seat is offered to them already. So for each kind it serves
as many as there are seats to be had for, or everybody who can be served, whichever is fewer: no other choice of
seats serves more, and none serves these later. It changes nothing: a person carries out each line, or does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from compliance.licences.rules import Kind, Status


class Spared(StrEnum):
    """Why a plan leaves a licence its seat."""

    USED = "used"
    EXEMPT = "exempt"
    YOUNG = "young"
    RESTS = "rests"
    SHARED = "shared"


class Way(StrEnum):
    """Where a seat would come from: free already, an idle licence that ends, or several who share."""

    FREE = "free"
    END = "end"
    SHARE = "share"


class Passed(StrEnum):
    """Why somebody who waits is not served: something is missing, a seat is offered already, or none is left."""

    MISSING = "missing"
    OFFERED = "offered"
    NO_SEAT = "no_seat"


@dataclass(frozen=True)
class Terms:
    """From when a licence is idle or lightly used, until when it is young, and how rotas are made; days throughout."""

    idle_days: int
    light_days: int
    young_days: int
    rota_people: int
    rotas: bool = False


@dataclass(frozen=True)
class Held:
    """A licence that holds a seat: how long it was not used, how long it has had its seat, and what protects it."""

    licence_id: UUID
    organisation_id: UUID
    kind: Kind
    status: Status
    idle_days: int
    age_days: int
    exempt: bool = False
    in_rota: bool = False


@dataclass(frozen=True)
class Wish:
    """A request that waits, in the order of the list: what it still misses, and whether a seat is offered to it."""

    licence_id: UUID
    organisation_id: UUID
    kind: Kind
    missing: tuple[str, ...] = ()
    offered: bool = False


@dataclass(frozen=True)
class Source:
    """Where `frees` seats of a kind would come from, and the licences it would touch: none, one, or those who share."""

    way: Way
    kind: Kind
    licences: tuple[Held, ...]
    frees: int


@dataclass(frozen=True)
class Line:
    """One person who could be served, and where their seat would come from."""

    wish: Wish
    source: Source


@dataclass(frozen=True)
class Plan:
    """Who could be served from where, in the order of the list; who not, and why; and which licences were left alone."""

    lines: tuple[Line, ...]
    passed: tuple[tuple[Wish, Passed], ...]
    spared: tuple[tuple[Held, Spared], ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Each once, in the order in which they are drawn on."""
        return tuple(dict.fromkeys(line.source for line in self.lines))


def spared(held: Held, terms: Terms, *, from_days: int) -> Spared | None:
    """Why this licence keeps its seat as it is; None where a plan may count on it."""
    if held.in_rota:
        return Spared.SHARED
    if held.status not in (Status.ACTIVE, Status.APPROVED):
        return Spared.RESTS
    if held.exempt:
        return Spared.EXEMPT
    if held.idle_days < from_days:
        return Spared.USED
    return Spared.YOUNG if held.age_days < terms.young_days else None


def plan(
    held: Iterable[Held],
    waiting: Sequence[Wish],
    free: dict[Kind, int],
    terms: Terms,
    *,
    only: Collection[UUID] | None = None,
) -> Plan:
    """Who could be served, and from where. `waiting` is in the order of the list; `only` narrows which licences are
    looked at, and never the order in which people are served.
    """
    considered = sorted(
        (each for each in held if only is None or each.licence_id in only),
        key=lambda each: (-each.idle_days, each.licence_id.hex),
    )
    served: dict[UUID, Line] = {}
    for kind in Kind:
        ready = [wish for wish in waiting if wish.kind == kind and not wish.missing and not wish.offered]
        ours = [each for each in considered if each.kind == kind]
        sources = _seats(kind, ours, free.get(kind, 0), terms, len(ready))
        for wish, source in zip(ready, sources, strict=False):
            served[wish.licence_id] = Line(wish, source)

    return Plan(
        tuple(served[wish.licence_id] for wish in waiting if wish.licence_id in served),
        tuple((wish, _passed(wish)) for wish in waiting if wish.licence_id not in served),
        tuple((each, why) for each in considered if (why := spared(each, terms, from_days=terms.idle_days))),
    )


def _seats(kind: Kind, held: Sequence[Held], free: int, terms: Terms, needed: int) -> Iterator[Source]:
    """Seats one by one, as many as are needed or can be had: a source that frees several comes once for each."""
    for _ in range(min(free, needed)):
        yield Source(Way.FREE, kind, (), 1)
    left = needed - min(free, needed)

    idle = [each for each in held if spared(each, terms, from_days=terms.idle_days) is None]
    for each in idle[:left]:
        yield Source(Way.END, kind, (each,), 1)
    left -= min(left, len(idle))

    if terms.rotas:
        yield from _shared(kind, held, terms, left)


def _shared(kind: Kind, held: Sequence[Held], terms: Terms, needed: int) -> Iterator[Source]:
    """Rotas of one organisation's lightly used licences, the largest groups first, each no larger than it need be."""
    teams: dict[UUID, list[Held]] = {}
    for each in held:
        light = each.idle_days < terms.idle_days and spared(each, terms, from_days=terms.light_days) is None
        if light and each.status == Status.ACTIVE:
            teams.setdefault(each.organisation_id, []).append(each)
    for _, team in sorted(teams.items(), key=lambda one: (-len(one[1]), one[0].hex)):
        while needed and len(team) > 1:
            sharing, team = team[: min(terms.rota_people, needed + 1)], team[min(terms.rota_people, needed + 1) :]
            source = Source(Way.SHARE, kind, tuple(sharing), len(sharing) - 1)
            needed -= source.frees
            for _ in range(source.frees):
                yield source


def _passed(wish: Wish) -> Passed:
    if wish.offered:
        return Passed.OFFERED
    return Passed.MISSING if wish.missing else Passed.NO_SEAT
