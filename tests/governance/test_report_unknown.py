"""What a register knows nothing of is said to be not known, and is never nought (GOV-1, GOV-4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from compliance.governance.figures import report, spans
from compliance.governance.figures.model import NOT_KNOWN, Chapter
from compliance.governance.support.models import HelpRequest
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from policies.values import Policy
from signatories.models import Organisation
from tests.builders.busy_hub import a_busy_hub
from tests.builders.facts import told
from tests.builders.identity import Acting, an_employer, someone
from tests.builders.use import move_to

OF_NOW = {
    "audits": {"opened", "earlier", "people", "overdue", "signed"},
    "breaches": {"overdue", "with_manager", "with_steering"},
    "complaints": {"overdue", "data_overdue"},
    "retention": {"kept", "overdue", "reviews", "reviews_late", "proposed", "instructed", "disposed"},
}
"""Figures of the day of counting, whatever the span, and those of audits that are kept by the quarter."""


def chapters(house: House, who: Acting, written: str) -> dict[str, Chapter]:
    with house.reading(*who) as ctx:
        kind = ctx.the(Policy).report_kinds["steering_pack"]
        made = report.build(ctx, kind.code, spans.span_named(kind, written))
        return {chapter.code: chapter for chapter in made.chapters}


def came(house: House, since: str) -> Acting:
    """A hub whose register tells of an organisation from long before this service was there."""
    place = an_employer(house, "Harbour Refuge")
    at = datetime.fromisoformat(since).replace(tzinfo=UTC)
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(update(Organisation).where(Organisation.id == place).values(created_at=at))
    return someone(house, "hub_manager")


@pytest.mark.rule("GOV-1", "GOV-6")
def test_a_span_before_the_service_began_to_keep_them_has_no_figures_of_what_it_keeps(house: House) -> None:
    manager = came(house, "2025-01-05T09:00")

    before, now = chapters(house, manager, "2026Q2"), chapters(house, manager, "2026Q4")

    assert {each.said for each in before["support"].figures} == {NOT_KNOWN}
    assert [grid.nothing for grid in before["support"].grids] == [f"{NOT_KNOWN}."]
    for code, standing in OF_NOW.items():
        said = {each.code: each.said for each in before[code].figures if each.code not in standing}
        assert set(said.values()) == {NOT_KNOWN}, (code, said)
    assert [grid.nothing for grid in before["complaints"].grids] == [f"{NOT_KNOWN}."] * 3
    drawn = [values for code in OF_NOW for _, values in before[code].trends[0].series]
    assert all(value is None for values in drawn for value in values)
    licences = {each.code: each.said for each in before["licences"].figures}
    assert {licences[code] for code in ("held", "requested", "given", "ended", "left_list")} == {NOT_KNOWN}
    assert {each.said for each in now["support"].figures} == {"0"}, "nobody asked yet, and it is kept"
    assert {each.code: each.said for each in now["breaches"].figures}["reported"] == "0"


@pytest.mark.rule("GOV-1", "RET-9")
def test_a_span_of_which_the_rows_are_disposed_of_by_now_has_no_figures(house: House, clock: FixedClock) -> None:
    manager = came(house, "2025-01-05T09:00")
    move_to(clock, "2033-02-01T09:00")

    old, new = chapters(house, manager, "2026Q4"), chapters(house, manager, "2032Q1")

    assert {each.code: each.said for each in old["breaches"].figures}["reported"] == NOT_KNOWN, "kept for six years"
    assert {each.code: each.said for each in old["audits"].figures}["flags_raised"] == NOT_KNOWN, "kept for three years"
    assert {each.code: each.said for each in new["breaches"].figures}["reported"] == "0"


@pytest.mark.rule("GOV-6")
def test_requests_for_help_are_known_from_the_first_one_on(house: House) -> None:
    a_busy_hub(house)
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(update(HelpRequest).values(asked_at=house.clock.now() - timedelta(days=60), ended_at=None))

    known = {
        written: {each.code: each.said for each in chapters(house, someone(house, "hub_manager"), written)["support"].figures}
        for written in ("2026Q2", "2026Q3")
    }  # fmt: skip

    assert set(known["2026Q2"].values()) == {NOT_KNOWN}
    assert known["2026Q3"]["asked"] == "80"
    assert known["2026Q3"]["ended"] == "0"


@pytest.mark.rule("GOV-1", "GOV-2")
def test_a_quarter_of_which_the_case_system_told_nothing_has_no_rates_and_no_rows(house: House) -> None:
    manager = came(house, "2026-01-05T09:00")
    told(house, an_employer(house, "Ferry Lane"), date(2026, 10, 1), {"meetings_attended": 3, "meetings_missed": 1})

    silent, spoken = (chapters(house, manager, written)["accountability"] for written in ("2026Q3", "2026Q4"))

    rates = ("attendance", "actions", "research")
    assert {each.said for each in silent.figures if each.code in rates} == {NOT_KNOWN}
    assert [(grid.rows, grid.nothing) for grid in silent.grids] == [
        ([], "The case system reported nothing for these months.")
    ] * 2
    assert {value for _, series in silent.trends[0].series for value in series} == {None}
    assert {each.code: each.said for each in spoken.figures}["attendance"] == "75.0%"


@pytest.mark.rule("GOV-1")
def test_an_organisation_that_joined_within_the_quarter_is_there_at_its_end_and_not_at_its_beginning(
    house: House, clock: FixedClock
) -> None:
    manager = came(house, "2026-01-05T09:00")
    before = an_employer(house, "Ferry Lane")
    told(house, before, date(2026, 11, 1), {"meetings_attended": 1, "meetings_missed": 0})
    move_to(clock, "2027-01-05T09:00")

    found = chapters(house, manager, "2026Q4")

    said = {each.code: each.value for each in found["signatories"].figures}
    assert (said["organisations_before"], said["organisations"], said["in_span_joined"]) == (1, 2, 1)
    assert [row[0] for row in found["accountability"].grids[0].rows] == ["Ferry Lane"], (
        "counted from its first month on"
    )
    assert {each.code: each.value for each in chapters(house, manager, "2026Q3")["signatories"].figures}[
        "organisations"
    ] == 1
