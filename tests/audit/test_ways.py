"""Each question asked of the log goes down an index, however long the log is, and no reader's sight makes it a scan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from audit import queries
from audit.queries import Asked
from audit.reading import Reader
from compliance.accesses.reading import batches, cases, days
from compliance.kernel.clock import FixedClock, london_date
from compliance.kernel.context import House
from compliance.kernel.errors import NotFound
from tests.builders.accesses import an_entry, logged
from tests.builders.identity import COMMAND, a_person

ORGANISATIONS = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")
OWN = Reader(organisations=ORGANISATIONS[:1])
KEPT = Reader(without=frozenset({"C-7"}))


@pytest.fixture
def busy(house: House, clock: FixedClock) -> House:
    """A log in which everything that can be asked for is rare among much else."""
    entries = []
    for number in range(400):
        clock.move(timedelta(seconds=30))
        says: dict[str, Any] = {"reference": f"C-{number}", "organisation": ORGANISATIONS[number % 2]}
        if number % 100 == 50:
            says |= {"address": "198.51.100.7", "outcome": "refused", "subject_id": "someone"}
        entries.append(an_entry(clock.now(), "person.added", **says))
    logged(house, *entries)
    return house


def plans(house: House, ask: Any) -> list[str]:
    """How the store means to find what this asks for: a plan for each statement over the entries."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM audit_entries" in statement and statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(house.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(house.engine, "before_cursor_execute", note)
    sqlite = house.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    with house.engine.connect() as connection:
        if not sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")
        return [
            "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
            for statement, parameters in asked
        ]


QUESTIONS: dict[str, tuple[Asked, Reader]] = {
    "ix_audit_entries_reference": (Asked(reference="C-77", event="person."), OWN),
    "ix_audit_personal_address": (Asked(address="198.51.100.7"), KEPT),
    "ix_audit_entries_address": (Asked(address="198.51.100.7", outcome="done"), OWN),
    "ix_audit_entries_actor": (Asked(actor=("someone",), reference=None), OWN),
    "ix_audit_entries_subject": (Asked(actor=("someone",)), KEPT),
    "ix_audit_entries_organisation": (Asked(event="person.added"), OWN),
    "ix_audit_entries_actor_organisation": (Asked(outcome="refused"), OWN),
    "ix_audit_entries_outcome": (Asked(outcome="refused"), KEPT),
    "ix_audit_entries_event": (Asked(event="person.added"), KEPT),
}


@pytest.mark.parametrize("index", QUESTIONS)
def test_what_is_asked_for_is_walked_down_by_the_index_that_few_entries_fit(busy: House, index: str) -> None:
    asked, reader = QUESTIONS[index]

    def ask() -> None:
        with busy.work(COMMAND) as ctx:
            queries.search(ctx, asked, reader=reader)

    told = "\n".join(plans(busy, ask))

    assert index in told
    assert "SCAN audit_entries\n" not in told
    assert "Seq Scan on audit_entries" not in told


def test_a_day_a_cases_readers_and_batches_go_down_indexes_too(busy: House, clock: FixedClock) -> None:
    person = a_person(busy)

    def ask() -> None:
        with busy.work(COMMAND) as ctx:
            days.person_day(ctx, person.id, london_date(clock.now()), reader=KEPT, after=None)
            cases.readers_of(ctx, "C-77", reader=OWN)
            batches.answers(ctx, KEPT, reference="C-77")

    told = "\n".join(plans(busy, ask))

    if busy.engine.dialect.name == "sqlite":
        # PostgreSQL weighs the day's span of numbers against the person's entries, and both are short.
        assert [index for index in ("actor", "subject", "event") if f"ix_audit_entries_{index}" not in told] == []
    assert "ix_audit_entries_reference" in told
    assert "SCAN audit_entries\n" not in told
    assert "Seq Scan on audit_entries" not in told


@pytest.mark.rule("ROL-4", "DEC-6")
def test_a_reader_finds_what_is_theirs_and_nothing_that_they_are_kept_from(busy: House) -> None:
    with busy.work(COMMAND) as ctx:
        own = queries.search(ctx, Asked(event="person.added"), reader=OWN, limit=200)
        kept = queries.search(ctx, Asked(reference="C-7"), reader=KEPT)
        near = queries.search(ctx, Asked(reference="C-77"), reader=KEPT)
        refused = queries.search(ctx, Asked(address="198.51.100.7"), reader=OWN)

    assert {each.organisation for each in own.entries} == {ORGANISATIONS[0]}
    assert (len(own.entries), kept.entries, len(near.entries), len(refused.entries)) == (200, (), 1, 4)
    for attack in (Asked(organisation=ORGANISATIONS[1]), Asked(organisation=ORGANISATIONS[1], reference="C-1")):
        with pytest.raises(NotFound), busy.work(COMMAND) as ctx:
            queries.search(ctx, attack, reader=OWN)
        with pytest.raises(NotFound), busy.work(COMMAND) as ctx:
            queries.found(ctx, attack, reader=OWN, most=10)


@pytest.mark.rule("DEC-6")
def test_a_case_is_kept_away_in_every_field_that_may_name_it(house: House, clock: FixedClock) -> None:
    now = clock.now()
    batch = '{"items":[["p","C-7","case.view","case",null,null,false,null,true,null]]}'
    logged(
        house,
        an_entry(now, "person.added", reference="C-7"),
        an_entry(now, "decisions.answered", detail=batch),
        an_entry(now, "licence.requested", detail='{"cases":["C-6","C-7"]}'),
        an_entry(now, "person.added", reference="C-70", detail='{"cases":["C-77"]}'),
        an_entry(now, "person.added", reference=None),
    )

    with house.work(COMMAND) as ctx:
        everything = queries.search(ctx, Asked(), reader=KEPT, limit=200)
        (first, *_), numbers = everything.entries, [each.number for each in everything.entries]
        hidden = sorted(set(range(first.number)) - set(numbers))

    assert {each.reference for each in everything.entries} == {None, "C-70"}
    assert len(hidden) == 3
    for number in hidden:
        with pytest.raises(NotFound), house.work(COMMAND) as ctx:
            queries.entry(ctx, number, reader=KEPT)
