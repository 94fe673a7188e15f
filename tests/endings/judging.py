"""Holding every answer to the instant its right ended: by the log's own order where it has an entry, else by the clock.

Every answer that counts carries the number of its entry, and every ending has entries of its own; the log's head puts
them in one order. So a permit is stale where its entry stands behind the ending's, and a denial is wrong where it stands
before it, to the entry, whatever the machine was doing in between (DEC-4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one question: which, whether it was let in, its entry's number if it has one, and when (seconds)."""

    slot: int
    permit: bool
    entry: int | None
    sent: float
    got: float


@dataclass(frozen=True, slots=True)
class End:
    """When a right ended: what of, its last entry if it has one, the last moment before and the first moment after."""

    kind: str
    entry: int | None
    begun: float
    ended: float


@dataclass
class Judgement:
    """How many answers were held to how many endings; `stale` and `wrong` name the first few of each."""

    decisions: int = 0
    permits: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    """Denials given after the end, by its kind: proof that each was asked about."""
    stale: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def holds(self) -> bool:
        return not self.stale and not self.wrong


STANDS = "stands"
"""The kind of those whose rights never end."""


def judge(answers: Iterable[Answer], ends: Mapping[int, End]) -> Judgement:
    """Count what was right and what was not."""
    found = Judgement(endings=Counter(end.kind for end in set(ends.values())))
    for answer in answers:
        found.decisions += 1
        found.permits += answer.permit
        end = ends.get(answer.slot)
        if end is None:
            found.wrong[STANDS] += not answer.permit
        elif answer.permit:
            found.stale[end.kind] += _behind(answer, end)
        else:
            found.wrong[end.kind] += _before(answer, end)
            found.after[end.kind] += 1
    found.stale, found.wrong = +found.stale, +found.wrong
    return found


def _behind(answer: Answer, end: End) -> bool:
    """Whether it was certainly given after the end."""
    if answer.entry is not None and end.entry is not None:
        return answer.entry > end.entry
    return answer.sent > end.ended


def _before(answer: Answer, end: End) -> bool:
    """Whether it was certainly given before the end."""
    if answer.entry is not None and end.entry is not None:
        return answer.entry < end.entry
    return answer.got < end.begun
