"""An organisation leaves while two processes serve: whatever any of them is asked after the answer, it says no (SIG-6)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from compliance.app import furnished, house_of
from compliance.decisions.facts import open_book
from compliance.decisions.rules import decide
from compliance.identity import use_cases
from compliance.identity.access_tokens import issue
from compliance.identity.models import Person, SignIn
from compliance.kernel.context import Context, House, operator
from compliance.kernel.secrets import KeyRing
from compliance.kernel.settings import Settings
from compliance.licences.models import Licence, LicenceArea, Training, Vetting
from compliance.licences.rules import Kind, Status
from compliance.notices.models import Notice
from compliance.notices.writing import write
from tests.builders.decisions import ONE, a_question
from tests.builders.identity import a_person
from tests.builders.licences import an_organisation, keys, rows_made, seats
from tests.builders.signatories import a_pdf
from tests.support.databases import Fresh
from tests.support.installation import Installation
from tests.support.store import migrated

LICENCES, SESSIONS = 20, 40
TIMES = 2
"""How often each is asked, over a connection of its own each time, so that with two processes neither is missed."""


@dataclass
class Served:
    """A service with two processes and the scheduler; an organisation with licences, sign-ins and letters on their way."""

    installation: Installation
    house: House
    organisation: UUID
    emails: list[str]
    sessions: list[str]
    manager: str
    program: str

    def decisions(self, most: int = LICENCES) -> set[bool]:
        """What is answered of so many of them."""
        headers = {"Authorization": f"Bearer {self.program}"}

        def asked(email: str) -> bool:
            url = self.installation.base_url + ONE
            return bool(httpx.post(url, json=a_question(email), headers=headers, timeout=30).json()["decision"])

        with ThreadPoolExecutor(4) as asking:
            return set(asking.map(asked, self.emails[:most] * TIMES))

    def let_in(self, most: int = SESSIONS) -> set[int]:
        """How the programs' door meets so many of their sign-ins, and the pages every fourth of them."""
        base = self.installation.base_url

        def comes(number: int) -> set[int]:
            token, place = self.sessions[number], f"{base}/api/v1/sessions/current"
            met = {httpx.get(place, headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code}
            if number % 4 == 0:
                met.add(httpx.get(f"{base}/account", cookies={"session": token}, timeout=30).status_code)
            return met

        with ThreadPoolExecutor(4) as coming:
            return set().union(*coming.map(comes, range(most)))

    def withdraws(self) -> httpx.Response:
        """The manager records it."""
        return httpx.post(
            f"{self.installation.base_url}/api/v1/organisations/{self.organisation}/withdrawals",
            headers={"Authorization": f"Bearer {self.manager}"},
            data={"instruments": ["isa", "op"], "letter_on": self.today, "reasons": "We leave."},
            files={"letter": ("letter.pdf", a_pdf())},
            timeout=30,
        )

    @property
    def today(self) -> str:
        return self.house.clock.now().date().isoformat()


@pytest.fixture
def served(database_url: Fresh, tmp_path: Path) -> Iterator[Served]:
    installation = Installation(tmp_path / "var", database_url=database_url(migrated))
    installation.does("keys", "create")
    house = house_of(furnished(Settings.from_environment(installation.environment)))
    seats(house, standing=LICENCES)
    organisation = an_organisation(house)
    emails = [f"alex{number}@swale.gov.uk" for number in range(LICENCES)]
    manager = a_person(house, "hub_manager")
    with house.work(operator("test")) as ctx:
        client, _ = use_cases.register_client(ctx, name="Case system", scopes=["decisions"])
        client_id = client.client_id
        rows_made(ctx, *keys(ctx, manager.id))
        people = [a_holder(ctx, organisation, email) for email in emails]
        sessions = [a_session(ctx, people[number % LICENCES], f"mss_{number}") for number in range(SESSIONS)]
        fresh = a_session(ctx, manager.id, "mss_manager")
    with installation.served(workers=2):
        yield Served(
            installation, house, organisation, emails, sessions, fresh, issue(house, client_id, ["decisions"])[0]
        )
    house.engine.dispose()


def a_holder(ctx: Context, organisation_id: UUID, email: str) -> UUID:
    """Somebody with an active licence, and a letter about it that waits to be sent."""
    now, today = ctx.now(), ctx.now().date()
    person = Person(
        id=ctx.new_id(), full_name="Alex Made-Up", email=email, organisation_id=organisation_id, created_at=now
    )
    rows_made(ctx, person)
    ctx.session.flush()
    trained = [
        Training(id=ctx.new_id(), person_id=person.id, module=module, done_on=today, recorded_by="test")
        for module in ("case-system", "elearning")
    ]
    vetted = Vetting(
        id=ctx.new_id(), person_id=person.id, level="NPPV 2", holds_until=today + timedelta(days=400),
        recorded_by="test",
    )  # fmt: skip
    licence = Licence(
        id=ctx.new_id(), person_id=person.id, organisation_id=organisation_id, kind=Kind.STANDING,
        status=Status.ACTIVE, reason="-", requested_by="test", requested_at=now, activated_at=now,
        areas=[LicenceArea(area="mid-kent")],
    )  # fmt: skip
    rows_made(ctx, *keys(ctx, person.id), *trained, vetted, licence)
    write(
        ctx, "licence_ends", to=email, person_id=person.id, name="Alex", who="Alex", organisation="Swale", day="today",
        address="-",
    )  # fmt: skip
    return person.id


def a_session(ctx: Context, person_id: UUID, token: str) -> str:
    """A whole sign-in with a fresh code: its token."""
    now, mark = ctx.now(), ctx.the(KeyRing).fingerprint("session", token)
    ctx.session.add(
        SignIn(id=ctx.new_id(), person_id=person_id, token=mark, opened_at=now, seen_at=now, whole_at=now, fresh_at=now)
    )
    return token


@pytest.mark.rule("SIG-6", "DEC-4", "IDN-6")
def test_with_the_answer_everything_is_dead_in_every_process(served: Served) -> None:
    house = served.house
    assert served.decisions(4) == {True}
    assert served.let_in(4) == {200}
    with house.engine.connect() as connection:
        remembered = open_book(connection, house)

    answer = served.withdraws()

    assert answer.status_code == 201, answer.text
    assert (served.decisions(), served.let_in()) == ({False}, {401, 303})
    assert (answer.json()["licences_ended"], answer.json()["people_removed"]) == (LICENCES, LICENCES)
    with house.reading(operator("test")) as ctx:
        assert ctx.session.scalar(select(func.count()).where(Licence.status != Status.DEACTIVATED)) == 0
        assert ctx.session.scalar(select(func.count()).where(SignIn.ended_at.is_(None))) == 1
        misleading = select(func.count()).where(Notice.kind == "licence_ends", Notice.useless_at.is_(None))
        assert ctx.session.scalar(misleading) == 0
    # Whoever decided by what they had read before, as a cache would, would let every one of them in.
    instant = house.clock.now().timestamp()
    naive = {
        decide(remembered, instant, email, "case.view", "case", "C-1", "mid-kent", None, False).permit
        for email in served.emails
    }
    assert naive == {True}
