"""What the history of `bench.history` has nothing of: so that no figure of a report is nought everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select, update

from bench.history import Dice
from compliance.complaints.data_protection.models import DataProtectionComplaint
from compliance.complaints.models import Complaint
from compliance.governance.escalations.models import Escalation, EscalationAsk
from compliance.governance.growth.models import GrowthMonth
from compliance.governance.growth.rules import What
from compliance.governance.support.models import HelpRequest
from compliance.governance.support.rules import Matter
from compliance.kernel.clock import london_date
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.licences.models import Licence, Training
from compliance.licences.waiting.models import WaitingPlace
from policies.values import Policy
from signatories.models import KeyContact, Organisation, PolicyDocument, Upload, Withdrawal
from signatories.welcome.models import WelcomePack

LONG_AGO, SUMMER = datetime(2025, 9, 1, 9, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)


def fuller(house: House, *, seed: int = 11) -> None:
    """Add to a hub that has its history: seats by invite, things announced, missed, overdue, asked, learnt and counted."""
    dice = Dice(seed, house.clock.now())
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        partners = list(store.scalars(select(Organisation.id).order_by(Organisation.code)))
        _seats(store)
        _announced(store, dice, partners)
        _assurance(store, dice)
        _complaints(store)
        _escalations(store, dice, partners)
        _help(store, dice, partners, list(house.the(Policy).help_subjects))
        _learnt(store, dice, partners, house.the(Policy))
        _grown(store, dice)


def _every(store: Connection, of: Any, nth: int, **values: Any) -> list[UUID]:
    """Each nth row of a table is given these values; which they were."""
    ids = list(store.scalars(select(of.id).order_by(of.id)))[::nth]
    store.execute(update(of).where(of.id.in_(ids)).values(**values))
    return ids


def _seats(store: Connection) -> None:
    """Some seats are by invite; some requests were refused for want of one, or taken back after weeks."""
    by_invite = _every(store, Licence, 3, kind="by_invite", ends_on=date(2027, 3, 31))
    store.execute(update(WaitingPlace).where(WaitingPlace.licence_id.in_(by_invite)).values(kind="by_invite"))
    refused = list(store.scalars(select(Licence.id).where(Licence.status == "refused").order_by(Licence.id)))
    store.execute(update(Licence).where(Licence.id.in_(refused[::2])).values(refused_for="no_seat"))
    left = select(WaitingPlace.licence_id).where(WaitingPlace.left_at.is_not(None)).order_by(WaitingPlace.id)
    gave_up = list(store.scalars(left))[::2]
    ended = {"status": "deactivated", "end_reason": "at_request", "deactivated_at": SUMMER}
    store.execute(update(Licence).where(Licence.id.in_(gave_up)).values(**ended))
    store.execute(update(WaitingPlace).where(WaitingPlace.licence_id.in_(gave_up)).values(left_for="taken_back"))


def _announced(store: Connection, dice: Dice, partners: Sequence[UUID]) -> None:
    """One announced it in summer for October, one this month for the next."""
    letter = store.execute(select(Upload.id)).scalars().first()
    days = (
        (datetime(2026, 9, 10, tzinfo=UTC), datetime(2026, 10, 15, tzinfo=UTC)),
        (dice.now, dice.now + timedelta(20)),
    )
    store.execute(insert(Withdrawal), [{
        "id": dice.id(), "revision": 1, "organisation_id": one, "instruments": "op", "letter_id": letter,
        "letter_on": london_date(said), "reasons": "-", "effective_at": at, "recorded_by": "-", "recorded_at": said,
        "people_removed": 0, "licences_ended": 0,
    } for one, (said, at) in zip(partners[1:3], days, strict=True)])  # fmt: skip


def _assurance(store: Connection, dice: Dice) -> None:
    """Policies and contacts that were there before this autumn, some of them past their review or without anybody since."""
    store.execute(update(PolicyDocument).values(recorded_at=LONG_AGO))
    store.execute(update(KeyContact).values(since=LONG_AGO))
    _every(store, PolicyDocument, 7, next_review_on=date(2026, 8, 20))
    _every(store, PolicyDocument, 11, replaced_at=SUMMER)
    _every(store, KeyContact, 5, ended_at=datetime(2026, 10, 3, tzinfo=UTC))
    _every(store, KeyContact, 13, ended_at=SUMMER)


def _complaints(store: Connection) -> None:
    """Some that follow another, and some that came on the first or the last day of a quarter."""
    ids = list(store.scalars(select(Complaint.id).order_by(Complaint.number)))
    for first, again in zip(ids, ids[3::4], strict=False):
        store.execute(update(Complaint).where(Complaint.id == again).values(follows_id=first))
    came = list(store.scalars(select(DataProtectionComplaint.id).order_by(DataProtectionComplaint.number)))
    for one, day in zip(came, (date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1)), strict=False):
        store.execute(update(DataProtectionComplaint).where(DataProtectionComplaint.id == one).values(received_on=day))


def _escalations(store: Connection, dice: Dice, partners: Sequence[UUID]) -> None:
    """Asked, overdue, answered and ended, over and over."""
    whole: list[dict[str, Any]] = []
    asks: list[dict[str, Any]] = []
    for number, (organisation, about) in enumerate(product(partners[:7], ("attendance", "actions")), 1):
        one, opened = dice.id(), dice.instant(days=60)
        answered, ended = number % 4 == 1, number % 4 == 0
        whole.append({
            "id": one, "revision": 1, "year": 2026, "number": number, "organisation_id": organisation, "about": about,
            "level": "steering", "grounds": b"-", "opened_by": "-", "opened_at": opened,
            "ended_at": dice.instant(opened) if ended else None,
        })  # fmt: skip
        asks.append({
            "id": dice.id(), "revision": 1, "escalation_id": one, "level": "steering", "asked": b"-", "of_whom": "-",
            "answer_by": london_date(dice.now) + timedelta(days=number % 3 - 1), "asked_by": "-", "asked_at": opened,
            "answered_at": dice.instant(opened) if answered else None,
        })  # fmt: skip
    store.execute(insert(Escalation), whole)
    store.execute(insert(EscalationAsk), asks)


def _help(store: Connection, dice: Dice, partners: Sequence[UUID], subjects: Sequence[str]) -> None:
    rows: list[dict[str, Any]] = []
    for number in range(1, 61):
        asked = dice.instant(days=200)
        ended, matter = dice.later(asked, 0.6), dice.one(None, *(each.value for each in Matter))
        rows.append({
            "id": dice.id(), "revision": 1, "year": 2026, "number": number, "organisation_id": dice.one(*partners),
            "verified_by": "video", "about": dice.one(*subjects), "words": b"-", "taken_by": "-", "asked_at": asked,
            "status": "ended" if ended else "sorted" if matter else "asked", "matter": matter, "ended_at": ended,
            "answer_by": london_date(asked) + timedelta(days=4),
        })  # fmt: skip
    store.execute(insert(HelpRequest), rows)


def _learnt(store: Connection, dice: Dice, partners: Sequence[UUID], policy: Policy) -> None:
    """Modules done over a year, some of them over or nearly, some never; and packs for some of the partners."""
    table: Table = Training.__table__  # type: ignore[assignment]
    ids = list(store.scalars(select(Training.id).order_by(Training.id)))
    for place, one in enumerate(ids):
        done = london_date(dice.instant(days=300))
        until = None if place % 3 else done + timedelta(days=dice.random.randrange(100, 400))
        store.execute(
            update(Training).where(Training.id == one).values(done_on=done, valid_until=until, version="2026.1")
        )
    store.execute(table.delete().where(table.c.id.in_(ids[::9])))
    store.execute(insert(WelcomePack), [{
        "id": dice.id(), "revision": 1, "organisation_id": one, "items": " ".join(policy.welcome),
        "given_on": london_date(dice.instant(days=150)), "given_by": "-", "recorded_at": dice.now,
    } for one in partners[::2]])  # fmt: skip


def _grown(store: Connection, dice: Dice) -> None:
    """Every month of the year up to October is counted."""
    store.execute(insert(GrowthMonth), [
        {"month": date(2026, month, 1), "what": what.value, "count": dice.random.randrange(120), "counted_at": dice.now}
        for month, what in product(range(1, 11), What)
    ])  # fmt: skip
