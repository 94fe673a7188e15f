"""Reporting a breach, in one go or half now and the rest later (BRE-1, OP 6.6, 10.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from audit.record import record
from compliance.accesses.flags import use_cases as flags
from compliance.accesses.flags.models import AccessFlag
from compliance.accesses.flags.queries import visible as visible_flag
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.numbering import next_number
from compliance.kernel.secrets import KeyRing
from compliance.kernel.turns import KEEPING, in_turn
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import letters, rules
from .errors import TooManyReports
from .events import IncidentReported
from .models import Incident, IncidentDraft, IncidentStep
from .notifying import opening
from .rules import Kind, Status, Step

_A_DAY = timedelta(days=1)
_SECONDS = 24 * 3600
_EARLIEST = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
DRAFT_FIELDS_MOST = 30
DRAFT_LONGEST = 16_000

_SAYS = {
    "aware_at": "This is still to come. Enter when you became aware of it.",
    "happened_at": "This is after you became aware of it. Enter when it happened, or leave it empty.",
}


@dataclass(frozen=True)
class Report:
    """What somebody reports: what kind it is and what happened, in their own words, and the rest as far as they know.

    `aware_at` is when they came to know, now where it is not said; `organisation_id` the partner that it is about.
    `flag_id` is the flag whose review found it.
    """

    kind: str
    words: str
    organisation_id: UUID | None = None
    reference: str | None = None
    happened_at: datetime | None = None
    aware_at: datetime | None = None
    flag_id: UUID | None = None


def report(ctx: Context, said: Report) -> Incident:
    """Report a breach: it is the hub's to raise with the partner that it is about (BRE-1, BRE-2).

    The clock of a breach of personal data begins with it (BRE-3). Anyone with a role may, and the case system; a flag that was found to be a breach is raised by whoever may see it, and
    once (AUD-6). Raises Invalid at the member that is wrong, NotFound for a flag, NotABreach, TooManyReports.
    """
    require(ctx, Permission.INCIDENT_REPORT)
    flag = _flag(ctx, said.flag_id)
    policy, now = ctx.the(Policy), ctx.now()

    if said.kind not in list(Kind):
        raise Invalid.at("/kind", "Choose what kind of breach it is.")
    words = text.prose(said.words, pointer="/words", limit=policy.breaches.words_most)
    reference = (
        text.line(said.reference, pointer="/reference", limit=255)
        if said.reference and said.reference.strip()
        else None
    )
    if flag is not None:
        reference = flag.reference or reference
    if said.organisation_id is not None and ctx.session.get(Organisation, said.organisation_id) is None:
        raise Invalid.at("/organisation", "Choose an organisation from the register, or leave it open.")
    aware_at = said.aware_at or now
    wrong = rules.in_order(said.happened_at, aware_at, now)
    if wrong is not None:
        raise Invalid.at(f"/{wrong}", _SAYS[wrong])
    for name, instant in (("aware_at", aware_at), ("happened_at", said.happened_at)):
        if instant is not None and instant < _EARLIEST:
            raise Invalid.at(f"/{name}", f"Enter a date from {_EARLIEST.year} on.")
    _not_too_many(ctx)
    if reference is not None:
        in_turn(ctx, KEEPING)
    if flag is not None:
        flags.raised_as_breach(ctx, flag.id)

    new_id, day = ctx.new_id(), london_date(now)
    incident = Incident(
        id=new_id, year=day.year, number=next_number(ctx, Incident.number, Incident.year, day.year), kind=said.kind,
        status=Status.REPORTED.value, organisation_id=said.organisation_id, reference=reference,
        flag_id=flag.id if flag else None, reported_by=ctx.actor.id,
        reporting_organisation_id=ctx.actor.organisation_id, reported_at=now, happened_at=said.happened_at,
        aware_at=aware_at, due_on=rules.due_on(Status.REPORTED, day, policy.breaches, policy.calendar),
        words=ctx.the(KeyRing).seal(words.encode(), place=f"incidents.words:{new_id}"),
    )  # fmt: skip
    ctx.session.add(incident)
    ctx.session.flush()
    step = add_step(ctx, incident, 1, Step.REPORT, words)

    record(
        ctx,
        IncidentReported(
            subject=incident.id, organisation=incident.organisation_id, reference=reference, kind=incident.kind,
            step=step.id, flag=incident.flag_id,
        ),
    )  # fmt: skip
    letters.waits(ctx, incident)
    if incident.kind == Kind.DATA_BREACH:
        opening.with_report(ctx, incident)
    return incident


def add_step(ctx: Context, incident: Incident, number: int, step: Step, words: str) -> IncidentStep:
    """Keep the step that an incident has just taken: its status and last day are those that it has from now on."""
    new_id = ctx.new_id()
    row = IncidentStep(
        id=new_id, incident_id=incident.id, number=number, step=step.value, status=incident.status,
        taken_by=ctx.actor.id, organisation_id=ctx.actor.organisation_id, taken_at=ctx.now(),
        words=ctx.the(KeyRing).seal(words.encode(), place=f"incident_steps.words:{new_id}"), due_on=incident.due_on,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    return row


def save_draft(ctx: Context, content: Mapping[str, str], *, draft_id: UUID | None = None) -> IncidentDraft:
    """Keep a report half written, for its writer alone, in place of what they saved under this id before.

    Raises NotFound for a draft that is not theirs, TooManyReports for one more than a day's reports, Invalid for what
    is too long.
    """
    require(ctx, Permission.INCIDENT_REPORT)
    me = _me(ctx)
    said = json.dumps(dict(content), ensure_ascii=False)
    if len(content) > DRAFT_FIELDS_MOST or len(said) > DRAFT_LONGEST:
        raise Invalid.at("/words", "This is too long to keep. Shorten it first.")
    if draft_id is None:
        mine = select(func.count()).where(IncidentDraft.person_id == me)
        if (ctx.session.scalar(mine) or 0) >= ctx.the(Policy).breaches.reports_most:
            raise TooManyReports(retry_after=_SECONDS)
        row = IncidentDraft(id=ctx.new_id(), person_id=me, content=b"", saved_at=ctx.now())
        ctx.session.add(row)
    else:
        row = own_draft(ctx, draft_id)
    row.content = ctx.the(KeyRing).seal(said.encode(), place=f"incident_drafts.content:{row.id}")
    row.saved_at = ctx.now()
    return row


def own_drafts(ctx: Context) -> Sequence[IncidentDraft]:
    """What the actor has half written, the newest first."""
    wanted = select(IncidentDraft).where(IncidentDraft.person_id == ctx.actor.person_id)
    most = ctx.the(Policy).breaches.reports_most
    return ctx.session.scalars(wanted.order_by(IncidentDraft.saved_at.desc(), IncidentDraft.id).limit(most)).all()


def own_draft(ctx: Context, draft_id: UUID) -> IncidentDraft:
    """One draft of the actor's; nobody else's exists."""
    wanted = select(IncidentDraft).where(IncidentDraft.id == draft_id, IncidentDraft.person_id == _me(ctx))
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found


def opened(ctx: Context, draft: IncidentDraft) -> dict[str, str]:
    """What a draft says, as it was typed."""
    said = json.loads(ctx.the(KeyRing).open(draft.content, place=f"incident_drafts.content:{draft.id}"))
    return {str(name): str(value) for name, value in said.items()}


def throw_away(ctx: Context, draft_id: UUID) -> None:
    """Throw one of the actor's drafts away; one that is gone already is none."""
    gone = delete(IncidentDraft).where(IncidentDraft.id == draft_id, IncidentDraft.person_id == _me(ctx))
    ctx.session.execute(gone.execution_options(synchronize_session=False))


