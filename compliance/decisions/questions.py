"""What the case system asks, as the decision takes it: facts about resources are the caller's, all else is ours."""

from __future__ import annotations

from dataclasses import dataclass

from audit.append import Receipt

from .book import Verdict


@dataclass(slots=True)
class Question:
    """One question. A `broken` one lacked a member or had one of a wrong kind: it is answered no (DEC-3)."""

    subject: str = ""
    action: str = ""
    resource_type: str = ""
    resource_id: str = ""
    reference: str = ""
    area: str | None = None
    owner: str | None = None
    closed: bool = False
    purpose: str | None = None
    broken: bool = False


@dataclass(slots=True)
class Asked:
    """One call: who calls, from where, and everything asked in it; `stop_on` ends a batch at the first such answer.

    `address` is the peer's, and `forwarded_for` the chain that it says the call came by (IDN-7). `token_id` is the token
    that was shown for it, and `scope` what it must be for; both are empty where the service asks on a program's behalf.
    """

    client_id: str
    questions: list[Question]
    address: str | None = None
    request_id: str | None = None
    batch: bool = False
    stop_on: bool | None = None
    forwarded_for: str | None = None
    token_id: str | None = None
    scope: str | None = None


@dataclass(slots=True)
class Answered:
    """The answers in the order asked, the receipt of their one entry, and what they stood on (DEC-2, DEC-7)."""

    verdicts: list[Verdict]
    relied_on_until: float
    state_version: int
    policy_version: str
    receipt: Receipt
