"""What has happened at a hub over a year and a half, put straight into the tables: for counting, at any size."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from compliance.accesses.audits.models import AccessAudit, AccessAuditFigure, AccessAuditFinding
from compliance.accesses.audits.rules import FIGURES
from compliance.accesses.flags.models import AccessFlag
from compliance.breaches.models import Incident
from compliance.breaches.notifying.models import DataBreach
from compliance.complaints.data_protection.models import DataProtectionComplaint
from compliance.complaints.models import Complaint, ComplaintStage
from compliance.decisions.exceptions.models import BreakGlass
from compliance.governance.facts.models import Fact
from compliance.identity.proposals.models import Proposal
from compliance.kernel.calendar import quarter_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.licences.models import LastUse, Licence, SeatContract
from compliance.licences.quarterly.models import UseVerdict
from compliance.licences.waiting.models import WaitingPlace
from policies.values import Policy
from retention.disposals.models import DisposalItem, DisposalManifest
from retention.holds.models import RetentionHold
from retention.models import RetentionRecord
from retention.reviews.models import RetentionReview
from signatories.challenges.models import Challenge
from signatories.models import (
    Instrument,
    InstrumentVersion,
    Organisation,
    Signature,
    SigningRefusal,
    Upload,
    Withdrawal,
)
from signatories.reviews.models import InstrumentReview

DAYS = 540
AT_ONCE = 5_000
SEATS = 40

Rows = list[dict[str, Any]]


class Dice:
    """Chance that falls the same way each time: instants of the last year and a half, and ids."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.random = random.Random(seed)
        self.now = now

    def id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def instant(self, since: datetime | None = None, days: int = DAYS) -> datetime:
        """An instant between `since`, or so many days ago, and now."""
        first = since or self.now - timedelta(days=days)
        return first + (self.now - first) * self.random.random()

    def later(self, since: datetime, share: float) -> datetime | None:
        """An instant after that, in so many of all cases."""
        return self.instant(since) if self.often(share) else None

    def one(self, *of: Any) -> Any:
        return self.random.choice(of)


def live(house: House, *, each: int = 1, seed: int = 7) -> None:
    """Give a hub that `populate` made its history: so many of each thing for every organisation. Repeatable by `seed`."""
    dice = Dice(seed, house.clock.now())
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        _signed(store, dice)
        partners = [row[0] for row in store.execute(select(Organisation.id).order_by(Organisation.code))]
        held = [tuple(row) for row in store.execute(
            select(Licence.id, Licence.person_id, Licence.organisation_id).order_by(Licence.id))]  # fmt: skip
        _licences(store, dice, held)
        people = [person for _, person, _ in held]
        for kind, rows in (
            *_audits(dice, held),
            *_flags(dice, held, each),
            *_incidents(dice, partners, each),
            *_complaints(house, dice, partners, each),
            *_records(house, dice, partners, people, each),
            (Fact, _facts(house, dice, partners)),
        ):
            for first in range(0, len(rows), AT_ONCE):
                store.execute(insert(kind), rows[first : first + AT_ONCE])
        store.execute(insert(SeatContract), [
            {"id": dice.id(), "revision": 1, "kind": kind, "seats": SEATS} for kind in ("standing", "by_invite")
        ])  # fmt: skip


