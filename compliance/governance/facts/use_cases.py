"""Taking what the case system counted: all of a call or nothing, a correction in the place of what it corrects (GOV-2)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity.clients import queries as clients
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError, Forbidden
from compliance.kernel.turns import in_turn
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import queries, rules
from .errors import FactsRefused, ToldOtherwise
from .events import FactsReported
from .models import Fact, FactTold
from .rules import Group, Terms, Told

MOST_NAMED = 50
"""How many of a call's mistakes are named at once."""

_KEY = tuple[UUID, str, object, str, str]


@dataclass(frozen=True)
class Report:
    """What became of a call: how many of its facts are new, how many corrected, and how many said nothing new."""

    new: int
    corrected: int
    same: int


def report(ctx: Context, facts: Sequence[Told]) -> Report:
    """Take these facts. One told again replaces what stood, which stays in the history; the same again changes nothing.

    Raises FactsRefused and ToldOtherwise naming the places, Forbidden.
    """
    require(ctx, Permission.FACTS_REPORT)
    if not clients.client_stands(ctx, ctx.actor.id):
        raise Forbidden()
    policy = ctx.the(Policy)
    terms = Terms(
        london_date(ctx.now()), policy.sharing.facts_months_back, policy.sharing.fact_count_most, policy.area_now,
        policy.fact_counters,
    )  # fmt: skip
    _refuse_as_such(facts, policy.sharing.facts_most)
    _refuse_wrong(ctx, facts, terms)
    in_turn(ctx, "facts")

    placed = [(told, _group(told)) for told in facts]
    groups = {group for _, group in placed}
    _refuse_otherwise(ctx, placed, groups)
    known = {_key(fact): fact for fact in queries.standing(ctx, groups)}
    _refuse_more_than_whole(placed, known.values(), terms)

    counted: dict[UUID, list[Told]] = defaultdict(list)
    changes: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for told, (organisation_id, area, month, reference) in placed:
        counted[organisation_id].append(told)
        fact = known.get((organisation_id, area, month, reference, told.counter))
        if fact is not None and fact.count == told.count:
            continue
        changes[organisation_id][fact is not None] += 1
        if fact is None:
            fact = Fact(
                id=ctx.new_id(), organisation_id=organisation_id, area=area, month=month, reference=reference,
                counter=told.counter,
            )  # fmt: skip
            ctx.session.add(fact)
        fact.count, fact.told_by, fact.told_at = told.count, ctx.actor.id, ctx.now()
        said = FactTold(id=ctx.new_id(), fact_id=fact.id, count=told.count, told_by=ctx.actor.id, told_at=ctx.now())
        ctx.session.add(said)
    ctx.session.flush()

    for organisation_id, (new, corrected) in sorted(changes.items(), key=str):
        digest = _digest(counted[organisation_id])
        record(ctx, FactsReported(organisation=organisation_id, new=new, corrected=corrected, digest=digest))
    new, corrected = (sum(each[place] for each in changes.values()) for place in (0, 1))
    return Report(new, corrected, len(facts) - new - corrected)


def _group(told: Told) -> Group:
    month = rules.month_of(told.period)
    if month is None:
        raise FactsRefused()
    return told.organisation_id, told.area, month, told.reference


def _key(fact: Fact) -> _KEY:
    return fact.organisation_id, fact.area, fact.month, fact.reference, fact.counter


def _refuse_as_such(facts: Sequence[Told], most: int) -> None:
    """Refuse an empty call, one that is too large, and one that says something of the same thing twice."""
    if not facts:
        raise FactsRefused(fields=(FieldError("/facts", "Report one fact at the least."),))
    if len(facts) > most:
        raise FactsRefused(fields=(FieldError("/facts", f"Report {most} facts or fewer at once."),))
    again = [(place, "counter", "An earlier fact of this call says this already.") for place in rules.twice(facts)]
    if again:
        raise FactsRefused(fields=_named(again))


def _refuse_wrong(ctx: Context, facts: Sequence[Told], terms: Terms) -> None:
    """Refuse what is wrong with any fact by itself; their organisations are held until the commit."""
    ids = {told.organisation_id for told in facts}
    wanted = select(Organisation.id).where(Organisation.id.in_(ids)).order_by(Organisation.id)
    known = set(ctx.session.scalars(wanted.with_for_update(read=True, key_share=True)))
    wrong = []
    for place, told in enumerate(facts):
        wrong += [(place, member, words) for member, words in rules.problems(told, terms)]
        if told.organisation_id not in known:
            wrong.append((place, "organisation_id", "No organisation of the register has this id."))
    if wrong:
        raise FactsRefused(fields=_named(wrong))


def _refuse_otherwise(ctx: Context, placed: Sequence[tuple[Told, Group]], groups: set[Group]) -> None:
    """Refuse a month that would then be told both case by case and all together, by this call or with an earlier one."""
    clashing = queries.told_otherwise(ctx, groups)
    both = {group[:3] for group in groups if group[3]} & {group[:3] for group in groups if not group[3]}
    wrong = [
        (place, "reference", "This month is told the other way: case by case, or all together.")
        for place, (told, group) in enumerate(placed)
        if told.count and (group in clashing or group[:3] in both)
    ]
    if wrong:
        raise ToldOtherwise(fields=_named(wrong))


def _refuse_more_than_whole(placed: Sequence[tuple[Told, Group]], known: Iterable[Fact], terms: Terms) -> None:
    """Refuse what would then be more than it is part of, as with more actions done than were set."""
    counts: dict[Group, dict[str, int]] = defaultdict(dict)
    for fact in known:
        counts[fact.organisation_id, fact.area, fact.month, fact.reference][fact.counter] = fact.count
    touched: dict[Group, int] = {}
    for place, (told, group) in enumerate(placed):
        counts[group][told.counter] = told.count
        touched.setdefault(group, place)
    said = {(group, told.counter): place for place, (told, group) in enumerate(placed)}
    wrong: dict[int, str] = {}
    for group, first in touched.items():
        for code, whole in rules.too_many(counts[group], terms.counters):
            place = said.get((group, code), said.get((group, whole), first))
            wrong.setdefault(place, f"What is counted as part of {whole} is then more than {whole}.")
    if wrong:
        raise FactsRefused(fields=_named((place, "count", words) for place, words in sorted(wrong.items())))


def _named(wrong: Iterable[tuple[int, str, str]]) -> tuple[FieldError, ...]:
    return tuple(FieldError(f"/facts/{place}/{member}", words) for place, member, words in [*wrong][:MOST_NAMED])


def _digest(facts: Iterable[Told]) -> str:
    said = sorted((told.area, told.period, told.reference, told.counter, told.count) for told in facts)
    return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
