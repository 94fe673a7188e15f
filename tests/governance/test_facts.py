"""What the case system counts: taken whole or not at all, corrected with its history, and never more than there is (GOV-2)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from compliance.governance.facts import queries, rules, use_cases
from compliance.governance.facts.errors import FactsRefused, ToldOtherwise
from compliance.governance.facts.models import Fact, FactTold
from compliance.governance.facts.rules import Told
from compliance.identity import use_cases as identity
from compliance.identity.models import ServiceClient
from compliance.kernel.context import Actor, Holding, House, operator
from compliance.kernel.errors import Forbidden
from tests.builders.exceptions import kept
from tests.builders.identity import Acting, an_employer, every, logged, someone
from tests.builders.sharing import me
from tests.support.together import Act, together


def the_program(house: House) -> Actor:
    with house.work(operator("tests")) as ctx:
        client, _ = identity.register_client(ctx, name="The case system", scopes=["facts:write"])
    return Actor("client", client.client_id, holdings=frozenset({Holding("case_system")}))


class Counting:
    """The case system, counting one organisation in Mid-Kent in November 2026, unless told otherwise."""

    def __init__(self, house: House) -> None:
        self.house, self.program, self.place = house, the_program(house), an_employer(house)

    def told(self, counter: str, count: int, **more: Any) -> Told:
        said: dict[str, Any] = {"organisation_id": self.place, "area": "mid-kent", "period": "2026-11"} | more
        return Told(counter=counter, count=count, **said)

    def reports(self, *facts: Told) -> use_cases.Report:
        with self.house.work(self.program) as ctx:
            return use_cases.report(ctx, facts)

    def refused(self, *facts: Told) -> list[str]:
        with pytest.raises((FactsRefused, ToldOtherwise)) as refusal:
            self.reports(*facts)
        return [field.pointer for field in refusal.value.fields]

    def stands(self) -> dict[str, int]:
        return {f"{row.counter}{row.reference and ':' + row.reference}": row.count for row in every(self.house, Fact)}


def telling(fact: Told) -> Act:
    return lambda ctx: use_cases.report(ctx, [fact])


@pytest.fixture
def counting(sqlite_house: House) -> Counting:
    return Counting(sqlite_house)


@pytest.mark.rule("GOV-2")
def test_a_correction_takes_the_place_of_what_stood_and_the_history_keeps_both(counting: Counting) -> None:
    assert counting.reports(counting.told("research_due", 9), counting.told("research_sent", 4)) == use_cases.Report(
        2, 0, 0
    )
    assert counting.reports(counting.told("research_due", 9), counting.told("research_sent", 7)) == use_cases.Report(
        0, 1, 1
    )
    assert counting.reports(counting.told("research_sent", 7)) == use_cases.Report(0, 0, 1)

    assert counting.stands() == {"research_due": 9, "research_sent": 7}
    sent = next(row for row in every(counting.house, Fact) if row.counter == "research_sent")
    assert sorted(row.count for row in every(counting.house, FactTold) if row.fact_id == sent.id) == [4, 7]
    entries = logged(counting.house, "facts.reported")
    assert len(entries) == 2, "what says nothing new is no change"
    assert all(entry.organisation == str(counting.place) for entry in entries)


@pytest.mark.rule("GOV-2")
def test_what_is_wrong_is_named_and_nothing_of_the_call_is_taken(counting: Counting) -> None:
    good = counting.told("actions_set", 3)
    bad: dict[str, tuple[dict[str, Any], ...]] = {
        "count": ({"count": -1}, {"count": 100_001}),
        "area": ({"area": "atlantis"}, {"area": ""}),
        "period": ({"period": "2026-12"}, {"period": "2027-01"}, {"period": "2024-10"}, {"period": "2026-13"},
                   {"period": "2026-00"}, {"period": "0000-01"}, {"period": "2026-1"}, {"period": "2026-11-01"},
                   {"period": "２０２６-11"}),
        "organisation_id": ({"organisation_id": uuid4()},),
        "counter": ({"counter": "gold_stars"},),
    }  # fmt: skip
    for member, cases in bad.items():
        for case in cases:
            said: dict[str, Any] = {"counter": "meetings_missed", "count": 1, **case}
            assert counting.refused(good, counting.told(**said)) == [f"/facts/1/{member}"], case
    assert counting.stands() == {}
    assert counting.refused() == ["/facts"]
    assert counting.refused(*(counting.told("actions_set", 1, reference=f"C-{n}") for n in range(1001))) == ["/facts"]


@pytest.mark.rule("GOV-2")
def test_this_month_and_two_years_back_are_taken(counting: Counting) -> None:
    taken = counting.reports(*(counting.told("actions_set", 1, period=period) for period in ("2026-11", "2024-11")))

    assert taken.new == 2


@pytest.mark.rule("GOV-2")
def test_the_same_thing_twice_in_a_call_is_refused(counting: Counting) -> None:
    assert counting.refused(counting.told("actions_set", 3), counting.told("actions_set", 4)) == ["/facts/1/counter"]
    assert counting.reports(
        counting.told("actions_set", 3), counting.told("actions_set", 3, area="medway")
    ).new == 2  # fmt: skip


@pytest.mark.rule("GOV-2")
def test_no_more_is_done_or_overdue_than_was_set_in_whatever_order_it_is_told(counting: Counting) -> None:
    told = counting.told
    assert counting.refused(told("actions_done", 1)) == ["/facts/0/count"]
    assert counting.refused(told("actions_set", 3), told("actions_done", 4)) == ["/facts/1/count"]
    assert counting.refused(told("actions_done", 2), told("actions_overdue", 2), told("actions_set", 3)) == [
        "/facts/0/count", "/facts/1/count",
    ]  # fmt: skip
    counting.reports(told("actions_done", 2), told("actions_overdue", 1), told("actions_set", 3))
    assert counting.refused(told("actions_set", 2)) == ["/facts/0/count"]
    assert counting.refused(told("actions_done", 3)) == ["/facts/0/count"]
    counting.reports(told("actions_done", 3), told("actions_overdue", 0))
    assert counting.stands() == {"actions_set": 3, "actions_done": 3, "actions_overdue": 0}
    assert counting.refused(told("meetings_attended", 2), told("statement_read", 3)) == ["/facts/1/count"]
    assert counting.refused(told("research_due", 2), told("research_sent", 3)) == ["/facts/1/count"]
    counting.reports(told("meetings_attended", 2), told("meetings_missed", 9), told("statement_read", 2))


@pytest.mark.rule("GOV-2")
def test_a_month_is_told_case_by_case_or_all_together_and_never_counted_twice(counting: Counting) -> None:
    told = counting.told
    counting.reports(told("actions_set", 2, reference="C-1"), told("actions_set", 3, reference="C-2"))

    assert counting.refused(told("actions_set", 5)) == ["/facts/0/reference"]
    assert counting.refused(
        told("meetings_missed", 1, area="medway"), told("meetings_missed", 1, area="medway", reference="C-1")
    ) == ["/facts/0/reference", "/facts/1/reference"]
    assert counting.refused(told("actions_done", 3, reference="C-1")) == ["/facts/0/count"], "by its own case"
    counting.reports(told("actions_set", 0, reference="C-1"), told("actions_set", 0, reference="C-2"))
    counting.reports(told("actions_set", 5))

    with counting.house.work(*someone(counting.house, "steering_member")) as ctx:
        [total] = queries.sums(ctx, since=date(2026, 11, 1), until=date(2026, 12, 1))
    assert (total.organisation_id, total.area, total.counter, total.count) == (
        counting.place, "mid-kent", "actions_set", 5,
    )  # fmt: skip


@pytest.mark.rule("GOV-2", "ROL-4")
def test_an_organisation_reads_its_own_and_nobody_tells_but_a_program_that_stands(counting: Counting) -> None:
    counting.reports(counting.told("meetings_missed", 2, reference="C-1"))
    house = counting.house
    own = someone(house, "delegate", organisation_id=counting.place)
    reader = someone(house, "hub_coordinator")

    for who, sees in ((own, 1), (someone(house, "delegate"), 0), (reader, 1), (someone(house, "ig_officer"), 1)):
        with house.work(*who) as ctx:
            rows = queries.facts(ctx, counter="meetings_missed", area="mid-kent", search="c-1").rows
            assert len(rows) == sees
            assert len(queries.history(ctx, every(house, Fact)[0].id)) == sees
    kept(house, me(reader))
    with house.work(*reader) as ctx:
        assert queries.facts(ctx).rows == ()
        assert len(queries.sums(ctx, since=date(2026, 1, 1), until=date(2027, 1, 1))) == 1, "a figure names no case"
    with house.work(*own) as ctx, pytest.raises(Forbidden):
        use_cases.report(ctx, [counting.told("meetings_missed", 3)])
    with house.work(operator("tests")) as ctx:
        identity.end_client(ctx, every(house, ServiceClient)[0].id)
    with pytest.raises(Forbidden):
        counting.reports(counting.told("meetings_missed", 3, reference="C-1"))


@pytest.mark.rule("GOV-2")
def test_of_two_reports_at_once_neither_breaks_what_holds_for_both(house: House) -> None:
    counting = Counting(house)
    who = Acting(counting.program, someone(house, "hub_coordinator").origin)
    done = 0
    for number in range(60):
        period = f"{2025 + number % 2}-{number // 12 + 1:02}"
        area = ("mid-kent", "medway", "north-kent")[number % 3]
        by_case = counting.told("actions_set", 1, period=period, area=area, reference=f"C-{number}")
        whole = counting.told("actions_set", 1, period=period, area=area)
        ends = together(house, [
            (who, telling(by_case)), (who, telling(whole)),
        ])  # fmt: skip
        done += ends.count("done")
        assert set(ends) <= {"done", "ToldOtherwise"}, ends
    told = {(row.area, row.month, bool(row.reference)) for row in every(house, Fact) if row.count}
    assert not {(area, month) for area, month, by in told if by} & {(area, month) for area, month, by in told if not by}
    assert done >= 1


@pytest.mark.rule("GOV-2")
def test_a_month_is_a_month() -> None:
    assert rules.month_of("2026-02") == date(2026, 2, 1)
    assert [rules.month_of(said) for said in ("", "2026", "2026-2", "02-2026", "2026-02 ", "9999-99")] == [None] * 6
