"""What is personal is kept apart under a commitment, and goes when its time is over, while the log stands (AUD-3, RET-9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import ClassVar

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from audit import disposal, personal
from audit.events import ENVELOPE, VOCABULARY, Event
from audit.models import AuditEntry, PersonalDetail
from audit.record import record
from audit.sealing import seal_all
from audit.verify import verify_log
from compliance.cli.resealing import reseal
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, Actor, House, Origin, worker
from compliance.kernel.jobs import run_now
from compliance.kernel.secrets import KeyRing, turn_key_file
from compliance.scheduler import job_named
from policies.values import Policy
from tests.builders.identity import logged

PERSON = Actor("person", "0192f0c1-0000-7000-8000-000000000001")
HOME = Origin(address="198.51.100.7", request_id="r-1")

Acts = Callable[..., AuditEntry]


@dataclass(frozen=True, kw_only=True)
class TestDisclosed(Event):
    """Something was handed to somebody."""

    __test__ = False
    name: ClassVar[str] = "test.disclosed"
    private: ClassVar[frozenset[str]] = frozenset({"recipient"})

    records: int
    recipient: str | None = None


@pytest.fixture
def acts(house: House) -> Acts:
    """Let somebody act, from somewhere; gives the entry."""

    def act(actor: Actor, origin: Origin = HOME, recipient: str | None = None) -> AuditEntry:
        with house.work(actor, origin) as ctx:
            record(ctx, TestDisclosed(records=1, recipient=recipient))
        return logged(house, "test.disclosed")[-1]

    return act


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("actor", [PERSON, NOBODY], ids=lambda actor: actor.kind)
def test_where_a_person_was_stands_beside_the_entry_and_is_shown_with_it(
    house: House, acts: Acts, actor: Actor
) -> None:
    entry = acts(actor)

    assert (entry.address, entry.whence, entry.is_disposed) == (None, "198.51.100.7", False)
    assert entry.apart is not None
    assert entry.apart.salt is not None
    said = json.dumps([entry.apart.salt.hex(), "198.51.100.7", None], separators=(",", ":"))
    assert entry.personal == sha256(said.encode()).hexdigest()


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("kind", ["client", "job", "command"])
def test_where_a_program_was_stands_in_the_entry(acts: Acts, kind: str) -> None:
    entry = acts(Actor(kind, "case-system"))

    assert (entry.address, entry.whence, entry.personal, entry.apart) == ("198.51.100.7", "198.51.100.7", None, None)


@pytest.mark.rule("AUD-3")
def test_what_an_event_calls_private_is_sealed_beside_the_entry_and_in_no_column_of_the_log(
    house: House, acts: Acts
) -> None:
    entry = acts(Actor("client", "case-system"), recipient="Ann Example \u2028")

    assert json.loads(entry.detail) == {"records": 1}
    assert entry.apart is not None
    assert entry.apart.said is not None
    assert b"Ann" not in entry.apart.said
    with house.reading(PERSON) as ctx:
        (kept,) = personal.of(ctx, [entry.number, entry.number + 1]).values()
    assert (kept.address, kept.said, kept.disposed_by) == (None, {"recipient": "Ann Example \u2028"}, None)
    assert verify_log(house).why is None


@pytest.mark.rule("AUD-3")
def test_two_who_were_at_the_same_place_cannot_be_told_to_have_been(acts: Acts) -> None:
    assert acts(PERSON).personal != acts(PERSON).personal


@pytest.mark.rule("IDN-5", "AUD-3")
def test_what_was_said_is_sealed_anew_when_the_keys_turn(house: House, acts: Acts) -> None:
    entry = acts(PERSON, recipient="Ann Example")
    turn_key_file(house.settings.key_file)
    house.fixtures[KeyRing] = KeyRing.load(house.settings.key_file)

    assert reseal(house) == 1

    assert verify_log(house).why is None
    with house.reading(PERSON) as ctx:
        assert personal.of(ctx, [entry.number])[entry.number].said == {"recipient": "Ann Example"}
        sealed = ctx.session.scalars(select(PersonalDetail.said)).one()
    assert sealed is not None
    assert house.the(KeyRing).seals_with_newest(sealed)


@pytest.mark.rule("RET-9", "AUD-3")
def test_when_its_time_is_over_what_is_beside_goes_and_the_log_stands(
    house: House, acts: Acts, clock: FixedClock
) -> None:
    days = house.the(Policy).audit.personal_days
    first, second = acts(PERSON, recipient="Ann Example"), acts(PERSON)
    clock.move(timedelta(days=1))
    young = acts(PERSON)
    seal_all(house)
    job = job_named("dispose-of-personal-detail")
    assert job is not None

    assert run_now(house, job).found == 0
    clock.move(timedelta(days=days - 1, hours=1))
    assert run_now(house, job).done == 1
    assert run_now(house, job).found == 0

    (said,) = logged(house, "audit.personal_disposed")
    assert json.loads(said.detail) == {"first": first.number, "last": second.number, "rows": 2}
    assert (said.actor_kind, said.rules) == ("job", "RET-9 AUD-3")
    entries = {entry.number: entry for entry in logged(house, "test.disclosed")}
    assert [entries[each.number].whence for each in (first, second, young)] == [None, None, "198.51.100.7"]
    assert [entries[each.number].is_disposed for each in (first, second, young)] == [True, True, False]
    with house.reading(PERSON) as ctx:
        gone = personal.of(ctx, [first.number])[first.number]
    assert (gone.address, gone.said, gone.disposed_by) == (None, {}, said.number)
    assert verify_log(house).why is None

    clock.move(timedelta(days=2))
    assert run_now(house, job).done == 1
    assert json.loads(logged(house, "audit.personal_disposed")[-1].detail) == {
        "first": young.number,
        "last": young.number,
        "rows": 1,
    }
    assert verify_log(house).why is None


@pytest.mark.rule("RET-9")
def test_so_many_go_at_once_and_the_rest_after_them(
    house: House, acts: Acts, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposal, "AT_ONCE", 2)
    for _ in range(5):
        acts(PERSON)
    clock.move(timedelta(days=1))

    with house.work(worker("dispose")) as ctx:
        assert len(disposal.due(ctx, before=clock.now(), most=9)) == 3
        assert disposal.dispose(ctx, before=clock.now()) == 2
    for left in (2, 1, 0):
        with house.work(worker("dispose")) as ctx:
            assert disposal.dispose(ctx, before=clock.now()) == left
    assert verify_log(house).why is None


@pytest.mark.rule("AUD-2", "RET-9")
def test_rows_that_somebody_empties_meanwhile_undo_the_disposal(house: House, acts: Acts, clock: FixedClock) -> None:
    number = acts(PERSON).number
    clock.move(timedelta(days=1))

    with pytest.raises(Exception, match="changed"), house.work(worker("dispose")) as ctx:
        disposal.dispose(ctx, before=clock.now())
        ctx.session.execute(
            text(f"UPDATE audit_personal SET salt = NULL, address = NULL, disposed_by = 900 WHERE number = {number}")
        )

    assert not logged(house, "audit.personal_disposed")
    assert logged(house, "test.disclosed")[0].whence == "198.51.100.7"


@pytest.mark.rule("AUD-3")
def test_nobody_changes_what_is_beside_through_its_rows_either(sqlite_house: House) -> None:
    with sqlite_house.work(PERSON, HOME) as ctx:
        record(ctx, TestDisclosed(records=1))
    with pytest.raises(RuntimeError, match="entries are added by"), sqlite_house.work(PERSON) as ctx:
        ctx.session.add(PersonalDetail(number=9, address="192.0.2.1"))
    with pytest.raises(DatabaseError, match="is kept as it was written"), sqlite_house.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_personal"))


@pytest.mark.rule("AUD-3")
def test_what_an_event_calls_private_are_fields_of_its_own_detail() -> None:
    for kind in VOCABULARY.values():
        assert kind.private <= kind.__dataclass_fields__.keys() - ENVELOPE, kind.name
