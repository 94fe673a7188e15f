"""Where programs' requests came from: written down as our own proxies say it, and as nobody else does (IDN-7, AUD-1)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.context import House
from tests.builders.decisions import MANY, ONE, CaseSystem, a_question, the_case_system
from tests.builders.identity import an_account, logged
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.policies import behind_the_back, changed

FORGED = "198.51.100.200"
SOURCE = "203.0.113.9"
OTHER_PROXY = "10.0.0.7"


@pytest.fixture
def case_system(app: Flask) -> CaseSystem:
    house = house_of(app)
    seats(house)
    a_licence(house, an_organisation(house))
    return the_case_system(app)


def ask(case_system: CaseSystem, path: str, peer: str, chain: str) -> None:
    """One question by way of this peer."""
    question = a_question() if path == ONE else {"evaluations": [a_question()]}
    headers = {"Authorization": f"Bearer {case_system.token}", "X-Forwarded-For": chain}
    reply = case_system.app.test_client().post(
        path, json=question, headers=headers, environ_overrides={"REMOTE_ADDR": peer}
    )
    assert reply.status_code == 200, reply.text


def addresses(house: House, event: str) -> list[str | None]:
    return [entry.whence for entry in logged(house, event)]


@pytest.mark.rule("IDN-7", "AUD-1")
@pytest.mark.parametrize(("path", "event"), [(ONE, "decision.answered"), (MANY, "decisions.answered")])
def test_a_decision_is_written_down_with_its_true_source(case_system: CaseSystem, path: str, event: str) -> None:
    house = house_of(case_system.app)
    ask(case_system, path, "10.0.0.1", SOURCE)

    changed(house, "countries.trusted_proxies", ["10.0.0.0/8"])
    ask(case_system, path, "10.0.0.1", f"{FORGED}, {SOURCE}, {OTHER_PROXY}")
    ask(case_system, path, "192.0.2.77", SOURCE)
    ask(case_system, path, "10.0.0.1", "rubbish")
    ask(case_system, path, "10.0.0.1", "2001:DB8::9")

    assert addresses(house, event) == ["10.0.0.1", SOURCE, "192.0.2.77", "10.0.0.1", "2001:db8::9"]


@pytest.mark.rule("IDN-7", "IDN-4")
def test_whoever_guesses_through_a_proxy_is_counted_by_where_they_are(app: Flask) -> None:
    house = house_of(app)
    account = an_account(house)
    changed(house, "countries.trusted_proxies", ["10.0.0.0/8"])
    changed(house, "sign_in.source_failures", 5)
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "10.0.0.1"

    def guess(chain: str) -> int:
        tried = {"email": account.email, "password": account.password}
        name = {"email": f"nobody{len(logged(house, 'sign_in.failed'))}@kent.example.org"}
        return client.post("/api/v1/sessions", json=tried | name, headers={"X-Forwarded-For": chain}).status_code

    assert [guess(f"198.51.100.{number}, {SOURCE}") for number in range(6)] == [401] * 5 + [429]
    assert guess("203.0.113.10") == 401


@pytest.mark.rule("DEC-3", "IDN-7")
def test_with_a_broken_policy_no_chain_is_followed_and_nothing_is_answered(case_system: CaseSystem) -> None:
    behind_the_back(house_of(case_system.app), "countries.trusted_proxies", '["0.0.0.0/0"]')
    client = case_system.app.test_client()

    for path, status in (
        ("/api/v1/organisations", 503),
        ("/sign-in", 503),
        ("/api/v1/nothing", 404),
        ("/nothing", 503),
    ):
        assert client.get(path, headers={"X-Forwarded-For": SOURCE}).status_code == status, path
