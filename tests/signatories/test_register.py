"""The register: as it stands, as it stood, found, filtered and sorted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from audit.models import AuditEntry
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, Actor, Holding, House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from policies.values import Policy
from signatories import facts, queries, use_cases
from signatories.queries import RegisterRow
from signatories.rules import State
from tests.builders.identity import someone
from tests.builders.signatories import (
    COMMAND,
    a_png,
    a_signatory,
    an_organisation,
    signs,
    stranger_id,
    the_instruments,
    withdraws,
)

DAY = timedelta(days=1)
READER = Actor("person", str(UUID(int=7)), None, frozenset({Holding("steering_member")}))


def register(house: House, **filters: Any) -> list[RegisterRow]:
    with house.reading(READER) as ctx:
        return queries.register(ctx, **filters)


def names(rows: list[RegisterRow]) -> list[str]:
    return [row.organisation.name for row in rows]


@pytest.mark.rule("SIG-1")
def test_it_shows_who_signed_when_which_version_how_and_whether_it_is_in_force(house: House, clock: FixedClock) -> None:
    the_instruments(house)
    swale = an_organisation(house)
    signs(house, swale, "op")

    (row,) = register(house)
    signed, unsigned = row.instruments["op"], row.instruments["isa"]
    assert (signed.state, signed.in_force, signed.version) == (State.SIGNED, True, "1")
    assert (signed.signed_name, signed.signed_role) == ("Robin Vale", "Head of housing")
    assert (signed.signed_at, signed.method) == (clock.now(), "online")
    assert (unsigned.state, unsigned.signed_name, unsigned.rule) == (State.UNSIGNED, None, "SIG-1")
    assert (row.state, row.areas, row.organisation.sector) == (
        State.UNSIGNED, ("mid-kent",), "Local Authority Housing teams",
    )  # fmt: skip


@pytest.mark.rule("SIG-1")
def test_a_past_day_is_shown_as_it_stood_at_its_end_in_london(house: House, clock: FixedClock) -> None:
    the_instruments(house)
    clock.move(datetime(2027, 6, 1, 10, tzinfo=UTC) - clock.now())
    swale = an_organisation(house)
    clock.move(datetime(2027, 6, 10, 22, 59, tzinfo=UTC) - clock.now())
    signs(house, swale)
    clock.move(timedelta(minutes=1))
    withdraws(house, swale)
    clock.move(DAY)

    # In summer a London day ends at eleven in the evening, UTC: the withdrawal is of the eleventh.
    states = {day: [row.state.value for row in register(house, as_at=date(2027, 6, day))] for day in (9, 10, 11)}
    assert states == {9: ["unsigned"], 10: ["signed"], 11: ["withdrawn"]}
    assert register(house, as_at=date(2027, 5, 31)) == []
    assert register(house, as_at=datetime(2027, 6, 10, 22, 58, 59, tzinfo=UTC))[0].state is State.UNSIGNED
    assert register(house, as_at=datetime(2027, 6, 10, 23, 0, tzinfo=UTC))[0].state is State.WITHDRAWN
    assert register(house)[0].instruments["op"].signed_name == "Robin Vale"


@pytest.mark.rule("SIG-1")
def test_today_is_now_and_the_future_and_a_time_without_a_zone_are_refused(
    sqlite_house: House, clock: FixedClock
) -> None:
    with sqlite_house.reading(READER) as ctx:
        assert queries.instant_of(ctx, date(2026, 11, 21)) == queries.instant_of(ctx, None) == clock.now()
        assert queries.instant_of(ctx, date(2026, 11, 20)) == datetime(2026, 11, 20, 23, 59, 59, 999999, UTC)
        for wrong in (date(2026, 11, 22), date.max, clock.now() + DAY, datetime(2026, 11, 20)):
            with pytest.raises(Invalid) as refused:
                queries.instant_of(ctx, wrong)
            assert refused.value.fields[0].pointer == "/as_at"
        assert queries.register(ctx, as_at=date(1250, 6, 1)) == []
        assert queries.register(ctx, as_at=date.min) == []


@pytest.mark.rule("SIG-1", "SIG-2")
def test_what_was_signed_on_paper_before_the_register_began_is_shown_in_its_time(sqlite_house: House) -> None:
    versions = the_instruments(sqlite_house)
    swale = an_organisation(sqlite_house)
    with sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx:
        use_cases.record_paper_signature(
            ctx, swale, versions["op"], name="Robin Vale", role="Head", signed_on=date(2025, 5, 1),
            scan_name="s.png", scan=a_png(),
        )  # fmt: skip

    today = date(2026, 11, 21)
    assert register(sqlite_house, as_at=date(2025, 5, 1)) == []
    assert register(sqlite_house, as_at=date(2025, 4, 30), known_at=today) == []
    (row,) = register(sqlite_house, as_at=date(2025, 5, 1), known_at=today)
    assert row.instruments["op"].state is State.SIGNED


@pytest.mark.rule("SIG-1")
def test_it_is_found_by_name_code_sector_and_signer_and_filtered_and_sorted(
    sqlite_house: House, clock: FixedClock
) -> None:
    the_instruments(sqlite_house)
    swale = an_organisation(sqlite_house, "swale", areas=["mid-kent"])
    an_organisation(sqlite_house, "oasis", name="Oasis", sector="IDVAs & VAWG Services", areas=["medway", "east-kent"])
    an_organisation(sqlite_house, "cgl", name="CGL", sector="Substance Use", areas=["medway"], takes_licences=False)
    clock.move(DAY)
    signs(sqlite_house, swale)

    assert names(register(sqlite_house)) == ["CGL", "Oasis", "Swale"]
    assert names(register(sqlite_house, sort="-name")) == ["Swale", "Oasis", "CGL"]
    assert names(register(sqlite_house, sort="sector")) == ["Oasis", "Swale", "CGL"]
    assert names(register(sqlite_house, sort="state")) == ["Swale", "CGL", "Oasis"]
    assert names(register(sqlite_house, sort="-signed_at"))[0] == "Swale"
    assert names(register(sqlite_house, search="  oASi ")) == ["Oasis"]
    assert names(register(sqlite_house, search="robin v")) == ["Swale"]
    assert names(register(sqlite_house, search="vawg")) == ["Oasis"]
    assert names(register(sqlite_house, search="%")) == []
    assert names(register(sqlite_house, sector="Substance Use")) == ["CGL"]
    assert names(register(sqlite_house, area="medway")) == ["CGL", "Oasis"]
    assert names(register(sqlite_house, state="signed")) == ["Swale"]
    assert names(register(sqlite_house, area="medway", state=State.SIGNED)) == []
    for wrong in ({"area": "kent"}, {"state": "asleep"}, {"sort": "id"}, {"search": "x" * 201}, {"search": "a\0"}):
        with pytest.raises(Invalid):
            register(sqlite_house, **wrong)


@pytest.mark.rule("SIG-13")
def test_a_signatory_without_seats_is_a_signatory(sqlite_house: House) -> None:
    the_instruments(sqlite_house)
    gp = an_organisation(sqlite_house, "the-surgery", kind="by_invite", areas=[], takes_licences=False)
    signs(sqlite_house, gp)

    (row,) = register(sqlite_house)
    assert (row.state, row.organisation.takes_licences, row.organisation.signatory) == (State.SIGNED, False, True)


@pytest.mark.rule("SIG-1", "AUD-1")
def test_looking_is_recorded_without_what_was_searched_for(sqlite_house: House) -> None:
    the_instruments(sqlite_house)
    swale = a_signatory(sqlite_house)
    with sqlite_house.work(READER) as ctx:
        use_cases.view_register(ctx, search="Vale", as_at=date(2026, 11, 20))
        use_cases.view_history(ctx, swale)
        use_cases.export_register(ctx, "csv")

    with sqlite_house.reading(COMMAND) as ctx:
        entries = ctx.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(3)).all()
    assert [entry.event for entry in entries] == ["register.exported", "register.history_viewed", "register.viewed"]
    assert "Vale" not in "".join(entry.detail for entry in entries)
    assert '"as_at":"2026-11-20T23:59:59.999999+00:00"' in entries[2].detail


@pytest.mark.rule("SIG-1")
def test_the_history_of_an_organisation_keeps_everything_newest_first(sqlite_house: House, clock: FixedClock) -> None:
    the_instruments(sqlite_house)
    swale = a_signatory(sqlite_house)
    clock.move(DAY)
    withdraws(sqlite_house, swale)
    clock.move(DAY)
    signs(sqlite_house, swale, "op")

    with sqlite_house.reading(READER) as ctx:
        lines = [(line.what, line.instrument) for line in queries.history(ctx, swale)]
    assert lines[0] == ("signed", "op")
    assert sorted(lines[1:3]) == [("withdrew", "isa"), ("withdrew", "op")]
    assert sorted(lines[3:]) == [("signed", "isa"), ("signed", "op")]


@pytest.mark.rule("SIG-1")
def test_only_those_with_a_role_read_it(sqlite_house: House) -> None:
    with pytest.raises(Forbidden), sqlite_house.reading(NOBODY) as ctx:
        queries.register(ctx)
    with pytest.raises(NotFound), sqlite_house.reading(READER) as ctx:
        queries.history(ctx, stranger_id())
    with pytest.raises(NotFound), sqlite_house.reading(READER) as ctx:
        queries.standing(ctx, stranger_id())


@pytest.mark.rule("SIG-1")
def test_facts_cost_as_many_statements_for_many_organisations_as_for_one(house: House) -> None:
    the_instruments(house)
    ids = [an_organisation(house, f"partner-{place}") for place in range(12)]
    signs(house, ids[0])
    statements: list[str] = []
    event.listen(house.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))

    with house.engine.connect() as connection:
        one = facts.standings(connection, house.clock.now(), [ids[0]], policy=house.the(Policy, connection))
        asked = [each for each in statements if each.startswith("SELECT")]
        statements.clear()
        every = facts.standings(connection, house.clock.now(), policy=house.the(Policy, connection))
    assert len(statements) == len(asked) <= 10
    assert one == {ids[0]: every[ids[0]]}
    assert {each.failing for each in every.values()} == {(), ("SIG-1",)}


@pytest.mark.rule("SIG-1", "DEC-3")
def test_an_instrument_that_is_required_and_not_in_the_register_fails(sqlite_house: House) -> None:
    swale = an_organisation(sqlite_house)

    with sqlite_house.reading(COMMAND) as ctx:
        assert queries.standing(ctx, swale).failing == ("SIG-1",)
