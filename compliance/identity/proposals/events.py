"""What happens to proposals, as the log tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ProposalEvent(Event):
    """Something that happened to a proposal; `act` is what it would do, `digest` what binds it (ROL-3)."""

    subject_kind: ClassVar[str | None] = "proposal"

    rules: tuple[str, ...] = ("ROL-3",)
    act: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class ActProposed(ProposalEvent):
    """Somebody asked for what takes two people."""

    name: ClassVar[str] = "proposal.made"

    person: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ActApproved(ProposalEvent):
    """A second person agreed, and it was done in the same transaction."""

    name: ClassVar[str] = "proposal.approved"


@dataclass(frozen=True, kw_only=True)
class ActRefused(ProposalEvent):
    """A second person said no."""

    name: ClassVar[str] = "proposal.refused"


@dataclass(frozen=True, kw_only=True)
class ActTakenBack(ProposalEvent):
    """The proposer took it back."""

    name: ClassVar[str] = "proposal.taken_back"


@dataclass(frozen=True, kw_only=True)
class ProposalExpired(ProposalEvent):
    """Nobody decided in time."""

    name: ClassVar[str] = "proposal.expired"
