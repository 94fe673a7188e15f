"""A town with a service, a hub, three partners, and the case system that they share; and its people at their browsers."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from flask import Flask
from werkzeug.serving import make_server

from audit.sealing import verifiers
from compliance.app import furnished, house_of
from compliance.client import Kept
from compliance.identity import totp
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import SCOPES
from compliance.identity.use_cases import signing_in
from compliance.kernel.clock import london_date
from compliance.kernel.context import NOBODY, House, Origin, operator
from compliance.kernel.settings import Settings as ServiceSettings
from compliance.licences import use_cases as licences
from compliance.sharing.statement import use_cases as statement
from examples.case_system.app import Settings, create_app
from examples.case_system.following import Beside, watcher
from examples.case_system.store import Store
from tests.builders.identity import Account, an_account
from tests.builders.licences import a_licence, acting, an_organisation, hub, seats
from tests.support.databases import Fresh
from tests.support.installation import Installation, a_free_port
from tests.support.store import migrated

AREAS = ("north-kent", "east-kent", "west-kent", "south-east-kent", "mid-kent", "medway")
SOON = 20.0
_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass
class Worker:
    """Somebody at a browser without scripts: signed in at the service, and through it at the case system."""

    account: Account
    licence: UUID
    base_url: str
    browser: httpx.Client

    @property
    def id(self) -> str:
        return str(self.account.person.id)

    def gets(self, path: str = "/") -> httpx.Response:
        return self.browser.get(f"{self.base_url}{path}")

    def sees(self, reference: str) -> bool:
        """Whether the case is shown to them."""
        answer = self.gets(f"/cases/{reference}")
        assert answer.status_code in (200, 404), answer.text
        return answer.status_code == 200

    def sends(self, path: str, **form: Any) -> httpx.Response:
        """Send a form, with the token that their pages have."""
        found = _TOKEN.search(self.gets("/cases/new").text)
        assert found is not None
        return self.browser.post(f"{self.base_url}{path}", data={"form_token": found[1], **form})

    def takes(self, reference: str, step: str, **form: Any) -> httpx.Response:
        return self.sends(f"/cases/{reference}/{step}", **form)

    def refers(self, area: str = "mid-kent", **other: Any) -> str:
        """A new case; its reference."""
        said = {
            "area": area, "words": "Threats that grew within days.", "basis": "safeguarding", "why": "To plan for their safety.",
            "group": "3",
        }  # fmt: skip
        answer = self.sends("/cases/new", **said | other)
        assert answer.status_code == 200, answer.text
        [reference] = set(re.findall(r"MC-\d{4}-[0-9A-F]{8}(?= is referred)", answer.text))
        return str(reference)


@dataclass
class Town:
    """All of it. `beside` is what goes on beside the pages, done when a test says so or by its own threads."""

    house: House
    installation: Installation
    app: Flask
    beside: Beside
    base_url: str
    organisations: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Worker] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        found: Store = self.app.extensions["store"]
        return found

    def row(self, reference: str) -> dict[str, Any]:
        with self.store.reading() as db:
            return dict(db.execute("SELECT * FROM cases WHERE reference = ?", (reference,)).fetchone())

    def told(self) -> list[str]:
        """Everything that waits is sent; what the service would not have."""
        until = time.monotonic() + SOON
        while True:
            self.beside.tell()
            with self.store.reading() as db:
                rows = db.execute("SELECT * FROM outbox WHERE sent_at IS NULL").fetchall()
            refused = [f"{row['kind']}: {row['refused']}" for row in rows if row["refused"]]
            if len(refused) == len(rows):
                return refused
            assert time.monotonic() < until, "it could not be told in time"

    def comes(
        self, code: str, name: str, *roles: str, areas: Sequence[str] = ("mid-kent",), signs_in: bool = True,
        **asked: Any,
    ) -> Worker:  # fmt: skip
        """Somebody with a licence for this organisation, at a browser that is signed in at the service."""
        email = f"{name.lower()}@{code}.gov.uk"
        works_for = self.organisations[code]
        account = an_account(
            self.house,
            *roles,
            full_name=f"{name} Made-Up",
            email=email,
            organisation_id=works_for,
            hub_team=bool(roles),
        )
        today = london_date(self.house.clock.now())
        with acting(self.house, hub("hub_coordinator")) as ctx:
            for module in ("case-system", "elearning"):
                licences.record_training(ctx, account.person.id, module=module, done_on=today - timedelta(days=30))
            licences.record_vetting(ctx, account.person.id, level="NPPV 2", holds_until=today + timedelta(days=400))
        licence = a_licence(self.house, works_for, email, areas=areas, **asked)
        # Cookies know no ports: the same jar serves both.
        browser = httpx.Client(follow_redirects=True, timeout=30)
        if signs_in:
            browser.cookies.set("session", token_of(self.house, account), domain="127.0.0.1")
        self.people[name] = Worker(account, licence.id, self.base_url, browser)
        return self.people[name]

    def in_time(self, come: Callable[[], bool]) -> None:
        """Wait until it is so, for a while."""
        until = time.monotonic() + SOON
        while not come():
            assert time.monotonic() < until, "it did not come about in time"
            time.sleep(0.2)


@contextmanager
def a_town(fresh: Fresh, folder: Path) -> Iterator[Town]:
    """The service with its scheduler, and the case system beside it, its threads following and telling."""
    more = {"COMPLIANCE_OUTWARD_NETWORKS": "127.0.0.0/8"}
    installation = Installation(folder / "var", database_url=fresh(migrated), more=more)
    installation.does("keys", "create")
    house = house_of(furnished(ServiceSettings.from_environment(installation.environment)))
    base_url = f"http://127.0.0.1:{(port := a_free_port())}"
    with house.work(operator("tests")) as ctx:
        statement.begin(ctx)
        client, secret = identity.register_client(
            ctx, name="The case system", scopes=SCOPES, redirects=[f"{base_url}/signed-in"],
            logout_redirects=[f"{base_url}/signed-out"], back_channel=f"{base_url}/back-channel-logout",
        )  # fmt: skip
        client_id = client.client_id
    keys = tuple(map(str, verifiers(house)))
    settings = Settings(installation.base_url, client_id, secret, base_url, folder / "case_system", keys, seconds=10.0)
    app = create_app(settings)
    service, store = app.extensions["compliance"], app.extensions["store"]
    beside = Beside(store, service, watcher(service, keys, Kept(settings.var / "checkpoint")))
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with installation.served(workers=2):
        beside.start()
        town = Town(house, installation, app, beside, base_url)
        _is_peopled(town)
        try:
            yield town
        finally:
            beside.stop()
            for person in town.people.values():
                person.browser.close()
            server.shutdown()
            server.server_close()
            house.engine.dispose()


def _is_peopled(town: Town) -> None:
    seats(town.house, standing=30)
    for code, areas in (
        ("kent-police", AREAS),
        ("swale", ("mid-kent",)),
        ("clarion", ("mid-kent",)),
        ("quayside", ("medway",)),
    ):
        town.organisations[code] = an_organisation(town.house, code, areas=areas)
    town.comes("kent-police", "Morgan", "hub_manager", areas=AREAS)
    town.comes("kent-police", "Rowan", "hub_supervisor", areas=AREAS)
    town.comes("swale", "Wilfred")
    town.comes("clarion", "Petra")
    town.comes("quayside", "Sabine", areas=("medway",))


def token_of(house: House, account: Account) -> str:
    """A whole sign-in at the service: by the code of the next half minute, because the present one was spent on enrolling."""
    origin = Origin("127.0.0.1")
    with house.work(NOBODY, origin) as ctx:
        begun = signing_in.settle(ctx, signing_in.Checked(signing_in.ask(ctx, account.email), right=True)).opened
    assert begun is not None
    with house.work(NOBODY, origin) as ctx:
        code = totp.code_at(account.secret, ctx.now() + timedelta(seconds=30))
        whole = identity.give_code(ctx, begun.session_id, code).opened
    assert whole is not None
    return whole.token
