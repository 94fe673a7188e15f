"""Which time a report speaks of, how it is written, and what cannot be asked for (GOV-1, GOV-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from compliance.governance.figures import report, spans
from compliance.governance.figures.model import Span
from compliance.kernel.clock import FixedClock, start_of
from compliance.kernel.context import House
from compliance.kernel.errors import Invalid
from policies.floors import BrokenPolicy
from policies.reports import ReportKind, checked_kinds
from policies.values import packaged
from tests.builders.facts import told
from tests.builders.identity import an_employer, someone
from tests.builders.use import move_to

KINDS = packaged().report_kinds
PACK = KINDS["steering_pack"]
IN_APRIL = replace(KINDS["annual_summary"], first_month=4)


@pytest.mark.rule("GOV-1", "GOV-4")
@pytest.mark.parametrize(
    ("kind", "written", "since", "until", "name"),
    [
        (PACK, "2026Q4", date(2026, 10, 1), date(2027, 1, 1), "October to December 2026"),
        (PACK, "2026-Q1", date(2026, 1, 1), date(2026, 4, 1), "January to March 2026"),
        (PACK, " 2026q3 ", date(2026, 7, 1), date(2026, 10, 1), "July to September 2026"),
        (KINDS["biannual"], "2026H2", date(2026, 7, 1), date(2027, 1, 1), "July to December 2026"),
        (KINDS["annual_summary"], "2026", date(2026, 1, 1), date(2027, 1, 1), "January to December 2026"),
        (IN_APRIL, "2026", date(2026, 4, 1), date(2027, 4, 1), "April 2026 to March 2027"),
        (replace(PACK, first_month=4), "2026Q4", date(2027, 1, 1), date(2027, 4, 1), "January to March 2027"),
    ],
)
def test_a_span_is_written_and_read(kind: ReportKind, written: str, since: date, until: date, name: str) -> None:
    span = spans.span_named(kind, written)

    assert span == Span(since, until, name)
    assert spans.span_named(kind, spans.written(kind, span)) == span
    for day in (since, until - timedelta(days=1)):
        assert spans.span_of(kind, day) == span
    assert spans.span_before(kind, span).until == since
    assert spans.last_whole(kind, until) == span
    assert spans.last_whole(kind, until - timedelta(days=1)) == spans.span_before(kind, span)


@pytest.mark.rule("GOV-1", "GOV-4")
@pytest.mark.parametrize(
    ("kind", "written"),
    [(PACK, each) for each in ("", "2026", "2026Q5", "2026Q0", "2026H1", "26Q4", "٢٠٢٦Q4", "2026Q4x", "0001Q1", "9999Q4", "Q4")]
    + [(KINDS["biannual"], each) for each in ("2026H3", "2026Q1", "2026")]
    + [(KINDS["annual_summary"], each) for each in ("2026Q1", "20266", "26", "-2026")],
)  # fmt: skip
def test_what_is_no_span_of_the_kind_is_refused_with_an_example(kind: ReportKind, written: str) -> None:
    with pytest.raises(Invalid) as refused:
        spans.span_named(kind, written)
    assert refused.value.fields[0].pointer == "/period"
    assert "such as" in refused.value.words


@pytest.mark.rule("GOV-1")
def test_spans_follow_one_another_for_thirty_years_without_gap_or_overlap() -> None:
    for kind in (*KINDS.values(), IN_APRIL):
        span = spans.span_of(kind, date(2000, 1, 1))
        for _ in range(30 * 12 // kind.months):
            after = spans.span_of(kind, span.until)
            assert (after.since, spans.span_before(kind, after)) == (span.until, span)
            assert spans.months(after)[0] == after.since
            assert len(spans.months(after)) == kind.months
            span = after


@pytest.mark.rule("GOV-1", "GOV-4")
def test_a_span_of_which_nothing_can_be_known_is_refused_and_one_that_is_half_known_says_so(
    house: House, clock: FixedClock
) -> None:
    manager = someone(house, "hub_manager", "ig_officer")

    def asked(written: str) -> tuple[str, ...]:
        with house.reading(*manager) as ctx:
            return tuple(report.build(ctx, "steering_pack", spans.span_named(PACK, written)).says)

    with pytest.raises(Invalid, match="Nothing is on the register yet"):
        asked("2026Q4")
    an_employer(house)

    with pytest.raises(Invalid, match="registers begin on 21 November 2026") as refused:
        asked("2016Q4")
    assert refused.value.fields[0].pointer == "/period"
    with pytest.raises(Invalid, match="has not begun"):
        asked("2027Q1")
    assert asked("2026Q4") == (
        "October to December 2026 is not over: this is how it stood on 21 November 2026.",
        "The registers begin on 21 November 2026: nothing is known of what was before.",
    )
    move_to(clock, "2027-04-01T09:00")
    assert asked("2027Q1") == ()


@pytest.mark.rule("GOV-1", "GOV-4")
def test_a_nought_of_a_time_before_the_service_began_is_not_said_as_if_it_were_known(house: House) -> None:
    refuge, manager = an_employer(house), someone(house, "hub_manager", "ig_officer")
    told(house, refuge, date(2026, 8, 1), {"meetings_attended": 3})

    def asked(written: str) -> tuple[str, ...]:
        with house.reading(*manager) as ctx:
            return tuple(report.build(ctx, "steering_pack", spans.span_named(PACK, written)).says)

    unseen = "This service began on 21 November 2026: before that day, a 0 may be what nobody has entered."
    assert asked("2026Q3") == ("The registers begin on 1 August 2026: nothing is known of what was before.", unseen)
    assert unseen in asked("2026Q4")


@pytest.mark.rule("GOV-1")
def test_a_span_ends_with_its_last_instant_in_london_or_now(house: House, clock: FixedClock) -> None:
    """In summer London is an hour ahead: what happens in the last hour of June by Greenwich is July's."""
    second = spans.span_named(PACK, "2026Q2")
    assert spans.begin(spans.span_named(PACK, "2026Q3")) == datetime.fromisoformat("2026-06-30T23:00:00+00:00")
    with house.reading(*someone(house, "hub_manager")) as ctx:
        assert spans.end(ctx, second) == start_of(date(2026, 7, 1)) - timedelta(microseconds=1)
        assert spans.end(ctx, spans.span_named(PACK, "2026Q4")) == ctx.now()
        assert (spans.is_over(ctx, second), spans.is_over(ctx, spans.span_named(PACK, "2026Q4"))) == (True, False)


@pytest.mark.rule("GOV-1", "GOV-4")
@pytest.mark.parametrize(
    "wrong", [{"months": 4}, {"first_month": 0}, {"first_month": 13}, {"chapters": ""}, {"chapters": "audits audits"}]
)
def test_a_kind_that_cannot_be_breaks_the_policy(wrong: dict[str, object]) -> None:
    with pytest.raises(BrokenPolicy, match=r"report_kinds\.toml: steering_pack"):
        checked_kinds({PACK.code: replace(PACK, **wrong)})  # type: ignore[arg-type]


@pytest.mark.rule("GOV-1", "GOV-4")
def test_every_chapter_that_a_kind_names_is_one_that_somebody_counts() -> None:
    named = {chapter for kind in KINDS.values() for chapter in kind.chapters.split()}
    assert named <= set(report.CHAPTERS)
    assert set(PACK.chapters.split()) == set(report.CHAPTERS), "the steering group sees all of them"
