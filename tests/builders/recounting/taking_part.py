"""Accountability, growth and support, counted by hand from their rows."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from .rows import Figures, Row, Rows, in_tenths, next_month

MEASURES = {
    "attendance": ("meetings_attended", None, "meetings_missed"),
    "actions": ("actions_done", None, "actions_overdue"),
    "research": ("research_sent", "research_due", None),
}
"""What was done as it should be; and what there was to do, or what was missed beside it."""

LEAST, FEW = 80, 5
MINUTES = {"requests": 30, "audits": 60, "reviews": 20}
MINUTES_A_MONTH = 74 * 60 * 52 // 12
MONTHS_SHOWN = 12


def accountability(it: Rows) -> Figures:
    """Rates over all partners; who is below 80% of five things or more; and what the hub owes (GOV-2)."""
    told = [row for row in it.known("facts") if it.since <= row["month"] < it.until]
    partners = {row["organisation_id"] for row in told}
    counted: Figures = {}
    for code in MEASURES:
        done, whole = _rate(told, code)
        counted[code] = None if 0 < whole < FEW and code != "attendance" else in_tenths(done, whole)
        each = [_rate([row for row in told if row["organisation_id"] == one], code) for one in partners]
        counted[f"below_{code}"] = sum(whole >= FEW and done / whole < LEAST / 100 for done, whole in each)
    on_offer = {row["licence_id"] for row in it.known("seat_offers", settled_at=None)}
    present = {(row["escalation_id"], row["level"]): row for row in it.known("escalation_asks")}
    open_ones = [present[row["id"], row["level"]] for row in it.known("escalations", ended_at=None)]
    return counted | {
        "owed_without": it.how_many("licences", lambda row: _had_no_seat(it, row)),
        "owed": sum(row["id"] not in on_offer for row in it.known("licences", status="requested")),
        "escalations_open": len(open_ones),
        "escalations_overdue": sum(row["answered_at"] is None and row["answer_by"] < it.today for row in open_ones),
    }


def _had_no_seat(it: Rows, licence: Row) -> bool:
    """Refused in the span for want of a seat; or never offered one in more than 14 days, and taken back in the span."""
    if licence["refused_for"] == "no_seat" and it.inside(licence["decided_at"]):
        return True
    gave_up = it.known("waiting_places", licence_id=licence["id"], left_for="taken_back")
    offered = it.known("seat_offers", licence_id=licence["id"])
    return licence["end_reason"] == "at_request" and any(
        it.inside(place["left_at"]) and place["left_at"] - licence["requested_at"] > timedelta(days=14) and not offered
        for place in gave_up
    )


def _rate(told: Collection[Row], code: str) -> tuple[int, int]:
    part, whole, missed = MEASURES[code]
    sums = {name: sum(row["count"] for row in told if row["counter"] == name) for name in (part, whole, missed)}
    return sums[part], sums[whole] if whole else sums[part] + sums[missed]


def growth(it: Rows) -> Figures:
    """Each month that is over and that the log knows of: what stood at its end, and what there was in it (LIC-11)."""
    counted = [_month(it, month) for month in it.months()]
    last = counted[-1] or {}
    stood = {what: last.get(what) for what in ("organisations", "people", "licences")}
    whole = [each for each in counted if each]
    flows = {
        what: sum(each[what] for each in whole) if len(whole) == len(counted) else None
        for what in ("decisions", "cases", "requests", "audits", "reviews")
    }
    if not all(each["cases"] for each in whole):
        flows["cases"] = None
    shown = [each for each in (_month(it, month) for month in _year_before(it.today)) if each]
    seats = sum(row["seats"] for row in it.known("seat_contracts"))
    worked = sum(shown[-1][what] * long for what, long in MINUTES.items()) if shown else None
    left = {
        "seats_left": max(0, seats - _taken(it)),
        "hours_left": None if worked is None else max(0, MINUTES_A_MONTH - worked),
    }
    return stood | flows | left


def _taken(it: Rows) -> int:
    """Seats that are somebody's today, a rota being one, and those on offer."""
    held = [row for row in it.rows("licences") if row["status"] in ("active", "approved", "suspended")]
    rotas = {row["rota_id"] for row in held} - {None}
    return sum(row["rota_id"] is None for row in held) + len(rotas) + len(it.known("seat_offers", settled_at=None))


def _year_before(today: date) -> list[date]:
    months = [date(today.year - 1, today.month, 1)]
    while len(months) < MONTHS_SHOWN:
        months.append(next_month(months[-1]))
    return months


def _month(it: Rows, month: date) -> dict[str, int] | None:
    """None of a month that is not over, or was before the log began."""
    since, until = it.midnight(month), it.midnight(next_month(month))
    log = [(datetime.fromisoformat(row["at"]), row) for row in it.rows("audit_entries")]
    if until > it.now or until <= min(at for at, _ in log):
        return None

    def there(began: datetime | None, ended: datetime | None) -> bool:
        return began is not None and began < until and (ended is None or ended >= until)

    def of(table: str, instant: str) -> list[Row]:
        return [row for row in it.rows(table) if since <= row[instant] < until]

    answered = [row for at, row in log if since <= at < until]
    return {
        "organisations": it.how_many("organisations", lambda row: row["created_at"] < until),
        "people": it.how_many("people", lambda row: there(row["created_at"], row["closed_at"])),
        "licences": it.how_many(
            "licences", lambda row: row["status"] != "refused" and there(row["decided_at"], row["deactivated_at"])
        ),
        "decisions": sum(_decisions(row) for row in answered),
        "cases": len({row["reference"] for row in of("reported_accesses", "happened_at")} - {None}),
        "requests": len(of("licences", "requested_at")),
        "audits": len(of("access_audits", "opened_at")),
        "reviews": len(of("retention_reviews", "opened_at")),
    }


def _decisions(entry: Row) -> int:
    """One for a question, and for a batch each question in it."""
    detail: Any = json.loads(entry["detail"])
    return {"decision.answered": 1, "decisions.answered": len(detail["items"]) if "items" in detail else 0}.get(
        entry["event"], 0
    )


def support(it: Rows) -> Figures:
    """Requests for help by the day they were asked on, whose matter they were, and what was open at the end (GOV-6)."""
    asked = [row for row in it.known("help_requests") if it.inside(row["asked_at"])]
    still = [row for row in it.known("help_requests") if it.open(row["asked_at"], row["ended_at"])]
    counted: Figures = {
        "asked": len(asked),
        "ended": it.how_many("help_requests", lambda row: it.inside(row["ended_at"])),
        **{whose: sum(row["matter"] == whose for row in asked) for whose in ("local_it", "this_service", "supplier")},
        "open": len(still),
        "overdue": sum(row["answer_by"] < it.last for row in still),
    }
    return counted if it.knows("help_requests", "asked_at") else dict.fromkeys(counted)
