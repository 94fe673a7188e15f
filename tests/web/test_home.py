"""The first page by role: each figure is the length of the list behind it, all that matters fits one screen, and the menu one line."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.licences.models import Licence
from compliance.licences.rules import Status
from compliance.licences.use_cases import record_training
from compliance.web import sections
from compliance.web.views import home_doing, home_figures
from compliance.web.views.home_parts import MANY, Waiting, bands
from signatories.welcome import use_cases as welcoming
from tests.builders.breaches import a_cast, reported
from tests.builders.capacity import Hub
from tests.builders.complaints import a_complaint, between, records
from tests.builders.data_complaints import a_data_complaint
from tests.builders.escalations import an_escalation, answered
from tests.builders.facts import LAST_THREE, absent, told
from tests.builders.flags import a_concern
from tests.builders.holds import held
from tests.builders.identity import an_employer, every
from tests.builders.identity import someone as someone_at_work
from tests.builders.licences import a_licence, an_organisation, seats
from tests.support.browser import NARROW, WIDE, axe
from tests.web.conftest import Comes, Seat, Visitor
from tests.web.test_rotas import trained_and_vetted
from tests.web.walking import Walk

ROLES = tuple(home_figures.OF_ROLE)
PARTNERS = ("delegate", "escalation_contact", "authorised_signatory", "licence_holder")
SCREEN = 800
"""Pixels of height that a screen of 1280 by 800 has."""


@pytest.fixture
def swale(sqlite_app: Flask, clock: FixedClock) -> UUID:
    """A partner of whom something of everything waits, some of it for too long."""
    house = house_of(sqlite_app)
    return _stage(house, clock)


def _stage(house: House, clock: FixedClock) -> UUID:
    seats(house, standing=50)
    it = between(house, an_organisation(house, "swale"), an_organisation(house, "thanet"))
    a_complaint(it)
    late = a_complaint(it, theme="attendance")
    clock.move(timedelta(days=1))
    records(it, late)
    an_escalation(house, it.swale)
    answered(house, an_escalation(house, an_employer(house), about="actions"))
    reported(house, a_cast(house, it.swale))
    held(house)
    a_data_complaint(house, received_on=date(2026, 9, 1), organisation_id=it.swale)
    a_concern(house, someone_at_work(house, "delegate"))
    for number, status in enumerate((Status.ACTIVE, Status.ACTIVE, Status.REQUESTED, Status.APPROVED)):
        a_licence(house, it.swale, f"p{number}@swale.gov.uk", status=status)
    absent(house, it.swale)
    with house.work(*someone_at_work(house, "hub_coordinator")) as ctx:
        person = next(each.person_id for each in every(house, Licence) if each.status == Status.ACTIVE)
        record_training(ctx, person, module="dash", done_on=date(2024, 1, 5))
        welcoming.give(ctx, it.swale, given_on=date(2026, 11, 2), items=["protocol"])
    clock.move(timedelta(days=12))
    an_escalation(house, it.swale, about="actions")
    return it.swale


def _comes(comes: Comes, role: str, swale: UUID) -> Visitor:
    if role != "licence_holder":
        return comes(role, organisation_id=swale) if role in PARTNERS else comes(role)
    holder = comes(organisation_id=swale, email="holder@swale.gov.uk")
    assert holder.account is not None
    trained_and_vetted(holder.house, holder.account.person.id)
    a_licence(holder.house, swale, "holder@swale.gov.uk")
    return holder


_LINK = re.compile(r'<a class="hub-(?:card__link|figures__one)" href="([^"]+)">(.*?)</a>', re.S)
_NUMBER = re.compile(r'<span class="hub-(?:card|figures)__number">(\d+)</span>')


def _figures(page: str) -> list[tuple[str, int, str]]:
    """Of each figure of the page: where it leads, the number, and what it says."""
    found = []
    for href, inside in _LINK.findall(page):
        number = _NUMBER.search(inside)
        if number:
            found.append((unescape(href), int(number[1]), " ".join(re.sub("<[^>]+>", "", inside).split())))
    return found


def _rows(page: str) -> int:
    """How many rows the page's list has: the tables of its middle, without their heads."""
    middle = page.partition("<main")[2]
    return sum(body.count("<tr") for body in re.findall(r"<tbody.*?</tbody>", middle, re.S))


