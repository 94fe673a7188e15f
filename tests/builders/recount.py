"""The figures of a report counted again by hand: over rows as they lie in the tables, with none of the report's own code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from statistics import median_low
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import MetaData, select

from compliance.kernel.context import House
from compliance.kernel.db import Base

LONDON = ZoneInfo("Europe/London")
Row = dict[str, Any]


class Recount:
    """One span of London dates, up to and not including `until`, as at `now`."""

    def __init__(self, house: House, since: date, until: date) -> None:
        self.now = house.clock.now()
        self.since, self.until = since, until
        self.today = self.day(self.now)
        self.close = min(self.now, datetime.combine(until, datetime.min.time(), LONDON).astimezone(UTC))
        self._tables: MetaData = Base.metadata
        with house.engine.connect() as store:
            self.rows = {
                name: [dict(row._mapping) for row in store.execute(select(self._tables.tables[name]))]
                for name in TABLES
            }
        self.quarters = {f"{month.year}-Q{(month.month + 2) // 3}" for month in self._firsts()}

    def figures(self) -> dict[str, int | None]:
        """Each figure by chapter and code, as a report keeps it."""
        counted: dict[str, int | None] = {}
        for chapter, count in CHAPTERS.items():
            counted |= {f"{chapter}.{code}": value for code, value in count(self).items()}
        return counted

    def day(self, instant: datetime) -> date:
        return instant.astimezone(LONDON).date()

    def inside(self, when: datetime | date | None) -> bool:
        """Whether this is in the span, and not to come."""
        if when is None:
            return False
        if isinstance(when, datetime):
            return self.since <= self.day(when) < self.until and when <= self.now
        return self.since <= when < self.until and when <= self.today

    def open(self, began: datetime | None, ended: datetime | None) -> bool:
        """Whether it was open at the end of the span."""
        return began is not None and self._past(began) and (ended is None or not self._past(ended))

    def _past(self, at: datetime) -> bool:
        return at <= self.now if self.close == self.now else at < self.close

    def known(self, table: str, **same: Any) -> list[Row]:
        return [row for row in self.rows[table] if all(row[name] == value for name, value in same.items())]

    def how_many(self, table: str, fits: Callable[[Row], Any]) -> int:
        return sum(bool(fits(row)) for row in self.rows[table])

    def _firsts(self) -> list[date]:
        month, found = self.since, []
        while month < self.until:
            found.append(month)
            month = (month.replace(day=28) + timedelta(days=5)).replace(day=1)
        return found


def in_tenths(part: int, whole: int) -> int | None:
    """A share as a report keeps it: tenths of a per cent, halves up."""
    return int(part * 1000 / whole + 0.5) if whole else None


def _signatories(it: Recount) -> dict[str, int | None]:
    stands = {one["id"]: _state(it, one, it.close, whole=it.close == it.now) for one in it.known("organisations")}
    begin = datetime.combine(it.since, datetime.min.time(), LONDON).astimezone(UTC)
    before = [_state(it, one, begin, whole=True) for one in it.known("organisations")]
    states = Counter(state for state in stands.values() if state)
    whole, at_first = sum(states.values()), sum(state is not None for state in before)
    believed = [row for row in it.known("signatures") if row["superseded_at"] is None]
    gone = [row for row in it.known("withdrawals") if row["superseded_at"] is None and row["called_off_at"] is None]
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
        "in_span_challenged": it.how_many("challenges", lambda row: it.inside(row["raised_at"])),
        "in_span_upheld": it.how_many(
            "challenges", lambda row: row["status"] == "upheld" and it.inside(row["decided_at"])
        ),
        "in_span_dismissed": it.how_many(
            "challenges", lambda row: row["status"] == "dismissed" and it.inside(row["decided_at"])
        ),
    }


def _state(it: Recount, one: Row, at: datetime, *, whole: bool) -> str | None:
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


def _licences(it: Recount) -> dict[str, int | None]:
    seats = [row for row in it.known("licences") if row["status"] in ("active", "approved", "suspended")]
    contract = sum(row["seats"] for row in it.known("seat_contracts", kind="standing"))
    used = {row["licence_id"]: row["used_at"] for row in it.known("licence_uses")}
    idle = [
        row for row in seats
        if row["status"] != "suspended"
        and (it.today - it.day(used.get(row["id"]) or row["activated_at"] or row["decided_at"])).days >= 30
    ]  # fmt: skip
    waits = [row for row in it.known("waiting_places") if row["left_at"] is None]
    left = [
        (it.day(row["left_at"]) - it.day(row["joined_at"])).days
        for row in it.known("waiting_places") if it.inside(row["left_at"])
    ]  # fmt: skip
    given = [row["decided_at"] or row["activated_at"] for row in it.known("licences") if row["status"] != "refused"]
    return {
        "standing_contract": contract,
        "standing_taken": len(seats),
        "standing_free": max(0, contract - len(seats)),
        "standing_idle": len(idle),
        "standing_waiting": len(waits),
        "standing_longest": max(((it.today - it.day(row["joined_at"])).days for row in waits), default=None),
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


def _audits(it: Recount) -> dict[str, int | None]:
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


def _breaches(it: Recount) -> dict[str, int | None]:
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


def _complaints(it: Recount) -> dict[str, int | None]:
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


def _retention(it: Recount) -> dict[str, int | None]:
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


def _accountability(it: Recount) -> dict[str, int | None]:
    """Meetings attended of those attended and missed, and research in time of what was due."""

    def told(counters: Iterable[str]) -> int:
        return sum(
            row["count"]
            for row in it.known("facts")
            if row["counter"] in counters and it.since <= row["month"] < it.until
        )

    attended, missed = told(["meetings_attended"]), told(["meetings_missed"])
    sent, due = told(["research_sent"]), told(["research_due"])
    done, late = told(["actions_done"]), told(["actions_overdue"])
    return {
        "attendance": in_tenths(attended, attended + missed),
        "research": in_tenths(sent, due),
        "actions": in_tenths(done, done + late),
    }


def _instruments(it: Recount) -> dict[str, int | None]:
    held = [row for row in it.known("instrument_reviews") if it.inside(row["held_on"])]
    return {
        "held": len(held),
        "extended": sum(row["decision"] == "extend" for row in held),
        "terminated": sum(row["decision"] == "terminate" for row in held),
        "published": it.how_many("instrument_versions", lambda row: it.inside(row["published_at"])),
    }


CHAPTERS: dict[str, Callable[[Recount], dict[str, int | None]]] = {
    "signatories": _signatories, "licences": _licences, "audits": _audits, "breaches": _breaches,
    "complaints": _complaints, "retention": _retention, "accountability": _accountability, "instruments": _instruments,
}  # fmt: skip

TABLES = (
    "organisations", "instruments", "instrument_versions", "instrument_reviews", "signatures", "signing_refusals",
    "withdrawals", "challenges", "licences", "licence_uses", "seat_contracts", "waiting_places", "access_audits",
    "access_audit_figures", "access_flags", "break_glass", "incidents", "data_breaches", "complaints", "complaint_stages",
    "data_protection_complaints", "retention_records", "retention_reviews", "retention_holds", "disposal_manifests",
    "disposal_items", "facts",
)  # fmt: skip
