"""What happened counted by hand: audits, breaches, complaints, records, who takes part, help."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from statistics import median_low
from typing import Any

from compliance.kernel.db import Base

from .rows import Row, Rows, in_tenths

RATES = ("attendance", "actions", "research")


def audits(it: Rows) -> dict[str, int | None]:
    mine = [row for row in it.known("access_audits") if row["quarter"] in it.quarters]
    ids = {row["id"] for row in mine}
    figures = [row for row in it.known("access_audit_figures") if row["audit_id"] in ids]
    columns = Base.metadata.tables["access_audit_figures"].columns.keys()
    names = [name for name in columns if not name.endswith("_id")]
    first = min(it.quarters)
    signed = sum(row["status"] == "signed_off" for row in mine)
    late = sum(row["status"] != "signed_off" and row["due_on"] < it.today for row in mine)
    decided = Counter(row["status"] for row in it.known("access_flags") if it.inside(row["decided_at"]))
    return {
        "opened": len(mine),
        "signed": signed if mine else None,
        "signed_share": in_tenths(signed, len(mine)),
        "overdue": late if mine else None,
        "earlier": it.how_many("access_audits", lambda row: row["quarter"] < first and row["status"] != "signed_off"),
        "people": len({row["person_id"] for row in figures}) or None,
        **{name: sum(row[name] for row in figures) if figures else None for name in names},
        "flags_raised": it.how_many("access_flags", lambda row: it.inside(row["raised_at"])),
        "concerns": it.how_many("access_flags", lambda row: row["rule"] == "concern" and it.inside(row["raised_at"])),
        "flags_explained": decided["explained"],
        "flags_breaches": decided["breach"] + decided["raised"],
        "flags_open": it.how_many("access_flags", lambda row: it.open(row["raised_at"], row["decided_at"])),
        "glass_granted": it.how_many("break_glass", lambda row: it.inside(row["granted_at"])),
        "glass_unreviewed": it.how_many("break_glass", lambda row: it.open(row["granted_at"], row["reviewed_at"])),
    }


def breaches(it: Rows) -> dict[str, int | None]:
    over = ("resolved", "closed")
    began = [row for row in it.known("data_breaches") if it.inside(row["aware_at"])]
    told = [row for row in began if row["notified_at"]]
    silent = [row for row in began if not row["notified_at"]]
    waits = [row for row in silent if row["decision"] != "not_notify"]
    in_time = sum(row["notified_at"] <= row["aware_at"] + timedelta(hours=72) for row in told)
    ended = Counter(row["status"] for row in it.known("incidents") if it.inside(row["ended_at"]))
    return {
        "reported": it.how_many("incidents", lambda row: it.inside(row["reported_at"])),
        "ended": sum(ended.values()),
        "resolved": ended["resolved"],
        "closed": ended["closed"],
        "open": it.how_many("incidents", lambda row: it.open(row["reported_at"], row["ended_at"])),
        "overdue": it.how_many(
            "incidents", lambda row: row["status"] not in over and row["due_on"] and row["due_on"] < it.today
        ),
        "with_manager": len(it.known("incidents", status="with_manager")),
        "with_steering": len(it.known("incidents", status="with_steering")),
        "data_breaches": len(began),
        "told_in_time": in_time,
        "told_late": len(told) - in_time,
        "told_in_time_share": in_tenths(in_time, len(told)),
        "not_told": len(silent) - len(waits),
        "clock_runs": sum(row["aware_at"] + timedelta(hours=72) >= it.now for row in waits),
        "clock_over": sum(row["aware_at"] + timedelta(hours=72) < it.now for row in waits),
        "people_told": sum(row["people_told_at"] is not None for row in began),
        "partners_told": sum(row["partners_told_at"] is not None for row in began),
    }


def complaints(it: Rows) -> dict[str, int | None]:
    ended = [row for row in it.known("complaints") if it.inside(row["ended_at"])]
    took = [(it.day(row["ended_at"]) - it.day(row["raised_at"])).days for row in ended]
    due = {(row["complaint_id"], row["stage"]): row["due_on"] for row in it.known("complaint_stages")}
    came = [row for row in it.known("data_protection_complaints") if it.inside(row["received_on"])]
    seen = [row for row in came if row["acknowledged_on"]]
    in_time = sum(row["acknowledged_on"] <= row["acknowledge_by"] for row in seen)
    last = it.today if it.close == it.now else it.until - timedelta(days=1)
    return {
        "raised": it.how_many("complaints", lambda row: it.inside(row["raised_at"])),
        "urgent": it.how_many("complaints", lambda row: row["immediate_risk"] and it.inside(row["raised_at"])),
        "again": it.how_many("complaints", lambda row: row["follows_id"] and it.inside(row["raised_at"])),
        "resolved": sum(row["status"] == "resolved" for row in ended),
        "ruled": sum(row["status"] == "final" for row in ended),
        "took_median": median_low(took) if took else None,
        "took_longest": max(took, default=None),
        "open": it.how_many("complaints", lambda row: it.open(row["raised_at"], row["ended_at"])),
        "overdue": sum(due[row["id"], row["stage"]] < it.today for row in it.known("complaints", status="open")),
        "data_received": len(came),
        "data_in_time": in_time,
        "data_late": len(seen) - in_time,
        "data_in_time_share": in_tenths(in_time, len(seen)),
        "data_overdue": it.how_many(
            "data_protection_complaints", lambda row: row["status"] == "received" and row["acknowledge_by"] < it.today
        ),
        "data_answered": it.how_many("data_protection_complaints", lambda row: it.inside(row["answered_on"])),
        "data_open": it.how_many(
            "data_protection_complaints",
            lambda row: row["received_on"] <= last and (row["answered_on"] is None or row["answered_on"] > last),
        ),
    }


def retention(it: Rows) -> dict[str, int | None]:
    by_state = Counter(row["status"] for row in it.known("retention_records"))
    waits = it.known("retention_reviews", status="open")
    return {
        "kept": by_state["kept"],
        "overdue": sum(row["next_review_on"] < it.today for row in it.known("retention_records", status="kept")),
        "reviews": len(waits),
        "reviews_late": sum(row["finish_by"] < it.today for row in waits),
        "proposed": len(it.known("disposal_manifests", status="proposed")),
        "instructed": by_state["instructed"],
        "disposed": by_state["disposed"],
        "in_span_registered": it.how_many("retention_records", lambda row: it.inside(row["registered_at"])),
        "in_span_opened": it.how_many("retention_reviews", lambda row: it.inside(row["opened_at"])),
        "in_span_decided": it.how_many("retention_reviews", lambda row: it.inside(row["decided_at"])),
        "in_span_confirmed": it.how_many("disposal_items", lambda row: it.inside(row["confirmed_at"])),
        "in_span_placed": it.how_many("retention_holds", lambda row: it.inside(row["placed_at"])),
        "in_span_lifted": it.how_many("retention_holds", lambda row: it.inside(row["lifted_at"])),
        "in_span_held": it.how_many("retention_holds", lambda row: it.open(row["placed_at"], row["lifted_at"])),
    }


def accountability(it: Rows) -> dict[str, int | None]:
    """Meetings attended of those attended and missed, and research in time of what was due; and what the hub owes."""
    counted: Counter[tuple[Any, str]] = Counter()
    for row in it.known("facts"):
        if it.since <= row["month"] < it.until:
            counted[row["organisation_id"], row["counter"]] += row["count"]
    partners = {organisation for organisation, _ in counted}

    def done_of(organisation: Any) -> dict[str, tuple[int, int]]:
        def told(counter: str) -> int:
            return counted[organisation, counter]

        attended, done, sent = told("meetings_attended"), told("actions_done"), told("research_sent")
        return {
            "attendance": (attended, attended + told("meetings_missed")),
            "actions": (done, done + told("actions_overdue")),
            "research": (sent, told("research_due")),
        }

    each = [done_of(one) for one in partners]
    whole = {name: [sum(one[name][place] for one in each) for place in (0, 1)] for name in RATES}
    below = {name: sum(one[name][1] >= 5 and one[name][0] * 5 < one[name][1] * 4 for one in each) for name in RATES}
    places = {row["licence_id"]: row for row in it.known("waiting_places", left_for="taken_back")}
    offered = {row["licence_id"] for row in it.known("seat_offers")}
    asks = {(row["escalation_id"], row["level"]): row for row in it.known("escalation_asks")}
    open_ones = [asks[row["id"], row["level"]] for row in it.known("escalations", ended_at=None)]

    def had_no_seat(row: Row) -> bool:
        place = places.get(row["id"])
        gave_up = place is not None and row["end_reason"] == "at_request" and it.inside(place["left_at"])
        waited = gave_up and place["left_at"] - row["requested_at"] > timedelta(days=14)  # type: ignore[index]
        return (it.inside(row["decided_at"]) and row["refused_for"] == "no_seat") or (
            waited and row["id"] not in offered
        )

    return {
        **{name: in_tenths(*whole[name]) for name in RATES},
        **{f"below_{name}": below[name] for name in RATES},
        "owed": len(it.known("licences", status="requested")),
        "owed_without": it.how_many("licences", had_no_seat),
        "escalations_open": len(open_ones),
        "escalations_overdue": sum(ask["answered_at"] is None and ask["answer_by"] < it.today for ask in open_ones),
    }


def support(it: Rows) -> dict[str, int | None]:
    asked = [row for row in it.known("help_requests") if it.inside(row["asked_at"])]
    still = [row for row in it.known("help_requests") if it.open(row["asked_at"], row["ended_at"])]
    last = it.today if it.close == it.now else it.until - timedelta(days=1)
    return {
        "asked": len(asked),
        "ended": it.how_many("help_requests", lambda row: it.inside(row["ended_at"])),
        **{
            matter: sum(row["matter"] == matter for row in asked) for matter in ("local_it", "this_service", "supplier")
        },
        "open": len(still),
        "overdue": sum(row["answer_by"] < last for row in still),
    }
