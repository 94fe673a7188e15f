"""A hub with a history in which every figure of every report has something to count: rows straight into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select, update

from audit.append import append, take_turn
from audit.models import Moment
from bench.history import Dice, live
from bench.population import populate
from compliance.kernel.clock import london_date
from compliance.kernel.context import House
from compliance.kernel.db import WRITES, Base

ORGANISATIONS = 12
LOG_DAYS = 250
Row = dict[str, Any]


def a_busy_hub(house: House) -> None:
    """Twelve organisations and sixty people, a year and a half long; the log of the last eight months."""
    populate(house, 60, organisations=ORGANISATIONS)
    live(house, each=9)
    dice = Dice(11, house.clock.now())
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        partners = _ids(store, "organisations", "code")
        _signed_again(store, dice, partners)
        _withdrawals(store, dice, partners)
        _doubted(store, dice, partners)
        _policies_and_contacts(store, dice, partners)
        _seats(store, dice)
        _for_want_of_a_seat(store, dice)
        _taken_up_again(store)
        _escalations(store, dice, partners)
        _learnt(store, dice, partners)
        _helped(store, dice)
        _looked_into(store, dice)
        _log(store, dice)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _ids(store: Connection, table: str, by: str = "id") -> list[UUID]:
    it = _table(table).c
    return list(store.scalars(select(it.id).order_by(it[by])))


def _add(store: Connection, dice: Dice, table: str, rows: Sequence[Row]) -> None:
    store.execute(insert(_table(table)), [{"id": dice.id(), "revision": 1} | row for row in rows])


def _set(store: Connection, table: str, one: UUID, **values: Any) -> None:
    store.execute(update(_table(table)).where(_table(table).c.id == one).values(**values))


def _signed_again(store: Connection, dice: Dice, partners: Sequence[UUID]) -> None:
    """A version that all had to sign anew by 20 October, of whom every other did; and a review that ends an instrument."""
    it, versions = _table("instruments"), _table("instrument_versions")
    instrument, first = store.execute(
        select(it.c.id, versions.c.id).join(versions, versions.c.instrument_id == it.c.id).order_by(it.c.code)
    ).all()[0]  # fmt: skip
    uploaded = store.scalars(select(versions.c.upload_id).where(versions.c.id == first)).one()
    version, published = dice.id(), dice.now - timedelta(days=110)
    store.execute(insert(versions), [{
        "id": version, "revision": 1, "instrument_id": instrument, "label": "2", "upload_id": uploaded,
        "sha256": "0" * 64, "effective_on": london_date(published), "published_at": published,
        "resign_by": date(2026, 10, 20),
    }])  # fmt: skip
    _add(store, dice, "signatures", [
        {"organisation_id": one, "instrument_id": instrument, "version_id": version, "signed_name": "n",
         "signed_role": "r", "method": "paper", "signed_at": at, "recorded_at": at, "document_sha256": "0" * 64}
        for one in partners[::2] for at in (dice.instant(days=60),)
    ])  # fmt: skip
    reviews = _table("instrument_reviews")
    last = store.scalars(select(reviews.c.id).order_by(reviews.c.held_on.desc(), reviews.c.id)).first()
    assert last is not None
    _set(store, "instrument_reviews", last, decision="terminate")


def _withdrawals(store: Connection, dice: Dice, partners: Sequence[UUID]) -> None:
    """Announced and come; announced and to come; called off; corrected away."""
    upload, codes = _ids(store, "uploads")[0], sorted(store.scalars(select(_table("instruments").c.code)))
    days = (
        (72, 32, None, None),
        (60, -20, None, None),
        (19, -24, None, None),
        (18, -29, 11, None),
        (70, -10, None, 65),
    )

    def ago(count: int | None) -> datetime | None:
        return None if count is None else dice.now - timedelta(days=count)

    _add(store, dice, "withdrawals", [
        {"organisation_id": one, "instruments": " ".join(codes), "letter_id": upload, "letter_on": london_date(dice.now),
         "reasons": "-", "recorded_by": "-", "people_removed": 0, "licences_ended": 0, "recorded_at": ago(recorded),
         "effective_at": ago(effective), "called_off_at": ago(called_off), "superseded_at": ago(superseded)}
        for one, (recorded, effective, called_off, superseded) in zip(partners, days, strict=False)
    ])  # fmt: skip


def _doubted(store: Connection, dice: Dice, partners: Sequence[UUID]) -> None:
    """Entries challenged: upheld, dismissed, and open; and data breaches of the last days, whose clocks run."""
    entries = _ids(store, "signatures")
    _add(store, dice, "challenges", [
        {"organisation_id": one, "entry_kind": "signature", "entry_id": entries[place], "grounds": "-", "raised_by": "-",
         "raised_at": dice.now - timedelta(days=90 - 8 * place), "status": status,
         "decided_at": None if status == "open" else dice.now - timedelta(days=70 - 8 * place)}
        for place, (one, status) in enumerate(zip(partners, ("upheld", "dismissed", "open") * 3, strict=False))
    ])  # fmt: skip
    for number, hours in enumerate((1, 71, 73), 100_000):
        one, at = dice.id(), dice.now - timedelta(hours=hours)
        store.execute(insert(_table("incidents")), [{
            "id": one, "revision": 1, "year": 2026, "number": number, "status": "reported", "kind": "data_breach",
            "organisation_id": partners[0], "reported_by": "-", "reported_at": at, "aware_at": at, "words": b"-",
        }])  # fmt: skip
        _add(store, dice, "data_breaches", [
            {"incident_id": one, "aware_at": at, "tell_by": at + timedelta(hours=72), "decision": None}
        ])  # fmt: skip


def _policies_and_contacts(store: Connection, dice: Dice, partners: Sequence[UUID]) -> None:
    """Kept from the beginning; here one runs out, there one is replaced, taken away, or comes late."""
    start, today = dice.now - timedelta(days=600), london_date(dice.now)
    policies, contacts = _table("policy_documents"), _table("key_contacts")
    store.execute(update(policies).values(recorded_at=start))
    store.execute(update(contacts).values(since=start))
    turns = [date(2026, 10, 15), date(2026, 9, 30), date(2026, 9, 29), today, today - timedelta(days=1)]
    for one, day in zip(partners, turns, strict=False):
        store.execute(
            update(policies)
            .where(policies.c.organisation_id == one, policies.c.kind == "safeguarding")
            .values(next_review_on=day)
        )
    gone = dice.now - timedelta(days=45)
    for place, one in enumerate(partners[5:8]):
        mine = policies.c.organisation_id == one, policies.c.kind == "data_protection"
        store.execute(update(policies).where(*mine).values(replaced_at=gone + timedelta(days=place)))
    _add(store, dice, "policy_documents", [
        {"organisation_id": partners[6], "kind": "data_protection", "title": "-", "owner": "-", "dated_on": today,
         "next_review_on": today + timedelta(days=300), "recorded_at": gone + timedelta(days=1)}
    ])  # fmt: skip
    for place, kind, left in ((8, "escalation", 90), (9, "primary", 40), (10, "delegate", 20)):
        mine = contacts.c.organisation_id == partners[place], contacts.c.kind == kind
        store.execute(update(contacts).where(*mine).values(ended_at=dice.now - timedelta(days=left)))
    _add(store, dice, "key_contacts", [
        {"organisation_id": partners[9], "kind": "primary", "name": "-", "email": "-",
         "since": dice.now - timedelta(days=38)}
    ])  # fmt: skip


def _seats(store: Connection, dice: Dice) -> None:
    """Seats by invite as well, a seat that three share by a rota, and seats on offer."""
    it, waits = _table("licences"), _table("waiting_places")
    held = store.execute(select(it.c.id, it.c.organisation_id, it.c.status).order_by(it.c.id)).all()
    invited = [one for place, (one, _, _) in enumerate(held) if place % 3 == 0]
    store.execute(update(it).where(it.c.id.in_(invited)).values(kind="by_invite", ends_on=date(2029, 1, 1)))
    store.execute(update(waits).where(waits.c.licence_id.in_(invited)).values(kind="by_invite"))
    active = [(one, of) for one, of, status in held if status == "active" and one not in invited]
    rota, owner = dice.id(), active[0][1]
    store.execute(insert(_table("rotas")), [{
        "id": rota, "revision": 1, "organisation_id": owner, "kind": "standing", "name": "-", "made_by": "-",
        "starts_on": london_date(dice.now), "made_at": dice.now, "turns_since": dice.now,
    }])  # fmt: skip
    for place, (one, _) in enumerate(active[:3]):
        _set(store, "licences", one, rota_id=rota, status="active" if place == 0 else "approved")
    asked = [
        (one, of, "by_invite" if one in invited else "standing") for one, of, status in held if status == "requested"
    ]
    _add(store, dice, "seat_offers", [
        {"licence_id": one, "organisation_id": of, "kind": kind, "made_at": dice.now, "ends_at": dice.now,
         "settled_at": dice.now if place == 2 else None, "outcome": "lapsed" if place == 2 else None}
        for place, (one, of, kind) in enumerate(asked[:4])
    ])  # fmt: skip


def _for_want_of_a_seat(store: Connection, dice: Dice) -> None:
    """Some were refused for want of a seat, some took their request back after weeks, some were offered one before."""
    it, waits = _table("licences"), _table("waiting_places")
    refused = list(store.scalars(select(it.c.id).where(it.c.status == "refused").order_by(it.c.id)))
    for place, one in enumerate(refused):
        _set(store, "licences", one, refused_for="not_needed" if place % 3 == 0 else "no_seat")
    left = select(waits.c.licence_id, waits.c.organisation_id, waits.c.kind).where(waits.c.left_at.is_not(None))
    for place, (one, organisation, kind) in enumerate(store.execute(left.order_by(waits.c.id)).all()):
        if place % 2:
            continue
        _set(store, "licences", one, status="deactivated", end_reason="at_request", deactivated_at=dice.now)
        store.execute(update(waits).where(waits.c.licence_id == one).values(left_for="taken_back"))
        if place % 6 == 0:
            _add(store, dice, "seat_offers", [
                {"licence_id": one, "organisation_id": organisation, "kind": kind, "made_at": dice.now, "ends_at": dice.now,
                 "settled_at": dice.now, "outcome": "lapsed"},
            ])  # fmt: skip


def _taken_up_again(store: Connection) -> None:
    """Every ninth complaint takes up the one before it."""
    those = _ids(store, "complaints", "number")
    for before, after in zip(those[::9], those[1::9], strict=False):
        _set(store, "complaints", after, follows_id=before)


def _escalations(store: Connection, dice: Dice, partners: Sequence[UUID]) -> None:
    """Asked, overdue, overdue at the next group, answered, and over."""
    today = london_date(dice.now)
    told: list[tuple[str, int, bool, bool]] = [
        ("steering", 5, False, False), ("steering", -3, False, False), ("tactical", -1, False, False),
        ("tactical", 0, False, False), ("executive", -9, True, False), ("steering", -30, False, True),
    ]  # fmt: skip
    groups = ("steering", "tactical", "executive")
    for number, (level, days, answered, over) in enumerate(told, 1):
        one = dice.id()
        began = dice.now - timedelta(days=60)
        store.execute(insert(_table("escalations")), [{
            "id": one, "revision": 1, "year": 2026, "number": number, "organisation_id": partners[number], "level": level,
            "about": "attendance", "grounds": b"-", "opened_by": "-", "opened_at": began,
            "ended_at": dice.now if over else None,
        }])  # fmt: skip
        last = groups.index(level)
        _add(store, dice, "escalation_asks", [
            {"escalation_id": one, "level": group, "asked": b"-", "of_whom": "-", "asked_by": "-", "asked_at": began,
             "answer_by": today + timedelta(days=days if place == last else -40),
             "answered_at": began if answered or place < last - 1 else None}
            for place, group in enumerate(groups[: last + 1])
        ])  # fmt: skip


def _learnt(store: Connection, dice: Dice, partners: Sequence[UUID]) -> None:
    """People came over a year and a half, some left; they learnt then and since; most partners had a welcome pack."""
    today = london_date(dice.now)
    people, training = _ids(store, "people"), _table("training")
    for place, person in enumerate(people):
        came = dice.instant()
        _set(store, "people", person, created_at=came, closed_at=dice.later(came, 0.15))
        mine = training.c.person_id == person
        store.execute(update(training).where(mine).values(done_on=london_date(dice.instant())))
        if place % 7 == 0:
            store.execute(training.delete().where(mine, training.c.module == "elearning"))
        for module in ("marac-process", "dash"):
            if dice.often(0.6):
                done = london_date(dice.instant())
                until = today + timedelta(days=dice.one(-40, -1, 0, 27, 28, 29, 300)) if dice.often(0.5) else None
                _add(store, dice, "training", [{
                    "person_id": person, "module": module, "done_on": done, "valid_until": until, "recorded_by": "-",
                }])  # fmt: skip
    _add(store, dice, "welcome_packs", [
        {"organisation_id": one, "items": "protocol", "given_on": today - timedelta(days=days), "given_by": "-",
         "recorded_at": dice.now}
        for one in partners[:9] for days in (dice.random.randrange(200), 200 + dice.random.randrange(200))
    ])  # fmt: skip


def _helped(store: Connection, dice: Dice) -> None:
    """Requests for help of the last two hundred days: new, sorted, passed on, over."""
    people = _ids(store, "people")
    rows: list[Row] = []
    for number in range(1, 81):
        asked = dice.instant(days=200)
        matter = dice.one(None, "local_it", "this_service", "supplier")
        ended = dice.later(asked, 0.6) if matter else None
        rows.append({
            "year": 2026, "number": number, "person_id": dice.one(*people), "verified_by": "account", "words": b"-",
            "about": dice.one("signing_in", "licence"), "asked_at": asked, "taken_by": "-", "matter": matter,
            "status": "ended" if ended else "sorted" if matter else "asked", "ended_at": ended,
            "answer_by": london_date(asked) + timedelta(days=dice.random.randrange(2, 60)),
        })  # fmt: skip
    _add(store, dice, "help_requests", rows)


def _looked_into(store: Connection, dice: Dice) -> None:
    """What the case system told of cases opened."""
    people = _ids(store, "people")
    store.execute(insert(_table("reported_accesses")), [
        {"number": number, "client_id": "c", "event_id": str(number), "fingerprint": "-", "kind": "read",
         "outcome": "done", "person_id": dice.one(*people), "reference": f"C-{dice.random.randrange(60)}",
         "happened_at": dice.instant(days=LOG_DAYS), "records": 1, "out_of_hours": False}
        for number in range(300)
    ])  # fmt: skip


def _log(store: Connection, dice: Dice) -> None:
    """Questions answered one by one and many at once, and something else; in its true form, oldest first."""
    days = sorted(dice.instant(days=LOG_DAYS) for _ in range(400))
    entries: list[Row] = []
    for at in (dice.now - timedelta(days=LOG_DAYS), *days):
        event = dice.one("decision.answered", "decision.answered", "decisions.answered", "register.viewed")
        items = '{"items":[' + ",".join(["[]"] * dice.random.randrange(1, 6)) + "]}"
        entries.append({
            "at": Moment.write(at), "event": event, "outcome": "permit", "actor_kind": "client", "actor_id": "c",
            **dict.fromkeys(("actor_organisation", "actor_roles", "subject_kind", "subject_id", "organisation",
                             "reference", "rules", "purpose", "address", "request_id", "session_id")),
            "state_version": 1, "policy_version": "-", "detail": items if event == "decisions.answered" else "{}",
        })  # fmt: skip
    append(store, take_turn(store, len(entries)), entries)
