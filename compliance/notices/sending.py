"""Sending what waits: claimed with a lease, sent outside any transaction, and settled (GOV-5).

Whoever sends claims one letter by one statement, so that of any number of schedulers one has it, and commits.
Then the mail server is spoken to, for as long as that takes, with no transaction open. Then what came of it is
settled in another. Whoever dies in between leaves a lease that ends: the letter is sent again by the next, with
the same Message-ID. So a letter is delivered at least once, and never lost.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update

from audit.record import record
from compliance.kernel.context import Context, House, worker
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import Run, Stopping
from compliance.kernel.secrets import KeyRing, Unreadable
from policies.values import Policy

from .events import NoticeDropped, NoticeFailed, NoticeSent
from .models import Notice
from .queries import WAITS
from .rules import LEASE, is_useless, pause_after
from .ways import MOST_SUBJECT, Letter, NotSent, Post

log = structlog.get_logger("compliance.notices")

SENDER = worker("send-letters")
INTERRUPTED = "interrupted"
"""What a way says that was told to stop: nobody's failure, and the lease ends with it."""

OF_THE_WAY = frozenset({
    "not_reached", "no_answer", "hung_up", "not_trusted", "not_supported", "sign_in_refused", "sender_refused",
})  # fmt: skip
"""Failures that any other letter would meet as well; the rest are of one letter, and the others are tried."""


@dataclass(frozen=True)
class Claimed:
    """A letter that is ours to send until `held_until`, as it was when it was claimed."""

    id: UUID
    kind: str
    person_id: UUID | None
    address: bytes
    words: bytes | None
    written_at: datetime
    useless_at: datetime | None
    tries: int
    problem: str | None
    held_until: datetime


def send_due(house: House, stopping: Stopping, limit: int) -> Run:
    """Send what is due, the oldest first. Without a way out everything waits, but for what is of no more use.

    A way that fails is left alone until the next run: where one letter finds the server dead, so would the others.
    """
    way = house.the(Post).way
    done = failed = 0
    while done + failed < limit and not stopping.told:
        claimed = claim(house, useless_only=way is None)
        if claimed is None:
            break
        if way is None or is_useless(claimed.useless_at, house.clock.now()):
            _drop(house, claimed)
            done += 1
            continue
        try:
            way.send(_opened(house, claimed), stopping)
        except NotSent as problem:
            if problem.problem == INTERRUPTED:
                _give_back(house, claimed)
                break
            _failed(house, claimed, problem.problem)
            failed += 1
            if problem.problem in OF_THE_WAY:
                break
        else:
            _sent(house, claimed)
            done += 1
    return Run(done + failed, done, failed)


def claim(house: House, *, useless_only: bool = False) -> Claimed | None:
    """The letter that has been due the longest, ours alone until the lease ends; None where nothing is due.

    One statement, and so atomic on either database: of those who ask at once, each gets another letter, or none.
    """
    now = house.clock.now()
    due = _due(now, useless_only=useless_only)
    # A look before the claim, so that nobody's turn to write is taken every other second for nothing.
    with house.engine.connect() as connection:
        if connection.execute(select(Notice.id).where(due).limit(1)).first() is None:
            return None
    longest_due = select(Notice.id).where(due).order_by(Notice.due_at, Notice.id).limit(1)
    taking = (
        update(Notice)
        .where(Notice.id == longest_due.with_for_update(skip_locked=True).scalar_subquery(), due)
        .values(held_until=now + LEASE, tries=Notice.tries + 1)
        .returning(
            Notice.id, Notice.kind, Notice.person_id, Notice.address, Notice.words, Notice.written_at,
            Notice.useless_at, Notice.tries, Notice.problem, Notice.held_until,
        )
    )  # fmt: skip
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        row = connection.execute(taking).one_or_none()
    return Claimed(**row._asdict()) if row is not None else None


def _due(now: datetime, *, useless_only: bool) -> ColumnElement[bool]:
    """What waits and is nobody's. A lease that reaches further than any can was made by a clock since set back.

    Further than twice, because `now` was read before the store gave us our turn: another's lease, begun while we
    waited for it, ends later than one of ours would and is good all the same.
    """
    free = or_(Notice.held_until.is_(None), Notice.held_until <= now, Notice.held_until > now + 2 * LEASE)
    useless = Notice.useless_at <= now
    return and_(WAITS, free, useless if useless_only else or_(useless, Notice.due_at <= now))


def _opened(house: House, claimed: Claimed) -> Letter:
    ring = house.the(KeyRing)
    try:
        to = ring.open(claimed.address, place=f"notices.address:{claimed.id}").decode()
        said = json.loads(ring.open(claimed.words or b"", place=f"notices.words:{claimed.id}"))
    except (Unreadable, ValueError) as problem:
        raise NotSent("unreadable") from problem
    subject = " ".join(said["subject"].split())[:MOST_SUBJECT]
    return Letter(claimed.id, to, subject, said["body"], claimed.written_at)


def _sent(house: House, claimed: Claimed) -> None:
    """Taken: the words are erased. Also where the lease ended meanwhile, because what was taken was taken."""
    with house.work(SENDER) as ctx:
        gone = {"sent_at": ctx.now(), "words": None, "held_until": None, "problem": None}
        if _settled(ctx, claimed, gone, whoever_holds_it=True):
            record(ctx, NoticeSent(subject=claimed.id, kind=claimed.kind, person=claimed.person_id))


def _drop(house: House, claimed: Claimed) -> None:
    with house.work(SENDER) as ctx:
        if _settled(ctx, claimed, {"dropped_at": ctx.now(), "words": None, "held_until": None}):
            record(ctx, NoticeDropped(subject=claimed.id, kind=claimed.kind, person=claimed.person_id))


def _failed(house: House, claimed: Claimed, problem: str) -> None:
    """Not taken: tried again after a pause. The log is told of each kind of failure once in a row, not each time."""
    log.warning("letter not sent", notice=str(claimed.id), kind=claimed.kind, problem=problem, tries=claimed.tries)
    with house.work(SENDER) as ctx:
        values = ctx.the(Policy).notices
        pause = pause_after(
            claimed.tries,
            first=timedelta(seconds=values.first_pause_seconds),
            longest=timedelta(minutes=values.longest_pause_minutes),
        )
        after = {"due_at": ctx.now() + pause, "held_until": None, "problem": problem}
        if _settled(ctx, claimed, after) and problem != claimed.problem:
            record(
                ctx,
                NoticeFailed(
                    subject=claimed.id, kind=claimed.kind, person=claimed.person_id, tries=claimed.tries,
                    problem=problem,
                ),
            )  # fmt: skip


def _give_back(house: House, claimed: Claimed) -> None:
    """Told to stop before it was taken: whoever comes next may have it at once."""
    with house.work(SENDER) as ctx:
        _settled(ctx, claimed, {"held_until": None, "tries": claimed.tries - 1})


def _settled(ctx: Context, claimed: Claimed, values: dict[str, Any], *, whoever_holds_it: bool = False) -> bool:
    """Put down what came of it, if it is still ours to say."""
    ours = [] if whoever_holds_it else [Notice.held_until == claimed.held_until]
    settling = update(Notice).where(Notice.id == claimed.id, WAITS, *ours).values(values)
    return bool(cast(CursorResult[Any], ctx.session.execute(settling)).rowcount)
