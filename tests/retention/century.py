"""Records through their whole life in a simulated century, held against an independent count.

    python -m tests.retention.century --records 10000 --years 100 --seed 7

Records are registered and told of, reviews are made, decided, and what may go is proposed, agreed to, instructed and
confirmed, each by its use case and job. The count beside it lives through the days (`tests.retention.test_oracle`) and
knows of a record what the case system knows. Ends with 1 where anything was early, missed or wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from compliance.app import furnished, house_of
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import run_now
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from retention import use_cases
from retention.disposals import queries as told
from retention.disposals import use_cases as disposals
from retention.disposals.candidates import candidates
from retention.disposals.jobs import INSTRUCT
from retention.models import RetentionRecord
from retention.reviews import deciding, queries
from retention.reviews import use_cases as reviews
from retention.reviews.jobs import MAKE
from retention.use_cases import Registered
from tests.builders.identity import Acting, someone
from tests.builders.retention import KEEPER, finding
from tests.retention.test_oracle import anniversaries
from tests.support.store import migrated

BEGINS, OPENING_YEARS = date(2027, 1, 1), 12
KEPT_YEARS, REVIEW_YEARS = {1: 100, 2: 10, 3: 6}, {1: 10, 2: 10, 3: 5}
GROUPS = ((1,), (2,), (3,), (3,), (1, 3), (2, 3), (1, 2))
QUARTER = 91


@dataclass
class Life:
    """A record as the case system knows it, and what the count says of it."""

    reference: str
    groups: set[int]
    born_on: date | None
    opened_on: date
    events: list[tuple[date, date]]
    last_on: date | None = None
    reviewed_on: date | None = None
    goes: bool = False
    listed: bool = False
    gone_on: date | None = None


@dataclass
class Outcome:
    """What was done, and what of it was early, missed, or wrong."""

    done: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=lambda: {"early": [], "missed": [], "wrong": []})

    def fault(self, kind: str, life: str, day: date, what: str) -> None:
        self.faults[kind].append(f"{life} on {day}: {what}")


class Count:
    """The independent count: anniversaries that were lived to see, and no addition of years."""

    def __init__(self, last: int) -> None:
        self._lived = {n: anniversaries((1920, 1, 1), (last, 12, 31), n) for n in (5, 6, 10, 100)}

    def end(self, life: Life) -> tuple[date, int]:
        """When a record's minimum period is over, and by which group; the last day there is where no end can be known."""
        ends = []
        for group in sorted(life.groups):
            since = life.born_on if group == 1 else life.last_on or life.opened_on
            ends.append((self._lived[KEPT_YEARS[group]][since] if since else date.max, group))
        longest = max(each for each, _ in ends)
        return longest, next(group for each, group in ends if each == longest)

    def due(self, life: Life) -> date:
        """When it is reviewed next."""
        return self._lived[REVIEW_YEARS[self.end(life)[1]]][life.reviewed_on or life.opened_on]


