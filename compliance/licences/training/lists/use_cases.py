"""Recording a list of what people learnt: each row through the same use case as one by one, in one transaction (GOV-7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity import addresses
from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError, Invalid
from compliance.licences import use_cases
from compliance.licences.models import Licence, Training
from compliance.licences.rules import HOLDS_A_SEAT
from compliance.licences.sheets.answers import Answer, Cells, answered, bounded
from compliance.licences.sheets.cells import day_in, squeezed
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from .columns import COLUMNS
from .events import TrainingListSent

_TAKEN = "The training is recorded."
CODES = {column.name: column.code for column in COLUMNS}
"""The member of a row that a column stands for."""

Learnt = tuple[UUID, str]
"""A person and a module."""


@dataclass(frozen=True)
class _Desk:
    """What all rows are answered by: the accounts they name, the modules there are, and what is recorded of them."""

    people: dict[str, UUID]
    modules: dict[str, str]
    named: str
    recorded: dict[Learnt, tuple[date, str | None]]


def carry_out(ctx: Context, rows: Sequence[Cells]) -> list[Answer]:
    """Record every row that can be, and answer each of the others with its reason; `made` is the person it is about.

    All that are taken commit together with this transaction, or none does. The later of two days is what counts, and
    what is recorded already is refused as that. Raises Forbidden, and Invalid at `/rows` for none or too many.
    """
    require(ctx, Permission.TRAINING_RECORD)
    bounded(ctx, rows)
    desk = _desk(ctx, rows)

    answers = [answered(ctx, row, COLUMNS, partial(_take, ctx, desk), {}) for row in rows]

    taken = sum(answer.taken for answer in answers)
    record(ctx, TrainingListSent(taken=taken, refused=len(answers) - taken))
    return answers


def carry_out_whole(ctx: Context, rows: Sequence[Cells]) -> list[Answer]:
    """The same, and nothing at all where a row is refused: raises Invalid at the rows' fields, such as `/rows/2/done_on`."""
    answers = carry_out(ctx, rows)
    wrong = [
        FieldError(f"/rows/{place}" + (f"/{CODES[answer.field]}" if answer.field else ""), answer.says)
        for place, answer in enumerate(answers)
        if not answer.taken
    ]
    if wrong:
        raise Invalid(
            "Nothing was recorded. Mend these rows, or have the others recorded without them.", fields=tuple(wrong)
        )
    return answers


def _take(ctx: Context, desk: _Desk, cells: Cells, _number: int) -> tuple[str, UUID]:
    """Record what a row says; raises a refusal before anything has changed."""
    person = desk.people.get(addresses.normalise(cells.get("email", "")))
    if person is None:
        raise Invalid.at("/email", "Nobody with this address has an open account here.")
    module = desk.modules.get(squeezed(cells.get("module", "")))
    if module is None:
        raise Invalid.at("/module", f"There is no module of this name. Use one of these: {desk.named}.")
    done_on = day_in(cells.get("done_on", ""), pointer="/done_on")
    if done_on is None:
        raise Invalid.at("/done_on", "Enter the day it was done.")
    version = cells.get("version", "").strip() or None
    known = desk.recorded.get((person, module))
    if known is not None and known[0] == done_on and version in (None, known[1]):
        raise Invalid.at("/done_on", "This is recorded already.")

    made = use_cases.record_training(ctx, person, module=module, done_on=done_on, version=version)
    desk.recorded[person, module] = (made.done_on, made.version)
    return _TAKEN, person


def _desk(ctx: Context, rows: Sequence[Cells]) -> _Desk:
    """Hold every account and licence that the rows are about before the first of them is recorded.

    Accounts first and each in the order of their ids, as every step holds them, so that nobody meets this head-on.
    """
    emails = {address for row in rows if (address := _address(row))}
    people: dict[str, UUID] = {
        row[0]: row[1]
        for row in ctx.session.execute(
            select(Person.email, Person.id)
            .where(Person.email.in_(emails), Person.closed_at.is_(None))
            .order_by(Person.id)
            .with_for_update(key_share=True)
        )
    }
    ctx.session.execute(
        select(Licence.id)
        .where(Licence.person_id.in_(people.values()), Licence.status.in_(HOLDS_A_SEAT))
        .order_by(Licence.id)
        .with_for_update(key_share=True)
    ).all()
    training = ctx.the(Policy).training
    modules = {squeezed(name): code for code, each in training.items() for name in (code, each.name)}
    found = ctx.session.scalars(select(Training).where(Training.person_id.in_(people.values())))
    recorded = {(each.person_id, each.module): (each.done_on, each.version) for each in found}
    return _Desk(people, modules, ", ".join(each.name for each in training.values()), recorded)


def _address(cells: Cells) -> str | None:
    try:
        return addresses.normalise(cells.get("email", ""))
    except Invalid:
        return None