def _signed(store: Connection, dice: Dice) -> None:
    """Organisations that came one by one, signed, and of whom some withdrew, refused or were corrected."""
    instruments = {code: one for one, code in store.execute(select(Instrument.id, Instrument.code))}
    found = store.execute(select(InstrumentVersion.instrument_id, InstrumentVersion.id))
    versions = {instrument: version for instrument, version in found}  # noqa: C416 - rows are no pairs to a type checker
    upload = store.execute(select(Upload.id)).scalars().first()
    # What was signed is never written over: those of `populate` are corrected, and these took their place.
    store.execute(update(Signature).values(superseded_at=dice.now))
    for (one,) in store.execute(select(Organisation.id).order_by(Organisation.code)).all():
        came = dice.instant()
        store.execute(update(Organisation).where(Organisation.id == one).values(created_at=came))
        mine = []
        for instrument in instruments.values():
            signed = dice.instant(came)
            mine.append({
                "id": dice.id(), "revision": 1, "organisation_id": one, "instrument_id": instrument,
                "version_id": versions[instrument], "signed_name": "n", "signed_role": "r", "method": "paper",
                "signed_at": signed, "recorded_at": signed, "document_sha256": "0" * 64,
                "superseded_at": dice.later(signed, 0.05),
            })  # fmt: skip
        store.execute(insert(Signature), mine)
        fate = dice.random.random()
        if fate < 0.1:
            at = dice.instant(came)
            live_ones = Signature.organisation_id == one, Signature.signed_at <= at
            store.execute(update(Signature).where(*live_ones).values(ended_at=at, end_reason="withdrawn"))
            store.execute(insert(Withdrawal), [{
                "id": dice.id(), "revision": 1, "organisation_id": one, "instruments": " ".join(sorted(instruments)),
                "letter_id": upload, "letter_on": london_date(at), "reasons": "-", "effective_at": at,
                "recorded_by": "-", "recorded_at": at, "people_removed": 0, "licences_ended": 0,
                "called_off_at": at if dice.often(0.2) else None,
            }])  # fmt: skip
        elif fate < 0.15:
            code = dice.one(*sorted(instruments))
            store.execute(insert(SigningRefusal), [{
                "id": dice.id(), "revision": 1, "organisation_id": one, "instrument_id": instruments[code],
                "version_id": versions[instruments[code]], "reasons": "-", "refused_at": dice.instant(came),
                "recorded_by": "-",
            }])  # fmt: skip
        elif fate < 0.25:
            raised = dice.instant(came)
            decided = dice.later(raised, 0.6)
            store.execute(insert(Challenge), [{
                "id": dice.id(), "revision": 1, "organisation_id": one, "entry_kind": "signature",
                "entry_id": mine[0]["id"], "grounds": "-", "raised_by": "-", "raised_at": raised, "decided_at": decided,
                "status": dice.one("upheld", "dismissed") if decided else "open",
            }])  # fmt: skip
    for instrument in instruments.values():
        store.execute(insert(InstrumentReview), [{
            "id": dice.id(), "revision": 1, "instrument_id": instrument, "due_on": due, "held_on": due,
            "useful": True, "fit_for_purpose": True, "issues": "None.", "decision": "extend", "reasons": "-",
            "recorded_by": "-", "recorded_at": dice.now,
        } for due in (date(2025, 7, 1), date(2026, 4, 1))])  # fmt: skip


def _licences(store: Connection, dice: Dice, held: list[Any]) -> None:
    places: Rows = []
    verdicts: Rows = []
    uses: Rows = []
    for licence, _, organisation in held:
        asked = dice.instant()
        decided = dice.instant(asked)
        fate = dice.random.random()
        what: dict[str, Any] = {"requested_at": asked, "decided_at": decided, "activated_at": decided}
        if fate < 0.2:
            ended = dice.instant(decided)
            what |= {
                "status": "deactivated",
                "deactivated_at": ended,
                "end_reason": dice.one("unused", "leaver", "mover"),
            }
        elif fate < 0.3:
            what |= {"status": "refused", "activated_at": None}
        elif fate < 0.4:
            what |= {"status": "suspended", "suspended_at": dice.instant(decided), "suspension": "leave"}
        elif fate < 0.5:
            what |= {"status": "requested", "decided_at": None, "activated_at": None}
        store.execute(update(Licence).where(Licence.id == licence).values(**what))
        if fate >= 0.4 and dice.often(0.4):
            waits = what["status"] == "requested" if "status" in what else False
            left = None if waits and dice.often(0.7) else dice.instant(asked)
            places.append({
                "id": dice.id(), "revision": 1, "licence_id": licence, "organisation_id": organisation,
                "kind": "standing", "joined_at": asked, "put_by": "-", "left_at": left,
                "left_for": "given" if left else None,
            })  # fmt: skip
        if fate >= 0.5 and dice.often(0.8):
            uses.append({"licence_id": licence, "used_at": dice.instant(decided)})
        verdicts.extend(
            {"id": dice.id(), "revision": 1, "quarter": str(quarter), "licence_id": licence,
             "organisation_id": organisation, "verdict": dice.one("used", "used", "young", "unused"),
             "judged_at": dice.now}
            for quarter in _quarters(dice)
        )  # fmt: skip
    for kind, rows in ((WaitingPlace, places), (UseVerdict, verdicts), (LastUse, uses)):
        if rows:
            store.execute(insert(kind), rows)


