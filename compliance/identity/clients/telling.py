"""Telling programs that somebody is signed in to them no more (OpenID Connect Back-Channel Logout): with a lease, again and again.

One that does not take it delays no other: its notices are left until the next run, and tried after longer and longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update

from audit.record import record
from compliance.identity.models import ServiceClient
from compliance.kernel.context import House, worker
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import Run, Stopping
from compliance.kernel.outward import NotTaken, Problem, Reach, post
from compliance.notices.rules import LEASE, pause_after
from policies.values import Policy

from . import statements
from .events import LogoutFailed, LogoutTold
from .models import Logout, SignOn

log = structlog.get_logger("compliance.clients")

TELLER = worker("tell-programs")
SECONDS = 5.0
ANSWER_BYTES = 4096
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True)
class Claimed:
    """What is ours to tell until `held_until`: whom, of whom, and how often it was tried."""

    sign_on_id: UUID
    client_id: UUID
    made_at: datetime
    held_until: datetime
    tries: int
    problem: str | None


def tell_due(house: House, stopping: Stopping, limit: int) -> Run:
    """Tell what is due, the longest due first."""
    done = failed = 0
    left_alone: set[UUID] = set()
    while done + failed < limit and not stopping.told:
        claimed = _claim(house, left_alone)
        if claimed is None:
            break
        try:
            _tell(house, claimed, stopping)
        except NotTaken as problem:
            left_alone.add(claimed.client_id)
            if problem.problem is Problem.INTERRUPTED:
                _settle(house, claimed, {"held_until": None, "tries": claimed.tries - 1})
                break
            _failed(house, claimed, problem.problem)
            failed += 1
        else:
            done += 1
    return Run(done + failed, done, failed)


def again(house: House, client_id: UUID) -> None:
    """Make everything that this program could not be told due now: somebody mended it."""
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        waiting = update(Logout).where(Logout.client_id == client_id, _waits())
        connection.execute(waiting.values(due_at=house.clock.now()))


def _claim(house: House, left_alone: set[UUID]) -> Claimed | None:
    """The one that has been due the longest, ours alone until the lease ends; one statement, so each gets another."""
    now = house.clock.now()
    free = or_(Logout.held_until.is_(None), Logout.held_until <= now, Logout.held_until > now + 2 * LEASE)
    due = and_(_waits(), free, Logout.due_at <= now, Logout.client_id.not_in(left_alone))
    with house.engine.connect() as connection:
        if connection.execute(select(Logout.sign_on_id).where(due).limit(1)).first() is None:
            return None
    longest = select(Logout.sign_on_id).where(due).order_by(Logout.due_at, Logout.sign_on_id).limit(1)
    taking = (
        update(Logout)
        .where(Logout.sign_on_id == longest.with_for_update(skip_locked=True).scalar_subquery(), due)
        .values(held_until=now + LEASE, tries=Logout.tries + 1)
        .returning(Logout.sign_on_id, Logout.client_id, Logout.made_at, Logout.held_until, Logout.tries, Logout.problem)
    )
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        row = connection.execute(taking).one_or_none()
    return Claimed(**row._asdict()) if row is not None else None


def _tell(house: House, claimed: Claimed, stopping: Stopping) -> None:
    with house.reading(TELLER) as ctx:
        client = ctx.session.get_one(ServiceClient, claimed.client_id)
        person_id = ctx.session.get_one(SignOn, claimed.sign_on_id).person_id
        client_id, address = client.client_id, client.back_channel
    if address is None:
        # It was registered without one since: there is nobody to tell any more.
        _settle(house, claimed, {"told_at": house.clock.now(), "held_until": None})
        return
    token = statements.logout_token(house, client_id, person_id, claimed.sign_on_id)
    reach = Reach(house.settings.outward_networks, SECONDS, ANSWER_BYTES)
    post(address, _HEADERS, urlencode({"logout_token": token}).encode(), reach, stopping)
    with house.work(TELLER) as ctx:
        told = {"told_at": ctx.now(), "held_until": None, "problem": None}
        if _settled(ctx.session, claimed, told):
            record(ctx, LogoutTold(subject=person_id, client=client_id, sign_on=claimed.sign_on_id))


def _failed(house: House, claimed: Claimed, problem: Problem) -> None:
    """Not taken. The log is told of each kind of failure once in a row, and of giving up."""
    log.warning("a program was not told of a logout", sign_on=str(claimed.sign_on_id), problem=problem.value)
    with house.work(TELLER) as ctx:
        values = ctx.the(Policy).clients
        pause = pause_after(
            claimed.tries,
            first=timedelta(seconds=values.logout_first_pause_seconds),
            longest=timedelta(minutes=values.logout_longest_pause_minutes),
        )
        given_up = ctx.now() + pause > claimed.made_at + timedelta(hours=values.logout_hours)
        after: dict[str, Any] = {"due_at": ctx.now() + pause, "held_until": None, "problem": problem.value}
        if given_up:
            after["given_up_at"] = ctx.now()
        if _settled(ctx.session, claimed, after) and (given_up or problem.value != claimed.problem):
            client = ctx.session.get_one(ServiceClient, claimed.client_id)
            sign_on = ctx.session.get_one(SignOn, claimed.sign_on_id)
            record(
                ctx,
                LogoutFailed(
                    subject=sign_on.person_id, client=client.client_id, sign_on=sign_on.id, problem=problem.value,
                    tries=claimed.tries, given_up=given_up,
                ),
            )  # fmt: skip


def _settle(house: House, claimed: Claimed, values: dict[str, Any]) -> None:
    with house.work(TELLER) as ctx:
        _settled(ctx.session, claimed, values)


def _settled(session: Any, claimed: Claimed, values: dict[str, Any]) -> bool:
    """Put down what came of it, if it is still ours to say."""
    ours = update(Logout).where(
        Logout.sign_on_id == claimed.sign_on_id, Logout.held_until == claimed.held_until, _waits()
    )
    done = session.execute(ours.values(values).execution_options(synchronize_session=False))
    return bool(cast(CursorResult[Any], done).rowcount)


def _waits() -> ColumnElement[bool]:
    return and_(Logout.told_at.is_(None), Logout.given_up_at.is_(None))
