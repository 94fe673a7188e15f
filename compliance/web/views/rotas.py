"""Rotas: who shares a seat with whom, whose turn it is, and when it passes on (LIC-6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import Blueprint, request

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.licences.models import Licence
from compliance.licences.rotas import queries, rules, tables, use_cases
from compliance.licences.rotas.events import RotaViewed
from compliance.licences.rotas.queries import Member, Standing
from compliance.licences.rules import HOLDS_A_SEAT
from compliance.web import lists
from compliance.web.access import can, guarded
from compliance.web.forms import rotas as forms
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from compliance.web.views.rota_picture import picture
from policies.permissions import Permission
from signatories import queries as signatories

pages = Blueprint("rotas", __name__, url_prefix="/licences/rotas")

SORTS = ("name", "organisation", "until")


@pages.get("")
@guarded(Permission.LICENCE_READ)
def rotas() -> Reply:
    """Every rota one may know of: who has its seat now, until when, and who is next."""
    with work() as ctx:
        found = _found(ctx)
        record(ctx, ListViewed(what="rotas", rows=len(found)))
    return show("rotas.html", sheet=lists.cut(found), search=lists.asked("search"), sort=_sort())


@pages.get("/export.<form>")
@guarded(Permission.LICENCE_READ)
def export(form: str) -> Reply:
    """The rotas as they were searched and sorted, as a file."""

    def table(ctx: Context) -> Table:
        return tables.of_rotas(ctx, _found(ctx))

    return lists.file_of(form, "rotas", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.ROTA_MANAGE)
def make() -> Reply:
    """Let several people of an organisation share one seat."""
    with reading() as ctx:
        mine = [(id_, name) for id_, name in signatories.names(ctx) if can(Permission.ROTA_MANAGE, id_)]
        named = parse_id(request.values.get("organisation", ""))
        organisation_id = named or (mine[0][0] if len(mine) == 1 else None)
        if organisation_id is None:
            return show("rota_whose.html", mine=mine)
        name = dict(mine).get(organisation_id)
        if name is None:
            raise NotFound()
        people = queries.who_can_share(ctx, organisation_id)
    form = forms.timetable(_rows(), _choices(people))
    if _wants_turns(form):
        with telling(form):
            with work() as ctx:
                made = use_cases.make_rota(
                    ctx, organisation_id=organisation_id, name=form.name.data or "", turns=form.turns()
                )
            return on("rotas.rota", "The seat is shared from now on.", rota_id=made.id)
    return show("rota_turns.html", form, standing=None, organisation=name, people=people)


@pages.get("/<uuid:rota_id>")
@guarded(Permission.LICENCE_READ)
def rota(rota_id: UUID) -> Reply:
    """One rota: its week, its people, and what can be done."""
    with work() as ctx:
        standing = queries.rota(ctx, rota_id)
        record(ctx, RotaViewed(subject=rota_id, organisation=standing.rota.organisation_id))
    return show(
        "rota.html",
        standing=standing,
        week=_week(standing),
        picture=picture(standing),
        may_change=standing.rota.ended_at is None and can(Permission.ROTA_MANAGE, standing.rota.organisation_id),
    )


@pages.route("/<uuid:rota_id>/turns", methods=["GET", "POST"])
@guarded(Permission.ROTA_MANAGE)
def turns(rota_id: UUID) -> Reply:
    """Another timetable, or another name; whoever is newly named comes in."""
    with reading() as ctx:
        standing = _changeable(ctx, rota_id)
        newcomers = queries.who_can_share(ctx, standing.rota.organisation_id)
    people = [*(member.licence for member in standing.members), *newcomers]
    form = forms.timetable(_rows(len(standing.turns)), _choices(people))
    if not form.is_submitted():
        form.name.data = standing.rota.name
        form.fill([turn for turn in standing.turns if turn not in standing.left_empty])
    elif _wants_turns(form):
        with telling(form):
            with work() as ctx:
                use_cases.set_turns(ctx, rota_id, turns=form.turns(), name=form.name.data)
            return on("rotas.rota", "The timetable is changed, and holds from now on.", rota_id=rota_id)
    return show("rota_turns.html", form, standing=standing, organisation=standing.organisation, people=people)


@pages.route("/<uuid:rota_id>/members/<uuid:licence_id>/end", methods=["GET", "POST"])
@guarded(Permission.ROTA_MANAGE)
def let_go(rota_id: UUID, licence_id: UUID) -> Reply:
    """Somebody shares the seat no longer: their licence ends, or the hub gives them a seat of their own."""
    with reading() as ctx:
        standing = _changeable(ctx, rota_id)
    member = next((each for each in standing.members if each.licence.id == licence_id), None)
    if member is None:
        raise NotFound()
    form = forms.LettingGo()
    if not can(Permission.LICENCE_APPROVE, standing.rota.organisation_id):
        form.then.choices = forms.FATES[:1]
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.remove_member(ctx, rota_id, licence_id, own_seat=form.then.data == "own_seat")
            return on("rotas.rota", f"{member.licence.person.full_name} is out of the rota.", rota_id=rota_id)
    return show("rota_let_go.html", form, standing=standing, member=member, holds=_holds(member))


@pages.route("/<uuid:rota_id>/end", methods=["GET", "POST"])
@guarded(Permission.ROTA_MANAGE)
def end(rota_id: UUID) -> Reply:
    """Share the seat no longer: who keeps it, and whose licences end, is said before it happens."""
    with reading() as ctx:
        standing = _changeable(ctx, rota_id)
    holding = [member for member in standing.members if _holds(member)]
    form = forms.Ending()
    form.keeps.choices = [(str(member.licence.id), member.licence.person.full_name) for member in holding]
    if not form.is_submitted():
        form.keeps.data = next((str(member.licence.id) for member in holding if member.has_turn), None)
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.end_rota(ctx, rota_id, keeps=UUID(form.keeps.data))
            return on("rotas.rotas", "The rota has ended.")
    return show("rota_end.html", form, standing=standing, holding=holding)


def _found(ctx: Context) -> list[Standing]:
    """What the address asks for; in the order it asks for."""
    search, sort = (lists.asked("search") or "").casefold(), _sort()
    found = [each for each in queries.rotas(ctx) if not search or search in _text(each)]
    keys = {
        "name": lambda each: each.rota.name.casefold(),
        "organisation": lambda each: each.organisation.casefold(),
        "until": lambda each: (each.until is None, each.until),
    }
    return sorted(found, key=keys[sort.lstrip("-")], reverse=sort.startswith("-"))


def _sort() -> str:
    return lists.one_of("sort", [*SORTS, *(f"-{each}" for each in SORTS)]) or "organisation"


def _text(standing: Standing) -> str:
    people = (member.licence.person for member in standing.members)
    said = (text for person in people for text in (person.full_name, person.email))
    return " ".join((standing.rota.name, standing.organisation, *said)).casefold()


def _changeable(ctx: Context, rota_id: UUID) -> Standing:
    """The rota, for whoever may change it; it is not there for anybody else (ROL-4), nor once it has ended."""
    standing = queries.rota(ctx, rota_id)
    if standing.rota.ended_at is not None or not can(Permission.ROTA_MANAGE, standing.rota.organisation_id):
        raise NotFound()
    return standing


def _rows(filled: int = 0) -> int:
    """How many rows to show: as many as were sent, and some more where that was asked for."""
    if request.method != "POST":
        return filled + forms.MORE
    sent = sum(name.startswith("begins_") for name in request.form)
    return sent + (forms.MORE if "more" in request.form else 0)


def _wants_turns(form: forms.Timetable) -> bool:
    """Whether the timetable was sent, and not only more rows asked for."""
    return "more" not in request.form and form.sent()


def _choices(people: Iterable[Licence]) -> list[forms.Choice]:
    return [forms.Choice(each.id, _called(each)) for each in people]


def _called(licence: Licence) -> str:
    name = f"{licence.person.full_name} ({licence.person.email})"
    return name if licence.status in HOLDS_A_SEAT else f"{name}, waits for the hub’s approval"


def _holds(member: Member) -> bool:
    return member.licence.status in HOLDS_A_SEAT


def _week(standing: Standing) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each day of the week with its turns: from when to when, and whose."""
    names = {member.licence.id: member.licence.person.full_name for member in standing.members}
    days: Sequence[str] = rules.DAYS
    return [
        (
            day,
            [
                (rules.span(turn.begins, turn.ends), names.get(turn.licence_id, "Nobody"))
                for turn in standing.turns
                if turn.weekday == weekday
            ],
        )
        for weekday, day in enumerate(days)
    ]
