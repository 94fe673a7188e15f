"""Requests for help: who asked, whose matter, who passes one on, and what came of it (GOV-6)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from compliance.governance.figures.chapters.support import chapter
from compliance.governance.figures.model import Span
from compliance.governance.support import queries, rules, use_cases
from compliance.governance.support.errors import NamedAlready, NotASupportContact, NotTheSuppliers
from compliance.governance.support.models import HelpRequest, SupportContact
from compliance.governance.support.queries import Which
from compliance.governance.support.rules import NEXT, REFUSED, Matter, Status, Step
from compliance.governance.support.use_cases import Caller
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from tests.builders.helping import a_contact, a_request, again, ended, sorted_as
from tests.builders.identity import Acting, a_person, an_employer, at_work, every, letters, logged, someone
from tests.builders.use import move_to
from tests.support.together import together


def listed(house: House, who: Acting, which: Which = Which.ALL, **asked: Any) -> list[str]:
    with house.reading(*who) as ctx:
        page = queries.requests(ctx, which=which, **asked)
        return [rules.called(row.request.year, row.request.number) for row in page.rows]


@pytest.mark.rule("GOV-6")
@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_every_step_from_every_state_is_taken_or_refused_by_name(status: Status, step: Step) -> None:
    possible = {
        "asked": {"sort": "sorted"},
        "sorted": {"pass_on": "passed_on", "end": "ended"},
        "passed_on": {"end": "ended"},
        "ended": {},
    }
    follows = possible[status].get(step)
    if follows is not None:
        assert rules.after(status, step) == follows
        return
    with pytest.raises(REFUSED[status, step]) as refused:
        rules.after(status, step)
    assert refused.value.rule == "GOV-6"
    assert (status, step) not in NEXT


@pytest.mark.rule("GOV-6")
def test_a_request_is_sorted_passed_on_by_a_support_contact_and_ended_and_whoever_asked_is_told(house: House) -> None:
    person = a_person(house, "delegate")
    it = a_request(house, at_work(house, person))
    assert (it.number, it.verified_by, it.answer_by) == (1, "signed_in", date(2026, 11, 24)), "two working days"
    coordinator, contact = someone(house, "hub_coordinator"), a_contact(house)
    sorted_as(house, it, Matter.SUPPLIER)

    with house.work(*coordinator) as ctx, pytest.raises(NotASupportContact):
        use_cases.pass_on(ctx, it.id, ticket="OAS-41")
    assert again(house, it).status == Status.SORTED
    with house.work(*contact) as ctx:
        use_cases.pass_on(ctx, it.id, ticket="OAS-41")
    ended(house, it)

    with house.work(*coordinator) as ctx:
        whole = use_cases.view(ctx, it.id)
    assert (whole.words, whole.ticket, whole.outcome) == (
        "No code comes.",
        "OAS-41",
        "The clock of the phone was wrong.",
    )
    assert [each["kind"] for each in letters(house, person)].count("help_ended") == 1
    said = [entry.event for entry in every_entry(house)]
    assert said == ["help.asked", "help.sorted", "help.passed_on", "help.ended", "help.viewed"]
    detail = json.loads(logged(house, "help.asked")[0].detail or "{}")
    assert detail == {"about": "signing_in", "check": "signed_in"}


def every_entry(house: House) -> list[Any]:
    names = ("help.asked", "help.sorted", "help.passed_on", "help.ended", "help.viewed")
    return sorted((each for name in names for each in logged(house, name)), key=lambda entry: entry.number)


@pytest.mark.rule("GOV-6")
def test_only_what_is_the_suppliers_is_passed_on(house: House) -> None:
    it, contact = a_request(house), a_contact(house)
    sorted_as(house, it, Matter.LOCAL_IT)

    with house.work(*contact) as ctx, pytest.raises(NotTheSuppliers):
        use_cases.pass_on(ctx, it.id, ticket="OAS-41")
    assert Step.PASS_ON not in rules.steps("sorted", Matter.LOCAL_IT)


@pytest.mark.rule("GOV-6", "IDN-8")
def test_a_call_is_logged_with_how_it_was_seen_that_it_was_them_and_never_without(house: House) -> None:
    refuge = an_employer(house)
    coordinator = someone(house, "hub_coordinator")

    def log(caller: Caller, **said: str) -> HelpRequest:
        with house.work(*coordinator) as ctx:
            return use_cases.log_call(ctx, caller, **{"about": "licence", "words": "She cannot see a case."} | said)

    it = log(Caller("Una Marsh", "called_back", refuge))
    with house.reading(*coordinator) as ctx:
        assert queries.whole(ctx, queries.visible(ctx, it.id)).who == "Una Marsh"
    assert b"Una Marsh" not in (it.caller or b"")

    wrong: list[tuple[str, Caller, dict[str, str]]] = [
        ("/verified_by", Caller("Una Marsh", ""), {}),
        ("/verified_by", Caller("Una Marsh", "signed_in"), {}),
        ("/who", Caller(" ", "video"), {}),
        ("/organisation_id", Caller("Una Marsh", "video", it.id), {}),
        ("/about", Caller("Una Marsh", "video"), {"about": "gossip"}),
        ("/words", Caller("Una Marsh", "video"), {"words": "\u202e"}),
        ("/words", Caller("Una Marsh", "video"), {"words": "x" * 2001}),
    ]
    for pointer, caller, said in wrong:
        with pytest.raises(Invalid) as refused:
            log(caller, **said)
        assert [field.pointer for field in refused.value.fields] == [pointer]
    assert len(every(house, HelpRequest)) == 1


@pytest.mark.rule("GOV-6", "ROL-4")
def test_everybody_reads_their_own_the_hub_all_and_another_persons_is_not_there(house: House) -> None:
    mine, other = someone(house, "delegate"), someone(house, "steering_member")
    it = a_request(house, mine)
    a_request(house, other)

    assert (listed(house, mine), listed(house, other)) == (["H-2026-1"], ["H-2026-2"])
    assert sorted(listed(house, someone(house, "hub_coordinator"))) == ["H-2026-1", "H-2026-2"]
    assert listed(house, someone(house, "ig_officer")) == []
    for act in (use_cases.view, lambda ctx, one: use_cases.sort(ctx, one, matter="supplier")):
        with house.work(*other) as ctx, pytest.raises(NotFound):
            act(ctx, it.id)
    with house.work(*mine) as ctx, pytest.raises(Forbidden):
        use_cases.sort(ctx, it.id, matter="supplier")
    with house.work(worker("x")) as ctx, pytest.raises(Forbidden):
        use_cases.ask(ctx, about="other", words="Nothing.")


@pytest.mark.rule("GOV-6")
def test_two_who_name_the_same_contact_at_once_name_them_once_and_one_who_ends_passes_nothing_on(house: House) -> None:
    who = someone(house, "hub_coordinator")
    managers = [someone(house, "hub_manager") for _ in range(2)]
    person = who.actor.person_id

    ends = together(house, [(one, lambda ctx: use_cases.name_contact(ctx, person)) for one in managers])

    assert sorted(ends) == ["NamedAlready", "done"]
    [contact] = every(house, SupportContact)
    it = a_request(house)
    sorted_as(house, it, Matter.SUPPLIER)
    with house.work(*managers[0]) as ctx:
        use_cases.end_contact(ctx, contact.id)
    with house.work(*who) as ctx, pytest.raises(NotASupportContact):
        use_cases.pass_on(ctx, it.id, ticket="OAS-41")
    with pytest.raises(NotFound), house.work(*managers[0]) as ctx:
        use_cases.end_contact(ctx, contact.id)
    with house.work(*managers[0]) as ctx, pytest.raises(Invalid):
        use_cases.name_contact(ctx, someone(house, "delegate").actor.person_id)  # type: ignore[arg-type]
    with house.work(*who) as ctx, pytest.raises(Forbidden):
        use_cases.name_contact(ctx, person)  # type: ignore[arg-type]
    assert NamedAlready.rule == "GOV-6"


@pytest.mark.rule("GOV-6", "GOV-1")
def test_what_is_overdue_is_told_apart_and_the_chapter_counts_the_span(house: House, clock: FixedClock) -> None:
    late, done = a_request(house), a_request(house, about="case_system")
    sorted_as(house, done, Matter.SUPPLIER)
    ended(house, done)
    coordinator = someone(house, "hub_coordinator")
    assert listed(house, coordinator, Which.OVERDUE) == []
    move_to(clock, "2026-11-25T09:00")

    assert listed(house, coordinator, Which.OVERDUE) == [rules.called(late.year, late.number)]
    with house.reading(*coordinator) as ctx:
        assert queries.counted(ctx) == queries.Counted(asked=1, overdue=1, open=1)
        found = chapter(ctx, Span(date(2026, 10, 1), date(2027, 1, 1), "October to December 2026"))
        before = chapter(ctx, Span(date(2026, 7, 1), date(2026, 10, 1), "July to September 2026"))
    assert {figure.code: figure.value for figure in found.figures} == {
        "asked": 2, "ended": 1, "local_it": 0, "this_service": 0, "supplier": 1, "open": 1, "overdue": 1,
    }  # fmt: skip
    assert {figure.value for figure in before.figures} == {None}, (
        "nobody asked before October: not known, and not nought"
    )


@pytest.mark.rule("GOV-6")
def test_a_contact_passes_on_to_the_end_of_their_last_day_and_on_the_day_after_no_more(
    house: House, clock: FixedClock
) -> None:
    who, manager = someone(house, "hub_coordinator"), someone(house, "hub_manager")
    requests = [sorted_as(house, a_request(house), Matter.SUPPLIER) for _ in range(3)]
    named(house, manager, who, date(2026, 12, 4))

    for request, instant in zip(requests[:2], ("2026-12-03T12:00", "2026-12-04T23:59"), strict=True):
        move_to(clock, instant)
        assert on_the_list(house, who) == (False,)
        with house.work(*who) as ctx:
            assert Step.PASS_ON in use_cases.view(ctx, request.id).may
            use_cases.pass_on(ctx, request.id, ticket="OAS-41")

    move_to(clock, "2026-12-05T00:00")
    assert on_the_list(house, who) == (True,), "it stands there still, as over"
    with house.work(*who) as ctx:
        whole = use_cases.view(ctx, requests[2].id)
        assert (Step.PASS_ON in whole.may, whole.ask) == (False, [])
    with house.work(*who) as ctx, pytest.raises(NotASupportContact):
        use_cases.pass_on(ctx, requests[2].id, ticket="OAS-41")
    named(house, manager, at_work(house, a_person(house, "hub_coordinator", full_name="Una Marsh")), None)
    with house.work(*who) as ctx:
        assert use_cases.view(ctx, requests[2].id).ask == ["Una Marsh"]


@pytest.mark.rule("GOV-6")
def test_whose_last_day_is_over_is_named_again_once_and_ended_with_that_day(house: House, clock: FixedClock) -> None:
    who, manager = someone(house, "hub_coordinator"), someone(house, "hub_manager")
    others = [someone(house, "hub_manager") for _ in range(2)]
    with pytest.raises(Invalid) as refused:
        named(house, manager, who, date(2026, 11, 20))
    assert [field.pointer for field in refused.value.fields] == ["/ends_on"], "yesterday"
    named(house, manager, who, date(2026, 11, 21))
    with pytest.raises(NamedAlready):
        named(house, manager, who, date(2026, 11, 30))

    move_to(clock, "2026-11-24T09:00")
    ends = together(house, [(one, lambda ctx: use_cases.name_contact(ctx, person_of(who))) for one in others])

    assert sorted(ends) == ["NamedAlready", "done"]
    assert on_the_list(house, who) == (False,)
    first, second = sorted(every(house, SupportContact), key=lambda each: each.named_at)
    assert (first.ended_at, second.ended_at) == (datetime(2026, 11, 22, tzinfo=UTC), None), "it ended with its last day"
    assert len(logged(house, "support_contact.ended")) == 1


def person_of(who: Acting) -> UUID:
    assert who.actor.person_id is not None
    return who.actor.person_id


def named(house: House, manager: Acting, who: Acting, ends_on: date | None) -> None:
    with house.work(*manager) as ctx:
        use_cases.name_contact(ctx, person_of(who), ends_on=ends_on)


def on_the_list(house: House, who: Acting) -> tuple[bool, ...]:
    """Of each of this person's entries, whether it is over."""
    with house.reading(*who) as ctx:
        return tuple(each.past for each in queries.contacts(ctx) if each.contact.person_id == person_of(who))
