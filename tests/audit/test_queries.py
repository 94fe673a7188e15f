"""The log is read by who, what, when and with what outcome, a page at a time, and never unnoticed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit import queries
from audit.queries import Asked
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Invalid, NotFound
from tests.builders.identity import COMMAND, a_person, logged


def test_pages_follow_one_another_without_gap_or_repeat(house: House) -> None:
    for _ in range(5):
        a_person(house)

    seen: list[int] = []
    before = None
    for _ in range(10):
        with house.work(COMMAND) as ctx:
            page = queries.search(ctx, Asked(event="person.added"), before_number=before, limit=2)
        seen += [entry.number for entry in page.entries]
        before = page.before_number
        if before is None:
            break

    assert len(seen) == 5
    assert seen == sorted(set(seen), reverse=True)


def test_a_span_of_time_finds_what_lies_in_it_and_nothing_else(house: House, clock: FixedClock) -> None:
    people = []
    for _ in range(6):
        people.append(a_person(house))
        clock.move(timedelta(hours=1))
    began = clock.now() - timedelta(hours=6)

    def found(since: float | None = None, until: float | None = None) -> list[str | None]:
        with house.work(COMMAND) as ctx:
            asked = Asked(
                event="person.added",
                since=began + timedelta(hours=since) if since is not None else None,
                until=began + timedelta(hours=until) if until is not None else None,
            )
            page = queries.search(ctx, asked)
        return [entry.subject_id for entry in page.entries]

    expected = [str(person.id) for person in people]
    assert found(2, 4) == expected[2:4][::-1]
    assert found(since=5.5) == []
    assert found(until=0) == []
    assert found(since=-9, until=99) == expected[::-1]


def test_a_person_is_found_as_who_acted_and_as_whom_it_was_about(house: House) -> None:
    person, other = a_person(house), a_person(house)

    with house.work(COMMAND) as ctx:
        about = queries.search(ctx, Asked(actor=(str(person.id),)))
    with house.work(COMMAND) as ctx:
        by = queries.search(ctx, Asked(actor=(COMMAND.id,), event="person."))

    assert {entry.subject_id for entry in about.entries} == {str(person.id)}
    assert {entry.subject_id for entry in by.entries} == {str(person.id), str(other.id)}


@pytest.mark.rule("AUD-1")
def test_every_look_is_an_entry_of_its_own_and_says_what_was_asked_but_not_for_whom(house: House) -> None:
    person = a_person(house)

    with house.work(COMMAND) as ctx:
        queries.search(ctx, Asked(actor=(str(person.id),), outcome="done"))
    with house.work(COMMAND) as ctx:
        queries.entry(ctx, 0)

    (look,) = logged(house, "audit.read")
    assert '"asked":["actor","outcome"]' in look.detail
    assert str(person.id) not in look.detail
    assert '"entry":0' in logged(house, "audit.entry_read")[0].detail


def test_what_cannot_be_asked_is_refused_and_leaves_no_entry(house: House, clock: FixedClock) -> None:
    now = clock.now()
    with pytest.raises(Invalid), house.work(COMMAND) as ctx:
        queries.search(ctx, Asked(since=now, until=now))
    with pytest.raises(Invalid), house.work(COMMAND) as ctx:
        queries.search(ctx, limit=queries.MOST + 1)
    with pytest.raises(NotFound), house.work(COMMAND) as ctx:
        queries.entry(ctx, 4_000_000_000_000)

    assert not logged(house, "audit.read")
