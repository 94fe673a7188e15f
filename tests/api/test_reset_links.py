"""A reset over the API: the link goes to its person alone, is built on our own address, and opens once."""

from __future__ import annotations

import pytest

from compliance.app import house_of
from tests.builders.api import Calls, is_problem
from tests.builders.identity import a_mailed_link, an_account, letters

BODY = {"identity_check": "Rang their line manager on the number we hold."}
NEW = "Brown-Otter-52-swims"


@pytest.mark.rule("IDN-4", "IDN-8")
def test_whoever_resets_an_account_never_sees_the_link_and_its_person_uses_it_once(sqlite_calls: Calls) -> None:
    house = house_of(sqlite_calls.app)
    hub, account = sqlite_calls.someone("hub_manager"), an_account(house)

    done = hub.post(f"/api/v1/people/{account.person.id}/reset", BODY)

    assert done.status_code == 201
    assert "msi_" not in done.text
    used = {"token": a_mailed_link(house, account.person), "password": NEW}
    opened = sqlite_calls.nobody().post("/api/v1/account/invitation", used)
    assert (opened.status_code, opened.get_json()["stage"]) == (201, "code")
    assert opened.get_json()["person_id"] == str(account.person.id)
    again = used | {"password": "Green-Egret-63-wades"}
    is_problem(sqlite_calls.nobody().post("/api/v1/account/invitation", again), 404, "invitation-over")


@pytest.mark.rule("IDN-4", "IDN-8")
def test_another_reset_ends_the_link_before(sqlite_calls: Calls) -> None:
    house = house_of(sqlite_calls.app)
    hub, account = sqlite_calls.someone("hub_manager"), an_account(house)
    hub.post(f"/api/v1/people/{account.person.id}/reset", BODY)
    first = {"token": a_mailed_link(house, account.person), "password": NEW}
    hub.post(f"/api/v1/people/{account.person.id}/reset", BODY)

    is_problem(sqlite_calls.nobody().post("/api/v1/account/invitation", first), 404, "invitation-over")


@pytest.mark.rule("IDN-8")
@pytest.mark.parametrize(
    "says", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}]
)
def test_the_link_names_our_own_address_whatever_the_request_says(sqlite_calls: Calls, says: dict[str, str]) -> None:
    house = house_of(sqlite_calls.app)
    hub, account = sqlite_calls.someone("hub_manager"), an_account(house)

    headers = {"Authorization": f"Bearer {hub.token}"} | says
    path = f"/api/v1/people/{account.person.id}/reset"
    assert sqlite_calls.app.test_client().post(path, json=BODY, headers=headers).status_code == 201

    [letter] = letters(house, account.person, "reset")
    assert "evil.example" not in letter["body"]
    assert f"{house.settings.base_url}/invitation/msi_" in letter["body"]


@pytest.mark.rule("IDN-1", "IDN-4")
def test_a_password_far_too_long_is_answered_alike_for_every_name(sqlite_calls: Calls) -> None:
    account = an_account(house_of(sqlite_calls.app))

    for length, status in ((300, 401), (200_000, 422), (1_000_000, 413)):
        answers = [
            sqlite_calls.nobody().post("/api/v1/sessions", {"email": email, "password": "x" * length})
            for email in (account.email, "nobody@kent.example.org")
        ]
        assert [answer.status_code for answer in answers] == [status, status]
        known, unknown = (
            {name: value for name, value in answer.get_json().items() if name not in {"instance", "request_id"}}
            for answer in answers
        )
        assert known == unknown


@pytest.mark.rule("IDN-1")
def test_a_password_far_too_long_is_refused_by_name_when_it_is_chosen(sqlite_calls: Calls) -> None:
    house = house_of(sqlite_calls.app)
    account = an_account(house)
    sqlite_calls.someone("hub_manager").post(f"/api/v1/people/{account.person.id}/reset", BODY)

    for chosen, says in (("Aa1! " * 60, "Use 256 characters or fewer."), ("Aa1! " * 40_000, "This is too long.")):
        used = {"token": a_mailed_link(house, account.person), "password": chosen}
        refused = is_problem(sqlite_calls.nobody().post("/api/v1/account/invitation", used), 422)
        assert [error["detail"] for error in refused["errors"] if error["pointer"] == "#/password"] == [says]
