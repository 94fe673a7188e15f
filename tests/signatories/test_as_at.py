"""What the register said at an instant it says for ever, whatever is recorded, corrected or struck out later (SIG-1, SIG-3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock, london_date, showing
from compliance.kernel.context import House
from compliance.kernel.tables import Form
from signatories import queries, use_cases
from signatories.challenges.rules import Entry
from signatories.models import Signature
from tests.builders.api import Calls
from tests.builders.challenges import challenges, corrected, struck_out, upholds
from tests.builders.identity import an_account, signed_in, someone
from tests.builders.signatories import (
    COMMAND,
    a_version,
    an_organisation,
    records_paper,
    signs,
    the_instruments,
    withdraws,
)

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BEGAN = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
ASKED = datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
"""30 March 2025 at 01:30: the half hour that London leaves out, by the offset before it."""
AS_TYPED = "as_at-day=30&as_at-month=3&as_at-year=2025&as_at_time=01:30"


@dataclass
class Story:
    """A register in March 2025, and what happens to it afterwards."""

    app: Flask
    clock: FixedClock
    codes: dict[str, UUID] = field(default_factory=dict)
    entries: dict[str, UUID] = field(default_factory=dict)
    versions: dict[str, UUID] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return house_of(self.app)

    def begin(self) -> None:
        """Some have signed, here or on paper; one refused, one has left, one is looked up, and one did nothing."""
        self.clock.move(BEGAN - self.clock.now())
        self.versions = the_instruments(self.house, effective_on=date(2025, 3, 3))
        for code in ("ashford", "canterbury", "dover", "gravesham", "maidstone", "swale", "thanet"):
            self.codes[code] = an_organisation(self.house, code)
        for code in ("ashford", "dover", "swale", "thanet"):
            signs(self.house, self.codes[code])
        self.clock.move(DAY)
        self.entries["paper"] = self.paper("maidstone", "op", date(2025, 3, 3)).id
        self.entries["mistaken"] = self.paper("maidstone", "isa", date(2025, 3, 3)).id
        self.entries["refusal"] = self.refuses("gravesham", self.versions["op"])
        self.entries["check"] = self.looks_up("ashford", found=True)
        withdraws(self.house, self.codes["dover"])
        self.clock.move(ASKED - self.clock.now())

    def paper(self, code: str, instrument: str, signed_on: date) -> Signature:
        recorder = someone(self.house, "hub_supervisor")
        return records_paper(self.house, recorder, self.codes[code], self.versions[instrument], signed_on=signed_on)

    def refuses(self, code: str, version: UUID) -> UUID:
        with self.house.work(*someone(self.house, "hub_manager")) as ctx:
            return use_cases.refuse_to_sign(ctx, self.codes[code], version, reasons="Not ours.").id

    def looks_up(self, code: str, *, found: bool) -> UUID:
        with self.house.work(*someone(self.house, "hub_supervisor")) as ctx:
            return use_cases.record_isa_check(ctx, self.codes[code], found=found).id

    def records_policy(self) -> None:
        with self.house.work(*someone(self.house, "hub_supervisor")) as ctx:
            use_cases.record_policy_document(
                ctx, self.codes["swale"], kind="safeguarding", title="Policy", owner="Head",
                dated_on=date(2025, 3, 1), next_review_on=date(2026, 3, 1),
            )  # fmt: skip

    def publishes(self) -> None:
        """A second protocol, to be signed soon: whoever does not, lapses when its day is over."""
        today = london_date(self.clock.now())
        self.versions["op"] = a_version(self.house, "op", "2", effective_on=today, resign_by=today + 2 * DAY)

    def announces(self) -> None:
        withdraws(self.house, self.codes["thanet"], effective_at=self.clock.now() + timedelta(hours=30))

    def calls_off(self) -> None:
        self.announces()
        with self.house.reading(COMMAND) as ctx:
            (line,) = {one.id for one in queries.history(ctx, self.codes["thanet"]) if one.kind == "withdrawal"}
        with self.house.work(*someone(self.house, "hub_manager")) as ctx:
            use_cases.call_off(ctx, line)

    def joins_late(self) -> None:
        """One that the register learns of now, and that signed years ago."""
        self.codes["bexley"] = an_organisation(self.house, "bexley")
        self.paper("bexley", "op", date(2020, 1, 1))

    def told(self, as_at: datetime = ASKED, known_at: datetime | None = None) -> list[dict[str, str]]:
        """The rows of the register as a JSON file, as they were or as they are known now to have been."""
        return _rows(self.export(as_at, known_at))

    def export(self, as_at: datetime, known_at: datetime | None = None) -> bytes:
        with self.house.work(*self.reader) as ctx:
            content = use_cases.export_register(ctx, Form.JSON, as_at=as_at, known_at=known_at).content
        before, stamped, after = content.partition(b" Produced ")
        return before + after.partition(b".")[2] if stamped else content

    def by_page_and_program(self) -> tuple[str, list[Any], list[Any]]:
        """What a person is shown, below the question, and what a program is told."""
        account = an_account(self.house, "hub_coordinator")
        self.clock.move(MINUTE)
        browser = self.app.test_client()
        browser.set_cookie("session", signed_in(self.house, account).token)
        page = browser.get(f"/register?{AS_TYPED}")
        assert page.status_code == 200
        program = Calls(self.app, self.clock).a_program(["registers:read"])
        listed = program.get("/api/v1/organisations", as_at=ASKED.isoformat()).get_json()
        signatories = program.get("/api/v1/signatories", as_at=ASKED.isoformat()).get_json()
        assert listed["known_at"] == listed["as_at"]
        return page.text.partition('role="status"')[2], listed["items"], signatories["items"]

    def __post_init__(self) -> None:
        self.begin()
        self.reader = someone(self.house, "steering_member")


def _rows(content: bytes) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(content)["rows"]
    return rows


LATER: tuple[tuple[str, Callable[[Story], Any]], ...] = (
    ("a paper of an earlier day", lambda it: it.paper("canterbury", "op", date(2025, 3, 10))),
    ("a signature", lambda it: signs(it.house, it.codes["canterbury"], "isa")),
    ("a correction", lambda it: corrected(it.house, it.entries["paper"], name="Robyn Vale", signed_on=date(2025, 3, 5))),
    ("a strike-out", lambda it: struck_out(it.house, it.entries["mistaken"])),
    ("a refusal that never was", lambda it: struck_out(it.house, it.entries["refusal"], kind=Entry.REFUSAL)),
    ("a check that never was", lambda it: struck_out(it.house, it.entries["check"], kind=Entry.ISA_CHECK)),
    ("another check", lambda it: it.looks_up("swale", found=False)),
    ("a policy", lambda it: it.records_policy()),
    ("a withdrawal called off", lambda it: it.calls_off()),
    ("a withdrawal announced", lambda it: it.announces()),
    ("a withdrawal", lambda it: withdraws(it.house, it.codes["ashford"])),
    ("an organisation", lambda it: an_organisation(it.house, "aylesford", sector="Aardvarks")),
    ("a signature of years ago", lambda it: it.joins_late()),
    ("a new version", lambda it: it.publishes()),
    ("a refusal", lambda it: it.refuses("canterbury", it.versions["op"])),
    ("the end of the time to sign again", lambda it: it.clock.move(4 * DAY)),
    ("a return", lambda it: signs(it.house, it.codes["dover"])),
)  # fmt: skip
"""Every kind of thing that can happen to the register later."""


@pytest.mark.rule("SIG-1", "SIG-3")
def test_the_register_as_at_an_instant_answers_the_same_before_and_after_any_later_change(
    app: Flask, clock: FixedClock
) -> None:
    assert showing(date(2025, 3, 30), ASKED.time()) == ()
    story = Story(app, clock)
    before, shown = story.export(ASKED), story.by_page_and_program()
    states = {(row["Code"], row["Instrument"]): row["State"] for row in story.told()}
    assert [states[code, "op"] for code in ("ashford", "dover", "gravesham", "maidstone", "canterbury")] == [
        "signed", "withdrawn", "refused", "signed", "unsigned",
    ]  # fmt: skip
    lately = before

    for what, happens in LATER:
        clock.move(timedelta(hours=2))
        was, asked = story.export(clock.now()), clock.now()
        clock.move(MINUTE)
        happens(story)
        clock.move(MINUTE)
        assert story.export(ASKED) == before, f"{what} changed the past"
        assert story.export(asked) == was, f"{what} changed what was said just before it"
        lately = was

    assert lately != before
    assert story.by_page_and_program() == shown


@pytest.mark.rule("SIG-1", "SIG-3")
def test_hindsight_shows_what_is_known_now_of_what_held_then(sqlite_app: Flask, clock: FixedClock) -> None:
    story = Story(sqlite_app, clock)
    clock.move(DAY)
    happens = dict(LATER)
    for what in ("a paper of an earlier day", "a correction", "a strike-out", "a refusal that never was"):
        happens[what](story)
    doubted = challenges(story.house, story.paper("canterbury", "isa", date(2025, 3, 30)).id)
    clock.move(DAY)

    then = {(row["Code"], row["Instrument"]): row for row in story.told()}
    now = {(row["Code"], row["Instrument"]): row for row in story.told(known_at=clock.now())}

    def both(code: str, instrument: str, column: str) -> tuple[str, str]:
        return then[code, instrument][column], now[code, instrument][column]

    assert both("canterbury", "op", "State") == ("unsigned", "signed")
    assert both("maidstone", "op", "Signed by") == ("Robin Vale", "Robyn Vale")
    assert both("maidstone", "op", "Signed")[1].startswith("2025-03-05")
    assert both("maidstone", "isa", "State") == ("signed", "unsigned")
    assert both("gravesham", "op", "State") == ("refused", "unsigned")
    assert both("canterbury", "isa", "State") == ("unsigned", "unsigned")
    upholds(story.house, doubted.id, signed_on=date(2025, 3, 29))
    later = {(row["Code"], row["Instrument"]): row["State"] for row in story.told(known_at=clock.now())}
    assert later["canterbury", "isa"] == "signed"
