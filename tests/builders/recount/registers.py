"""Registers counted by hand: who signed, seats, training, instruments, growth."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median_low
from typing import Any

from .rows import LONDON, Row, Rows, in_tenths

POLICIES, CONTACTS = ("safeguarding", "data_protection"), ("primary", "delegate", "escalation")
MODULES = ("case-system", "elearning")
REVIEWS = (date(2025, 7, 1), date(2025, 10, 1), date(2026, 4, 1), date(2028, 4, 1))
"""What the protocol asks of everybody, read there and not from the policy."""


def signatories(it: Rows) -> dict[str, int | None]:
    stands = {one["id"]: _state(it, one, it.close, whole=it.close == it.now) for one in it.known("organisations")}
    begin = datetime.combine(it.since, datetime.min.time(), LONDON).astimezone(UTC)
    before = [_state(it, one, begin, whole=True) for one in it.known("organisations")]
    states = Counter(state for state in stands.values() if state)
    whole, at_first = sum(states.values()), sum(state is not None for state in before)
    believed = [row for row in it.known("signatures") if row["superseded_at"] is None]
    gone = [row for row in it.known("withdrawals") if row["superseded_at"] is None and row["called_off_at"] is None]
    known = [one["id"] for one in it.known("organisations") if stands[one["id"]] is not None]
    on = it.day(it.close) if it.close == it.now else it.until - timedelta(days=1)
    kept = [row for row in it.known("policy_documents") if it.open(row["recorded_at"], row["replaced_at"])]
    named = [row for row in it.known("key_contacts") if it.open(row["since"], row["ended_at"])]
    good = {(row["organisation_id"], row["kind"]) for row in kept if row["next_review_on"] >= on}
    there = {(row["organisation_id"], row["kind"]) for row in named}
    return {
        "policies_out_of_date": sum(not all((one, kind) in good for kind in POLICIES) for one in known)
        if whole
        else None,
        "contacts_missing": sum(not all((one, kind) in there for kind in CONTACTS) for one in known) if whole else None,
        "in_span_announced": sum(
            row["recorded_at"] is not None and it.past(row["recorded_at"]) and not it.past(row["effective_at"])
            for row in gone
        ),
        "organisations": whole or None,
        "organisations_before": at_first or None,
        "signatories": states["signed"] if whole else None,
        "signatories_share": in_tenths(states["signed"], whole),
        "signatories_before": before.count("signed") if at_first else None,
        **{state: states[state] if whole else None for state in ("unsigned", "lapsed", "refused", "withdrawn")},
        "in_span_joined": it.how_many("organisations", lambda row: it.inside(row["created_at"])),
        "in_span_signed": sum(it.inside(row["signed_at"]) for row in believed),
        "in_span_refused": it.how_many("signing_refusals", lambda row: it.inside(row["refused_at"])),
        "in_span_withdrew": sum(it.inside(row["effective_at"]) for row in gone),
        "in_span_challenged": it.how_many("challenges", lambda row: it.inside(row["raised_at"])),
        "in_span_upheld": it.how_many(
            "challenges", lambda row: row["status"] == "upheld" and it.inside(row["decided_at"])
        ),
        "in_span_dismissed": it.how_many(
            "challenges", lambda row: row["status"] == "dismissed" and it.inside(row["decided_at"])
        ),
    }


def _state(it: Rows, one: Row, at: datetime, *, whole: bool) -> str | None:
    """Where an organisation stood: as its worst instrument did; None where nobody knew it. `whole`: the instant itself counts."""

    def past(when: datetime) -> bool:
        return when <= at if whole else when < at

    mine = [row for row in it.known("signatures", organisation_id=one["id"]) if row["superseded_at"] is None]
    if not any(past(when) for when in (one["created_at"], *(row["signed_at"] for row in mine))):
        return None
    worst = "signed"
    order = ("signed", "unsigned", "lapsed", "refused", "withdrawn")
    for instrument in it.known("instruments"):
        left = [
            row["effective_at"] for row in it.known("withdrawals", organisation_id=one["id"])
            if row["called_off_at"] is None and instrument["code"] in row["instruments"].split() and past(row["effective_at"])
        ]  # fmt: skip
        live = [
            row for row in mine
            if row["instrument_id"] == instrument["id"] and past(row["signed_at"])
            and (row["ended_at"] is None or not past(row["ended_at"]))
            and (not left or row["signed_at"] >= max(left))
        ]  # fmt: skip
        refused = any(
            past(row["refused_at"]) and row["instrument_id"] == instrument["id"]
            for row in it.known("signing_refusals", organisation_id=one["id"])
        )
        state = "withdrawn" if left and not live else "refused" if refused else "signed" if live else "unsigned"
        worst = max(worst, state, key=order.index)
    return worst


def _seats(it: Rows, kind: str) -> dict[str, int | None]:
    """How the seats of a kind stand today."""
    seats = [row for row in it.known("licences", kind=kind) if row["status"] in ("active", "approved", "suspended")]
    contract = sum(row["seats"] for row in it.known("seat_contracts", kind=kind))
    used = {row["licence_id"]: row["used_at"] for row in it.known("licence_uses")}
    idle = [
        row for row in seats
        if row["status"] != "suspended"
        and (it.today - it.day(used.get(row["id"]) or row["activated_at"] or row["decided_at"])).days >= 30
    ]  # fmt: skip
    waits = [row for row in it.known("waiting_places", kind=kind) if row["left_at"] is None]
    return {
        f"{kind}_contract": contract,
        f"{kind}_taken": len(seats),
        f"{kind}_free": max(0, contract - len(seats)),
        f"{kind}_idle": len(idle),
        f"{kind}_waiting": len(waits),
        f"{kind}_longest": max(((it.today - it.day(row["joined_at"])).days for row in waits), default=None),
    }


def licences(it: Rows) -> dict[str, int | None]:
    left = [
        (it.day(row["left_at"]) - it.day(row["joined_at"])).days
        for row in it.known("waiting_places") if it.inside(row["left_at"])
    ]  # fmt: skip
    given = [row["decided_at"] or row["activated_at"] for row in it.known("licences") if row["status"] != "refused"]
    return {
        **_seats(it, "standing"),
        **_seats(it, "by_invite"),
        "held": it.how_many(
            "licences",
            lambda row: (
                row["status"] != "refused" and it.open(row["decided_at"] or row["activated_at"], row["deactivated_at"])
            ),
        ),
        "requested": it.how_many("licences", lambda row: it.inside(row["requested_at"])),
        "given": sum(it.inside(when) for when in given),
        "refused": it.how_many("licences", lambda row: row["status"] == "refused" and it.inside(row["decided_at"])),
        "ended": it.how_many("licences", lambda row: it.inside(row["deactivated_at"])),
        "waiting_at_end": it.how_many("waiting_places", lambda row: it.open(row["joined_at"], row["left_at"])),
        "left_list": len(left),
        "wait_median": median_low(left) if left else None,
        "wait_longest": max(left, default=None),
    }


def training(it: Rows) -> dict[str, int | None]:
    people = {row["id"] for row in it.known("people") if row["closed_at"] is None}
    holding = {row["person_id"] for row in it.known("licences") if row["status"] in ("active", "approved", "suspended")}
    learnt = {(row["person_id"], row["module"]): row for row in it.known("training")}
    soon = it.today + timedelta(days=28)

    def due(person: Any) -> bool:
        mine = [row for (one, _), row in learnt.items() if one == person]
        lacks = person in holding and any((person, module) not in learnt for module in MODULES)
        return lacks or any(row["valid_until"] is not None and row["valid_until"] <= soon for row in mine)

    packs = it.known("welcome_packs")
    return {
        "done": sum(it.inside(row["done_on"]) for row in learnt.values()),
        "due": sum(due(person) for person in people),
        "new": it.how_many("organisations", lambda row: it.inside(row["created_at"])),
        "given": sum(it.inside(row["given_on"]) for row in packs),
        "without": len({row["id"] for row in it.known("organisations")} - {row["organisation_id"] for row in packs}),
    }


def growth(it: Rows) -> dict[str, int | None]:
    """What each month was counted as; not known where one of the months is not there."""
    kept = {(row["what"], row["month"]): row["count"] for row in it.known("growth_months")}
    months = it.firsts()

    def flow(what: str) -> int | None:
        each = [kept.get((what, month)) for month in months]
        return None if None in each else sum(value for value in each if value is not None)

    seats = sum(row["seats"] for row in it.known("seat_contracts"))
    taken = it.how_many("licences", lambda row: row["status"] in ("active", "approved", "suspended"))
    newest = max(month for _, month in kept)
    spent = sum(kept[what, newest] * long for what, long in {"requests": 30, "audits": 60, "reviews": 20}.items())
    return {
        **{what: kept.get((what, months[-1])) for what in ("organisations", "people", "licences")},
        **{what: flow(what) for what in ("decisions", "cases", "requests", "audits", "reviews")},
        "seats_left": max(0, seats - taken),
        "hours_left": max(0, 74 * 60 * 52 // 12 - spent),
    }


def instruments(it: Rows) -> dict[str, int | None]:
    held = [row for row in it.known("instrument_reviews") if it.inside(row["held_on"])]
    done = {(row["instrument_id"], row["due_on"]) for row in it.known("instrument_reviews")}
    missed = [
        day for one in it.known("instruments") for day in REVIEWS
        if day - timedelta(days=28) <= it.today and (one["id"], day) not in done
    ]  # fmt: skip
    return {
        "due": sum(day >= it.today for day in missed),
        "overdue": sum(day < it.today for day in missed),
        "held": len(held),
        "extended": sum(row["decision"] == "extend" for row in held),
        "terminated": sum(row["decision"] == "terminate" for row in held),
        "published": it.how_many("instrument_versions", lambda row: it.inside(row["published_at"])),
    }
