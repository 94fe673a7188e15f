"""Many requests by spreadsheet: every row answered, nothing half done, and nobody reaches further than by hand (LIC-4)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from compliance.kernel.context import Actor, House, operator
from compliance.kernel.errors import Forbidden, Invalid
from compliance.licences.bulk.columns import COLUMNS
from compliance.licences.bulk.use_cases import carry_out
from compliance.licences.models import Licence
from compliance.licences.rules import EndReason, Kind, Status
from compliance.licences.sheets.answers import Answer
from compliance.licences.sheets.reading import listed_in
from tests.builders import identity
from tests.builders.licences import a_licence, a_request, acting, again, an_organisation, hub, partner, seats
from tests.builders.sheets import a_row, an_xlsx


def sent(house: House, actor: Actor, *rows: tuple[str, ...]) -> list[Answer]:
    with acting(house, actor) as ctx:
        listed, _ = listed_in(ctx, an_xlsx(rows), COLUMNS)
        return carry_out(ctx, listed)


def said(answers: list[Answer]) -> list[tuple[int, bool, str]]:
    return [(answer.row, answer.taken, answer.field) for answer in answers]


def licences(house: House) -> dict[str, Licence]:
    with house.reading(operator("test")) as ctx:
        return {row.person.email: row for row in ctx.session.scalars(select(Licence).order_by(Licence.requested_at))}


@pytest.mark.rule("LIC-4")
def test_joiners_movers_and_leavers_are_taken_in_one_transaction_and_each_other_row_says_why(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    moves, leaves = (a_licence(house, organisation, f"{name}@swale.gov.uk") for name in ("mia", "leo"))
    a_request(house, organisation, "asked@swale.gov.uk")

    answers = sent(
        house,
        partner(organisation),
        a_row("kim@swale.gov.uk", Areas="Mid Kent; medway"),
        a_row("ivo@swale.gov.uk", Kind="By invite", Cases="C-1; C-2", Last_day="27/03/2027"),
        a_row("mia@swale.gov.uk", What="Mover", Areas="medway"),
        a_row("leo@swale.gov.uk", What="leaver"),
        a_row("KIM@swale.gov.uk"),
        a_row("asked@swale.gov.uk"),
        a_row("kim@gmail.com"),
        a_row("new@swale.gov.uk", Areas="Atlantis"),
        a_row("new@swale.gov.uk", Full_name=""),
        a_row("new@swale.gov.uk", What="sacked"),
        a_row("nobody@swale.gov.uk", What="leaver"),
        a_row("new@swale.gov.uk", Kind="By invite", Cases="C-1", Last_day="31/02/2027"),
        a_row("new@swale.gov.uk", Reason="a" * 4001),
        a_row("new@swale.gov.uk", Full_name="Kim\u202eMade-Up"),
        a_row("new@swale.gov.uk", Organisation="Dover"),
    )

    assert said(answers) == [
        (2, True, ""), (3, True, ""), (4, True, ""), (5, True, ""),
        (6, False, "E-mail"), (7, False, ""), (8, False, "E-mail"), (9, False, "Areas"), (10, False, "Full name"),
        (11, False, "What"), (12, False, "E-mail"), (13, False, "Last day"), (14, False, "Reason"),
        (15, False, "Full name"), (16, False, "Organisation"),
    ]  # fmt: skip
    assert answers[4].says == "Row 2 is about the same person already. Keep one of the two."
    found = licences(house)
    assert (found["kim@swale.gov.uk"].status, len(found["kim@swale.gov.uk"].areas)) == (Status.REQUESTED, 2)
    by_invite = found["ivo@swale.gov.uk"]
    assert (by_invite.kind, by_invite.ends_on, len(by_invite.cases)) == (Kind.BY_INVITE, date(2027, 3, 27), 2)
    assert found["mia@swale.gov.uk"].replaces_id == moves.id
    assert again(house, leaves.id).end_reason == EndReason.LEAVER
    assert "new@swale.gov.uk" not in found
    told = identity.logged(house, "bulk_request.sent")
    assert len(told) == 1
    assert '"refused":11,"taken":4' in told[0].detail


@pytest.mark.rule("LIC-4", "LIC-12")
def test_the_same_list_sent_again_is_refused_row_by_row(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    for name in ("mia", "leo"):
        a_licence(sqlite_house, organisation, f"{name}@swale.gov.uk")
    rows = (
        a_row("kim@swale.gov.uk"),
        a_row("mia@swale.gov.uk", What="mover", Areas="medway"),
        a_row("leo@swale.gov.uk", What="leaver"),
    )

    first, second = (sent(sqlite_house, partner(organisation), *rows) for _ in range(2))

    assert [answer.taken for answer in first] == [True] * 3
    assert [answer.taken for answer in second] == [False] * 3
    assert second[0].says.startswith("This person already has a licence, or a request for one")


@pytest.mark.rule("LIC-4", "ROL-4")
def test_a_delegate_reaches_their_own_organisation_and_the_hub_any_by_name_or_code(sqlite_house: House) -> None:
    house = sqlite_house
    ours = an_organisation(house)
    an_organisation(house, "dover")
    theirs = a_row("kim@dover.gov.uk", Organisation="dover")

    refused = sent(house, partner(ours), theirs, a_row("kim@dover.gov.uk", Organisation="no-such"))
    taken = sent(
        house, hub("hub_coordinator"), theirs, a_row("kim@swale.gov.uk", Organisation="SWALE"), a_row("a@b.uk")
    )

    assert {answer.says for answer in refused} == {
        "There is no organisation of this name or code that you can ask for."
    }
    assert said(taken) == [(2, True, ""), (3, True, ""), (4, False, "Organisation")]
    for actor in (partner(ours, "escalation_contact"), hub("ig_officer")):
        with pytest.raises(Forbidden):
            sent(house, actor, theirs)


@pytest.mark.rule("LIC-4")
def test_a_row_with_a_formula_is_refused_and_the_others_are_taken(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)

    answers = sent(
        sqlite_house,
        partner(organisation),
        a_row("kim@swale.gov.uk", Full_name="=cmd|' /C calc'!A1"),
        a_row("lou@swale.gov.uk"),
    )

    assert [answer.taken for answer in answers] == [False, True]
    assert "formula" in answers[0].says


@pytest.mark.rule("LIC-4")
def test_a_list_without_rows_or_with_too_many_is_refused_whole(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)

    for rows, says in (((), "no rows below"), ((a_row("kim@swale.gov.uk"),) * 101, "Send 100 rows or fewer")):
        with pytest.raises(Invalid) as refused:
            sent(sqlite_house, partner(organisation), *rows)
        assert says in refused.value.words
    assert licences(sqlite_house) == {}


@pytest.mark.rule("LIC-4")
def test_nothing_is_left_of_a_list_whose_transaction_fails(house: House) -> None:
    organisation = an_organisation(house)

    class Broken(Exception):
        pass

    with pytest.raises(Broken), acting(house, partner(organisation)) as ctx:
        listed, _ = listed_in(ctx, an_xlsx([a_row(f"p{number}@swale.gov.uk") for number in range(5)]), COLUMNS)
        assert all(answer.taken for answer in carry_out(ctx, listed))
        raise Broken()

    assert licences(house) == {}
    assert identity.logged(house, "licence.requested") == []
