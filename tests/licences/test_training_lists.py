"""What many people learnt, by spreadsheet: every row answered, the later day counts, and nobody reaches further (GOV-7)."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

import pytest

from compliance.identity.models import Person
from compliance.kernel.context import Actor, House
from compliance.kernel.errors import Forbidden, Invalid
from compliance.licences.models import Training
from compliance.licences.sheets.answers import Answer
from compliance.licences.sheets.reading import listed_in
from compliance.licences.training.lists import use_cases as lists
from compliance.licences.training.lists.columns import COLUMNS
from compliance.licences.use_cases import record_training
from tests.builders.identity import Acting, every, logged, someone
from tests.builders.licences import a_licence, acting, an_organisation, hub, seats
from tests.builders.sheets import an_xlsx
from tests.support.together import Act, together

HEADING = ("E-mail", "Module", "Version", "Done on")
Row = tuple[str, str, str, str]


def sent(house: House, actor: Actor, *rows: Row) -> list[Answer]:
    with acting(house, actor) as ctx:
        listed, _ = listed_in(ctx, an_xlsx(rows, heading=HEADING), COLUMNS)
        return lists.carry_out(ctx, listed)


def said(answers: list[Answer]) -> list[tuple[int, bool, str]]:
    return [(answer.row, answer.taken, answer.field) for answer in answers]


def kept(house: House, module: str = "dash") -> dict[UUID, tuple[str | None, date, date | None]]:
    rows = (row for row in every(house, Training) if row.module == module)
    return {row.person_id: (row.version, row.done_on, row.valid_until) for row in rows}


@pytest.fixture
def coordinator() -> Actor:
    return hub("hub_coordinator")


@pytest.fixture
def place(house: House) -> UUID:
    seats(house)
    return an_organisation(house, review_in_days=2000)


@pytest.mark.rule("GOV-7")
def test_each_row_is_recorded_or_says_what_is_wrong_with_it(house: House, place: UUID, coordinator: Actor) -> None:
    kim, mia = (a_licence(house, place, f"{name}@swale.gov.uk").person_id for name in ("kim", "mia"))

    answers = sent(
        house,
        coordinator,
        ("KIM@swale.gov.uk", "dash", "", "2026-11-02"),
        ("mia@swale.gov.uk", "The MARAC process", "2025.1", "05/01/2026"),
        ("nobody@swale.gov.uk", "dash", "", "2026-11-02"),
        ("no address", "dash", "", "2026-11-02"),
        ("mia@swale.gov.uk", "juggling", "", "2026-11-02"),
        ("mia@swale.gov.uk", "dash", "1066.1", "2026-11-02"),
        ("mia@swale.gov.uk", "dash", "", "31/02/2026"),
        ("mia@swale.gov.uk", "dash", "", "2026-11-22"),
        ("mia@swale.gov.uk", "dash", "", ""),
        ("mia@swale.gov.uk", "=A1", "", "2026-11-02"),
    )

    assert said(answers) == [
        (2, True, ""), (3, True, ""), (4, False, "E-mail"), (5, False, "E-mail"), (6, False, "Module"),
        (7, False, "Version"), (8, False, "Done on"), (9, False, "Done on"), (10, False, "Done on"),
        (11, False, ""),
    ]  # fmt: skip
    assert "DASH and safe enquiry" in answers[4].says, "the modules there are stand in the words"
    assert kept(house) == {kim: ("2026.1", date(2026, 11, 2), date(2028, 11, 1))}
    assert kept(house, "marac-process") == {mia: ("2025.1", date(2026, 1, 5), date(2028, 1, 4))}
    [told] = logged(house, "training_list.sent")
    assert '"refused":8,"taken":2' in told.detail
    recorded = [json.loads(entry.detail or "{}") for entry in logged(house, "training.recorded")]
    assert [each["module"] for each in recorded[-2:]] == ["dash", "marac-process"]


@pytest.mark.rule("GOV-7")
def test_of_two_days_the_later_one_counts_however_they_stand_in_the_list(
    sqlite_house: House, coordinator: Actor
) -> None:
    seats(sqlite_house)
    place = an_organisation(sqlite_house, review_in_days=2000)
    kim, mia = (a_licence(sqlite_house, place, f"{name}@swale.gov.uk").person_id for name in ("kim", "mia"))

    answers = sent(
        sqlite_house,
        coordinator,
        ("kim@swale.gov.uk", "dash", "", "2026-01-05"),
        ("kim@swale.gov.uk", "dash", "", "2026-11-02"),
        ("mia@swale.gov.uk", "dash", "", "2026-11-02"),
        ("mia@swale.gov.uk", "dash", "", "2026-01-05"),
    )

    assert said(answers) == [(2, True, ""), (3, True, ""), (4, True, ""), (5, False, "Done on")]
    assert answers[3].says == "It was done again later, on 2 November 2026: that is what counts."
    assert {person: found[1] for person, found in kept(sqlite_house).items()} == dict.fromkeys(
        (kim, mia), date(2026, 11, 2)
    )


@pytest.mark.rule("GOV-7")
def test_the_same_list_sent_again_records_nothing_and_ends_nothing_sooner(
    sqlite_house: House, coordinator: Actor
) -> None:
    house = sqlite_house
    seats(house)
    place = an_organisation(house, review_in_days=2000)
    kim = a_licence(house, place, "kim@swale.gov.uk").person_id
    with acting(house, coordinator) as ctx:
        record_training(ctx, kim, module="dash", done_on=date(2026, 1, 5), valid_until=date(2030, 1, 1))
    before = len(logged(house, "training.recorded"))

    rows = [("kim@swale.gov.uk", "dash", version, "2026-01-05") for version in ("", "2026.1")]
    answers = sent(house, coordinator, *rows)

    assert [answer.says for answer in answers] == ["This is recorded already."] * 2
    assert kept(house)[kim][2] == date(2030, 1, 1)
    assert len(logged(house, "training.recorded")) == before


@pytest.mark.rule("GOV-7", "ROL-4")
def test_who_may_not_record_one_may_not_record_a_list_and_nobody_records_their_own(sqlite_house: House) -> None:
    house = sqlite_house
    seats(house)
    place = an_organisation(house, review_in_days=2000)
    a_licence(house, place, "kim@swale.gov.uk")
    row = ("kim@swale.gov.uk", "dash", "", "2026-11-02")
    for who in (someone(house, "delegate", organisation_id=place), someone(house, "ig_officer")):
        with pytest.raises(Forbidden):
            sent(house, who.actor, row)

    me = someone(house, "hub_coordinator")
    address = next(each.email for each in every(house, Person) if each.id == me.actor.person_id)
    [own] = sent(house, me.actor, (address, "dash", "", "2026-11-02"))

    assert not own.taken
    assert kept(house) == {}


@pytest.mark.rule("GOV-7")
def test_a_list_that_is_to_be_whole_records_nothing_where_a_row_is_wrong(
    house: House, place: UUID, coordinator: Actor
) -> None:
    kim = a_licence(house, place, "kim@swale.gov.uk").person_id
    good = {"row": "1", "email": "kim@swale.gov.uk", "module": "dash", "version": "", "done_on": "2026-11-02"}

    with pytest.raises(Invalid) as refused, acting(house, coordinator) as ctx:
        lists.carry_out_whole(ctx, [good, good | {"row": "2", "module": "juggling"}])
    assert [field.pointer for field in refused.value.fields] == ["/rows/1/module"]
    assert kept(house) == {}

    with acting(house, coordinator) as ctx:
        lists.carry_out_whole(ctx, [good])
    assert list(kept(house)) == [kim]


@pytest.mark.rule("GOV-7")
def test_a_list_without_rows_or_with_too_many_is_refused_whole(sqlite_house: House, coordinator: Actor) -> None:
    row = {"row": "1", "email": "kim@swale.gov.uk", "module": "dash", "version": "", "done_on": "2026-11-02"}
    for rows in ([], [row] * 101):
        with pytest.raises(Invalid) as refused, acting(sqlite_house, coordinator) as ctx:
            lists.carry_out(ctx, rows)
        assert [field.pointer for field in refused.value.fields] == ["/rows"]


@pytest.mark.rule("GOV-7")
@pytest.mark.parametrize("number", range(3))
def test_two_lists_about_the_same_people_at_once_are_both_answered(house: House, place: UUID, number: int) -> None:
    for name in ("kim", "mia"):
        a_licence(house, place, f"{name}@swale.gov.uk")
    rows = [
        {"row": str(row), "email": f"{name}@swale.gov.uk", "module": "dash", "version": "", "done_on": "2026-11-02"}
        for row, name in enumerate(("kim", "mia"), 1)
    ]
    here: Act = lambda ctx: lists.carry_out(ctx, rows)  # noqa: E731
    there: Act = lambda ctx: lists.carry_out(ctx, rows[::-1])  # noqa: E731
    who: list[Acting] = [someone(house, "hub_coordinator"), someone(house, "hub_manager")]

    assert together(house, [(who[0], here), (who[1], there)], number) == ["done", "done"]
    assert len(kept(house)) == 2
    assert len([1 for entry in logged(house, "training.recorded") if '"dash"' in (entry.detail or "")]) == 2
