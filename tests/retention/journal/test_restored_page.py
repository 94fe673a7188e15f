"""The page of what was done again: what somebody has to look at, taken away as a file, and shut to nobody who may see it."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from compliance.identity import use_cases as identity
from compliance.kernel.context import House, operator
from retention.journal.copied import again as done_again
from retention.journal.keeping import keep
from retention.journal.listing import WHAT
from tests.builders.exceptions import kept
from tests.builders.identity import an_account, logged
from tests.retention.journal.conftest import again
from tests.retention.journal.test_journal import a_client
from tests.retention.journal.test_rights import another_password, case_closed
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat, address, comes, seat  # noqa: F401
from tests.witnesses.conftest import Past

HERE = "/retention/restored"


def test_every_kind_has_words() -> None:
    assert set(WHAT) == set(done_again())


@pytest.fixture
def turned_back(sqlite_app: Flask, kept_house: House, past: Past) -> House:
    """A store that had forgotten a password's end, a program's, and that a case was closed."""
    person = an_account(kept_house, "hub_coordinator", full_name="Wren Alder").person
    client = a_client(kept_house, ends=False)
    keep(kept_house)
    past.take()
    another_password(kept_house, person.id)
    case_closed(kept_house, "C-7")
    a_client(kept_house, ends=True)
    with kept_house.work(operator("test")) as ctx:
        identity.end_client(ctx, client.id)
    keep(kept_house)
    past.put_back()
    keep(kept_house)
    return kept_house


@pytest.mark.rule("RET-12", "AUD-1")
def test_the_hub_sees_what_was_done_again_and_what_is_asked_of_it(
    sqlite_app: Flask,
    turned_back: House,
    comes: Comes,  # noqa: F811
) -> None:
    officer = comes("ig_officer")

    page = officer.get(HERE).text
    assert page.count("<tr") == 1 + 3
    assert "Wren Alder" in page
    assert "whoever signs in sets a new password" in page
    assert officer.get(f"{HERE}?which=to_look").text.count("<tr") == 1 + 1
    assert officer.get(f"{HERE}?what=client.ended&sort=-how").text.count("<tr") == 1 + 1
    assert officer.get(f"{HERE}?search=wren&sort=what").text.count("<tr") == 1 + 1
    assert "Nothing fits" in officer.get(f"{HERE}?search=zebra").text

    rows = json.loads(officer.get(f"{HERE}/export.json").text)["rows"]
    assert {row["What had been forgotten"] for row in rows} == {WHAT[what] for what, _ in again(turned_back)}
    assert len(logged(turned_back, "list.exported")) == 1
    assert comes("delegate").get(HERE).status_code == 403


@pytest.mark.rule("DEC-6")
def test_whoever_is_kept_from_a_case_does_not_read_of_it_here(
    sqlite_app: Flask,
    turned_back: House,
    comes: Comes,  # noqa: F811
) -> None:
    officer = comes("ig_officer")
    assert "C-7" in officer.get(HERE).text
    assert officer.account is not None
    kept(turned_back, officer.account.person.id, "C-7")

    page = officer.get(HERE).text

    assert "C-7" not in page
    assert page.count("<tr") == 1 + 2


@pytest.mark.rule("RET-12")
def test_nobody_is_shut_out_of_the_page(
    sqlite_app: Flask,
    turned_back: House,
    comes: Comes,  # noqa: F811
    seat: Seat,  # noqa: F811
) -> None:
    officer = comes("ig_officer")
    shuts_nobody_out(seat(officer), HERE, f"{HERE}?which=to_look&sort=-what", f"{HERE}?search=zebra")
