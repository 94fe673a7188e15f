"""Where questions wait their turn: one of those who wait answers for all of them, in one transaction.

It takes the log's head, which locks out every change of rights; reads the state version in the same
statement; reads again whoever changed since, or everybody where the policy did; decides; writes the entries; commits; and only then lets the
others go. So no answer stands on a state that has ended (DEC-4), and none is given that is not durably
written down (AUD-2). Whatever goes wrong, the callers get no answer, which is not a permit (DEC-3).
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from audit.append import append, take_turn
from audit.models import Moment
from compliance.identity.clients.rules import calls_from
from compliance.identity.whence import source_address
from compliance.kernel.clock import end_of, london_date, start_of
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.places import PLACES, Places
from compliance.licences.uses import note_uses
from policies.in_force import LAST_CHANGE
from policies.values import Policy

from . import reasons as why
from .book import Book, Right, Verdict
from .errors import CallerEnded, NoAnswer
from .events import ClientTurnedAway, DecisionAnswered, DecisionsAnswered, DecisionsSearched
from .exceptions.attempts import Attempt, note_attempts
from .facts import open_book, read_again, read_changes
from .questions import Answered, Asked, Found, Question, Search
from .reasons import Reason
from .rules import MALFORMED, Stale, decide
from .searching import search

log = structlog.get_logger("compliance.decisions")

MOST_AT_ONCE = 256
"""Calls that share one commit at the most."""

USE_EVERY_SECONDS = 3600.0
"""How often a licence's last use is moved on: seldom enough to cost nothing. The first use of a London day always is, so
that none is taken for the use of the quarter before (LIC-8)."""

_WAITERS_SHARE = 4
"""Which part of the threads may wait long for whoever leads."""

_json = msgspec.json.Encoder()


class _Waiting:
    """A call, and the lock its thread sleeps on; `leads` tells the one that wakes to answer for all who wait."""

    __slots__ = ("answered", "asked", "found", "latch", "leads", "problem", "until", "verdicts")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.verdicts: list[Verdict] = []
        self.found: Found | None = None
        self.until = 0.0
        self.answered: Answered | None = None
        self.problem: Exception | None = None
        self.leads = False
        self.latch = threading.Lock()
        self.latch.acquire()


class Desk:
    """The one place in a process where decisions are made, by one of those who wait at a time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._book: Book | None = None
        self._last_change: object = None
        self._line = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._led = False
        self._day = (0.0, 0.0)
        self._places = Places(house.settings.threads // _WAITERS_SHARE, house.settings.wait_seconds)
        self._attempts: set[Attempt] = set()

    @property
    def policy(self) -> Policy | None:
        """The policy that the last decision stood on; None before the first."""
        book = self._book
        return book.policy if book is not None else None

    def ask(self, asked: Asked) -> Answered:
        """Answer every question of one call, durably; raises NoAnswer, or CallerEnded for a client that was ended."""
        waiting = _Waiting(asked)
        with self._line:
            self._waiting.append(waiting)
            waiting.leads = not self._led
            self._led = True
        if not waiting.leads and not self._is_called(waiting):
            with self._line:
                if not waiting.leads:
                    self._leave(waiting)
                    raise NoAnswer("the log did not take the entry in time")
        if waiting.leads:
            self._lead()
        if waiting.answered is None:
            raise waiting.problem or NoAnswer("the call was not answered")
        return waiting.answered

    def _is_called(self, waiting: _Waiting) -> bool:
        """Sleep until one is answered or is to lead; how long, others who wait decide."""
        with self._places.patience() as patience:
            return waiting.latch.acquire(timeout=patience)

    def _leave(self, waiting: _Waiting) -> None:
        """Give up waiting; whoever leads may have it in hand already, and then its entry stands unanswered."""
        with suppress(ValueError):
            self._waiting.remove(waiting)

    def _lead(self) -> None:
        """Answer everybody who waits, oneself among them, and hand the lead to the first who came meanwhile."""
        with self._line:
            together = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
        try:
            self._answer(together)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is heard, and nobody is permitted anything
            log.error("no decision could be made", problem=type(problem).__name__)
            self._book = None
            for waiting in together:
                waiting.problem = NoAnswer("the state or the log could not be reached")
        finally:
            with self._line:
                if self._waiting:
                    self._waiting[0].leads = True
                    self._waiting[0].latch.release()
                else:
                    self._led = False
        for waiting in together:
            if not waiting.leads:
                waiting.latch.release()

    def _answer(self, together: list[_Waiting]) -> None:
        if self._book is None:
            with self._house.engine.connect() as connection:
                self._book = open_book(connection, self._house)
        book = self._book
        # Whoever leads waits for many, and so never gives up its turn for others.
        with self._house.engine.execution_options(**{WRITES: True, PLACES: None}).connect() as connection:
            turn = take_turn(connection, len(together), look_at=LAST_CHANGE)
            if (book.state_version, self._last_change) != (turn.state_version, turn.seen):
                read_changes(connection, self._house, book, turn.state_version)
                self._last_change = turn.seen
            now = self._house.clock.now()
            self._look_at_the_day(now)
            uses: dict[str, Right] = {}
            attempts: set[Attempt] = set()
            drafts = [self._hear(connection, book, waiting, now, uses, attempts) for waiting in together]
            receipts = append(connection, turn, drafts)
            note_uses(connection, list(uses), now)
            note_attempts(connection, attempts - self._attempts, now)
            connection.commit()
        self._attempts |= attempts
        for right in uses.values():
            right.used_at = now.timestamp()
        for waiting, receipt in zip(together, receipts, strict=True):
            if waiting.problem is None:
                waiting.answered = Answered(
                    waiting.verdicts, waiting.until, book.state_version, book.policy.version, receipt, waiting.found
                )

    def _look_at_the_day(self, now: datetime) -> None:
        """Know when the London day at hand began, and when it is over."""
        if not self._day[0] <= now.timestamp() < self._day[1]:
            today = london_date(now)
            self._day = (start_of(today).timestamp(), end_of(today).timestamp())
            self._attempts = set()

    def _hear(
        self,
        connection: Connection,
        book: Book,
        waiting: _Waiting,
        now: datetime,
        uses: dict[str, Right],
        attempts: set[Attempt],
    ) -> dict[str, Any]:
        """Decide one call and return its entry's draft; what the caller gets waits in `waiting`."""
        asked = waiting.asked
        if not self._is_heard(book, asked):
            waiting.problem = CallerEnded("this service client was ended, or may not ask this from there")
            return self._draft(book, asked, now, ClientTurnedAway.name, "refused", rules="DEC-3")
        instant = now.timestamp()
        waiting.until = instant + book.policy.decisions.permit_seconds
        if asked.search is not None:
            waiting.found = search(
                book, instant, asked.search, lambda person: read_again(connection, self._house, book, [person])
            )
            return self._search_entry(book, asked, asked.search, waiting.found, now)
        for question in asked.questions:
            verdict = self._decide(connection, book, question, instant)
            waiting.verdicts.append(verdict)
            right = verdict.right
            if right is not None:
                waiting.until = min(waiting.until, right.until)
                if instant - right.used_at >= USE_EVERY_SECONDS or right.used_at < self._day[0]:
                    uses[right.licence_id] = right
            elif verdict.conflict is not None:
                attempts.add((verdict.conflict, question.action))
            if asked.stop_on is not None and verdict.permit is asked.stop_on:
                break
        return self._entry(book, asked, waiting.verdicts, now)

    def _is_heard(self, book: Book, asked: Asked) -> bool:
        """Whether this program may ask now: it is let in, has the scope still, and calls from where it may (DEC-4)."""
        client = book.clients.get(asked.client_id)
        if client is None or asked.token_id in client.taken_back:
            return False
        if asked.scope is None:
            return True
        if asked.scope not in client.scopes:
            return False
        if not client.networks:
            return True
        trusted = book.policy.countries.trusted_proxies
        return calls_from(client.networks, source_address(asked.address, asked.forwarded_for, trusted))

    def _decide(self, connection: Connection, book: Book, question: Question, instant: float) -> Verdict:
        if question.broken:
            return MALFORMED
        try:
            return _put(book, question, instant)
        except Stale as stale:
            read_again(connection, self._house, book, [stale.person_id])
            return _put(book, question, instant)

    def _entry(self, book: Book, asked: Asked, verdicts: list[Verdict], now: datetime) -> dict[str, Any]:
        if asked.batch:
            return self._batch_entry(book, asked, verdicts, now)
        question, verdict = asked.questions[0], verdicts[0]
        known = book.people.get(question.subject)
        draft = self._draft(
            book,
            asked,
            now,
            DecisionAnswered.name,
            _outcome(verdict.permit),
            rules=_ruled(verdict),
            detail=_item(question),
        )
        draft["subject_kind"] = "person"
        draft["subject_id"] = known.person_id if known else None
        draft["organisation"] = known.organisation_id if known else None
        draft["reference"] = question.resource_id[:255] or None
        draft["purpose"] = question.purpose
        return draft

    def _batch_entry(self, book: Book, asked: Asked, verdicts: list[Verdict], now: datetime) -> dict[str, Any]:
        permits = sum(verdict.permit for verdict in verdicts)
        outcome = "mixed" if 0 < permits < len(verdicts) else _outcome(permits > 0)
        items = []
        for question, verdict in zip(asked.questions, verdicts, strict=False):
            known = book.people.get(question.subject)
            items.append([known.person_id if known else None, question.resource_id, *_item(question),
                          question.purpose, verdict.permit, _ruled(verdict)])  # fmt: skip
        return self._draft(book, asked, now, DecisionsAnswered.name, outcome, detail={"items": items})

    def _search_entry(self, book: Book, asked: Asked, wanted: Search, found: Found, now: datetime) -> dict[str, Any]:
        """What was looked for, and how much was found: who and which is what the caller was told, and what it could have asked."""
        known = book.people.get(wanted.question.subject)
        said = {
            "sought": wanted.sought.value, "item": _item(wanted.question), "found": len(found.results), "more": found.more,
        }  # fmt: skip
        draft = self._draft(book, asked, now, DecisionsSearched.name, "done", detail=said)
        draft["subject_kind"] = "person"
        draft["subject_id"] = known.person_id if known else None
        draft["organisation"] = known.organisation_id if known else None
        draft["reference"] = wanted.question.resource_id[:255] or None
        draft["purpose"] = wanted.question.purpose
        return draft

    def _draft(
        self, book: Book, asked: Asked, now: datetime, event: str, outcome: str, *, rules: str | None = None,
        detail: object = None,
    ) -> dict[str, Any]:  # fmt: skip
        return {
            "at": Moment.write(now),
            "event": event,
            "outcome": outcome,
            "actor_kind": "client",
            "actor_id": asked.client_id,
            "actor_organisation": None,
            "actor_roles": "case_system",
            "subject_kind": None,
            "subject_id": None,
            "organisation": None,
            "reference": None,
            "rules": rules,
            "purpose": None,
            "address": source_address(asked.address, asked.forwarded_for, book.policy.countries.trusted_proxies),
            "request_id": asked.request_id,
            "session_id": None,
            "state_version": book.state_version,
            "policy_version": book.policy.version,
            "detail": "{}" if detail is None else _json.encode(detail).decode(),
        }


def _put(book: Book, question: Question, instant: float) -> Verdict:
    return decide(
        book, instant, question.subject, question.action, question.resource_type, question.reference,
        question.area, question.owner, question.closed, question.resource_id,
    )  # fmt: skip


def _outcome(permit: bool) -> str:
    return "permit" if permit else "deny"


@cache
def _rules(failing: tuple[Reason, ...]) -> str | None:
    return " ".join(dict.fromkeys(reason.rule for reason in failing)) or None


def _ruled(verdict: Verdict) -> str | None:
    """The rules an entry names: those that refuse, or the one by which a permit stands on break-glass (DEC-5)."""
    if verdict.permit:
        return None if verdict.opened is None else why.BY_BREAK_GLASS.rule
    return _rules(verdict.failing)


def _item(question: Question) -> list[object]:
    """What was asked, as the log keeps it: action, type, area, owner, closed."""
    return [question.action, question.resource_type, question.area, question.owner, question.closed]
