"""Two who turn the passphrase at the same instant, or end two holders: one does (GOV-3)."""

from __future__ import annotations

from collections import Counter

import pytest

from compliance.governance.outages import holding, queries, use_cases
from compliance.governance.outages.models import Outage, OutagePassphrase
from compliance.kernel.context import House
from tests.builders.identity import every, someone
from tests.builders.outage_days import a_passphrase, back
from tests.support.together import together

ROUNDS = 40


@pytest.mark.rule("GOV-3")
def test_of_two_who_turn_the_passphrase_at_once_one_does(house: House) -> None:
    one, other = someone(house, "hub_manager"), someone(house, "hub_manager")
    a_passphrase(house)
    first = Counter[str]()

    for number in range(1, ROUNDS + 1):
        told = together(
            house,
            [
                (who, lambda ctx, number=number, lost=lost: holding.turn(ctx, number=number, lost=lost))
                for who, lost in ((one, False), (other, True))
            ],
            number,
        )  # fmt: skip
        assert sorted(told) == ["TurnedMeanwhile", "done"]
        first["one" if told[0] == "done" else "other"] += 1

    assert sorted(each.number for each in every(house, OutagePassphrase)) == list(range(1, ROUNDS + 2))
    assert min(first.values()) > 0, "a race, not a queue"


@pytest.mark.rule("GOV-3")
def test_of_two_who_end_two_of_three_holders_at_once_one_does(house: House) -> None:
    managers = [someone(house, "hub_manager") for _ in range(2)]
    _, holders = a_passphrase(house)
    third = someone(house, "hub_coordinator")[0].person_id
    assert third is not None
    with house.work(*managers[0]) as ctx:
        holding.name_holder(ctx, third)

    told = together(
        house,
        [
            (who, lambda ctx, gone=gone: holding.end_holder(ctx, gone[0].person_id))
            for who, gone in zip(managers, holders, strict=True)
        ],
    )  # fmt: skip
    assert sorted(told) == ["TooFewHolders", "done"]
    with house.reading(*managers[0]) as ctx:
        assert len(queries.holders(ctx)) == 2


@pytest.mark.rule("GOV-3")
def test_of_several_who_declare_an_outage_at_once_one_does(house: House) -> None:
    people = [someone(house, "hub_coordinator") for _ in range(3)]
    for number in range(1, 6):
        told = together(house, [(who, lambda ctx: use_cases.declare(ctx, what="Down.")) for who in people])
        assert sorted(told) == ["OutageOpen", "OutageOpen", "done"]
        (it,) = [each for each in every(house, Outage) if each.ended_at is None]
        assert it.number == number
        back(house, it)