def _quarters(dice: Dice) -> list[Any]:
    last = quarter_of(london_date(dice.now)).previous
    return [last, last.previous, last.previous.previous, last.previous.previous.previous]


def _audits(dice: Dice, held: list[Any]) -> Iterator[tuple[type, Rows]]:
    audits: Rows = []
    figures: Rows = []
    findings: Rows = []
    people: dict[UUID, list[UUID]] = {}
    for _, person, organisation in held:
        people.setdefault(organisation, []).append(person)
    for quarter in _quarters(dice):
        for organisation, those in people.items():
            one = dice.id()
            opened = datetime.combine(quarter.next.first_day, dice.now.timetz())
            signed = dice.later(opened, 0.7)
            audits.append({
                "id": one, "revision": 1, "quarter": str(quarter), "organisation_id": organisation,
                "status": "signed_off" if signed else "opened", "opened_at": opened,
                "due_on": quarter.next.first_day + timedelta(days=28), "first_number": 0, "end_number": 1,
                "signed_by": "-" if signed else None, "signed_at": signed,
            })  # fmt: skip
            figures.extend(
                {"audit_id": one, "person_id": person} | {name: dice.random.randrange(40) for name in FIGURES}
                for person in those
            )
            if dice.often(0.3):
                findings.append({
                    "id": dice.id(), "revision": 1, "audit_id": one, "kind": dice.one("training", "to_be_asked", "breach"),
                    "words": b"-", "found_by": "-", "found_at": opened,
                })  # fmt: skip
    yield from ((AccessAudit, audits), (AccessAuditFigure, figures), (AccessAuditFinding, findings))


