"""Records of the case system whose time is kept here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Flask

from compliance.kernel.context import Actor, Holding, House
from compliance.kernel.jobs import run_now
from policies.in_force import PolicyInForce
from policies.values import Policy, packaged
from retention import use_cases
from retention.models import RetentionRecord
from retention.reviews.deciding import Found
from retention.reviews.jobs import MAKE
from retention.reviews.models import RetentionReview
from retention.use_cases import Registered
from tests.builders.decisions import CaseSystem, the_case_system
from tests.builders.identity import every

KEEPER = Actor("client", "the-case-system", holdings=frozenset({Holding("case_system")}))
"""The case system, as it acts within."""

RECORDS = "/api/v1/retention/records"


def a_keeper(app: Flask) -> CaseSystem:
    """The case system, as far as it registers records."""
    return the_case_system(app, "retention")


def a_record(group: int = 2, **said: Any) -> dict[str, Any]:
    """A record opened on 5 March 2020 as it is sent, unless told otherwise; None leaves a member out."""
    whole = {"groups": [group], "opened_on": "2020-03-05"} | said
    return {name: value for name, value in whole.items() if value is not None}


def an_event(number: int = 1, **said: Any) -> dict[str, Any]:
    """A new offence on 1 June 2021 as it is sent."""
    return {"event_id": f"e-{number}", "kind": "new_offence", "happened_on": "2021-06-01"} | said


def kept(
    house: House, reference: str = "R-1", *, group: int = 2, opened_on: date = date(2016, 11, 20), **said: Any
) -> None:
    """A record that the case system registered, of group 2 and opened more than ten years ago, unless told otherwise."""
    with house.work(KEEPER) as ctx:
        use_cases.register(ctx, reference, Registered([group], opened_on, **said))


def fallen_due(house: House) -> dict[str, RetentionReview]:
    """Make every review that fell due; each review there is then that is open, by its record's reference."""
    run_now(house, MAKE)
    return reviews(house)


def reviews(house: House) -> dict[str, RetentionReview]:
    """The newest review of each record, by the record's reference."""
    names = {each.id: each.reference for each in every(house, RetentionRecord)}
    return {names[each.record_id]: each for each in sorted(every(house, RetentionReview), key=lambda it: it.opened_at)}


def finding(decision: str = "retain", *, answer: str = "yes", **said: Any) -> Found:
    """Every question answered alike, unless told otherwise."""
    return Found(dict.fromkeys(packaged().retention_questions, answer), decision, "It is still needed.", **said)


def as_sent(found: Found) -> dict[str, str]:
    """The same as a form sends it."""
    sent = {f"answer_{code}": answer for code, answer in found.answers.items()}
    sent |= {"decision": found.decision, "reason": found.reason, "group": str(found.group or "")}
    if found.next_on:
        sent |= {f"next_on-{part}": str(getattr(found.next_on, part)) for part in ("day", "month", "year")}
    return sent


def records(house: House) -> dict[str, RetentionRecord]:
    """Every record, by its reference."""
    return {record.reference: record for record in every(house, RetentionRecord)}


def other_values(house: House, **values: Any) -> None:
    """This process goes by other values of retention from now on, as one that was started with other files."""
    files: PolicyInForce = house.fixtures[Policy]
    other = replace(files.files, retention=replace(files.files.retention, **values), version="0" * 16)
    house.fixtures[Policy] = PolicyInForce(other)
