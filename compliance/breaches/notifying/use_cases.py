"""Assessing a personal-data breach, deciding who is told, and keeping that they were: what people decide (BRE-3, BRE-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from audit.record import record
from compliance.identity import queries as identity
from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.secrets import KeyRing
from compliance.papers.documents import Document
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import letters, papers, queries, rules, saying, showing
from .errors import (
    AssessedMeanwhile,
    LatenessNeedsReason,
    NotAssessed,
    PeopleNotDecided,
    PeopleToldAlready,
    RiskAsksForTelling,
)
from .events import (
    DataBreachAssessed,
    DataBreachNotToBeNotified,
    DataBreachToBeNotified,
    DataBreachViewed,
    DataBreachWarned,
    NotificationDrafted,
    PartnersTold,
    PeopleDecided,
    PeopleTold,
    RegulatorTold,
)
from .models import BreachAssessment, DataBreach, NotificationStage
from .queries import Listed
from .rules import Decision, PeopleDecision, Risk, Step, after

E = TypeVar("E", bound=StrEnum)

NUMBERS_MOST = 10_000_000
_A_MINUTE = timedelta(minutes=1)
_REFERENCE_MOST = 64


def view(ctx: Context, data_breach_id: UUID) -> showing.Whole:
    """Show one breach with all that was written about it, and keep that it was shown (AUD-1)."""
    whole = showing.whole(ctx, queries.one(ctx, data_breach_id))
    record(ctx, DataBreachViewed(subject=data_breach_id))
    return whole


def draft(ctx: Context, data_breach_id: UUID) -> Document:
    """Draft what the ICO is told, as far as it is known, and keep that it was taken away."""
    whole = showing.whole(ctx, queries.one(ctx, data_breach_id))
    record(ctx, NotificationDrafted(subject=data_breach_id, assessment=whole.number))
    return papers.document(whole, ctx.house.settings.base_url)


@dataclass(frozen=True)
class Known:
    """What is known of a breach so far; `people` and `records` are about how many, None where nobody knows."""

    risk: str
    categories: tuple[str, ...]
    facts: str
    effects: str
    remedy: str
    people: int | None = None
    records: int | None = None


def assess(ctx: Context, data_breach_id: UUID, known: Known, *, assessment: int) -> BreachAssessment:
    """Write down what is known, its effects, what was done about it, and how likely it is to harm people.

    It is added to what was written before; `assessment` is the number of the newest when it was read, 0 for none.
    Where the risk has grown, a decision not to tell falls and the clock counts again. Raises AssessedMeanwhile,
    Invalid.
    """
    require(ctx, Permission.DATA_BREACH_ASSESS)
    found = queries.held(ctx, data_breach_id)
    _not_meanwhile(found, assessment)
    breach, risk = found.breach, _one_of(Risk, known.risk, "/risk", "Choose how likely harm is.")
    said = {name: _words(ctx, getattr(known, name), f"/{name}") for name in ("facts", "effects", "remedy")}
    categories = _categories(ctx, known.categories)

    reopened = rules.reopens(found.status, risk)
    after(found.status, Step.REOPEN if reopened else Step.ASSESS)
    row = BreachAssessment(
        id=ctx.new_id(), data_breach_id=breach.id, number=assessment + 1, risk=risk.value,
        categories=" ".join(categories), people=_number(known.people, "/people"),
        records=_number(known.records, "/records"), assessed_by=ctx.actor.id, assessed_at=ctx.now(),
    )  # fmt: skip
    ring = ctx.the(KeyRing)
    for name, words in said.items():
        setattr(row, name, ring.seal(words.encode(), place=f"breach_assessments.{name}:{row.id}"))
    ctx.session.add(row)
    if reopened:
        breach.decision, breach.decided_by, breach.decided_at = None, None, None
    if rules.people_reopen(breach.people_decision, breach.people_told_at, found.risk, risk):
        breach.people_decision = None
    ctx.session.flush()

    record(ctx, DataBreachAssessed(subject=breach.id, number=row.number, assessed=row.id, reopened=reopened))
    return row


def decide(
    ctx: Context, data_breach_id: UUID, decision: Decision | str, *, reasons: str, assessment: int
) -> DataBreach:
    """Decide whether the regulator is told, with reasons, on the newest assessment; after a fresh code.

    Raises NotAssessed, AssessedMeanwhile, RiskAsksForTelling where harm is not unlikely, DecidedAlready, ToldAlready.
    """
    require(ctx, Permission.DATA_BREACH_NOTIFY)
    identity.require_fresh(ctx)
    found = queries.held(ctx, data_breach_id)
    chosen = _one_of(Decision, decision, "/decision", "Choose whether the ICO is told.")
    after(found.status, Step(chosen.value))
    risk = _assessed(found, assessment)
    if chosen is Decision.NOT_NOTIFY and not rules.may_not_notify(risk):
        raise RiskAsksForTelling()
    words = _words(ctx, reasons, "/reasons")

    breach = found.breach
    breach.decision, breach.decided_by, breach.decided_at = chosen.value, ctx.actor.id, ctx.now()
    saying.add(ctx, breach, "decision_words", chosen.value, words)

    kind = DataBreachToBeNotified if chosen is Decision.NOTIFY else DataBreachNotToBeNotified
    record(ctx, kind(subject=breach.id))
    return breach


@dataclass(frozen=True)
class Told:
    """What the regulator was told, and when; `late_reason` is needed where the first time came after the clock's end."""

    at: datetime
    more_to_follow: bool
    words: str = ""
    reference: str = ""
    late_reason: str = ""


