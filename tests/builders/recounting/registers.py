"""Signatories, licences, training and the instruments, counted by hand from their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any

from .rows import Figures, Row, Rows, in_tenths

POLICIES = {"safeguarding", "data_protection"}
CONTACTS = {"primary", "delegate", "escalation"}
MODULES = {"case-system", "elearning", "marac-process", "dash"}
ASKED_OF_HOLDERS = {"case-system", "elearning"}
HOLDS_A_SEAT = ("active", "approved", "suspended")
IDLE_DAYS, SOON_DAYS, EARLY_DAYS = 30, 28, 28
REVIEWS = (date(2025, 7, 1), date(2025, 10, 1), *(date(year, 4, 1) for year in range(2026, 2100, 2)))
"""Three, six and twelve months after the Agreement went live on 1 April 2025, then every two years (OP 8.4)."""


def signatories(it: Rows) -> Figures:
    stands = {one["id"]: _state(it, one, it.close, whole=it.close == it.now) for one in it.known("organisations")}
    begin = it.midnight(it.since)
    before = [_state(it, one, begin, whole=True) for one in it.known("organisations")]
    states = Counter(state for state in stands.values() if state)
    whole, at_first = sum(states.values()), sum(state is not None for state in before)
    believed = [row for row in it.known("signatures") if row["superseded_at"] is None]
    gone = [row for row in it.known("withdrawals") if row["superseded_at"] is None and row["called_off_at"] is None]
    there = [one["id"] for one in it.known("organisations") if stands[one["id"]]]
    stale, silent = sum(_is_stale(it, one) for one in there), sum(_lacks_a_contact(it, one) for one in there)
    return {
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
        "in_span_announced": sum(it.past(row["recorded_at"]) and not it.past(row["effective_at"]) for row in gone),
        "policies_out_of_date": stale if whole else None,
        "contacts_missing": silent if whole else None,
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
            if row["called_off_at"] is None and row["superseded_at"] is None
            and instrument["code"] in row["instruments"].split() and past(row["effective_at"])
        ]  # fmt: skip
        live = [
            row for row in mine
            if row["instrument_id"] == instrument["id"] and past(row["signed_at"])
            and (row["ended_at"] is None or not past(row["ended_at"]))
            and (not left or row["signed_at"] >= max(left))
        ]  # fmt: skip
        over = [any(past(end) for end in _signed_again_by(it, row["version_id"])) for row in live]
        refused = any(
            past(row["refused_at"]) and row["instrument_id"] == instrument["id"]
            for row in it.known("signing_refusals", organisation_id=one["id"], superseded_at=None)
        )
        signed = "unsigned" if not live else "lapsed" if all(over) else "signed"
        state = "withdrawn" if left and not live else "refused" if refused else signed
        worst = max(worst, state, key=order.index)
    return worst


def _signed_again_by(it: Rows, version: Any) -> list[datetime]:
    """The instants by which a signature of this version had to be given again, for versions that came after it (SIG-4)."""
    (mine,) = it.known("instrument_versions", id=version)
    return [
        it.midnight(row["resign_by"] + timedelta(days=1))
        for row in it.known("instrument_versions", instrument_id=mine["instrument_id"])
        if row["resign_by"]
        and (row["effective_on"], row["published_at"]) > (mine["effective_on"], mine["published_at"])
    ]


def _is_stale(it: Rows, organisation: Any) -> bool:
    """Whether a policy that it must have was not there at the end of the span, or past its review by then (SIG-11)."""
    in_date = {
        row["kind"] for row in it.known("policy_documents", organisation_id=organisation)
        if it.open(row["recorded_at"], row["replaced_at"]) and row["next_review_on"] >= it.last
    }  # fmt: skip
    return not in_date >= POLICIES


def _lacks_a_contact(it: Rows, organisation: Any) -> bool:
    known = it.known("key_contacts", organisation_id=organisation)
    return not {row["kind"] for row in known if it.open(row["since"], row["ended_at"])} >= CONTACTS


def _seats(it: Rows, kind: str) -> Figures:
    """A rota is one seat, and nobody's to be idle; a seat on offer is not free (LIC-5, LIC-6)."""
    held = [row for row in it.known("licences", kind=kind) if row["status"] in HOLDS_A_SEAT]
    single = [row for row in held if row["rota_id"] is None]
    taken = len(single) + len({row["rota_id"] for row in held if row["rota_id"] is not None})
    offered = len(it.known("seat_offers", kind=kind, settled_at=None))
    contract = sum(row["seats"] for row in it.known("seat_contracts", kind=kind))
    used = {row["licence_id"]: row["used_at"] for row in it.known("licence_uses")}
    idle = [
        row for row in single
        if row["status"] != "suspended"
        and (it.today - it.day(used.get(row["id"]) or row["activated_at"] or row["decided_at"])).days >= IDLE_DAYS
    ]  # fmt: skip
    waits = it.known("waiting_places", kind=kind, left_at=None)
    return {
        f"{kind}_contract": contract,
        f"{kind}_taken": taken,
        f"{kind}_free": max(0, contract - taken - offered),
        f"{kind}_idle": len(idle),
        f"{kind}_waiting": len(waits),
        f"{kind}_longest": max(((it.today - it.day(row["joined_at"])).days for row in waits), default=None),
    }


def licences(it: Rows) -> Figures:
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


def training(it: Rows) -> Figures:
    """A person is due who holds a licence and lacks what it asks for, or who did what counts for 28 days more at the most."""
    people = it.known("people")
    done: dict[Any, dict[str, Row]] = {one["id"]: {} for one in people}
    for row in it.known("training"):
        done[row["person_id"]][row["module"]] = row
    holding = {row["person_id"] for row in it.known("licences") if row["status"] in HOLDS_A_SEAT}
    packs = it.known("welcome_packs")
    return {
        "done": it.how_many("training", lambda row: it.inside(row["done_on"])),
        "due": sum(
            one["closed_at"] is None and _is_due(it, done[one["id"]], holds=one["id"] in holding) for one in people
        ),
        "new": it.how_many("organisations", lambda row: it.inside(row["created_at"])),
        "given": sum(it.inside(row["given_on"]) for row in packs),
        "without": len({one["id"] for one in it.known("organisations")} - {row["organisation_id"] for row in packs}),
    }


def _is_due(it: Rows, done: Mapping[str, Row], *, holds: bool) -> bool:
    soon = it.today + timedelta(days=SOON_DAYS)
    over = [
        row for module, row in done.items() if module in MODULES and row["valid_until"] and row["valid_until"] <= soon
    ]
    return bool(over) or (holds and not done.keys() >= ASKED_OF_HOLDERS)


def instruments(it: Rows) -> Figures:
    """Each review of the calendar that was not held is open from 28 days before its day, and overdue after it (SIG-10)."""
    held = [row for row in it.known("instrument_reviews") if it.inside(row["held_on"])]
    had = {(row["instrument_id"], row["due_on"]) for row in it.known("instrument_reviews")}
    lacking = [day for one in it.known("instruments") for day in REVIEWS if (one["id"], day) not in had]
    return {
        "held": len(held),
        "extended": sum(row["decision"] == "extend" for row in held),
        "terminated": sum(row["decision"] == "terminate" for row in held),
        "due": sum(day - timedelta(days=EARLY_DAYS) <= it.today <= day for day in lacking),
        "overdue": sum(day < it.today for day in lacking),
        "published": it.how_many("instrument_versions", lambda row: it.inside(row["published_at"])),
    }
