"""Decisions in process, beside Cedar's Python engine on the same questions (DEC-1)."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import cedarpy
from flask import Flask

from compliance.app import house_of
from compliance.decisions.book import Book
from compliance.decisions.facts import open_book
from compliance.decisions.rules import decide
from policies.values import Policy

from .population import populate
from .stand import a_hub

QUESTIONS = 200_000
CEDAR_QUESTIONS = 4_000

CEDAR_POLICY = """
permit (principal, action, resource)
when {
  principal.active && principal.password_in_date && principal.mfa && principal.licence_active &&
  principal.signatory && principal.actions.contains(context.action) && principal.areas.contains(resource.area) &&
  !resource.closed
};
"""


@dataclass(frozen=True)
class Size:
    """What was measured at one size of hub: seconds to open the book, decisions a second, and how many were permits."""

    people: int
    opened_in: float
    per_second: float
    permits: float


def measure(people: int, organisations: int = 44, store: str = "sqlite") -> Size:
    """Decide on random people, areas and cases in a hub of this size."""
    with a_hub(store) as app:
        ids = populate(house_of(app), people, organisations=organisations)
        began = time.perf_counter()
        book = _book(app)
        opened_in = time.perf_counter() - began
        questions = _questions(app, ids)
        now = time.time()
        began = time.perf_counter()
        permits = 0
        for person, reference, area in questions:
            permits += decide(book, now, person, "case.view", "case", reference, area, None, False).permit
        took = time.perf_counter() - began
        return Size(people, opened_in, len(questions) / took, permits / len(questions))


def cedar(people: int) -> float:
    """The same questions a second, asked of Cedar with one person's facts at a time: its best case."""
    with a_hub() as app:
        ids = populate(house_of(app), people)
        book = _book(app)
        questions = _questions(app, ids)[:CEDAR_QUESTIONS]
    began = time.perf_counter()
    for person, reference, area in questions:
        right = book.people[person].rights[0]
        entities = [
            {
                "uid": {"type": "Person", "id": person},
                "attrs": {
                    "active": True, "password_in_date": True, "mfa": True, "licence_active": True, "signatory": True,
                    "areas": list(right.areas), "actions": ["case.view"],
                },
                "parents": [],
            },
            {"uid": {"type": "Case", "id": reference}, "attrs": {"area": area, "closed": False}, "parents": []},
        ]  # fmt: skip
        request = {
            "principal": f'Person::"{person}"', "action": 'Action::"case.view"', "resource": f'Case::"{reference}"',
            "context": {"action": "case.view"},
        }  # fmt: skip
        cedarpy.is_authorized(request, CEDAR_POLICY, entities)
    return len(questions) / (time.perf_counter() - began)


def _book(app: Flask) -> Book:
    house = house_of(app)
    with house.engine.connect() as connection:
        return open_book(connection, house)


def _questions(app: Flask, ids: list[str]) -> list[tuple[str, str, str]]:
    dice = random.Random(7)
    areas = list(house_of(app).the(Policy).areas)
    return [(person, f"C-{n}", dice.choice(areas)) for n, person in enumerate(dice.choices(ids, k=QUESTIONS))]
