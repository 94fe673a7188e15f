"""What the decisions are compiled from: everybody at once, or a few, in as many statements for one as for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

from compliance.kernel.context import House
from compliance.licences import use_cases
from compliance.licences.facts import Holder, holders
from compliance.licences.rules import EndReason, Kind, Status
from tests.builders.licences import a_licence, a_person, acting, an_organisation, hub, seats


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.rule("DEC-1")
def test_a_holders_licences_and_what_they_stand_on_are_given_together(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    licence = a_licence(house, organisation, kind=Kind.BY_INVITE, cases=("C-2", "C-1"), areas=["medway", "mid-kent"])
    with acting(house, hub("hub_coordinator")) as ctx:
        use_cases.invite_to_case(ctx, reference="C-9", person_id=licence.person_id, closed=True)

    with house.engine.connect() as connection:
        known = holders(connection, house.clock.now())[licence.person_id]

    (held,) = known.licences
    assert (held.id, held.organisation_id, held.kind, held.status) == (
        licence.id, organisation, Kind.BY_INVITE, Status.ACTIVE,
    )  # fmt: skip
    assert (sorted(held.areas), sorted(held.cases or ())) == (["medway", "mid-kent"], ["C-1", "C-2"])
    assert (held.ends_on, held.suspension) == (date(2026, 12, 31), None)
    assert known.training == {"case-system": None, "elearning": None}
    assert known.vetted_until == date(2028, 1, 31)
    assert [(one.reference, one.closed, one.until) for one in known.invitations] == [("C-9", True, None)]


@pytest.mark.rule("DEC-1")
def test_what_has_ended_is_left_out_and_a_standing_licence_has_no_list_of_cases(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    licence = a_licence(sqlite_house, organisation)
    with sqlite_house.reading(hub()) as ctx:
        assert holders(ctx.session, ctx.now())[licence.person_id].licences[0].cases is None

    with acting(sqlite_house) as ctx:
        use_cases.deactivate(ctx, licence.id, reason=EndReason.LEAVER)

    with sqlite_house.reading(hub()) as ctx:
        assert holders(ctx.session, ctx.now())[licence.person_id].licences == []


@pytest.mark.rule("DEC-1")
def test_one_person_costs_as_many_statements_as_everybody(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    people = [a_licence(sqlite_house, organisation, f"p{number}@swale.gov.uk").person_id for number in range(5)]
    people.append(a_person(sqlite_house, organisation, "none@swale.gov.uk"))

    with sqlite_house.engine.connect() as connection, statements(sqlite_house.engine) as seen:
        everybody = holders(connection, sqlite_house.clock.now())
        for_all = len(seen)
        one = holders(connection, sqlite_house.clock.now(), [people[0]])
        for_one = len(seen) - for_all
        many = holders(connection, sqlite_house.clock.now(), [*people, *(uuid4() for _ in range(2000))])

    assert for_one == for_all == 3
    assert one == {people[0]: everybody[people[0]]}
    assert many == everybody
    assert set(everybody) == set(people)
    assert everybody[people[-1]] == Holder(
        training={"case-system": None, "elearning": None}, vetted_until=date(2028, 1, 31)
    )
