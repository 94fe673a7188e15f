"""Processes that die in the middle: what was answered is written down, once, and the service carries on by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from audit.models import AuditEntry
from audit.sealing import origin, verifiers
from audit.verify import verify
from compliance.app import furnished, house_of
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import issue
from compliance.kernel.context import House, operator
from compliance.kernel.settings import Settings
from tests.builders.decisions import ONE, a_question
from tests.builders.licences import a_licence, an_organisation, seats
from tests.support.installation import Installation
from tests.support.postgres import PostgresServer

ASKERS = 6
BACK_WITHIN_SECONDS = 60


@dataclass
class Asking:
    """Several who ask without pause and keep every receipt; who is not answered asks again."""

    base_url: str
    token: str
    receipts: dict[int, str] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        while not self.over.is_set():
            try:
                reply = httpx.post(f"{self.base_url}{ONE}", json=a_question(), headers=headers, timeout=10)
            except httpx.HTTPError:
                continue
            if reply.status_code == 200:
                receipt = reply.json()["context"]["receipt"]
                self.receipts[receipt["entry"]] = receipt["hash"]

    def is_answered_again(self) -> float:
        """Wait until somebody has a new receipt; how many seconds that took."""
        had, began = len(self.receipts), time.monotonic()
        while len(self.receipts) <= had:
            assert time.monotonic() - began < BACK_WITHIN_SECONDS, "nobody was answered any more"
            time.sleep(0.05)
        return time.monotonic() - began


@contextmanager
def asking(installation: Installation, house: House) -> Iterator[Asking]:
    with house.work(operator("test")) as ctx:
        client, _ = identity.register_client(ctx, name="Case system", scopes=["decisions"])
        client_id = client.client_id
    asked = Asking(installation.base_url, issue(house, client_id, ["decisions"])[0])
    threads = [threading.Thread(target=asked.run) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    try:
        yield asked
    finally:
        asked.over.set()
        for thread in threads:
            thread.join()


def installed(var: Path, database_url: str | None = None) -> tuple[Installation, House]:
    """A service with one active licence in its register, not yet started."""
    installation = Installation(var, database_url=database_url)
    installation.does("keys", "create")
    installation.does("db", "upgrade")
    house = house_of(furnished(Settings.from_environment(installation.environment)))
    seats(house)
    a_licence(house, an_organisation(house))
    return installation, house


def the_server(port: int) -> psutil.Process:
    """The process whose children answer on this port."""
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "wsgi:application" in words and str(port) in words and process.children():
            return process
    raise AssertionError("no server answers on that port")


def every_receipt_stands(house: House, receipts: dict[int, str]) -> None:
    """Nothing that was answered is missing or other than it was; the whole log is without gap."""
    with house.reading(operator("test")) as ctx:
        for number, shown in receipts.items():
            assert ctx.session.get_one(AuditEntry, number).hash.hex() == shown
    assert verify(house.engine, verifiers(house), origin=origin(house)).why is None


@pytest.mark.rule("AUD-2", "DEC-3", "DEC-7")
def test_a_worker_killed_mid_write_loses_no_answer_and_is_replaced(tmp_path: Path) -> None:
    installation, house = installed(tmp_path)

    with installation.served(workers=2), asking(installation, house) as asked:
        asked.is_answered_again()
        for _ in range(3):
            the_server(installation.port).children()[0].kill()
            asked.is_answered_again()

    every_receipt_stands(house, asked.receipts)
    house.engine.dispose()


@pytest.mark.rule("AUD-2", "DEC-3", "DEC-7")
def test_a_server_killed_with_all_that_is_its_own_is_started_again(tmp_path: Path) -> None:
    installation, house = installed(tmp_path)

    with installation.served(workers=1), asking(installation, house) as asked:
        asked.is_answered_again()
        the_server(installation.port).kill()
        time.sleep(0.5)
        asked.is_answered_again()

    every_receipt_stands(house, asked.receipts)
    house.engine.dispose()


@pytest.mark.rule("AUD-2", "DEC-3", "DEC-7")
def test_a_killed_postgresql_loses_no_answer_and_is_found_again(tmp_path: Path, own_postgres: PostgresServer) -> None:
    with own_postgres.connect() as connection:
        connection.execute("CREATE DATABASE service")
    installation, house = installed(tmp_path, own_postgres.url_for("service"))

    with installation.served(workers=2), asking(installation, house) as asked:
        asked.is_answered_again()
        for _ in range(2):
            own_postgres.kill()
            own_postgres.restart()
            asked.is_answered_again()

    every_receipt_stands(house, asked.receipts)
    house.engine.dispose()
