"""What a proposal asks for, in plain words: each act that takes two people says itself here, or is spelled out.

@in_words("role.grant", "Give a role")
def _role(ctx, proposal, asked):
    return [("Role", "MARAC supervisor")]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from compliance.identity.proposals.acts import ACTS
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.rules import State
from compliance.identity.use_cases.resetting import RECOVERY, identity_check_of
from compliance.identity.use_cases.roles import ROLE_GRANT
from compliance.kernel.context import Context, house
from compliance.witnesses.use_cases import ROLLBACK
from policies.access import Access

from . import words

Fact = tuple[str, str]
Saying = Callable[[Context, Proposal, Mapping[str, Any]], Iterable[Fact]]

_SAYINGS: dict[str, tuple[str, Saying]] = {}


@dataclass(frozen=True)
class Asked:
    """A proposal as people read it: what it would do, in a few words, and each thing that is asked."""

    title: str
    facts: list[Fact]


def in_words(kind: str, title: str) -> Callable[[Saying], Saying]:
    """Let the act of this kind say itself: its title, and each thing asked with its name."""

    def register(saying: Saying) -> Saying:
        _SAYINGS[kind] = (title, saying)
        return saying

    return register


def title(kind: str) -> str:
    """What an act of this kind would do, in a few words."""
    known = _SAYINGS.get(kind)
    return known[0] if known else words.happening(kind)


def said(ctx: Context, proposal: Proposal) -> Asked:
    """What is asked, in words; an act that does not say itself is spelled out as it is kept."""
    asked: Mapping[str, Any] = json.loads(proposal.asked)
    known = _SAYINGS.get(proposal.kind)
    return Asked(title(proposal.kind), list((known[1] if known else _spelled_out)(ctx, proposal, asked)))


def standing(proposal: Proposal, now: datetime) -> str:
    """Where it stands, as `words.STATES` names it."""
    if proposal.state == State.PROPOSED:
        return "waits" if proposal.ends_at > now else "left"
    return {State.APPROVED: "approved", State.REFUSED: "not_given", State.TAKEN_BACK: "taken_back"}.get(
        State(proposal.state), "left"
    )


def deciders(kind: str) -> list[str]:
    """The roles whose holders may be the second person for an act of this kind, by name."""
    wanted = (ACTS[kind].approve, "hub")
    table = house().the(Access).table
    return [name for role, name in words.ROLES.items() if wanted in table.get(role, frozenset()) and role != "operator"]


def _spelled_out(_ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[Fact]:
    return [(words.said(name), _plain(value)) for name, value in asked.items()]


def _plain(value: Any) -> str:
    if value is None:
        return "Nothing"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value) or "None"
    return str(value)


@in_words(ROLE_GRANT, "Give a role")
def _role(_ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[Fact]:
    last = asked["ends_on"]
    until = f"Until the end of {words.day(date.fromisoformat(last))}" if last else "Until somebody takes it back"
    return [("Role", words.said(asked["role"])), ("For how long", until)]


@in_words(RECOVERY, "Let somebody begin their account anew")
def _recovery(ctx: Context, proposal: Proposal, _asked: Mapping[str, Any]) -> Iterable[Fact]:
    return [
        ("What ends", "Their password, authenticator app, passkeys and every sign-in. They get a link to begin again."),
        ("How they were identified", identity_check_of(ctx, proposal)),
    ]


@in_words(ROLLBACK, "Go on with a log that was turned back")
def _rollback(_ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[Fact]:
    return [
        ("Witness", str(asked["witness"])),
        ("Entries it has seen", f"{asked['witness_size']:,}"),
        ("Entries of the log now", f"{asked['own_size']:,}"),
        (
            "What follows",
            "The service runs on the log as it is. Whatever was done since, and is not in it, is not done.",
        ),
    ]