def tell_regulator(ctx: Context, data_breach_id: UUID, told: Told, *, assessment: int) -> NotificationStage:
    """Keep that the regulator was told, first or with what followed, on the strength of the newest assessment (Article 33(4)).

    Raises NotDecidedToTell, AssessedMeanwhile, LatenessNeedsReason, and Invalid at `/at` for an instant that is to
    come, or before somebody knew, or before the stage before.
    """
    require(ctx, Permission.DATA_BREACH_NOTIFY)
    identity.require_fresh(ctx)
    found = queries.held(ctx, data_breach_id)
    after(found.status, Step.TELL)
    _assessed(found, assessment)
    breach, earlier = found.breach, queries.stages(ctx, found.breach)
    at = _instant(ctx, told.at, not_before=earlier[-1].told_at if earlier else breach.aware_at)
    late = not earlier and rules.is_late(at, breach.tell_by)
    if late and not told.late_reason.strip():
        raise LatenessNeedsReason()
    reference = text.line(told.reference, pointer="/reference", limit=_REFERENCE_MOST) if told.reference.strip() else ""

    ring = ctx.the(KeyRing)
    row = NotificationStage(
        id=ctx.new_id(), data_breach_id=breach.id, number=len(earlier) + 1, assessment_number=assessment,
        more_to_follow=told.more_to_follow, told_by=ctx.actor.id, told_at=at,
    )  # fmt: skip
    if told.words.strip():
        words = _words(ctx, told.words, "/words")
        row.words = ring.seal(words.encode(), place=f"notification_stages.words:{row.id}")
    ctx.session.add(row)
    if not earlier:
        breach.notified_at = at
    if late:
        reason = _words(ctx, told.late_reason, "/late_reason")
        breach.late_reason = ring.seal(reason.encode(), place=f"data_breaches.late_reason:{breach.id}")
    breach.regulator_reference = reference or breach.regulator_reference
    ctx.session.flush()

    record(
        ctx,
        RegulatorTold(
            subject=breach.id,
            stage=row.id,
            number=row.number,
            told_at=at,
            late=late,
            more_to_follow=told.more_to_follow,
        ),
    )
    return row


def decide_people(
    ctx: Context, data_breach_id: UUID, decision: PeopleDecision | str, *, reasons: str, assessment: int
) -> DataBreach:
    """Decide whether the people concerned are told, with reasons (Article 34). Raises NotAssessed, PeopleToldAlready."""
    require(ctx, Permission.DATA_BREACH_NOTIFY)
    identity.require_fresh(ctx)
    found = queries.held(ctx, data_breach_id)
    if found.breach.people_told_at is not None:
        raise PeopleToldAlready()
    _assessed(found, assessment)
    chosen = _one_of(PeopleDecision, decision, "/decision", "Choose whether the people concerned are told.")
    words = _words(ctx, reasons, "/reasons")

    found.breach.people_decision = chosen.value
    saying.add(ctx, found.breach, "people_words", chosen.value, words)

    record(ctx, PeopleDecided(subject=found.breach.id, tell=chosen is PeopleDecision.TELL))
    return found.breach


