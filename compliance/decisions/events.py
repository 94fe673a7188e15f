"""What the log calls what happens here; the entries themselves are written by the desk, many to a commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class DecisionAnswered(Event):
    """One question was answered; outcome `permit` or `deny`."""

    name: ClassVar[str] = "decision.answered"
    subject_kind: ClassVar[str | None] = "person"


@dataclass(frozen=True, kw_only=True)
class DecisionsAnswered(Event):
    """A batch was answered; outcome `permit`, `deny` or `mixed`, each question and answer in the detail."""

    name: ClassVar[str] = "decisions.answered"


@dataclass(frozen=True, kw_only=True)
class DecisionsSearched(Event):
    """Somebody looked for who may, which cases, or what may be done; the detail says what was given and how much was found."""

    name: ClassVar[str] = "decisions.searched"
    subject_kind: ClassVar[str | None] = "person"


@dataclass(frozen=True, kw_only=True)
class ClientTurnedAway(Event):
    """A service client that was ended asked with a token that had not run out."""

    name: ClassVar[str] = "client.turned_away"