@pytest.mark.parametrize("role", ROLES)
def test_each_figure_is_the_length_of_the_list_behind_it(comes: Comes, swale: UUID, role: str) -> None:
    visitor = _comes(comes, role, swale)

    found = _figures(visitor.get("/").text)

    assert found, "every role is shown how things stand"
    for href, number, says in found:
        page = visitor.get(href, follow_redirects=True)
        assert page.status_code == 200, href
        assert _rows(page.text) == number, f"{says!r} leads to {href}, which has {_rows(page.text)} rows"


@pytest.mark.rule("GOV-7")
def test_who_is_due_and_which_packs_are_to_be_given_and_confirmed_stand_there(comes: Comes, swale: UUID) -> None:
    def shown(role: str) -> list[str]:
        found = [says for _, _, says in _figures(_comes(comes, role, swale).get("/").text)]
        return [says for says in found if "training" in says or "pack" in says]

    hub, partner = shown("hub_manager"), shown("delegate")
    assert any("due for training" in says for says in hub)
    assert any("no welcome pack" in says for says in hub)
    assert partner == ["1 person is due for training: See who"]
    assert shown("ig_officer") == []
    delegate = _comes(comes, "delegate", swale)
    assert "Your welcome pack" in delegate.get("/").text

    assert delegate.send(f"/welcome/{swale}/receipt").status_code == 303
    assert "Your welcome pack" not in delegate.get("/").text


def test_so_are_those_of_seats_for_whoever_gives_them_out(sqlite_app: Flask, clock: FixedClock, comes: Comes) -> None:
    Hub(house_of(sqlite_app), clock)
    manager = comes("hub_manager")

    found = [(href, number, says) for href, number, says in _figures(manager.get("/").text) if "seat" in says]

    assert len(found) == 2, "an idle seat, and people who wait for one"
    for href, number, says in found:
        assert _rows(manager.get(href).text) == number, f"{says!r} leads to {href}"


