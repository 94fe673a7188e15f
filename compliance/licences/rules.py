"""The life of a licence and what must be true before one is given: tables and dates, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .errors import NoSuchStep


class Kind(StrEnum):
    """Standing, for every case of its areas; or by invite, for named cases and a time (OP 6.6, LIC-7)."""

    STANDING = "standing"
    BY_INVITE = "by_invite"


class Status(StrEnum):
    """Where a licence stands in its life (LIC-3)."""

    REQUESTED = "requested"
    REFUSED = "refused"
    APPROVED = "approved"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DEACTIVATED = "deactivated"


class Step(StrEnum):
    """What can happen to a licence; which step leads where stands in `NEXT` (LIC-3)."""

    APPROVE = "approve"
    REFUSE = "refuse"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    DEACTIVATE = "deactivate"


class Suspension(StrEnum):
    """Why a licence rests. `investigation` stops a person at once (BRE-4); `eligibility` the service sets and lifts (LIC-13)."""

    ROTA = "rota"
    LEAVE = "leave"
    INVESTIGATION = "investigation"
    ELIGIBILITY = "eligibility"


class RefusedFor(StrEnum):
    """For want of what a request was refused: what people read stands beside it, in words (LIC-3, LIC-11).

    `no_seat` is what the hub owes the organisation still: there was nothing wrong with the request (GOV-2).
    """

    NO_SEAT = "no_seat"
    NOT_NEEDED = "not_needed"
    NOT_READY = "not_ready"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a licence ended for good (LIC-3)."""

    UNUSED = "unused"
    LEAVER = "leaver"
    MOVER = "mover"
    REALLOCATED = "reallocated"
    WITHDRAWN = "withdrawn"
    BREACH = "breach"
    AT_REQUEST = "at_request"
    EXPIRED = "expired"


NEXT: dict[tuple[Status, Step], Status] = {
    (Status.REQUESTED, Step.APPROVE): Status.APPROVED,
    (Status.REQUESTED, Step.REFUSE): Status.REFUSED,
    (Status.REQUESTED, Step.DEACTIVATE): Status.DEACTIVATED,
    (Status.APPROVED, Step.ACTIVATE): Status.ACTIVE,
    (Status.APPROVED, Step.DEACTIVATE): Status.DEACTIVATED,
    (Status.ACTIVE, Step.SUSPEND): Status.SUSPENDED,
    (Status.ACTIVE, Step.DEACTIVATE): Status.DEACTIVATED,
    (Status.SUSPENDED, Step.RESUME): Status.ACTIVE,
    (Status.SUSPENDED, Step.DEACTIVATE): Status.DEACTIVATED,
}
"""Every step there is (LIC-3). A request that its organisation's withdrawal closes is deactivated (SIG-6)."""

BY_HAND = frozenset({Suspension.ROTA, Suspension.LEAVE, Suspension.INVESTIGATION})
"""The reasons a person can give for a suspension."""

OWN_TO_END = frozenset({EndReason.LEAVER, EndReason.AT_REQUEST})
"""The reasons for which an organisation's delegate ends a licence of their own organisation at once (LIC-4)."""

HUB_TO_END = OWN_TO_END | {EndReason.MOVER, EndReason.BREACH, EndReason.UNUSED}
"""The reasons the hub can give; reallocation, expiry and withdrawal are steps of their own and give theirs."""

HOLDS_A_SEAT = frozenset({Status.APPROVED, Status.ACTIVE, Status.SUSPENDED})
"""An approved licence has its seat kept until its holder is ready; a suspended one keeps its own (LIC-5)."""

ENDED = frozenset({Status.REFUSED, Status.DEACTIVATED})


def after(status: Status, step: Step) -> Status:
    """The status a step leads to; raises NoSuchStep where there is none."""
    try:
        return NEXT[status, step]
    except KeyError:
        raise NoSuchStep() from None


@dataclass(frozen=True)
class Item:
    """One line of the checklist: met or not, what is missing in words, its rule and clause, and until when it holds.

    `code` is stable: `isa`, `op`, `policy.safeguarding`, `policy.data_protection`, `training.case-system`,
    `training.elearning`, `contact.primary`, `contact.delegate`, `contact.escalation`, `email`, `vetting`.
    """

    code: str
    met: bool
    says: str
    rule: str
    clause: str
    until: datetime | None = None


@dataclass(frozen=True)
class Checklist:
    """LIC-1 for one person and organisation, every item answered."""

    items: tuple[Item, ...]

    @property
    def complete(self) -> bool:
        return all(item.met for item in self.items)

    @property
    def missing(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if not item.met)
