"""Warning, judging and exempting: what the audit of use does to one licence (LIC-8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from audit.record import hold_the_log, record
from compliance.kernel import text
from compliance.kernel.clock import said_day, start_of
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.licences import queries as licences
from compliance.licences import steps
from compliance.licences.errors import OwnLicence
from compliance.licences.models import Licence
from compliance.licences.rules import HOLDS_A_SEAT, EndReason
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import letters, queries, rules
from .errors import ExemptAlready, ExemptionOver, NothingToExempt, NotWarnedInTime, UsedMeanwhile
from .events import UseExempted, UseExemptionEnded, UseJudged, UseWarned
from .models import UseExemption, UseVerdict, UseWarning
from .rules import Verdict


def warn(ctx: Context, licence_id: UUID) -> UseWarning | None:
    """Tell the holder and the escalation contacts that the licence ends unless it is used.

    None where that is said already, or is no longer so.
    """
    licence = licences.visible(ctx, licence_id)
    require(ctx, Permission.LICENCE_DEACTIVATE, organisation=licence.organisation_id)
    quarter = queries.warned_for(ctx)

    found = queries.look(ctx, licence, quarter)
    if found is None or found.judged or found.warned_at or found.verdict is not Verdict.UNUSED:
        return None

    warning = UseWarning(id=ctx.new_id(), licence_id=licence.id, quarter=str(quarter), warned_at=ctx.now())
    ctx.session.add(warning)
    day = queries.ends_on(ctx, quarter, ctx.now())
    told = letters.warning(ctx, licence, quarter, ends_on=day, useless_at=start_of(day))

    record(
        ctx,
        UseWarned(
            subject=warning.id, organisation=licence.organisation_id, licence=licence.id, person=licence.person_id,
            quarter=warning.quarter, letters=told,
        ),
    )  # fmt: skip
    return warning


def judge(ctx: Context, licence_id: UUID) -> UseVerdict | None:
    """Give a licence its verdict for the quarter whose audit is due, and end it where it was not used.

    None where it has its verdict, or ended meanwhile. Raises NotWarnedInTime, and UsedMeanwhile where a use came
    between: a decision takes the log before it says that a licence was used, so once the log is held here, none can.
    """
    licence = licences.visible(ctx, licence_id)
    require(ctx, Permission.LICENCE_DEACTIVATE, organisation=licence.organisation_id)
    quarter = queries.audited(ctx)

    found = queries.look(ctx, licence, quarter)
    if found is None or found.judged:
        return None
    if found.verdict is Verdict.UNUSED and not _warned_in_time(ctx, found.warned_at):
        raise NotWarnedInTime()

    given = UseVerdict(
        id=ctx.new_id(), quarter=str(quarter), licence_id=licence.id, organisation_id=licence.organisation_id,
        verdict=found.verdict, last_used_at=found.used_at, warned_at=found.warned_at, judged_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(given)
    record(
        ctx,
        UseJudged(
            subject=given.id, organisation=licence.organisation_id, licence=licence.id, person=licence.person_id,
            quarter=given.quarter, verdict=found.verdict,
        ),
    )  # fmt: skip
    if found.verdict is Verdict.UNUSED:
        steps.end(ctx, licence, EndReason.UNUSED)
        letters.ended(ctx, licence, quarter)
        hold_the_log(ctx)
        if queries.used_at(ctx, licence.id) != found.used_at:
            raise UsedMeanwhile()
    return given


def exempt(ctx: Context, licence_id: UUID, *, reason: str, ends_on: date) -> UseExemption:
    """Let a licence stay unused up to and including a day, for a reason; nobody exempts their own (ROL-3).

    Raises NothingToExempt, ExemptAlready, OwnLicence.
    """
    require(ctx, Permission.EXEMPTION_GRANT)
    licence = licences.visible(ctx, licence_id)

    if ctx.actor.person_id == licence.person_id:
        raise OwnLicence()
    if licence.status not in HOLDS_A_SEAT:
        raise NothingToExempt()
    why = text.prose(reason, pointer="/reason")
    today = queries.today(ctx)
    farthest = today + timedelta(days=ctx.the(Policy).licences.use_exemption_longest_days)
    if not today <= ends_on <= farthest:
        raise Invalid.at("/ends_on", f"Enter a day from today up to {said_day(farthest)}.")
    given = select(UseExemption.id).where(UseExemption.licence_id == licence.id, queries.in_force(ctx))
    if ctx.session.scalar(given) is not None:
        raise ExemptAlready()

    exemption = UseExemption(
        id=ctx.new_id(), licence_id=licence.id, reason=why, ends_on=ends_on, granted_by=ctx.actor.id,
        granted_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(exemption)

    record(
        ctx,
        UseExempted(
            subject=exemption.id, organisation=licence.organisation_id, licence=licence.id, person=licence.person_id,
            ends_on=ends_on,
        ),
    )  # fmt: skip
    return exemption


def end_exemption(ctx: Context, exemption_id: UUID) -> UseExemption:
    """Take an exemption back before its last day; from now on the licence is judged like any other."""
    require(ctx, Permission.EXEMPTION_GRANT)
    exemption = queries.exemption(ctx, exemption_id)
    licence = ctx.session.get_one(Licence, exemption.licence_id)

    if exemption.ended_at is not None or exemption.ends_on < queries.today(ctx):
        raise ExemptionOver()

    exemption.ended_at = ctx.now()

    record(
        ctx,
        UseExemptionEnded(
            subject=exemption.id, organisation=licence.organisation_id, licence=licence.id, person=licence.person_id
        ),
    )
    return exemption


def _warned_in_time(ctx: Context, warned_at: datetime | None) -> bool:
    days = ctx.the(Policy).licences.unused_warning_days
    return warned_at is not None and warned_at < rules.warned_before(queries.today(ctx), days)