def lives(number: int, dice: random.Random) -> list[Life]:
    """So many records, opened over some years, each with what happens to it and when it is told."""
    made = []
    for n in range(number):
        opened = BEGINS + timedelta(days=dice.randrange(1, OPENING_YEARS * 365))
        groups = set(dice.choice(GROUPS))
        born = None
        if 1 in groups and dice.random() > 0.05:
            born = opened - timedelta(days=dice.randrange(0, 95 * 365))
        events = []
        for _ in range(dice.choice((0, 0, 1, 1, 2, 4))):
            happened = opened + timedelta(days=dice.randrange(0, 15 * 365))
            events.append((happened + timedelta(days=dice.choice((0, 1, 30, 700))), happened))
        made.append(Life(f"R-{n}", groups, born, opened, events))
    leap = [life for life in made if life.born_on][: number // 50]
    for life in leap:
        life.born_on = date(dice.choice((1944, 1980, 2000, 2024)), 2, 29)
    return made


def live(
    house: House, clock: FixedClock, number: int, years: int, *, seed: int, looks: float = 1, say: bool = False
) -> Outcome:
    """Let a house live through the years, and say what was wrong.

    `looks` is how often it is looked on a day on which nothing is expected: from 0, never, to 1, each day.
    """
    century = _Century(house, clock, number, years, seed)
    century.looks, century.say = looks, say
    return century.live()


class _Century:
    looks, say = 1.0, False

    def __init__(self, house: House, clock: FixedClock, number: int, years: int, seed: int) -> None:
        self.house, self.clock = house, clock
        self.dice = random.Random(seed)
        self.lives = {life.reference: life for life in lives(number, self.dice)}
        self.days = years * 365 + years // 4
        self.count = Count(BEGINS.year + years)
        self.outcome = Outcome()
        self.next: dict[date, set[str]] = defaultdict(set)
        self.today = BEGINS

    def live(self) -> Outcome:
        agenda: dict[date, list[tuple[Life, date | None]]] = defaultdict(list)
        for life in self.lives.values():
            agenda[life.opened_on].append((life, None))
            for told_on, on in life.events:
                agenda[told_on].append((life, on))
        for number in range(self.days):
            self.today = BEGINS + timedelta(days=number)
            self.clock.move(datetime.combine(self.today, time(10), UTC) - self.clock.now())
            if number % (10 * 365) == 0:
                self.officer, self.other = someone(self.house, "ig_officer"), someone(self.house, "hub_supervisor")
            for life, happened in sorted(agenda[self.today], key=lambda each: each[1] or date.min):
                self.tell(life, happened)
            self.review()
            if number % QUARTER == 0:
                self.dispose()
            if number % 14 == 0:
                self.confirm()
            if self.say and number % 3650 == 0:
                _tell(f"{self.today} {dict(self.outcome.done)}")
        self.dispose()
        return self.outcome

    def tell(self, life: Life, happened: date | None) -> None:
        """The case system registers a record, or says what happened on it."""
        try:
            with self.house.work(KEEPER) as ctx:
                if happened is None:
                    said = Registered(sorted(life.groups), life.opened_on, born_on=life.born_on)
                    use_cases.register(ctx, life.reference, said)
                else:
                    event_id = f"{happened}-{self.outcome.done['told']}"
                    use_cases.tell(ctx, life.reference, event_id=event_id, kind="new_offence", happened_on=happened)
        except Refusal as refusal:
            if type(refusal).__name__ not in ("RecordDisposed", "BeingDisposed"):
                self.outcome.fault("wrong", life.reference, self.today, type(refusal).__name__)
            elif not life.listed and life.gone_on is None:
                self.outcome.fault("wrong", life.reference, self.today, "refused, and is not going")
            return
        self.outcome.done["registered" if happened is None else "told"] += 1
        if happened is not None:
            life.last_on = max(happened, life.last_on or happened)
            # What was learnt since the review is for the next one.
            life.goes = False
        self.expect(life)

    def expect(self, life: Life) -> None:
        if life.gone_on is None:
            self.next[max(self.count.due(life), self.today)].add(life.reference)

    def review(self) -> None:
        """What the job finds is what the count says; each is decided on the same day."""
        expected = {
            reference
            for reference in self.next.pop(self.today, set())
            if self.count.due(life := self.lives[reference]) <= self.today and life.gone_on is None
        }
        if not expected and self.dice.random() >= self.looks:
            return
        with self.house.reading(worker(MAKE.name)) as ctx:
            due = queries.due(ctx, limit=100_000)
            named = select(RetentionRecord).where(RetentionRecord.id.in_(due))
            names = {each.id: each.reference for each in ctx.session.scalars(named)} if due else {}
        for reference in set(names.values()) - expected:
            self.outcome.fault("early", reference, self.today, "a review")
        for reference in expected - set(names.values()):
            self.outcome.fault("missed", reference, self.today, "a review")
        for record_id in due:
            self.decide(record_id, self.lives[names[record_id]])

    def decide(self, record_id: UUID, life: Life) -> None:
        end, _ = self.count.end(life)
        with self.house.work(worker(MAKE.name)) as ctx:
            made = reviews.make_due(ctx, record_id)
            review_id, due_on = (made.id, made.due_on) if made else (UUID(int=0), None)
        self.outcome.done["reviews"] += 1
        if due_on != self.count.due(life):
            self.outcome.fault("wrong", life.reference, self.today, f"due on {due_on}")
        try:
            with self.house.work(*self.officer) as ctx:
                deciding.decide(ctx, review_id, finding("dispose", answer="no"))
            life.goes = True
            if self.today < end:
                self.outcome.fault("early", life.reference, self.today, "disposal could be proposed")
        except Refusal as refusal:
            if self.today >= end:
                self.outcome.fault("missed", life.reference, self.today, f"refused: {type(refusal).__name__}")
            more = min(life.groups) - 1 if min(life.groups) > 1 and self.dice.random() < 0.05 else None
            with self.house.work(*self.officer) as ctx:
                deciding.decide(ctx, review_id, finding("regroup", group=more) if more else finding())
            life.groups |= {more} if more else set()
            life.goes = False
        life.reviewed_on = self.today
        self.expect(life)

    def dispose(self) -> None:
        """Whatever may go by the count is what can be proposed; two people say so."""
        expected = {
            life.reference
            for life in self.lives.values()
            if life.goes and not life.listed and life.gone_on is None and self.count.end(life)[0] <= self.today
        }
        with self.house.work(*self.officer) as ctx:
            found = {each.record.reference: each.record.id for each in candidates(ctx, limit=500).rows}
        if len(expected) <= 500:
            for reference in set(found) - expected:
                self.outcome.fault("early", reference, self.today, "may go")
            for reference in expected - set(found):
                self.outcome.fault("missed", reference, self.today, "may go")
        if not found:
            return
        until = self.clock.now() + timedelta(minutes=5)
        officer, other = (_fresh(each, until) for each in (self.officer, self.other))
        with self.house.work(*officer) as ctx:
            manifest = disposals.propose(ctx, list(found.values()), reason="Their time is over.")
        with self.house.work(*other) as ctx:
            proposal = ctx.session.get_one(Proposal, manifest.proposal_id)
            proposals.approve(ctx, proposal.id, digest=proposal.digest)
        self.outcome.done["manifests"] += 1
        for reference in found:
            self.lives[reference].listed = True

    def confirm(self) -> None:
        """What the job instructs is confirmed; what was told of meanwhile is left out, and can be proposed again."""
        run = run_now(self.house, INSTRUCT)
        if run.failed:
            self.outcome.fault("wrong", "a manifest", self.today, "could not be instructed")
        with self.house.reading(KEEPER) as ctx:
            waits = [(item.id, item.reference) for item in told.instructions(ctx)]
        for item_id, reference in waits:
            life = self.lives[reference]
            if self.count.end(life)[0] > self.today:
                self.outcome.fault("early", reference, self.today, "instructed")
            with self.house.work(KEEPER) as ctx:
                disposals.confirm(ctx, item_id, method="erased", disposed_on=self.today)
            life.gone_on, life.listed = self.today, False
            self.outcome.done["disposed of"] += 1
        if run.done:
            for life in self.lives.values():
                life.listed = False


def _fresh(who: Acting, until: datetime) -> Acting:
    """The same person, who has just shown a code."""
    return who._replace(origin=replace(who.origin, fresh_until=until))


def a_house(directory: Path) -> tuple[House, FixedClock]:
    """A service on an empty SQLite store, on the day on which all of it begins."""
    create_key_file(directory / "keys.json")
    url = f"sqlite:///{directory}/century.sqlite"
    migrated(url)
    clock = FixedClock(datetime.combine(BEGINS, time(10), UTC))
    settings = Settings(url, "http://127.0.0.1:8000", directory / "keys.json", REPOSITORY / "policies", directory)
    return house_of(furnished(settings, clock)), clock


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    asked = argparse.ArgumentParser()
    for name, value in (("records", 10_000), ("years", 100), ("seed", 7)):
        asked.add_argument(f"--{name}", type=int, default=value)
    wanted = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="marac-century-") as directory:
        house, clock = a_house(Path(directory))
        found = live(house, clock, wanted.records, wanted.years, seed=wanted.seed, say=True)
        house.engine.dispose()
    _tell(f"{dict(found.done)} { ({kind: len(faults) for kind, faults in found.faults.items()}) }")
    for kind, faults in found.faults.items():
        for fault in faults[:10]:
            _tell(f"{kind}: {fault}")
    return int(any(found.faults.values()))


if __name__ == "__main__":
    sys.exit(main())
