"""That a new partner was given its pack is recorded once, and those without one stand first (GOV-7)."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from uuid import UUID

import pytest

from compliance.governance.figures.chapters.training import chapter
from compliance.governance.figures.model import Span
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from signatories.welcome import queries, use_cases
from signatories.welcome.errors import AlreadyGiven, AlreadyReceived
from signatories.welcome.models import WelcomePack
from signatories.welcome.queries import Which
from tests.builders.identity import Acting, an_employer, every, logged, someone
from tests.support.together import Act, together

WHOLE = ("process-charts", "case-system-videos", "marac-videos", "protocol")
DAY = date(2026, 11, 2)


def gave(house: House, who: Acting, place: UUID, items: Collection[str] = WHOLE, day: date = DAY) -> None:
    with house.work(*who) as ctx:
        use_cases.give(ctx, place, given_on=day, items=items)


def received(house: House, who: Acting, place: UUID) -> None:
    with house.work(*who) as ctx:
        use_cases.receive(ctx, place, given_on=DAY)


def listed(house: House, who: Acting, which: Which = Which.ALL) -> list[UUID]:
    with house.reading(*who) as ctx:
        return [row.id for row in queries.welcomed(ctx, which=which)]


@pytest.fixture
def coordinator(house: House) -> Acting:
    return someone(house, "hub_coordinator")


@pytest.mark.rule("GOV-7")
def test_those_without_a_pack_stand_first_and_what_one_lacks_is_said(house: House, coordinator: Acting) -> None:
    whole, part, without = (an_employer(house, name) for name in ("Ash", "Birch", "Cedar"))
    gave(house, coordinator, whole)
    gave(house, coordinator, part, ["protocol", "marac-videos"])

    with house.reading(*coordinator) as ctx:
        rows = queries.welcomed(ctx)
        assert queries.without(ctx) == 1
    assert [row.id for row in rows] == [without, whole, part] or [row.id for row in rows] == [without, part, whole]
    assert {row.id: row.lacks for row in rows} == {
        whole: (), part: ("process-charts", "case-system-videos"), without: WHOLE,
    }  # fmt: skip
    assert listed(house, coordinator, Which.WITHOUT) == [without]
    assert listed(house, coordinator, Which.INCOMPLETE) == [part]

    gave(house, coordinator, part, WHOLE, date(2026, 11, 9))
    assert listed(house, coordinator, Which.INCOMPLETE) == []
    entries = logged(house, "welcome_pack.given")
    assert [json.loads(entry.detail or "{}")["items"] for entry in entries] == [4, 2, 4]
    assert {pack.given_by for pack in every(house, WelcomePack)} == {coordinator.actor.id}


@pytest.mark.rule("GOV-7")
@pytest.mark.parametrize("number", range(3))
def test_two_who_record_the_same_pack_at_once_record_it_once(house: House, coordinator: Acting, number: int) -> None:
    place = an_employer(house)
    act: Act = lambda ctx: use_cases.give(ctx, place, given_on=DAY, items=WHOLE)  # noqa: E731

    ends = together(house, [(coordinator, act), (someone(house, "hub_manager"), act)], number)

    assert sorted(ends) == ["AlreadyGiven", "done"]
    with pytest.raises(AlreadyGiven):
        gave(house, coordinator, place)
    assert len(every(house, WelcomePack)) == 1


@pytest.mark.rule("GOV-7")
@pytest.mark.parametrize(
    ("items", "day", "pointer"),
    [
        ((), DAY, "/items"),
        (("a-cake",), DAY, "/items"),
        (WHOLE, date(2026, 11, 22), "/given_on"),
        (WHOLE, date(1999, 12, 31), "/given_on"),
    ],
)
def test_what_cannot_be_in_a_pack_and_a_day_to_come_are_named(
    house: House, coordinator: Acting, items: tuple[str, ...], day: date, pointer: str
) -> None:
    place = an_employer(house)

    with pytest.raises(Invalid) as refused:
        gave(house, coordinator, place, items, day)

    assert [field.pointer for field in refused.value.fields] == [pointer]


@pytest.mark.rule("GOV-7", "ROL-4")
def test_a_delegate_sees_their_own_pack_and_records_none(house: House, coordinator: Acting) -> None:
    place, other = an_employer(house, "Ash"), an_employer(house, "Birch")
    delegate = someone(house, "delegate", organisation_id=place)

    assert listed(house, delegate) == [place]
    with pytest.raises((Forbidden, NotFound)):
        gave(house, delegate, place)
    with pytest.raises(Forbidden):
        listed(house, someone(house, "steering_member"))
    assert other in listed(house, coordinator)


@pytest.mark.rule("GOV-7")
def test_the_partner_says_that_its_pack_has_arrived_and_a_new_one_is_to_be_confirmed_anew(
    house: House, coordinator: Acting
) -> None:
    place, without = an_employer(house, "Ash"), an_employer(house, "Birch")
    delegate = someone(house, "delegate", organisation_id=place)
    gave(house, coordinator, place)
    assert listed(house, coordinator, Which.UNCONFIRMED) == [place]

    received(house, delegate, place)

    with house.reading(*coordinator) as ctx:
        rows = {row.id: row.received_at for row in queries.welcomed(ctx)}
    assert rows == {place: house.clock.now(), without: None}
    assert listed(house, coordinator, Which.UNCONFIRMED) == []
    [pack] = every(house, WelcomePack)
    assert pack.received_by == delegate.actor.id
    [entry] = logged(house, "welcome_pack.received")
    assert (entry.subject_id, entry.rules) == (str(pack.id), "GOV-7")
    with pytest.raises(AlreadyReceived):
        received(house, delegate, place)

    gave(house, coordinator, place, WHOLE, date(2026, 11, 9))
    assert listed(house, coordinator, Which.UNCONFIRMED) == [place]


@pytest.mark.rule("GOV-7", "ROL-4")
def test_nobody_but_the_partner_confirms_and_only_what_was_given(house: House, coordinator: Acting) -> None:
    place, other = an_employer(house, "Ash"), an_employer(house, "Birch")
    delegate = someone(house, "delegate", organisation_id=place)
    gave(house, coordinator, other)

    for who, whose, refusal in (
        (delegate, other, NotFound), (delegate, place, NotFound), (coordinator, other, Forbidden),
        (someone(house, "escalation_contact", organisation_id=other), other, Forbidden),
    ):  # fmt: skip
        with pytest.raises(refusal):
            received(house, who, whose)
        with house.reading(*who) as ctx, pytest.raises(refusal):
            queries.to_receive(ctx, whose)

    assert [pack.received_at for pack in every(house, WelcomePack)] == [None]


@pytest.mark.rule("GOV-7")
@pytest.mark.parametrize("number", range(3))
def test_two_who_confirm_the_same_pack_at_once_confirm_it_once(house: House, coordinator: Acting, number: int) -> None:
    place = an_employer(house)
    gave(house, coordinator, place)
    act: Act = lambda ctx: use_cases.receive(ctx, place, given_on=DAY)  # noqa: E731
    two = [someone(house, "delegate", organisation_id=place) for _ in range(2)]

    assert sorted(together(house, [(who, act) for who in two], number)) == ["AlreadyReceived", "done"]
    assert len(logged(house, "welcome_pack.received")) == 1


@pytest.mark.rule("GOV-1", "GOV-7")
def test_the_chapter_counts_packs_of_the_span_and_asks_for_those_that_are_missing(
    house: House, coordinator: Acting
) -> None:
    place, other = an_employer(house, "Ash"), an_employer(house, "Birch")
    gave(house, coordinator, place)
    gave(house, coordinator, place, WHOLE, date(2026, 9, 30))
    span = Span(date(2026, 10, 1), date(2027, 1, 1), "October to December 2026")

    with house.reading(*coordinator) as ctx:
        found = chapter(ctx, span)
        assert {each.code: each.value for each in found.figures} == {
            "done": 0, "due": 0, "new": 2, "given": 1, "without": 1,
        }  # fmt: skip
        assert [each.rule for each in found.decisions] == ["GOV-7"]
    gave(house, coordinator, other)
    with house.reading(*coordinator) as ctx:
        assert chapter(ctx, span).decisions == ()