def lying_too_long(ctx: Context, *, limit: int) -> list[UUID]:
    """Drafts that nobody went on with for as long as they are kept."""
    since = ctx.now() - timedelta(days=ctx.the(Policy).breaches.draft_days)
    wanted = select(IncidentDraft.id).where(IncidentDraft.saved_at < since).order_by(IncidentDraft.saved_at)
    return list(ctx.session.scalars(wanted.limit(limit)))


def forget_draft(ctx: Context, draft_id: UUID) -> None:
    """Throw away a draft that lies too long; one that somebody went on with meanwhile stays."""
    require(ctx, Permission.INCIDENT_CHASE)
    since = ctx.now() - timedelta(days=ctx.the(Policy).breaches.draft_days)
    gone = delete(IncidentDraft).where(IncidentDraft.id == draft_id, IncidentDraft.saved_at < since)
    ctx.session.execute(gone.execution_options(synchronize_session=False))


def _flag(ctx: Context, flag_id: UUID | None) -> AccessFlag | None:
    return None if flag_id is None else visible_flag(ctx, flag_id, lock=True)


def _me(ctx: Context) -> UUID:
    if ctx.actor.person_id is None:
        raise Forbidden()
    return ctx.actor.person_id


def _not_too_many(ctx: Context) -> None:
    if ctx.actor.person_id is None:
        return
    mine = select(func.count()).where(Incident.reported_by == ctx.actor.id, Incident.reported_at > ctx.now() - _A_DAY)
    if (ctx.session.scalar(mine) or 0) >= ctx.the(Policy).breaches.reports_most:
        raise TooManyReports(retry_after=_SECONDS)
