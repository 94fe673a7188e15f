"""Rotas by API: who shares a seat, whose turn it is, and the timetable by which it passes on (LIC-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, request
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, work
from compliance.licences.rotas import queries, use_cases
from compliance.licences.rotas.events import RotaViewed
from compliance.licences.rotas.queries import Member, Standing
from compliance.licences.rotas.rules import MOST_TURNS, Turn, said
from policies.permissions import Permission

from .access import guarded
from .reading import Body, Line, parse, parse_nothing, parse_query
from .replies import Reply, changed, expect, present

rotas = Blueprint("rotas", __name__, url_prefix="/api/v1")


class OneTurn(Body):
    """`weekday` is 0 for Monday; `begins` and `ends` are minutes of the London day, 1440 its end."""

    weekday: int
    begins: int
    ends: int
    licence_id: UUID


Turns = Annotated[tuple[OneTurn, ...], Field(max_length=MOST_TURNS)]


class Wanted(Body):
    organisation: UUID | None = None


class Shared(Body):
    organisation_id: UUID
    name: Line
    turns: Turns


class Timetable(Body):
    turns: Turns
    name: Line | None = None


class Ending(Body):
    keeps: UUID | None = None


class LettingGo(Body):
    own_seat: bool = False


@rotas.get("/rotas")
@guarded(Permission.LICENCE_READ)
def list_rotas() -> Reply:
    """Rotas within the asker's reach: who has the seat now, until when, and who is next."""
    asked = parse_query(Wanted)
    with work() as ctx:
        found = queries.rotas(ctx, organisation_id=asked.organisation)
        record(ctx, ListViewed(what="rotas", rows=len(found)))
        body = {"items": [as_json(each) for each in found]}
    return present(body)


@rotas.post("/rotas")
@guarded(Permission.ROTA_MANAGE)
def make_rota() -> Reply:
    """Let several people of an organisation share one seat, from now on."""
    body = parse(Shared)
    with work() as ctx:
        made = use_cases.make_rota(
            ctx, organisation_id=body.organisation_id, name=body.name, turns=_turns(body.turns)
        )  # fmt: skip
        shown = as_json(queries.rota(ctx, made.id))
    return changed(ctx, shown, 201, revision=made.revision)


@rotas.get("/rotas/<uuid:rota_id>")
@guarded(Permission.LICENCE_READ)
def read_rota(rota_id: UUID) -> Reply:
    """One rota."""
    with work() as ctx:
        standing = queries.rota(ctx, rota_id)
        record(ctx, RotaViewed(subject=rota_id, organisation=standing.rota.organisation_id))
        shown = as_json(standing)
    return present(shown, revision=standing.rota.revision)


@rotas.put("/rotas/<uuid:rota_id>/turns")
@guarded(Permission.ROTA_MANAGE)
def set_turns(rota_id: UUID) -> Reply:
    """Another timetable, and another name where one is given; whoever is newly named comes in."""
    body = parse(Timetable)
    with work() as ctx:
        _as_read(ctx, rota_id)
        rota = use_cases.set_turns(ctx, rota_id, turns=_turns(body.turns), name=body.name)
        shown = as_json(queries.rota(ctx, rota_id))
    return changed(ctx, shown, revision=rota.revision)


@rotas.post("/rotas/<uuid:rota_id>/members/<uuid:licence_id>/removal")
@guarded(Permission.ROTA_MANAGE)
def remove_member(rota_id: UUID, licence_id: UUID) -> Reply:
    """Let somebody go: their licence ends, or goes on with a seat of its own."""
    body = parse(LettingGo)
    with work() as ctx:
        _as_read(ctx, rota_id)
        rota = use_cases.remove_member(ctx, rota_id, licence_id, own_seat=body.own_seat)
        shown = as_json(queries.rota(ctx, rota_id))
    return changed(ctx, shown, revision=rota.revision)


@rotas.delete("/rotas/<uuid:rota_id>")
@guarded(Permission.ROTA_MANAGE)
def end_rota(rota_id: UUID) -> Reply:
    """Share the seat no longer: whoever has the turn keeps it, or whom `keeps` names; the others' licences end."""
    asked = parse_query(Ending)
    parse_nothing()
    with work() as ctx:
        _as_read(ctx, rota_id)
        rota = use_cases.end_rota(ctx, rota_id, keeps=asked.keeps)
        shown = as_json(queries.rota(ctx, rota_id))
    return changed(ctx, shown, revision=rota.revision)


def as_json(standing: Standing) -> dict[str, Any]:
    """A rota, to a program."""
    rota = standing.rota
    return {
        "id": rota.id,
        "name": rota.name,
        "organisation": {"id": rota.organisation_id, "name": standing.organisation},
        "kind": rota.kind,
        "made_at": rota.made_at,
        "turns_since": rota.turns_since,
        "ended_at": rota.ended_at,
        "turns": [
            {"weekday": each.weekday, "begins": each.begins, "ends": each.ends, "licence_id": each.licence_id}
            for each in standing.turns
        ],
        "members": [_member(each) for each in standing.members],
        "has_seat": standing.now.licence.id if standing.now is not None and standing.now.has_seat else None,
        "until": standing.until,
        "next": standing.next.licence.id if standing.next is not None else None,
        "next_from": standing.next_from,
    }


def _member(member: Member) -> dict[str, Any]:
    person = member.licence.person
    return {
        "licence_id": member.licence.id,
        "person": {"id": person.id, "full_name": person.full_name, "email": person.email},
        "status": member.licence.status,
        "suspension": member.licence.suspension,
        "turns": said(member.turns),
        "has_turn": member.has_turn,
        "has_seat": member.has_seat,
    }


def _turns(given: Sequence[OneTurn]) -> list[Turn]:
    return [Turn(each.weekday, each.begins, each.ends, each.licence_id) for each in given]


def _as_read(ctx: Context, rota_id: UUID) -> None:
    """Where the caller sent `If-Match`: the rota is still as they read it (412)."""
    if request.headers.get("If-Match"):
        expect(queries.visible(ctx, rota_id).revision)
