"""A letter is written with the change that causes it: both are there, or neither; once where it is told once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.identity import use_cases
from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House
from compliance.kernel.db import WRITES
from compliance.kernel.secrets import KeyRing, Unreadable
from compliance.notices.models import Notice
from compliance.notices.writing import take_back, write
from tests.builders.identity import (
    PASSWORD,
    a_mailed_link,
    a_person,
    accepted,
    every,
    letters,
    logged,
    someone,
)

NEW = {"full_name": "Kit Rowan", "email": "kit.rowan@kent.example.org"}


class Lost(RuntimeError):
    """What a test throws into the middle of a change."""


@pytest.mark.rule("GOV-5", "AUD-2")
def test_a_change_that_is_rolled_back_leaves_no_letter_and_one_that_commits_leaves_one(house: House) -> None:
    manager = someone(house, "hub_manager")

    with pytest.raises(Lost), house.work(*manager) as ctx:
        use_cases.invite_person(ctx, **NEW)
        raise Lost()
    assert [person for person in every(house, Person) if person.email == NEW["email"]] == []
    assert every(house, Notice) == []

    with house.work(*manager) as ctx:
        person, _ = use_cases.invite_person(ctx, **NEW)
    assert [(row.kind, row.person_id) for row in every(house, Notice)] == [("invitation", person.id)]


@pytest.mark.rule("GOV-5", "AUD-2")
def test_a_letter_that_cannot_be_written_keeps_the_change_from_happening(sqlite_house: House) -> None:
    manager = someone(sqlite_house, "hub_manager")

    with pytest.raises(KeyError), sqlite_house.work(*manager) as ctx:
        person = use_cases.add_person(ctx, **NEW)
        write(ctx, "invitation", to=person.email, person_id=person.id, name=person.full_name)

    assert [person for person in every(sqlite_house, Person) if person.email == NEW["email"]] == []
    assert every(sqlite_house, Notice) == []


@pytest.mark.rule("IDN-5", "IDN-8")
def test_what_waits_is_sealed_and_the_link_stands_nowhere_else(sqlite_house: House) -> None:
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        person, shown = use_cases.invite_person(ctx, **NEW)

    token = a_mailed_link(sqlite_house, person)
    kept = every(sqlite_house, Notice)[0]
    assert shown is None
    assert token.startswith("msi_")
    for part in (kept.address, kept.words):
        assert part is not None
        assert token.encode() not in part
        assert person.email.encode() not in part
    with pytest.raises(Unreadable):
        sqlite_house.the(KeyRing).open(kept.address, place=f"notices.words:{kept.id}")
    assert not any(token in entry.detail for entry in logged(sqlite_house, "invitation.made"))


@pytest.mark.rule("IDN-8", "IDN-4")
def test_a_reset_goes_to_the_person_and_to_nobody_else(sqlite_house: House, clock: FixedClock) -> None:
    person = a_person(sqlite_house)
    accepted(sqlite_house, person)
    clock.move(timedelta(minutes=1))

    with sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx:
        shown = use_cases.reset_account(ctx, person.id, identity_check="Rang back on the number we hold.")

    assert shown is None
    assert letters(sqlite_house, person, "reset")[0]["subject"] == "Choose a new MARAC Hub password"
    with sqlite_house.work(NOBODY) as ctx:
        opened = use_cases.accept_invitation(ctx, a_mailed_link(sqlite_house, person), password="Brown-Otter-52-swims")
    assert opened.person_id == person.id


@pytest.mark.rule("IDN-8")
def test_the_links_address_is_the_one_the_service_knows_itself_by(sqlite_house: House) -> None:
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        person, _ = use_cases.invite_person(ctx, **NEW)

    body = letters(sqlite_house, person)[0]["body"]
    assert f"\n{sqlite_house.settings.base_url}/invitation/{a_mailed_link(sqlite_house, person)}\n" in body
    assert "until 24 November 2026 at 10:00am" in body


@pytest.mark.rule("GOV-5", "IDN-8")
def test_a_new_link_takes_back_the_letter_with_the_one_before(sqlite_house: House, clock: FixedClock) -> None:
    manager = someone(sqlite_house, "hub_manager")
    with sqlite_house.work(*manager) as ctx:
        person, _ = use_cases.invite_person(ctx, **NEW)
    first = a_mailed_link(sqlite_house, person)

    with sqlite_house.work(*manager) as ctx:
        use_cases.invite(ctx, person.id)

    assert len(letters(sqlite_house, person)) == 1
    assert a_mailed_link(sqlite_house, person) != first
    with sqlite_house.work(NOBODY) as ctx:
        use_cases.accept_invitation(ctx, a_mailed_link(sqlite_house, person), password=PASSWORD)


@pytest.mark.rule("GOV-5")
def test_what_is_told_once_is_told_once(house: House) -> None:
    person = a_person(house)
    words = {"name": "Wren", "link": "https://marac.example", "day": "Monday", "clock": "noon"}

    for told in (True, False):
        with house.work(*someone(house, "hub_manager")) as ctx:
            letter = write(ctx, "invitation", to=person.email, person_id=person.id, once="thing:1", **words)
            assert (letter is not None) is told

    assert len(letters(house, person)) == 1


@pytest.mark.rule("GOV-5")
def test_taking_back_touches_nothing_that_was_sent(sqlite_house: House) -> None:
    person = a_person(sqlite_house)
    words = {"name": "Wren", "link": "https://marac.example", "day": "Monday", "clock": "noon"}
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        write(ctx, "invitation", to=person.email, person_id=person.id, once="thing:1", **words)
    with sqlite_house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(Notice.__table__.update().values(sent_at=sqlite_house.clock.now()))

    with sqlite_house.work(NOBODY) as ctx:
        take_back(ctx, "thing:1")

    assert every(sqlite_house, Notice)[0].useless_at is None