def _flags(dice: Dice, held: list[Any], each: int) -> Iterator[tuple[type, Rows]]:
    flags: Rows = []
    glass: Rows = []
    for number, (_, person, organisation) in enumerate(held[: len(held) * each // 2]):
        raised = dice.instant()
        decided = dice.later(raised, 0.6)
        flags.append({
            "id": dice.id(), "revision": 1, "key": f"flag-{number}", "rule": dice.one("concern", "many-cases", "at-night"),
            "status": dice.one("explained", "breach", "raised") if decided else "open", "person_id": person,
            "organisation_id": organisation, "accesses": 3, "raised_by": "-", "raised_at": raised,
            "due_on": london_date(raised) + timedelta(days=10), "decided_at": decided,
        })  # fmt: skip
        if dice.often(0.2):
            granted = dice.instant()
            reviewed = dice.later(granted, 0.7)
            glass.append({
                "id": dice.id(), "revision": 1, "person_id": person, "reference": f"C-{number}", "area": "mid-kent",
                "reason": b"-", "granted_by": "-", "granted_at": granted, "until": granted + timedelta(hours=24),
                "ended_at": granted + timedelta(hours=24), "review_due_on": london_date(granted), "reviewed_at": reviewed,
            })  # fmt: skip
    yield from ((AccessFlag, flags), (BreakGlass, glass))


def _incidents(dice: Dice, partners: list[UUID], each: int) -> Iterator[tuple[type, Rows]]:
    incidents: Rows = []
    breaches: Rows = []
    for number, organisation in enumerate(partners * each, 1):
        reported = dice.instant()
        ended = dice.later(reported, 0.6)
        one = dice.id()
        status = (
            dice.one("resolved", "closed") if ended else dice.one("reported", "raised", "with_manager", "with_steering")
        )
        due = None if ended else london_date(reported) + timedelta(days=dice.random.randrange(5, 400))
        incidents.append({
            "id": one, "revision": 1, "year": 2026, "number": number, "status": status, "organisation_id": organisation,
            "kind": dice.one("failure_to_share", "data_breach", "security_incident", "risk_assessment"),
            "reported_by": "-", "reported_at": reported, "aware_at": reported, "words": b"-", "due_on": due,
            "ended_at": ended,
        })  # fmt: skip
        if dice.often(0.5):
            told = reported + timedelta(hours=dice.random.randrange(1, 110)) if dice.often(0.6) else None
            told = told if told is None or told < dice.now else None
            breaches.append({
                "id": dice.id(), "revision": 1, "incident_id": one, "aware_at": reported,
                "tell_by": reported + timedelta(hours=72), "notified_at": told,
                "decision": "notify" if told else dice.one(None, "notify", "not_notify"),
                "people_told_at": dice.later(reported, 0.2), "partners_told_at": dice.later(reported, 0.3),
            })  # fmt: skip
    yield from ((Incident, incidents), (DataBreach, breaches))


def _complaints(house: House, dice: Dice, partners: list[UUID], each: int) -> Iterator[tuple[type, Rows]]:
    complaints: Rows = []
    stages: Rows = []
    others: Rows = []
    themes = list(house.the(Policy).complaint_themes)
    for number, organisation in enumerate(partners * each, 1):
        raised = dice.instant()
        ended = dice.later(raised, 0.7)
        one, stage = dice.id(), dice.random.randrange(1, 5)
        about = partners[(number + dice.random.randrange(1, len(partners) - 1)) % len(partners)]
        about = about if about != organisation else partners[(partners.index(organisation) + 1) % len(partners)]
        complaints.append({
            "id": one, "revision": 1, "year": 2026, "number": number, "from_organisation_id": organisation,
            "about_organisation_id": about, "raised_by": "-", "raised_at": raised, "theme": dice.one(*themes),
            "immediate_risk": dice.often(0.1), "words": b"-", "stage": stage, "ended_at": ended,
            "status": dice.one("resolved", "final") if ended else "open",
        })  # fmt: skip
        stages.append({
            "id": dice.id(), "revision": 1, "complaint_id": one, "stage": stage, "opened_by": "-", "opened_at": raised,
            "due_on": london_date(raised) + timedelta(days=dice.random.randrange(5, 500)),
        })  # fmt: skip
        received = london_date(dice.instant())
        seen = received + timedelta(days=dice.random.randrange(60)) if dice.often(0.7) else None
        answered = seen + timedelta(days=dice.random.randrange(60)) if seen and dice.often(0.6) else None
        others.append({
            "id": dice.id(), "revision": 1, "year": 2026, "number": number, "channel": "post",
            "status": "answered" if answered else "acknowledged" if seen else "received", "received_on": received,
            "acknowledge_by": received + timedelta(days=30), "who": b"-", "words": b"-", "recorded_by": "-",
            "recorded_at": dice.now, "acknowledged_on": seen, "answered_on": answered,
        })  # fmt: skip
    yield from ((Complaint, complaints), (ComplaintStage, stages), (DataProtectionComplaint, others))


def _records(
    house: House, dice: Dice, partners: list[UUID], people: list[UUID], each: int
) -> Iterator[tuple[type, Rows]]:
    records: Rows = []
    reviews: Rows = []
    holds: Rows = []
    items: Rows = []
    grounds, today = list(house.the(Policy).hold_grounds), london_date(dice.now)
    proposal, manifest = dice.id(), dice.id()
    for number, organisation in enumerate(partners * each * 3, 1):
        one, status = dice.id(), dice.one("kept", "kept", "kept", "instructed", "disposed")
        registered = dice.instant()
        records.append({
            "id": one, "revision": 1, "reference": f"R-{number}", "kind": "case", "groups": "2", "status": status,
            "organisation_id": organisation, "opened_on": today - timedelta(days=900), "reckoned_by": "v",
            "next_review_on": None if status == "disposed" else today + timedelta(days=dice.random.randrange(-200, 900)),
            "client_id": "c", "registered_at": registered,
        })  # fmt: skip
        if dice.often(0.5):
            opened = dice.instant(registered)
            decided = dice.later(opened, 0.6)
            reviews.append({
                "id": dice.id(), "revision": 1, "record_id": one, "kind": "due", "asked_by": "job", "opened_at": opened,
                "status": "decided" if decided else "open", "due_on": london_date(opened), "decided_at": decided,
                "finish_by": london_date(opened) + timedelta(days=28),
                "decision": dice.one("retain", "regroup", "dispose") if decided else None,
            })  # fmt: skip
        if status == "disposed":
            items.append({
                "id": dice.id(), "revision": 1, "manifest_id": manifest, "record_id": one, "reference": f"R-{number}",
                "groups": "2", "rule": "RET-2", "facts": "-", "status": "confirmed", "certificate": len(items) + 1,
                "confirmed_at": dice.instant(registered),
            })  # fmt: skip
        if dice.often(0.1):
            placed = dice.instant()
            holds.append({
                "id": dice.id(), "revision": 1, "ground": dice.one(*grounds), "reach": "record", "value": f"R-{number}",
                "reason": b"-", "review_on": today, "placed_by": "-", "placed_at": placed,
                "lifted_at": dice.later(placed, 0.4),
            })  # fmt: skip
    asked = {
        "id": proposal, "revision": 1, "kind": "disposal", "thing": "-", "asked": "{}", "digest": "0" * 64, "reason": "-",
        "proposer": str(people[0]), "proposed_at": dice.now, "ends_at": dice.now, "state": "waiting",
    }  # fmt: skip
    first = {
        "id": manifest, "revision": 1, "year": 2026, "number": 1, "status": "proposed", "digest": b"0" * 32,
        "items": len(items), "proposal_id": proposal, "proposed_by": "-", "proposed_at": dice.now,
    }  # fmt: skip
    yield from (
        (RetentionRecord, records), (RetentionReview, reviews), (RetentionHold, holds), (Proposal, [asked]),
        (DisposalManifest, [first]), (DisposalItem, items),
    )  # fmt: skip


def _facts(house: House, dice: Dice, partners: list[UUID]) -> Rows:
    """Every counter of every organisation in two areas and each of the last twelve months."""
    policy = house.the(Policy)
    rows: Rows = []
    month = london_date(dice.now).replace(day=1)
    for _ in range(12):
        for organisation in partners:
            for area in list(policy.areas)[:2]:
                whole = {
                    code: dice.random.randrange(12) for code, one in policy.fact_counters.items() if not one.part_of
                }
                left = dict(whole)
                for code, one in policy.fact_counters.items():
                    count = whole[code] if code in whole else dice.random.randint(0, left[one.part_of])
                    if code not in whole:
                        left[one.part_of] -= count
                    rows.append({
                        "id": dice.id(), "organisation_id": organisation, "area": area, "month": month, "reference": "",
                        "counter": code, "count": count, "told_by": "-", "told_at": dice.now,
                    })  # fmt: skip
        month = (month - timedelta(days=1)).replace(day=1)
    return rows