@pytest.mark.rule("GOV-2")
def test_a_partner_is_shown_where_its_own_part_is_below_as_the_page_behind_says_it_and_nothing_where_it_is_well(
    sqlite_app: Flask, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    refuge, well, silent = (an_employer(house, name) for name in ("Harbour Refuge", "Amber Housing", "Silent Housing"))
    absent(house, refuge)
    for month in LAST_THREE:
        told(house, refuge, month, {"research_due": 3, "research_sent": 2, "actions_done": 9, "actions_overdue": 1})
        told(house, well, month, {"meetings_attended": 9, "meetings_missed": 1})

    for role in ("delegate", "escalation_contact"):
        contact = comes(role, organisation_id=refuge)
        first = contact.get("/").text
        assert "Your organisation is below what is expected: meetings attended, research sent in time" in first
        assert "3 of 12 (25.0%), where 80% is expected; 6 of 9 (66.7%), where 80% is expected." in first
        assert f'href="/accountability/{refuge}"' in first
        behind = contact.get(f"/accountability/{refuge}").text
        assert all(rate in behind for rate in ("25.0%", "3 of 12", "66.7%", "6 of 9"))
        for other in (well, silent):
            assert "below what is expected" not in comes(role, organisation_id=other).get("/").text
    for role in ("authorised_signatory", "hub_coordinator"):
        page = comes(role, organisation_id=refuge).get("/")
        assert page.status_code == 200
        assert "below what is expected" not in page.text


@pytest.mark.parametrize("role", ROLES)
def test_the_page_asks_the_store_twelve_times_or_fewer(sqlite_app: Flask, comes: Comes, swale: UUID, role: str) -> None:
    walk = Walk(house_of(sqlite_app), sqlite_app)

    walk.open(role, _comes(comes, role, swale), "/")

    assert not walk.too_dear, "\n\n".join(walk.too_dear)


@pytest.mark.parametrize("role", ROLES)
def test_what_matters_fits_one_screen_the_menu_one_line_and_nobody_is_shut_out(
    comes: Comes, seat: Seat, swale: UUID, role: str
) -> None:
    page = seat(_comes(comes, role, swale))
    page.set_viewport_size({"width": WIDE, "height": SCREEN})
    page.goto("/")
    axe(page)

    assert page.locator("h1").count() == 1
    tops = {round(box["y"]) for box in _boxes(page, ".govuk-service-navigation__item")}
    assert len(tops) == 1, f"the menu stands on {len(tops)} lines"
    for what in (".hub-figures__one", ".hub-card--row", ".hub-ways a"):
        for box in _boxes(page, what):
            assert box["y"] + box["height"] <= SCREEN, f"{what} ends at {box['y'] + box['height']}"

    page.set_viewport_size({"width": NARROW, "height": SCREEN})
    page.goto("/")
    axe(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= NARROW
    lefts = {round(box["x"]) for box in _boxes(page, ".hub-band")}
    assert len(lefts) == 1, "one column on a narrow screen"
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= NARROW for box in _boxes(page, ".hub-figures__one"))


def _boxes(page: Any, what: str) -> list[dict[str, float]]:
    return [each.bounding_box() for each in page.locator(what).all() if each.is_visible()]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_offered_three_to_five_ways_on_and_each_opens(comes: Comes, swale: UUID, role: str) -> None:
    visitor = _comes(comes, role, swale)
    ways = re.findall(r'<a class="govuk-link" href="([^"]+)">', visitor.get("/").text.partition("hub-ways")[2].partition("</nav>")[0])  # fmt: skip

    assert 3 <= len(ways) <= home_doing.MOST
    for href in ways:
        assert visitor.get(href, follow_redirects=True).status_code == 200, href


@pytest.mark.parametrize("role", ROLES)
def test_every_part_of_the_menu_opens_for_whom_it_is_shown(comes: Comes, swale: UUID, role: str) -> None:
    visitor = _comes(comes, role, swale)
    header = visitor.get("/").text.partition("</header>")[0]
    groups = re.findall(r'govuk-service-navigation__link" href="([^"]+)"', header)

    assert 4 <= len(groups) <= len(sections.GROUPS)
    for href in groups:
        page = visitor.get(href, follow_redirects=True)
        assert page.status_code == 200, href
        for part in re.findall(r'hub-group__link" href="([^"]+)"', page.text):
            assert visitor.get(part, follow_redirects=True).status_code == 200, part


def test_every_part_of_the_service_stands_in_one_group_and_every_group_is_of_parts() -> None:
    placed = [part for parts in sections.GROUPS.values() for part in parts]

    assert sorted(placed) == sorted(sections.SECTIONS)
    assert len(sections.GROUPS) <= 7, "the menu stays on one line"


def test_where_much_waits_all_of_it_still_fits_one_screen(comes: Comes, seat: Seat, swale: UUID) -> None:
    page = seat(_comes(comes, "hub_manager", swale))
    page.set_viewport_size({"width": WIDE, "height": SCREEN})
    page.goto("/")

    assert page.locator(".hub-card--row").count() >= MANY, "the history gives the manager much to do"
    assert {round(box["x"]) for box in _boxes(page, ".hub-band")} == {70}, "the bands stand one below the other"
    assert all(box["y"] + box["height"] <= SCREEN for box in _boxes(page, ".hub-card--row"))
    waits = page.locator(".hub-band", has_text="Waits for you").locator(".hub-card__says")
    late = page.locator(".hub-band", has_text="Overdue").locator(".hub-card__says")
    assert waits.count() == 0 < late.count(), "only what is overdue says more than what it is"


def test_nothing_waits_is_said_where_nothing_does(comes: Comes) -> None:
    page = comes("executive_chair").get("/").text

    for words in ("Nothing is overdue.", "Nothing waits for you.", "Nothing falls due in the next 7 days."):
        assert words in page


def test_what_is_late_waits_or_comes_stands_in_its_own_band() -> None:
    today = date(2026, 11, 23)

    def one(title: str, **said: Any) -> Waiting:
        return Waiting(1, title, "", "", "", **said)

    rows = [
        one("yesterday", due=date(2026, 11, 22)),
        one("some are late", late=1, due=date(2026, 11, 25)),
        one("today", due=today),
        one("the seventh day", due=date(2026, 11, 30)),
        one("the eighth day", due=date(2026, 12, 1)),
        one("no day"),
        one("urgent and near", urgent=True, due=date(2026, 11, 24)),
    ]
    late, waits, coming = bands(rows, today)

    assert [each.title for each in late.rows] == ["yesterday", "some are late"]
    assert [each.title for each in waits.rows] == ["urgent and near", "the eighth day", "no day"]
    assert [each.title for each in coming.rows] == ["today", "the seventh day"]