def people_told(ctx: Context, data_breach_id: UUID, *, at: datetime, words: str) -> DataBreach:
    """Keep that the people concerned were told, when, and how. Raises PeopleNotDecided, PeopleToldAlready."""
    require(ctx, Permission.DATA_BREACH_NOTIFY)
    breach = queries.held(ctx, data_breach_id).breach
    if breach.people_told_at is not None:
        raise PeopleToldAlready()
    if breach.people_decision != PeopleDecision.TELL.value:
        raise PeopleNotDecided()
    told_at, said = _instant(ctx, at, not_before=breach.aware_at), _words(ctx, words, "/words")

    breach.people_told_at = told_at
    saying.add(ctx, breach, "people_words", "told", said, told_at)

    record(ctx, PeopleTold(subject=breach.id, told_at=told_at))
    return breach


def partners_told(ctx: Context, data_breach_id: UUID, *, at: datetime, words: str) -> DataBreach:
    """Keep that organisations whose information it is were told: which, when, and how; as often as it happens (Article 33(2))."""
    require(ctx, Permission.DATA_BREACH_ASSESS)
    breach = queries.held(ctx, data_breach_id).breach
    told_at, said = _instant(ctx, at, not_before=breach.aware_at), _words(ctx, words, "/words")

    breach.partners_told_at = max(told_at, breach.partners_told_at or told_at)
    saying.add(ctx, breach, "partners_words", "told", said, told_at)

    record(ctx, PartnersTold(subject=breach.id, told_at=told_at))
    return breach


def warn(ctx: Context, data_breach_id: UUID) -> DataBreach | None:
    """Warn the hub and the officer that a clock ends soon, or is over; None where it is not the time, or the clock stands."""
    require(ctx, Permission.INCIDENT_CHASE)
    found = queries.for_a_job(ctx, data_breach_id)
    breach, hours = found.breach, ctx.the(Policy).breaches.notify_warn_hours
    if found.status not in (rules.Status.STARTED, rules.Status.TO_TELL):
        return None
    due = rules.warning_due(ctx.now(), breach.tell_by, hours, breach.reminded_hours)
    if due is None:
        return None

    breach.reminded_hours = due

    record(ctx, DataBreachWarned(subject=breach.id, hours=due))
    if due:
        letters.ends_soon(ctx, breach, found.incident, due)
    else:
        letters.over(ctx, breach, found.incident)
    return breach


def _assessed(found: Listed, assessment: int) -> Risk:
    """The risk by the newest assessment, where it is the one that was read."""
    if found.risk is None:
        raise NotAssessed()
    _not_meanwhile(found, assessment)
    return found.risk


def _not_meanwhile(found: Listed, assessment: int) -> None:
    newest = found.assessment.number if found.assessment else 0
    if newest != assessment:
        raise AssessedMeanwhile()


def _instant(ctx: Context, at: datetime, *, not_before: datetime) -> datetime:
    """An instant that somebody typed, to the minute: the minute in which the earlier thing happened is not before it."""
    at = not_before if timedelta(0) < not_before - at < _A_MINUTE else at
    if at > ctx.now():
        raise Invalid.at("/at", "This is still to come. Write it down when it has happened.")
    if at < not_before:
        raise Invalid.at("/at", "This is before anybody knew of it, or before what was told earlier. Look at the date.")
    return at


def _categories(ctx: Context, given: tuple[str, ...]) -> list[str]:
    """The kinds of data, in the policy's order; none where nobody knows yet."""
    known = ctx.the(Policy).data_categories
    if any(each not in known for each in given):
        raise Invalid.at("/categories", "Choose from the kinds of data in the list.")
    return [code for code in known if code in given]


def _number(given: int | None, pointer: str) -> int | None:
    if given is not None and not 0 <= given <= NUMBERS_MOST:
        raise Invalid.at(pointer, "Enter a whole number, such as 12, or leave it empty.")
    return given


def _words(ctx: Context, given: str, pointer: str) -> str:
    return text.prose(given, pointer=pointer, limit=ctx.the(Policy).breaches.words_most)


def _one_of(kind: type[E], given: str, pointer: str, words: str) -> E:
    try:
        return kind(given)
    except ValueError:
        raise Invalid.at(pointer, words) from None
