"""Where an organisation stands with an instrument at an instant: values in, values out.

An instrument's versions follow one another. A signature counts from when it was made, but not before its
version takes effect; it holds until a later version's re-sign-by day is over, or until it is ended (SIG-4).
An open refusal beats any signature (SIG-5), and a withdrawal beats everything but a signature made after
it (SIG-6, SIG-9); one that is announced does so from its instant on, without anybody acting.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID


class State(StrEnum):
    """Where an organisation stands with an instrument; only the first lets its people in."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    LAPSED = "lapsed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Method(StrEnum):
    """How a signature was made: in the service after a fresh code, or on paper that the hub recorded (SIG-2)."""

    ONLINE = "online"
    PAPER = "paper"


class Kind(StrEnum):
    """Standing in its areas and in all cases, or by invite for specific ones (OP 6.6)."""

    STANDING = "standing"
    BY_INVITE = "by_invite"


FAILS = {
    State.UNSIGNED: "SIG-1",
    State.LAPSED: "SIG-4",
    State.REFUSED: "SIG-5",
    State.WITHDRAWN: "SIG-6",
}
"""The rule by which each state but *signed* keeps an organisation's people out."""

GRAVITY = (State.SIGNED, State.UNSIGNED, State.LAPSED, State.REFUSED, State.WITHDRAWN)
"""From the best to the worst; an organisation as a whole stands where its worst instrument does."""

EARLIEST = date(2003, 4, 1)
"""The first MARAC met in April 2003, in Cardiff: no paper about one is older."""

DUTIES = (
    "Data already obtained under the instruments stays under their terms: the organisation continues to comply "
    "with them in respect of it (OP 11.1)."
)
"""What withdrawing does not end, as the record states it (SIG-7)."""


@dataclass(frozen=True, slots=True)
class VersionFact:
    """A version in the order of its instrument: from when it takes effect, and when earlier signatures run out."""

    id: UUID
    label: str
    effective_at: datetime
    resign_until: datetime | None


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """A signature as it was made; `ended_at` is empty while nobody has ended it."""

    id: UUID
    version_id: UUID
    version: str
    name: str
    role: str
    method: str
    signed_at: datetime
    ended_at: datetime | None

    def lives(self, at: datetime) -> bool:
        return self.signed_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True, slots=True)
class InstrumentCell:
    """One organisation and one instrument: the state, until when that can be relied on, and the signature behind it.

    `until` is the next instant at which the state may change without anybody doing anything; None if there is
    none. `signature` is the one in force, or else the last that was made. `withdraws_at` is when an announced
    withdrawal takes effect.
    """

    state: State
    until: datetime | None = None
    signature: SignatureFact | None = None
    withdrawn_at: datetime | None = None
    withdraws_at: datetime | None = None

    @property
    def in_force(self) -> bool:
        return self.state is State.SIGNED

    @property
    def rule(self) -> str | None:
        """The rule that fails, or None while the signature is in force."""
        return FAILS.get(self.state)

    @property
    def version(self) -> str | None:
        return self.signature.version if self.signature else None

    @property
    def signed_name(self) -> str | None:
        return self.signature.name if self.signature else None

    @property
    def signed_role(self) -> str | None:
        return self.signature.role if self.signature else None

    @property
    def signed_at(self) -> datetime | None:
        return self.signature.signed_at if self.signature else None

    @property
    def method(self) -> str | None:
        return self.signature.method if self.signature else None


@dataclass(frozen=True, slots=True)
class _Span:
    start: datetime
    end: datetime | None
    signature: SignatureFact

    def covers(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


def judge(
    versions: Sequence[VersionFact],
    signatures: Iterable[SignatureFact],
    *,
    refused: bool,
    withdrawals: Sequence[datetime],
    at: datetime,
) -> InstrumentCell:
    """The state at `at`; `versions` in order, `withdrawals` the instants at which those of this instrument take effect."""
    withdrawn_at = max((each for each in withdrawals if each <= at), default=None)
    withdraws_at = min((each for each in withdrawals if each > at), default=None)
    made = sorted((each for each in signatures if each.signed_at <= at), key=lambda each: each.signed_at)
    last = made[-1] if made else None
    live = [each for each in made if each.lives(at) and (withdrawn_at is None or each.signed_at >= withdrawn_at)]
    if withdrawn_at is not None and not live:
        return InstrumentCell(State.WITHDRAWN, None, last, withdrawn_at, withdraws_at)
    if refused:
        return InstrumentCell(State.REFUSED, withdraws_at, last, None, withdraws_at)

    spans = _spans(versions, live)
    covering = [span for span in spans if span.covers(at)]
    if covering:
        newest = max(covering, key=lambda span: (span.start, span.signature.signed_at))
        until = _sooner(_reach(spans, at), withdraws_at)
        return InstrumentCell(State.SIGNED, until, newest.signature, None, withdraws_at)

    lapsed = any(span.end is not None and span.end <= at for span in spans)
    begins = min((span.start for span in spans if span.start > at), default=None)
    until = _sooner(begins, withdraws_at)
    return InstrumentCell(State.LAPSED if lapsed else State.UNSIGNED, until, last, None, withdraws_at)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _spans(versions: Sequence[VersionFact], live: Iterable[SignatureFact]) -> list[_Span]:
    places = {version.id: place for place, version in enumerate(versions)}
    spans = []
    for signature in live:
        place = places[signature.version_id]
        limits = [later.resign_until for later in versions[place + 1 :] if later.resign_until is not None]
        start = max(signature.signed_at, versions[place].effective_at)
        spans.append(_Span(start, min(limits, default=None), signature))
    return spans


def _reach(spans: Sequence[_Span], at: datetime) -> datetime | None:
    """How far the spans reach from `at` without a gap; None for without end."""
    reached = at
    while True:
        ends = [span.end for span in spans if span.covers(reached)]
        if None in ends:
            return None
        if not ends:
            return reached
        reached = max(end for end in ends if end is not None)


def in_force(versions: Sequence[VersionFact], at: datetime) -> int:
    """The place of the version in force at `at`; -1 before the first takes effect."""
    return max((place for place, version in enumerate(versions) if version.effective_at <= at), default=-1)


def gravest(states: Iterable[State]) -> State:
    """Where an organisation stands as a whole."""
    return max(states, key=GRAVITY.index, default=State.SIGNED)


def evidence(
    *,
    document: str,
    name: str,
    role: str,
    at: datetime,
    method: Method,
    session: UUID | None,
    address: str | None,
    scan: str | None = None,
) -> str:
    """A SHA-256 (hex) over everything SIG-2 keeps of a signature: the log holds it, so that the row cannot be changed.

    The log itself holds no names (AUD-3); whoever has the row can compute this again and compare.
    """
    held = {
        "document": document,
        "name": name,
        "role": role,
        "at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "method": method.value,
        "session": str(session) if session else None,
        "address": address,
        "scan": scan,
    }
    return sha256(json.dumps(held, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def believable(day: date, today: date) -> bool:
    """Whether a paper can bear this date: not before there were MARACs, not after today."""
    return EARLIEST <= day <= today
