"""A person's own account by the API: in, out, a new password, and what a refusal does not tell."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from compliance.identity import use_cases
from compliance.kernel.context import Origin
from tests.builders.api import Caller, Calls, is_problem
from tests.builders.identity import PASSWORD, a_mailed_link, a_person, an_account, logged

NEW = "Slow-Otter-77-swims"


def tries(calls: Calls, email: str, password: str) -> tuple[int, bytes]:
    caller = calls.nobody()
    caller.said = {"X-Request-ID": "the-same"}
    reply = caller.post("/api/v1/sessions", {"email": email, "password": password})
    return reply.status_code, reply.data


@pytest.mark.rule("IDN-4")
def test_a_wrong_name_a_wrong_password_and_a_locked_account_answer_alike_in_bytes(sqlite_calls: Calls) -> None:
    account, locked = an_account(sqlite_calls.house), an_account(sqlite_calls.house)
    for _ in range(10):
        from_elsewhere(sqlite_calls, locked.email, "wrong")

    answers = {
        tries(sqlite_calls, "nobody@kent.example.org", PASSWORD),
        tries(sqlite_calls, account.email, "wrong"),
        tries(sqlite_calls, locked.email, PASSWORD),
        tries(sqlite_calls, "no address at all", PASSWORD),
        tries(sqlite_calls, "\u00e9@x", PASSWORD),
    }

    assert len(answers) == 1
    assert answers.pop()[0] == 401
    assert len(logged(sqlite_calls.house, "account.locked")) == 1


def from_elsewhere(calls: Calls, email: str, password: str) -> None:
    """A try without the wait that failures in a row cost, as the use case makes it."""
    use_cases.sign_in(calls.house, Origin("203.0.113.7"), email=email, password=password)


@pytest.mark.rule("IDN-3", "IDN-6")
def test_the_token_changes_at_every_step_and_the_old_one_opens_nothing(calls: Calls) -> None:
    account = an_account(calls.house)
    first = calls.nobody()
    opened = first.post("/api/v1/sessions", {"email": account.email, "password": account.password})
    assert (opened.status_code, opened.get_json()["stage"]) == (201, "code")
    first.token = opened.get_json()["token"]
    is_problem(first.post("/api/v1/sessions/current/code", {"code": "000000"}), 422, "code-not-right")

    whole = first.post("/api/v1/sessions/current/code", {"code": calls.code(account.secret)}).get_json()

    assert whole["stage"] == "whole"
    is_problem(first.get("/api/v1/sessions/current"), 401, "not-authenticated")
    second = Caller(calls.app.test_client(), whole["token"])
    assert second.get("/api/v1/sessions/current").get_json()["person"]["email"] == account.email
    assert second.delete("/api/v1/sessions/current").status_code == 200
    is_problem(second.get("/api/v1/sessions/current"), 401, "not-authenticated")


@pytest.mark.rule("IDN-6")
def test_a_sign_in_ends_after_fifteen_idle_minutes_and_lives_on_while_used(calls: Calls) -> None:
    hub = calls.someone("hub_manager")

    for _ in range(3):
        calls.clock.move(timedelta(minutes=14))
        assert hub.get("/api/v1/sessions/current").status_code == 200
    calls.clock.move(timedelta(minutes=15))

    is_problem(hub.get("/api/v1/sessions/current"), 401, "not-authenticated")


@pytest.mark.rule("IDN-1", "IDN-2")
def test_a_new_password_names_every_criterion_that_fails_and_ends_other_sign_ins(sqlite_calls: Calls) -> None:
    account = an_account(sqlite_calls.house)
    here, elsewhere = sqlite_calls.again(account), sqlite_calls.again(account)

    weak = is_problem(
        here.post("/api/v1/account/password", {"current": PASSWORD, "new": "short"}), 422, "password-not-good-enough"
    )
    assert len(weak["errors"]) >= 3
    assert {error["pointer"] for error in weak["errors"]} == {"#/new"}
    is_problem(here.post("/api/v1/account/password", {"current": "wrong", "new": NEW}), 422, "password-not-right")

    done = here.post("/api/v1/account/password", {"current": PASSWORD, "new": NEW})

    assert done.status_code == 200
    here.token = done.get_json()["token"]
    assert here.get("/api/v1/sessions/current").status_code == 200
    is_problem(elsewhere.get("/api/v1/sessions/current"), 401)
    assert tries(sqlite_calls, account.email, PASSWORD)[0] == 401
    assert tries(sqlite_calls, account.email, NEW)[0] == 201


@pytest.mark.rule("IDN-2")
def test_an_expired_password_leads_only_to_a_new_one(sqlite_calls: Calls) -> None:
    account = an_account(sqlite_calls.house, "hub_manager")
    sqlite_calls.clock.move(timedelta(days=91))
    caller = sqlite_calls.again(account)

    assert caller.get("/api/v1/sessions/current").get_json()["stage"] == "renew"
    is_problem(caller.get("/api/v1/licences"), 403, "sign-in-unfinished")
    done = caller.post("/api/v1/account/password", {"current": PASSWORD, "new": NEW}).get_json()

    caller.token = done["token"]
    assert caller.get("/api/v1/licences").status_code == 200


@pytest.mark.rule("IDN-8")
def test_a_link_opens_once(calls: Calls) -> None:
    hub = calls.someone("hub_manager")
    body = {"full_name": "Kit Rowan", "email": "kit@kent.example.org", "hub_team": True}
    made = hub.post("/api/v1/people", body)
    assert made.get_json()["invitation"] == {"sent_to": "kit@kent.example.org"}
    assert "msi_" not in made.text
    token = a_mailed_link(calls.house, UUID(made.get_json()["id"]))
    is_problem(hub.post("/api/v1/people", body), 409, "person-exists")
    weak = calls.nobody().post("/api/v1/account/invitation", {"token": token, "password": "short"})
    assert {error["pointer"] for error in is_problem(weak, 422)["errors"]} == {"#/password"}

    used = {"token": token, "password": PASSWORD}
    assert calls.nobody().post("/api/v1/account/invitation", used).status_code == 201

    again = is_problem(calls.nobody().post("/api/v1/account/invitation", used), 404, "invitation-over")
    never = {"token": "msi_never", "password": PASSWORD}
    assert again == is_problem(calls.nobody().post("/api/v1/account/invitation", never), 404)


@pytest.mark.rule("IDN-8")
def test_a_new_link_ends_the_one_before(sqlite_calls: Calls) -> None:
    hub = sqlite_calls.someone("hub_manager")
    body = {"full_name": "Kit Rowan", "email": "kit@kent.example.org", "hub_team": True}
    person = UUID(hub.post("/api/v1/people", body).get_json()["id"])
    first = a_mailed_link(sqlite_calls.house, person)

    again = hub.post(f"/api/v1/people/{person}/invitation").get_json()
    second = a_mailed_link(sqlite_calls.house, person)

    assert again["invitation"] == {"sent_to": "kit@kent.example.org"}
    for link, status in ((first, 404), (second, 201)):
        used = {"token": link, "password": PASSWORD}
        assert sqlite_calls.nobody().post("/api/v1/account/invitation", used).status_code == status


@pytest.mark.rule("IDN-4", "IDN-6")
def test_a_reset_asks_for_a_fresh_code_and_for_how_the_person_was_known(sqlite_calls: Calls) -> None:
    hub = sqlite_calls.someone("hub_manager")
    other = sqlite_calls.someone("hub_coordinator")
    assert hub.account
    assert other.account
    path = f"/api/v1/people/{other.account.person.id}/reset"
    body = {"identity_check": "Rang their line manager on the number we hold."}
    sqlite_calls.clock.move(timedelta(minutes=6))
    is_problem(hub.post(path, body), 403, "fresh-code-needed")
    before = hub.token
    fresh = hub.post("/api/v1/sessions/current/fresh-code", {"code": sqlite_calls.code(hub.account.secret)})
    hub.token = fresh.get_json()["token"]
    assert hub.token != before
    is_problem(hub.post(path, {"identity_check": " "}), 422)

    done = hub.post(path, body)

    assert done.status_code == 201
    is_problem(other.get("/api/v1/sessions/current"), 401)
    assert tries(sqlite_calls, other.account.email, PASSWORD)[0] == 401
    assert body["identity_check"] not in done.text
    is_problem(hub.post(f"/api/v1/people/{hub.account.person.id}/reset", body), 403, "account-own")


@pytest.mark.rule("ROL-1")
def test_a_partners_person_is_never_invited_into_a_hub_role(sqlite_calls: Calls) -> None:
    hub = sqlite_calls.someone("hub_manager")
    before = hub.post("/api/v1/people", {"full_name": "A B", "email": "ab@kent.example.org"}).status_code
    assert before == 201

    body = {"full_name": "Kit Rowan", "email": "kit@kent.example.org", "roles": ["hub_manager"], "reason": "New post."}
    said = is_problem(hub.post("/api/v1/people", body), 409, "role-for-hub-team-only")

    assert said["rule"] == "ROL-1"
    assert hub.post("/api/v1/people", body | {"roles": []}).status_code == 201


def test_somebody_who_has_set_no_password_signs_in_with_none(sqlite_calls: Calls) -> None:
    person = a_person(sqlite_calls.house, "hub_manager")

    assert tries(sqlite_calls, person.email, PASSWORD)[0] == 401
    is_problem(sqlite_calls.nobody().post("/api/v1/sessions", {"email": person.email, "password": ""}), 422)
