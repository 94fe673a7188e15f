"""Two who move one escalation at the same instant, three hundred times on each store: one does, and no group is left out (GOV-2)."""

from __future__ import annotations

from collections import Counter
from time import sleep
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from compliance.governance.escalations import use_cases
from compliance.governance.escalations.errors import EscalationOver
from compliance.governance.escalations.models import Escalation, EscalationAsk
from compliance.kernel.context import Context, House
from compliance.kernel.db import WRITES
from tests.builders.escalations import ASKED, again, an_escalation, answered
from tests.builders.identity import every, logged, someone
from tests.builders.signatories import an_organisation
from tests.support.together import Act, together

ROUNDS = 300


def put_back(house: House, it: Escalation) -> None:
    """The escalation as it was before the steering group, past the use cases, as nobody but a test could."""
    whole: Any = Escalation.__table__
    asks: Any = EscalationAsk.__table__
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(delete(asks).where(asks.c.escalation_id == it.id, asks.c.level != "steering"))
        back = {"level": "steering", "ended_at": None, "ended_by": None, "outcome": None}
        store.execute(update(whole).where(whole.c.id == it.id).values(**back))


def raises(it: Escalation) -> Act:
    return lambda ctx: use_cases.raise_higher(ctx, it.id, level="steering", ask=ASKED)


def ends_it(it: Escalation) -> Act:
    return lambda ctx: use_cases.end(ctx, it.id, level="steering", outcome="Two people come.")


def raises_naively(it: Escalation) -> Act:
    """As `raise_higher` would be if it looked first, and held nothing while it did."""

    def go(ctx: Context) -> None:
        with ctx.house.engine.connect() as store:
            over = store.scalar(select(Escalation.ended_at).where(Escalation.id == it.id))
        if over is not None:
            raise EscalationOver()
        sleep(0.02)
        whole: Any = Escalation.__table__
        row = {"id": ctx.new_id(), "revision": 1, "escalation_id": it.id, "level": "tactical", "asked": b"-",
               "of_whom": "-", "answer_by": ctx.now().date(), "asked_by": "-", "asked_at": ctx.now()}  # fmt: skip
        with ctx.house.engine.execution_options(**{WRITES: True}).begin() as store:
            store.execute(update(whole).where(whole.c.id == it.id).values(level="tactical"))
            store.execute(insert(EscalationAsk.__table__).values(**row))  # type: ignore[arg-type]

    return go


def levels(house: House) -> list[str]:
    """The groups that asked something, as they stand in the store."""
    return sorted(ask.level for ask in every(house, EscalationAsk))


@pytest.mark.rule("GOV-2")
def test_of_two_who_raise_it_at_once_one_does(house: House) -> None:
    it = answered(house, an_escalation(house))
    one, other = someone(house, "steering_member"), someone(house, "hub_manager")
    first = Counter[str]()

    for number in range(ROUNDS):
        told = together(house, [(one, raises(it)), (other, raises(it))], number)
        assert sorted(told) == ["RaisedMeanwhile", "done"]
        first["one" if told[0] == "done" else "other"] += 1
        assert again(house, it).level == "tactical", "never the executive group at once"
        assert levels(house) == ["steering", "tactical"]
        put_back(house, it)

    assert len(logged(house, "escalation.raised")) == ROUNDS
    assert min(first.values()) > 0, "a race, not a queue"


@pytest.mark.rule("GOV-2")
def test_of_raising_and_ending_at_once_one_happens(house: House) -> None:
    it = answered(house, an_escalation(house))
    one, other = someone(house, "steering_member"), someone(house, "hub_manager")
    seen = Counter[tuple[str, ...]]()

    for number in range(ROUNDS):
        told = together(house, [(one, raises(it)), (other, ends_it(it))], number)
        now = again(house, it)
        assert (now.level, now.ended_at is not None, *told) in {
            ("tactical", False, "done", "RaisedMeanwhile"), ("steering", True, "EscalationOver", "done"),
        }  # fmt: skip
        assert levels(house) == (["steering"] if now.ended_at else ["steering", "tactical"])
        seen[tuple(told)] += 1
        put_back(house, it)

    assert len(seen) == 2, "a race, not a queue"


@pytest.mark.rule("GOV-2")
def test_one_that_looks_without_holding_raises_what_has_ended(house: House) -> None:
    """The same race with a naive use case comes to what the tests above refuse: so they would see it."""
    it = answered(house, an_escalation(house))
    one, other = someone(house, "steering_member"), someone(house, "hub_manager")
    wrong = 0

    for _ in range(30):
        together(house, [(one, raises_naively(it)), (other, ends_it(it))])
        now = again(house, it)
        wrong += now.level == "tactical" and now.ended_at is not None
        put_back(house, it)

    assert wrong > 0


@pytest.mark.rule("GOV-2")
def test_of_several_who_open_the_same_matter_at_once_one_does_and_no_number_is_given_twice(house: House) -> None:
    members = [someone(house, "steering_member") for _ in range(3)]
    places = [an_organisation(house, f"place-{number}") for number in range(10)]
    for place in places:
        told = together(
            house,
            [
                (who, lambda ctx, place=place: use_cases.open_escalation(
                    ctx, place, about="actions", grounds="None done.", ask=ASKED
                ))
                for who in members
            ],
        )  # fmt: skip
        assert sorted(told) == ["AlreadyEscalated", "AlreadyEscalated", "done"]

    assert sorted(each.number for each in every(house, Escalation)) == list(range(1, 11))
