"""Questions, and what can be made of what comes back: pure, so that whatever is wrong is a deny and nothing else (DEC-3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .errors import NoAnswer
from .line import Said

MOST_AT_ONCE = 1_000
"""Questions that one batch holds at the most."""

RELIED_ON_AT_MOST_SECONDS = 60.0
"""However long an answer says that it may be relied on: a clock that is wrong must not keep a permit alive."""


@dataclass(frozen=True)
class Question:
    """May this person do this to this? `person` is our id or their registered e-mail; `reference` is opaque, never a name.

    `case` is the case that the thing belongs to where it is not one itself. What is said here about people and
    organisations beyond this is not asked for: the service goes by its own registers.
    """

    person: str
    action: str
    type: str
    reference: str
    area: str | None = None
    owner_organisation: str | None = None
    closed: bool | None = None
    case: str | None = None
    purpose: str | None = None

    def as_sent(self) -> dict[str, Any]:
        """As AuthZEN 1.0 has it; what is not known is left out."""
        properties = {
            "area": self.area, "owner_organisation": self.owner_organisation, "closed": self.closed, "case": self.case,
        }  # fmt: skip
        known = {name: value for name, value in properties.items() if value is not None}
        resource = {"type": self.type, "id": self.reference} | ({"properties": known} if known else {})
        sent: dict[str, Any] = {
            "subject": {"type": "person", "id": self.person},
            "action": {"name": self.action},
            "resource": resource,
        }
        return sent | ({"context": {"purpose": self.purpose}} if self.purpose else {})


@dataclass(frozen=True)
class Answer:
    """A decision. Use `permits`, each time anything is shown: it ends with the time that the service gave it.

    `reasons` are for the person, by rule; `for_the_hub` likewise. `receipt` is the entry of the log with its hash. `missing` says
    why there is no decision at all, in which case it is a deny (DEC-2, DEC-3, DEC-7).
    """

    decided: bool
    until: float = 0.0
    reasons: Mapping[str, str] = field(default_factory=dict)
    for_the_hub: Mapping[str, str] = field(default_factory=dict)
    receipt: tuple[int, str] | None = None
    missing: str | None = None
    clock: Any = None

    @property
    def permits(self) -> bool:
        """Whether it may be done now."""
        return self.decided and self.clock is not None and self.clock() < self.until

    @property
    def why(self) -> str:
        """What the person may be told, in a sentence or two; nothing where there is nothing to tell."""
        return " ".join(self.reasons.values())


def denied(why: str) -> Answer:
    """What stands for a decision that did not come."""
    return Answer(False, missing=why)


def read(said: Said, request_id: str, *, many: int | None, sent_at: float, clock: Any, wall: Any) -> list[Answer]:
    """The answers to one question, or to a batch of so many; raises NoAnswer where they cannot be relied on.

    `sent_at` is what `clock`, which never steps, showed when it was sent; `wall` is the time of day in seconds.
    """
    if said.status != 200:
        raise NoAnswer(f"the service answered {said.status}")
    if said.media_type != "application/json":
        raise NoAnswer("the answer is no JSON")
    if said.headers.get("x-request-id") != request_id:
        raise NoAnswer("the answer is to another question")
    try:
        whole = json.loads(said.content, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        raise NoAnswer("the answer cannot be read") from None
    if many is None:
        return [_one(whole, sent_at, clock, wall)]
    given = whole.get("evaluations") if isinstance(whole, dict) else None
    if not isinstance(given, list) or len(given) != many:
        raise NoAnswer("the answers are not as many as the questions")
    return [_one(each, sent_at, clock, wall) for each in given]


def _once_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which a member stands twice says two things, so it says nothing."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def _one(given: Any, sent_at: float, clock: Any, wall: Any) -> Answer:
    decision = given.get("decision") if isinstance(given, dict) else None
    # 1 and "true" are nobody's decision.
    if not isinstance(decision, bool):
        raise NoAnswer("an answer is no decision")
    context = given.get("context")
    if not isinstance(context, dict):
        raise NoAnswer("an answer says nothing of what it stands on")
    receipt, until = context.get("receipt"), context.get("valid_until")
    if (
        not isinstance(receipt, dict)
        or not isinstance(receipt.get("entry"), int)
        or not isinstance(receipt.get("hash"), str)
    ):
        raise NoAnswer("an answer has no receipt")
    try:
        ends = datetime.fromisoformat(until.replace("Z", "+00:00")).timestamp() if isinstance(until, str) else None
    except ValueError:
        ends = None
    if ends is None:
        raise NoAnswer("an answer does not say until when it is good")
    left = min(ends - wall(), RELIED_ON_AT_MOST_SECONDS)
    return Answer(
        decision, min(clock() + left, sent_at + RELIED_ON_AT_MOST_SECONDS), _words(context.get("reason_user")),
        _words(context.get("reason_admin")), (receipt["entry"], receipt["hash"]), clock=clock,
    )  # fmt: skip


def _words(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    return {rule: words for rule, words in given.items() if isinstance(words, str)}
