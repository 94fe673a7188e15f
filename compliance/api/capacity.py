"""Capacity: where a seat is wasted, who waits for one, and what would free it (LIC-11)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import AfterValidator, Field

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import work
from compliance.kernel.errors import Invalid
from compliance.kernel.ids import parse_id
from compliance.licences.capacity import queries
from compliance.licences.capacity.figures import SORTS, By, Figures, in_order
from compliance.licences.capacity.queries import DAYS_MOST, Asked, Capacity
from compliance.licences.capacity.what_if import Answer, Named, Question, Said, what_if
from compliance.licences.rules import Kind
from policies.permissions import Permission

from .access import guarded
from .reading import Body, Code, Line, parse_query
from .replies import Reply, present

capacity = Blueprint("capacity", __name__, url_prefix="/api/v1/capacity")

MOST_NAMED = 100
_LONGEST = 40 * MOST_NAMED


def _sorted_by(given: str) -> str:
    if given.removeprefix("-") not in SORTS:
        raise ValueError(f"Sort by one of these, with - before it for the most first: {', '.join(SORTS)}.")
    return given


class CapacityWanted(Body):
    by: By = By.ORGANISATION
    days: Annotated[int, Field(ge=1, le=DAYS_MOST)] | None = None
    kind: Kind | None = None
    area: Code | None = None
    sector: Line | None = None
    search: Line | None = None
    sort: Annotated[str, AfterValidator(_sorted_by)] = "name"
    months: Annotated[int, Field(ge=0, le=24)] = 12


class WhatIfWanted(Body):
    kind: Kind = Kind.STANDING
    days: Annotated[int, Field(ge=1, le=DAYS_MOST)] | None = None
    area: Code | None = None
    organisation: UUID | None = None
    rotas: bool = False
    licences: Annotated[str, Field(max_length=_LONGEST)] | None = None


@capacity.get("")
@guarded(Permission.CAPACITY_READ)
def read_capacity() -> Reply:
    """Seats, use and demand: the whole hub's by kind and over time, and by organisation, sector or area as asked.

    A licence with several areas counts in each of them.
    """
    wanted = parse_query(CapacityWanted)
    asked = Asked(wanted.by, wanted.days, wanted.kind, wanted.area, wanted.sector, wanted.search)
    with work() as ctx:
        found = queries.capacity(ctx, asked, months_back=wanted.months)
        record(ctx, ListViewed(what="capacity", rows=len(found.rows)))
    return present(_capacity(found, wanted.sort))


@capacity.get("/what-if")
@guarded(Permission.CAPACITY_READ)
def consider() -> Reply:
    """Who could be served today if these idle seats were freed, or shared by rota; nothing is carried out by it.

    `licences` names some of them, with commas between; whose seats are looked at never changes who is served first.
    """
    wanted = parse_query(WhatIfWanted)
    question = Question(
        wanted.kind, wanted.days, wanted.area, wanted.organisation, wanted.rotas, _named(wanted.licences)
    )
    with work() as ctx:
        answer = what_if(ctx, question)
        record(ctx, ListViewed(what="capacity-what-if", rows=len(answer.lines)))
    return present(_answer(answer))


def _named(given: str | None) -> frozenset[UUID] | None:
    """The licences that are named; raises Invalid at `/licences`."""
    if given is None:
        return None
    ids = {parse_id(part.strip()) for part in given.split(",")}
    known = frozenset(one for one in ids if one is not None)
    if len(known) != len(ids) or len(known) > MOST_NAMED:
        raise Invalid.at("/licences", f"Name at most {MOST_NAMED} licences by their ids, with commas between.")
    return known


def _capacity(found: Capacity, sort: str) -> dict[str, Any]:
    return {
        "as_at": found.at,
        "idle_from_days": found.days,
        "kinds": [
            {"kind": each.kind, "contract": each.contract, "free": each.free, **_figures(each.figures)}
            for each in found.kinds
        ],
        "items": [
            {"code": row.code, "name": row.name, "organisation_id": row.organisation_id, **_figures(row)}
            for row in in_order(found.rows, sort)
        ],
        "months": [
            {"month": f"{past.month.first:%Y-%m}", "as_at": past.month.mark, "held": past.held, "waiting": past.waiting}
            for past in found.past
        ],
        "quarters": [{"quarter": each.quarter, "verdicts": each.verdicts} for each in found.quarters],
    }


def _figures(row: Figures) -> dict[str, Any]:
    return {
        "taken": row.taken,
        "active": row.active,
        "kept": row.kept,
        "resting": row.resting,
        "rotas": row.rotas,
        "sharing": row.sharing,
        "offered": row.offered,
        "idle": row.idle,
        "idle_days": row.idle_days,
        "idle_longest_days": row.idle_longest,
        "waiting": row.waiting,
        "waiting_longest_days": row.longest,
        "waiting_median_days": row.median,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "as_at": answer.at,
        "kind": answer.question.kind,
        "idle_from_days": answer.terms.idle_days,
        "rotas": answer.terms.rotas,
        "free": answer.free,
        "in_line": answer.in_line,
        "items": [_line(line) for line in answer.lines],
        "passed_over": [_line(line) for line in answer.passed],
        "left_alone": dict(answer.spared),
    }


def _line(line: Said) -> dict[str, Any]:
    return {
        "place": line.place,
        "waiting_since": line.since,
        "licence": _licence(line.who),
        "way": line.way,
        "from": [_licence(each) for each in line.whose],
        "says": line.says,
        "rules": list(line.rules),
    }


def _licence(named: Named) -> dict[str, Any]:
    return {
        "id": named.licence_id,
        "person": named.person,
        "organisation_id": named.organisation_id,
        "organisation": named.organisation,
    }
