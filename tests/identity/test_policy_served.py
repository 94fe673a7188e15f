"""A change of the policy seen from outside: processes that serve already go by it with the next request (IDN-7, IDN-9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from compliance.app import furnished, house_of
from compliance.identity import use_cases
from compliance.identity.access_tokens import issue
from compliance.identity.models import Password
from compliance.kernel.context import House, operator
from compliance.kernel.db import WRITES
from compliance.kernel.settings import Settings
from policies.values import Policy
from tests.builders.decisions import ONE, a_question
from tests.builders.identity import Account, an_account, logged
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.policies import behind_the_back, changed
from tests.support.databases import Fresh
from tests.support.installation import Installation
from tests.support.store import migrated

PROCESSES = 2
ENOUGH = 24
"""Requests, each over a connection of its own, so that with two processes neither can have been missed."""


@dataclass
class Served:
    """A service with two processes, a licence whose holder's password is 40 days old, and us beside it on its store."""

    installation: Installation
    house: House
    token: str

    def decisions(self, status: int = 200) -> set[tuple[str | None, str]]:
        """What every process answers the case system: the first rule that refuses, and the policy it stood on."""
        found = set()
        for _ in range(ENOUGH):
            headers = {"Authorization": f"Bearer {self.token}"}
            answer = httpx.post(self.installation.base_url + ONE, json=a_question(), headers=headers)
            assert answer.status_code == status, answer.text
            context = answer.json().get("context", {})
            found.add((context.get("first_failing"), context.get("policy_version", "")))
        return found

    def tries(self, account: Account, *, right: bool = True, headers: list[tuple[str, str]] | None = None) -> int:
        """One try to sign in: how it is answered."""
        asked = {"email": account.email, "password": account.password if right else "Wrong-Heron-41-flies"}
        url = f"{self.installation.base_url}/api/v1/sessions"
        return httpx.post(url, json=asked, headers=headers or [], timeout=30).status_code


@pytest.fixture
def served(database_url: Fresh, tmp_path: Path) -> Iterator[Served]:
    installation = Installation(tmp_path / "var", database_url=database_url(migrated))
    installation.does("keys", "create")
    house = house_of(furnished(Settings.from_environment(installation.environment)))
    seats(house)
    a_licence(house, an_organisation(house))
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(update(Password).values(set_at=house.clock.now() - timedelta(days=40)))
    with house.work(operator("test")) as ctx:
        client, _ = use_cases.register_client(ctx, name="Case system", scopes=["decisions"])
        client_id = client.client_id
    with installation.served(workers=PROCESSES):
        yield Served(installation, house, issue(house, client_id, ["decisions"])[0])
    house.engine.dispose()


@pytest.mark.rule("IDN-9", "DEC-4", "IDN-2", "IDN-4", "IDN-7")
def test_every_process_goes_by_a_change_with_its_next_request_and_by_none_that_is_broken(served: Served) -> None:
    house = served.house
    patient, hasty = an_account(house), an_account(house)
    assert served.decisions() == {(None, house.the(Policy).version)}
    assert [served.tries(patient, right=right) for right in (False, False, False, True)] == [401, 401, 401, 201]

    changed(house, "password.max_age_days", 30)
    assert served.decisions() == {("IDN-2", house.the(Policy).version)}

    changed(house, "password.max_age_days", 90)
    assert served.decisions() == {(None, house.the(Policy).version)}

    changed(house, "sign_in.failures_to_lock", 3)
    assert [served.tries(hasty, right=right) for right in (False, False, False, True)] == [401, 401, 401, 401]
    assert len(logged(house, "account.locked")) == 1

    chain = [("X-Forwarded-For", "198.51.100.200"), ("X-Forwarded-For", "203.0.113.9, 127.0.0.2")]
    served.tries(patient, right=False, headers=chain)
    assert logged(house, "sign_in.failed")[-1].whence == "127.0.0.1"
    changed(house, "countries.trusted_proxies", ["127.0.0.0/8"])
    served.tries(patient, right=False, headers=chain)
    assert logged(house, "sign_in.failed")[-1].whence == "203.0.113.9"

    behind_the_back(house, "password.max_age_days", "100000", number=5)
    assert served.decisions(503) == {(None, "")}
    assert served.tries(patient) == 503
    assert httpx.get(f"{served.installation.base_url}/ready").status_code == 503
