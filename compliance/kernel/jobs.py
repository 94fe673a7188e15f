"""Work that nobody clicks for: a job is data, and a ledger row makes each period's run happen once (RET-3, LIC-8).

A job finds what is due and acts on each thing through the same use case as a person, each in a transaction
of its own, as actor `job:<name>`. A thing that fails steps aside and is shown; the rest go on. However many
schedulers run, the ledger's key lets one of them have the period.

An errand is work that waits on something outside, such as a mail server (GOV-5). It must hold no transaction
meanwhile, so it is given the house and opens its own; and it runs so often that a row in the ledger for each
time would be noise: each thing it does has a lease and an outcome of its own instead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import String, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from .clock import FixedClock
from .context import Context, House, worker
from .db import WRITES, Base
from .errors import Refusal, StaleForm

log = structlog.get_logger("compliance.jobs")

_LOOKS = 3


@dataclass(frozen=True)
class Job:
    """A kind of work: its name, how often, how to find what is due, how to act on one, at most how many a run.

    `first` is what the calendar has run before it, and when that was: asked for only where a job is run as of an
    instant, because the scheduler runs everything in its own time.
    """

    name: str
    every: timedelta
    due: Callable[[Context], list[UUID]]
    act: Callable[[Context, UUID], None]
    limit: int
    first: tuple[Job, Callable[[Context], datetime]] | None = None


@dataclass(frozen=True)
class Run:
    """What a run did: how many things were due, done, and failed. What was beyond the job's limit is due again."""

    found: int = 0
    done: int = 0
    failed: int = 0


class Stopping:
    """Whether the process was told to stop, and how to interrupt those who wait on something outside just then."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self._interrupts: list[Callable[[], None]] = []
        self._turn = threading.Lock()

    @property
    def told(self) -> bool:
        return self._told.is_set()

    def tell(self) -> None:
        """Stop: nothing new is begun, and whoever waits on something outside is interrupted."""
        with self._turn:
            self._told.set()
            waiting = list(self._interrupts)
        for interrupt in waiting:
            interrupt()

    @contextmanager
    def interrupting(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """While in here, being told to stop calls this, at once where it was told before."""
        with self._turn:
            self._interrupts.append(interrupt)
            late = self.told
        if late:
            interrupt()
        try:
            yield
        finally:
            with self._turn:
                self._interrupts.remove(interrupt)


@dataclass(frozen=True)
class Errand:
    """Work that waits on something outside, or looks at much before it acts: its name, how often, what it does, and with
    how many things at most."""

    name: str
    every: timedelta
    go: Callable[[House, Stopping], Run]
    limit: int


Work = Job | Errand
"""Whatever the scheduler runs."""


class JobRun(Base):
    """The ledger: one row for a job and a period, written by whoever runs it."""

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    period: Mapped[str] = mapped_column(String(32), primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    found: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


class Heartbeat(Base):
    """When the scheduler last said that it is alive; `/ready` and `doctor` look at it."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(String(64), primary_key=True)
    beat_at: Mapped[datetime]


def period_of(job: Job, at: datetime) -> str:
    """The name of the period that `at` falls in: whole multiples of the job's interval since 1970."""
    seconds = int(job.every.total_seconds())
    return str(int(at.timestamp()) // seconds * seconds)


def run_due(house: House, job: Work, stopping: Stopping) -> Run | None:
    """Run the job for the present period, unless somebody has: then None. An errand is run whoever else runs it."""
    if isinstance(job, Errand):
        return job.go(house, stopping)
    period = period_of(job, house.clock.now())
    if not _claim(house, job.name, period):
        return None
    run = run_now(house, job)
    _close(house, job.name, period, run)
    return run


def run_now(house: House, job: Work) -> Run:
    """Find what is due at this instant and act on each; nothing is done twice, because what is done is not due."""
    if isinstance(job, Errand):
        return job.go(house, Stopping())
    with house.reading(worker(job.name)) as ctx:
        due = job.due(ctx)
    done = failed = 0
    for item in due[: job.limit]:
        try:
            _act(house, job, item)
            done += 1
        except (Refusal, SQLAlchemyError) as problem:
            failed += 1
            log.warning("job item stepped aside", job=job.name, item=str(item), problem=type(problem).__name__)
    return Run(len(due), done, failed)


def run_as_of(house: House, job: Work, at: datetime) -> Run:
    """Run the job as if it were this instant, after what the calendar has run before it; only the job's own is counted."""
    house.clock = FixedClock(at)
    if isinstance(job, Job) and job.first is not None:
        earlier, when = job.first
        with house.reading(worker(job.name)) as ctx:
            house.clock = FixedClock(when(ctx))
        run_now(house, earlier)
        house.clock = FixedClock(at)
    return run_now(house, job)


def beat(house: House, process: str) -> None:
    """Say that this process is alive."""
    now = house.clock.now()
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        moved = connection.execute(update(Heartbeat).where(Heartbeat.process == process).values(beat_at=now))
        if not moved.rowcount:
            connection.execute(insert(Heartbeat).values(process=process, beat_at=now))


def last_beat(house: House, process: str) -> datetime | None:
    """When this process last said so; None for never."""
    with house.engine.connect() as connection:
        return connection.execute(select(Heartbeat.beat_at).where(Heartbeat.process == process)).scalar()


def _act(house: House, job: Job, item: UUID) -> None:
    """Act on one thing; somebody who changed it in between makes it worth another look, and no failure yet."""
    for more in reversed(range(_LOOKS)):
        try:
            with house.work(worker(job.name)) as ctx:
                job.act(ctx, item)
            return
        except StaleForm:
            if not more:
                raise


def _claim(house: House, job: str, period: str) -> bool:
    try:
        with house.engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(insert(JobRun).values(job=job, period=period, started_at=house.clock.now()))
    except IntegrityError:
        return False
    return True


def _close(house: House, job: str, period: str, run: Run) -> None:
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(
            update(JobRun)
            .where(JobRun.job == job, JobRun.period == period)
            .values(finished_at=house.clock.now(), found=run.found, done=run.done, failed=run.failed)
        )
