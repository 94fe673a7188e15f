"""What the case system asks, as the decision takes it: facts about resources are the caller's, all else is ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


class Sought(StrEnum):
    """What is looked for; the rest is given."""

    SUBJECT = "subject"
    RESOURCE = "resource"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Search:
    """One search: what is sought, the question around it, and after which of the last page's results, so many at the most."""

    sought: Sought
    question: Question
    after: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results in their order: ids of people or cases, or names of actions; and whether there are more."""

    results: tuple[str, ...]
    more: bool


@dataclass(slots=True)
class Asked:
    """One call: who calls, from where, and everything asked in it; `stop_on` ends a batch at the first such answer.

    `address` is the peer's, and `forwarded_for` the chain that it says the call came by (IDN-7). `token_id` is the token
    that was shown for it, and `scope` what it must be for; both are empty where the service asks on a program's behalf.
    A `search` stands in the place of questions.
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
    search: Search | None = None


@dataclass(slots=True)
class Answered:
    """The answers in the order asked, or what a search found; the receipt of their one entry, and what they stood on (DEC-2, DEC-7)."""

    verdicts: list[Verdict]
    relied_on_until: float
    state_version: int
    policy_version: str
    receipt: Receipt
    found: Found | None = None
