"""Every decision to share or not is recorded with its reason and lawful basis, by case reference (SHA-1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.sharing import queries, rules, use_cases
from compliance.sharing.models import SharingDecision
from compliance.sharing.rules import Choice
from policies.values import packaged
from tests.builders.exceptions import kept
from tests.builders.identity import every, logged, someone
from tests.builders.sharing import REASON, a_cast, decided, me


@pytest.mark.rule("SHA-1")
def test_a_decision_is_kept_with_its_reason_sealed_its_basis_and_an_entry_without_words(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)

    made = decided(sqlite_house, cast.asker, with_id=cast.supplier_id)

    assert (made.reference, made.decision, made.basis) == ("C-1", "share", "public_task")
    assert (made.decided_by, made.organisation_id) == (me(cast.asker), cast.asker_id)
    assert REASON.encode() not in made.words
    [entry] = logged(sqlite_house, "sharing.decided")
    assert (entry.reference, entry.organisation) == ("C-1", str(cast.asker_id))
    assert REASON not in entry.detail
    with sqlite_house.work(*cast.asker) as ctx:
        assert use_cases.view(ctx, made.id)[1] == REASON
        assert queries.called(made) == "SH-2026-1"
    assert len(logged(sqlite_house, "sharing.viewed")) == 1


@pytest.mark.rule("SHA-1")
@pytest.mark.parametrize("choice", list(Choice))
def test_every_basis_goes_with_exactly_one_choice(choice: Choice) -> None:
    bases = packaged().lawful_bases
    others = {code for other in Choice if other is not choice for code in rules.bases_for(other, bases)}

    found = rules.bases_for(choice, bases)

    assert found
    assert set(found) | others == set(bases)
    assert not set(found) & others


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"decision": "maybe"}, "/decision"),
    ({"basis": "no_basis"}, "/basis"),
    ({"decision": "not_share"}, "/basis"),
    ({"basis": "because"}, "/basis"),
    ({"words": "  "}, "/words"),
    ({"words": "x" * 1001}, "/words"),
    ({"words": "a\u202eb"}, "/words"),
    ({"reference": ""}, "/reference"),
    ({"reference": "C\x00-1"}, "/reference"),
    ({"person": "somebody@else.example"}, "/person"),
)


@pytest.mark.rule("SHA-1")
@pytest.mark.parametrize(("said", "pointer"), BAD)
def test_what_is_wrong_with_a_decision_is_named_and_nothing_is_kept(
    sqlite_house: House, said: dict[str, Any], pointer: str
) -> None:
    who = someone(sqlite_house, "hub_coordinator")

    with pytest.raises(Invalid) as refused:
        decided(sqlite_house, who, **said)

    assert [field.pointer for field in refused.value.fields] == [pointer]
    assert every(sqlite_house, SharingDecision) == []


@pytest.mark.rule("SHA-1")
def test_a_decision_was_taken_in_the_past_year(sqlite_house: House) -> None:
    who, now = someone(sqlite_house, "hub_coordinator"), sqlite_house.clock.now()

    for wrong in (now + timedelta(seconds=1), now - timedelta(days=366, seconds=1)):
        with pytest.raises(Invalid):
            decided(sqlite_house, who, decided_at=wrong)
    assert decided(sqlite_house, who, decided_at=now - timedelta(days=366)).decided_at == now - timedelta(days=366)


@pytest.mark.rule("SHA-1", "ROL-4")
def test_an_organisation_sees_its_own_the_hub_and_the_officer_all(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    made = decided(sqlite_house, cast.asker)

    for who, sees in ((cast.asker, 1), (cast.supplier, 0), (cast.coordinator, 1), (cast.officer, 1)):
        with sqlite_house.work(*who) as ctx:
            assert len(queries.decisions(ctx).rows) == sees
            if not sees:
                with pytest.raises(NotFound):
                    use_cases.view(ctx, made.id)
    with sqlite_house.work(*someone(sqlite_house, "steering_member")) as ctx, pytest.raises(Forbidden):
        queries.decisions(ctx)
    with pytest.raises(Forbidden):
        decided(sqlite_house, cast.officer)


@pytest.mark.rule("DEC-6", "SHA-1")
def test_whoever_is_kept_from_a_case_finds_nothing_of_it_but_their_own(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    decided(sqlite_house, cast.asker)
    kept(sqlite_house, me(cast.coordinator))

    with sqlite_house.work(*cast.coordinator) as ctx:
        assert queries.decisions(ctx).rows == ()
    own = decided(sqlite_house, cast.coordinator)
    with sqlite_house.work(*cast.coordinator) as ctx:
        assert [row.decision.id for row in queries.decisions(ctx).rows] == [own.id]


@pytest.mark.rule("SHA-1")
def test_the_register_is_searched_narrowed_and_sorted(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    first = decided(sqlite_house, cast.asker, reference="C-17")
    decided(sqlite_house, cast.coordinator, decision="not_share", basis="not_necessary", reference="C-2")

    with sqlite_house.work(*cast.manager) as ctx:
        for asked in (
            {"search": "c-17"}, {"search": "SH-2026-1"}, {"search": "ferry"}, {"choice": Choice.SHARE},
            {"basis": "public_task"},
        ):  # fmt: skip
            assert [row.decision.id for row in queries.decisions(ctx, **asked).rows] == [first.id], asked
        for sort in queries.SORTS.names:
            page = queries.decisions(ctx, sort=sort, limit=1)
            rest = queries.decisions(ctx, sort=sort, limit=1, after=page.after)
            assert {page.rows[0].decision.id, rest.rows[0].decision.id} == {
                row.decision.id for row in queries.decisions(ctx).rows
            }
