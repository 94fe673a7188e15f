"""Walking a long list page by page: each row once, whichever way it is sorted, whatever comes meanwhile."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, update

from compliance.kernel.context import Context, House
from compliance.kernel.db import WRITES
from compliance.kernel.errors import Invalid
from compliance.kernel.keyset import check_limit, write
from compliance.licences import queries
from compliance.licences.models import LastUse, Licence
from compliance.licences.queries import SORTS
from compliance.licences.rules import Status
from tests.builders.licences import a_request, an_organisation, hub


@pytest.fixture
def licences(house: House) -> list[UUID]:
    """Nine requests of two organisations, alike in most of what they are sorted by; three were used, two at once."""
    at_home = {code: an_organisation(house, code) for code in ("swale", "thanet")}
    made = [
        a_request(house, at_home[code], f"p{number}@{code}.gov.uk").id
        for number, code in enumerate(["swale", "thanet"] * 4 + ["swale"])
    ]
    now = house.clock.now()
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        used = [{"licence_id": made[n], "used_at": now - timedelta(days=n // 2)} for n in (2, 3, 6)]
        connection.execute(insert(LastUse), used)
        connection.execute(update(Licence).where(Licence.id.in_(made[4:])).values(status=Status.REFUSED))
    return made


def walk(ctx: Context, sort: str, limit: int = 2) -> list[Licence]:
    seen: list[Licence] = []
    after: str | None = None
    while True:
        page = queries.licences(ctx, sort=sort, after=after, limit=limit)
        seen.extend(page.rows)
        after = page.after
        if after is None:
            return seen


@pytest.mark.rule("LIC-3")
def test_every_sort_shows_each_row_once_with_equal_values_and_with_none(house: House, licences: list[UUID]) -> None:
    with house.reading(hub()) as ctx:
        used = queries.last_uses(ctx, licences)
        for sort in SORTS.names:
            seen = walk(ctx, sort)
            assert sorted(row.id.int for row in seen) == sorted(one.int for one in licences), sort

        value: dict[str, Callable[[Licence], Any]] = {
            "person": lambda row: row.person.full_name.lower(),
            "organisation": lambda row: row.organisation.name.lower(),
            "state": lambda row: row.status,
            "asked": lambda row: row.requested_at,
            "used": lambda row: (row.id in used, used.get(row.id, house.clock.now())),
        }
        for sort in SORTS.names:
            values = [value[sort.removeprefix("-")](row) for row in walk(ctx, sort)]
            assert values == sorted(values, reverse=sort.startswith("-")), sort


@pytest.mark.rule("LIC-3")
def test_rows_that_come_while_a_list_is_walked_move_no_other(house: House, licences: list[UUID]) -> None:
    swale = an_organisation(house, "ashford")
    for sort in SORTS.names:
        with house.reading(hub()) as ctx:
            first = queries.licences(ctx, sort=sort, limit=4)
        a_request(house, swale, f"late.{uuid4().hex[:8]}@ashford.gov.uk")
        with house.reading(hub()) as ctx:
            rest = queries.licences(ctx, sort=sort, after=first.after, limit=100)
            seen = [row.id for row in (*first.rows, *rest.rows)]
        assert len(seen) == len(set(seen)), sort
        assert set(licences) <= set(seen), sort


def test_a_cursor_of_ours_opens_its_own_list_only_and_no_other_opens_any(licences: list[UUID], house: House) -> None:
    with house.reading(hub()) as ctx:
        ours = queries.licences(ctx, sort="used", limit=4).after or ""
        assert queries.licences(ctx, sort="used", after=ours).rows

        lies = [
            write("asked", value, one)
            for one in licences[:1]
            for value in ("x", 7, None, True, "2026-11-21T10:00:00", "0001-01-01T00:00:00+14:00", "\0", [1], {"a": 1})
        ]
        raw = [
            base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
            for text in ("", "{}", "[]", "7", "[" * 5000, '["asked","2026-11-21T10:00:00+00:00",7]', '["asked",null]')
        ]
        for cursor in (ours, "nonsense", "*", "é", "a" * 5000, write("person", "a\0b", licences[0]), *lies, *raw):
            with pytest.raises(Invalid) as refused:
                queries.licences(ctx, sort="asked", after=cursor)
            assert refused.value.fields[0].pointer == "/after", cursor
        with pytest.raises(Invalid):
            queries.licences(ctx, sort="person", after=write("person", "a\0b", licences[0]))
        with pytest.raises(Invalid):
            queries.licences(ctx, sort="person; drop")


@pytest.mark.parametrize(("limit", "is_taken"), [(-1, False), (0, False), (1, True), (500, True), (501, False)])
def test_a_page_has_a_row_at_least_and_no_more_than_its_list_gives_at_once(limit: int, is_taken: bool) -> None:
    """Seen to fail with the bounds left out."""
    if is_taken:
        check_limit(limit, 500)
        return
    with pytest.raises(Invalid) as refused:
        check_limit(limit, 500)

    assert [each.pointer for each in refused.value.fields] == ["/limit"]
