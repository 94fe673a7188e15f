"""The schedule of our own records as people see it: each rule, how long, how much is due, and when it last ran (RET-9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select

from audit import disposal
from compliance.breaches.models import IncidentDraft
from compliance.identity import forgetting
from compliance.kernel.context import Context
from compliance.kernel.idempotency import IdempotencyKey
from compliance.kernel.jobs import JobRun
from policies import own
from policies.access import require
from policies.own import Keep, OwnRule
from policies.permissions import Permission
from policies.values import Policy
from signatories.withdrawals.models import WithdrawalDraft

from .kinds import Kind

COUNTED = 1_000
"""How far what is due is counted; beyond it is said that there is more."""

_DAY = timedelta(days=1)


class Which(StrEnum):
    """What the list is narrowed to."""

    ALL = "all"
    TIMED = "timed"
    DUE = "due"
    UNCONFIRMED = "unconfirmed"


SORTS = ("name", "kept", "due", "ran")


@dataclass(frozen=True)
class Shown:
    """One rule: what follows it, for how long that is kept, in words and in time, how many are due, and its last run."""

    rule: OwnRule
    kept: str
    lasts: timedelta | None
    tables: tuple[str, ...]
    due: int
    ran: JobRun | None

    @property
    def more(self) -> bool:
        """Whether more are due than were counted."""
        return self.due > COUNTED


def schedule(
    ctx: Context, kinds: Sequence[Kind], *, search: str | None = None, which: Which = Which.ALL, sort: str = "name"
) -> list[Shown]:
    """Every rule, or those asked for; `search` looks in names, tables and clauses. Raises Forbidden."""
    require(ctx, Permission.RETENTION_READ)
    policy = ctx.the(Policy)
    due, ran = _due(ctx, kinds), _last_runs(ctx, [rule.job for rule in policy.own_records.values() if rule.job])
    every = [
        Shown(
            rule,
            kept_words(rule, policy),
            rule.lasts(policy) if rule.keep == Keep.AFTER else None,
            tables_of(policy, rule),
            due.get(rule.code, 0),
            ran.get(rule.job),
        )
        for rule in policy.own_records.values()
    ]
    wanted = [each for each in every if _is(each, which) and _found(each, search)]
    return sorted(wanted, key=lambda each: _place(each, sort.removeprefix("-")), reverse=sort.startswith("-"))


def kept_words(rule: OwnRule, policy: Policy) -> str:
    """For how long, as a sentence says it."""
    if rule.keep == Keep.LOG:
        return "For the length of the contract, and never shortened (AUD-4)"
    if rule.keep == Keep.CONTRACT:
        return "For the length of the contract"
    if rule.keep == Keep.WHILE:
        return f"While {rule.since}"
    lasts = rule.lasts(policy)
    hours = int(lasts / timedelta(hours=1))
    number, unit = (lasts.days, "day") if lasts >= _DAY and lasts % _DAY == timedelta() else (hours, "hour")
    return f"{number:,} {unit}{'' if number == 1 else 's'} after {rule.since}"


def tables_of(policy: Policy, rule: OwnRule) -> tuple[str, ...]:
    """The tables whose rows, or some of whose columns, follow this rule."""
    held = policy.own_tables
    whole = {name for name in held if own.rule_of(held, name) == rule.code}
    return tuple(sorted(whole | {name for name, table in held.items() if rule.code in table.but.values()}))


def _is(each: Shown, which: Which) -> bool:
    return {
        Which.ALL: True,
        Which.TIMED: each.lasts is not None,
        Which.DUE: each.due > 0,
        Which.UNCONFIRMED: not each.rule.confirmed,
    }[which]


def _found(each: Shown, search: str | None) -> bool:
    wanted = (search or "").strip().casefold()
    return any(wanted in text.casefold() for text in (each.rule.name, each.rule.clause, each.kept, *each.tables))


def _place(each: Shown, sort: str) -> Any:
    name = each.rule.name.casefold()
    return {
        "name": (name,),
        "kept": (each.lasts or timedelta.max, name),
        "due": (each.due, name),
        "ran": (each.ran.started_at.timestamp() if each.ran else 0.0, name),
    }[sort]


def _due(ctx: Context, kinds: Sequence[Kind]) -> dict[str, int]:
    """How many of each rule are due, up to `COUNTED` and one: one statement, and what the log keeps beside it apart."""
    asked: list[tuple[str, ColumnElement[bool]]] = [(kind.code, kind.due(ctx)) for kind in kinds]
    asked += [("sign_ins", over) for over in forgetting.over(ctx).values()]
    policy, now = ctx.the(Policy), ctx.now()

    def before(code: str) -> datetime:
        return now - policy.own_records[code].lasts(policy)

    asked += [
        ("answers", IdempotencyKey.answered_at <= before("answers")),
        ("breach_drafts", IncidentDraft.saved_at < before("breach_drafts")),
        ("withdrawal_drafts", WithdrawalDraft.made_at <= before("withdrawal_drafts")),
    ]
    tables = [kind.rows for kind in kinds] + [*forgetting.over(ctx), IdempotencyKey, IncidentDraft, WithdrawalDraft]
    counts = [
        select(func.count())
        .select_from(
            select(literal(1).label("one")).select_from(table).where(over).limit(COUNTED + 1).subquery(f"due_{place}")
        )
        .scalar_subquery()
        for place, (table, (_, over)) in enumerate(zip(tables, asked, strict=True))
    ]
    found: dict[str, int] = {
        "personal_detail": disposal.waiting(ctx, before=before("personal_detail"), most=COUNTED + 1)
    }
    for (code, _), number in zip(asked, ctx.session.execute(select(*counts)).one(), strict=True):
        found[code] = found.get(code, 0) + int(number)
    return found


def _last_runs(ctx: Context, jobs: Sequence[str]) -> dict[str, JobRun]:
    last = select(JobRun.job, func.max(JobRun.started_at).label("at")).where(JobRun.job.in_(jobs)).group_by(JobRun.job)
    newest = last.subquery()
    rows = ctx.session.scalars(
        select(JobRun).join(newest, and_(JobRun.job == newest.c.job, JobRun.started_at == newest.c.at))
    )
    return {row.job: row for row in rows}
