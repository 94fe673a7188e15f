"""Access audits, breaches, complaints and retention, counted by hand from their rows."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from statistics import median_low

from compliance.kernel.db import Base

from .rows import Figures, Rows, in_tenths


def audits(it: Rows) -> Figures:
    mine = [row for row in it.known("access_audits") if row["quarter"] in it.quarters]
    ids = {row["id"] for row in mine}
    figures = [row for row in it.known("access_audit_figures") if row["audit_id"] in ids]
    columns = Base.metadata.tables["access_audit_figures"].columns.keys()
    names = [name for name in columns if not name.endswith("_id")]
    signed = sum(row["status"] == "signed_off" for row in mine)
    late = sum(row["status"] != "signed_off" and row["due_on"] < it.today for row in mine)
    decided = Counter(row["status"] for row in it.known("access_flags") if it.inside(row["decided_at"]))
    return {
        "opened": len(mine),
        "signed": signed if mine else None,
        "signed_share": in_tenths(signed, len(mine)),
        "overdue": late if mine else None,
        "earlier": it.how_many(
            "access_audits", lambda row: row["status"] != "signed_off" and row["quarter"] < min(it.quarters)
        ),
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


def breaches(it: Rows) -> Figures:
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


def complaints(it: Rows) -> Figures:
    ended = [row for row in it.known("complaints") if it.inside(row["ended_at"])]
    took = [(it.day(row["ended_at"]) - it.day(row["raised_at"])).days for row in ended]
    due = {(row["complaint_id"], row["stage"]): row["due_on"] for row in it.known("complaint_stages")}
    came = [row for row in it.known("data_protection_complaints") if it.inside(row["received_on"])]
    seen = [row for row in came if row["acknowledged_on"]]
    in_time = sum(row["acknowledged_on"] <= row["acknowledge_by"] for row in seen)
    return {
        "raised": it.how_many("complaints", lambda row: it.inside(row["raised_at"])),
        "urgent": it.how_many("complaints", lambda row: row["immediate_risk"] and it.inside(row["raised_at"])),
        "again": it.how_many("complaints", lambda row: row["follows_id"] is not None and it.inside(row["raised_at"])),
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
            lambda row: row["received_on"] <= it.last and (row["answered_on"] is None or row["answered_on"] > it.last),
        ),
    }


def retention(it: Rows) -> Figures:
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
