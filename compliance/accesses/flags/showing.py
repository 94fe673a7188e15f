"""One flag with all that its reviewer goes by: the entries it rests on, the words, the history, the others like it (AUD-6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, case, func, literal, or_, select, true, union_all

from audit.models import AuditEntry
from compliance.decisions.exceptions.queries import kept_from
from compliance.identity.models import Person
from compliance.identity.queries import names_of
from compliance.kernel.context import Context
from compliance.kernel.errors import Refusal
from compliance.kernel.secrets import KeyRing
from policies.need_to_know import NeedToKnowRule
from policies.values import Policy
from signatories.models import Organisation

from .events import FlagViewed
from .models import AccessFlag, AccessFlagEntry
from .queries import theirs, why_not

ENTRIES_SHOWN = 50
PURPOSE = "concern"
"""Why the entries behind a flag are read: a code of `reading_purposes.toml`."""


@dataclass(frozen=True)
class Words:
    """What people wrote: of a concern what happened, whose access and when, as they put it; and what a review found."""

    concern: Mapping[str, str] | None
    answer: str | None


@dataclass(frozen=True)
class Others:
    """How many other flags there are about the same person, and about their organisation, and what became of them."""

    person: Mapping[str, int]
    organisation: Mapping[str, int]


@dataclass(frozen=True)
class Logged:
    """An entry of the log, as far as a flag shows it."""

    number: int
    at: str
    event: str
    outcome: str
    reference: str | None
    purpose: str | None
    actor_kind: str
    actor_id: str


@dataclass(frozen=True)
class Whole:
    """A flag with all that its reviewer goes by. `rule` is None for a concern, and for one the policy knows no more."""

    flag: AccessFlag
    rule: NeedToKnowRule | None
    person: Person | None
    organisation: str | None
    reviewer: str | None
    words: Words
    entries: list[Logged]
    more: bool
    history: list[Logged]
    names: Mapping[str, str]
    others: Others
    why_not: Refusal | None


def whole(ctx: Context, flag: AccessFlag) -> Whole:
    """A flag with what it rests on and what was done about it."""
    person, organisation = ctx.session.execute(
        select(Person, Organisation.name)
        .select_from(AccessFlag)
        .outerjoin(Person, Person.id == AccessFlag.person_id)
        .outerjoin(Organisation, Organisation.id == AccessFlag.organisation_id)
        .where(AccessFlag.id == flag.id)
    ).one()
    entries, history = _of_the_log(ctx, flag)
    ids = {row.actor_id for row in history} | {flag.raised_by, flag.decided_by or "", str(flag.reviewer_id or "")}
    names = names_of(ctx, ids)
    return Whole(
        flag, ctx.the(Policy).need_to_know.get(flag.rule), person, organisation,
        names.get(str(flag.reviewer_id)), words(ctx, flag), entries[:ENTRIES_SHOWN], len(entries) > ENTRIES_SHOWN,
        history, names, _others(ctx, flag), why_not(ctx, flag),
    )  # fmt: skip


def words(ctx: Context, flag: AccessFlag) -> Words:
    """What was sealed with a flag, opened."""
    ring = ctx.the(KeyRing)
    concern = ring.open(flag.concern, place=f"access_flags.concern:{flag.id}") if flag.concern else None
    answer = ring.open(flag.answer, place=f"access_flags.answer:{flag.id}") if flag.answer else None
    return Words(json.loads(concern) if concern else None, answer.decode() if answer else None)


def _of_the_log(ctx: Context, flag: AccessFlag) -> tuple[list[Logged], list[Logged]]:
    """The newest entries that a flag rests on, one more than are shown, and those that say what was done about it.

    None is of a case the actor is kept from.
    """
    entry = AuditEntry
    said = (entry.number, entry.at, entry.event, entry.outcome, entry.reference, entry.purpose, entry.actor_kind,
            entry.actor_id)  # fmt: skip
    kept = kept_from(ctx)
    known = or_(entry.reference.is_(None), entry.reference.not_in(kept)) if kept else true()
    rests = (
        select(*said, literal(1).label("rests"))
        .join(AccessFlagEntry, AccessFlagEntry.number == entry.number)
        .where(AccessFlagEntry.flag_id == flag.id, known)
        .order_by(entry.number.desc())
        .limit(ENTRIES_SHOWN + 1)
        .subquery()
    )
    done = (
        select(*said, literal(0).label("rests"))
        .where(entry.subject_id == str(flag.id), entry.event != FlagViewed.name)
        .order_by(entry.number.desc())
        .limit(ENTRIES_SHOWN)
        .subquery()
    )
    both = union_all(select(rests), select(done)).subquery()
    rows = ctx.session.execute(select(both).order_by(both.c.number.desc())).all()
    return [Logged(*row[:-1]) for row in rows if row.rests], [Logged(*row[:-1]) for row in rows if not row.rests]


def _others(ctx: Context, flag: AccessFlag) -> Others:
    if flag.person_id is None and flag.organisation_id is None:
        return Others({}, {})
    same_person = and_(AccessFlag.person_id.is_not(None), AccessFlag.person_id == flag.person_id)
    same_place = and_(AccessFlag.organisation_id.is_not(None), AccessFlag.organisation_id == flag.organisation_id)
    rows = ctx.session.execute(
        select(AccessFlag.status, func.count(case((same_person, 1))), func.count(case((same_place, 1))))
        .where(or_(same_person, same_place), AccessFlag.id != flag.id, theirs(ctx))
        .group_by(AccessFlag.status)
    ).all()
    return Others({status: n for status, n, _ in rows if n}, {status: n for status, _, n in rows if n})
