"""The confidentiality statement has versions, and each licence holder acknowledges the one in force (SHA-4)."""

from __future__ import annotations

import pytest

from compliance.kernel.context import House, operator
from compliance.kernel.errors import Forbidden, Invalid
from compliance.sharing.statement import queries, use_cases
from compliance.sharing.statement.errors import NewerStatement, NoStatement, SameStatement
from compliance.sharing.statement.models import StatementAcknowledgement, StatementVersion
from compliance.sharing.statement.queries import Which
from tests.builders.identity import every, logged, someone
from tests.builders.licences import a_licence, an_organisation, hub, partner, seats
from tests.support.together import Act, together


def begun(house: House) -> StatementVersion:
    with house.work(operator("db seed")) as ctx:
        version = use_cases.begin(ctx)
    assert version is not None
    return version


@pytest.mark.rule("SHA-4")
def test_the_first_version_is_that_of_the_protocol_and_is_put_in_force_once(sqlite_house: House) -> None:
    with sqlite_house.work(*someone(sqlite_house, "hub_coordinator")) as ctx, pytest.raises(NoStatement):
        use_cases.acknowledge(ctx, 1)

    version = begun(sqlite_house)

    assert version.number == 1
    assert "strictly confidential" in version.words
    with sqlite_house.work(operator("db seed")) as ctx:
        assert use_cases.begin(ctx) is None
    assert len(logged(sqlite_house, "statement.published")) == 1


@pytest.mark.rule("SHA-4")
def test_the_manager_publishes_another_and_everybody_acknowledges_anew(sqlite_house: House) -> None:
    begun(sqlite_house)
    reader, manager = someone(sqlite_house, "hub_coordinator"), someone(sqlite_house, "hub_manager")
    with sqlite_house.work(*reader) as ctx:
        assert queries.waits_for(ctx)
        use_cases.acknowledge(ctx, 1)
    with sqlite_house.work(*reader) as ctx:
        assert not queries.waits_for(ctx)

    with sqlite_house.work(*manager) as ctx:
        use_cases.publish(ctx, "What is said here stays here.")

    with sqlite_house.work(*reader) as ctx:
        assert queries.waits_for(ctx)
        with pytest.raises(NewerStatement):
            use_cases.acknowledge(ctx, 1)
    with sqlite_house.work(*reader) as ctx:
        use_cases.acknowledge(ctx, 2)
    assert len(every(sqlite_house, StatementAcknowledgement)) == 2
    with sqlite_house.work(*manager) as ctx, pytest.raises(SameStatement):
        use_cases.publish(ctx, " What is said here stays here.\r\n")


@pytest.mark.rule("SHA-4")
def test_nobody_but_the_manager_publishes_and_words_are_words(sqlite_house: House) -> None:
    for role in ("hub_supervisor", "ig_officer"):
        with sqlite_house.work(*someone(sqlite_house, role)) as ctx, pytest.raises(Forbidden):
            use_cases.publish(ctx, "Anything.")
    for words in ("", "x" * 20_001, "a\u202eb"):
        with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx, pytest.raises(Invalid):
            use_cases.publish(ctx, words)


@pytest.mark.rule("SHA-4")
def test_acknowledging_twice_is_acknowledging_once_even_at_the_same_instant(house: House) -> None:
    begun(house)
    who = someone(house, "hub_coordinator")

    ends = together(house, [(who, lambda ctx: use_cases.acknowledge(ctx, 1))] * 4)

    assert ends == ["done"] * 4
    assert len(every(house, StatementAcknowledgement)) == 1
    assert len(logged(house, "statement.acknowledged")) == 1


@pytest.mark.rule("SHA-4")
def test_of_two_versions_at_once_each_has_its_number(house: House) -> None:
    begun(house)
    manager = someone(house, "hub_manager")

    def publishing(number: int) -> Act:
        return lambda ctx: use_cases.publish(ctx, f"Version {number}.")

    ends = together(house, [(manager, publishing(number)) for number in range(4)])

    assert ends == ["done"] * 4
    assert sorted(row.number for row in every(house, StatementVersion)) == [1, 2, 3, 4, 5]


@pytest.mark.rule("SHA-4")
def test_the_hub_sees_who_has_not_and_an_organisation_its_own(sqlite_house: House) -> None:
    begun(sqlite_house)
    seats(sqlite_house)
    place, other = an_organisation(sqlite_house), an_organisation(sqlite_house, "thanet")
    licence = a_licence(sqlite_house, place)
    holder = partner(place, "licence_holder", person_id=licence.person_id)

    with sqlite_house.work(hub()) as ctx:
        [row] = queries.holders(ctx, which=Which.MISSING).rows
        assert (row.person.id, row.acknowledged_at) == (licence.person_id, None)
    with sqlite_house.work(holder) as ctx:
        use_cases.acknowledge(ctx, 1)
    with sqlite_house.work(hub()) as ctx:
        assert queries.holders(ctx, which=Which.MISSING).rows == ()
        for sort in queries.SORTS.names:
            assert len(queries.holders(ctx, which=Which.DONE, sort=sort, search="swale").rows) == 1
    with sqlite_house.work(partner(other)) as ctx:
        assert queries.holders(ctx).rows == ()
    with sqlite_house.work(holder) as ctx, pytest.raises(Forbidden):
        queries.holders(ctx)
