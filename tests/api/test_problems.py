"""Every refusal to a program is a problem document (RFC 9457), whatever went wrong and wherever."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from tests.builders.api import Calls, is_problem
from tests.builders.identity import PASSWORD


@pytest.mark.parametrize(
    "path", ["/api", "/api/v1/nowhere", "/oauth2/nowhere", "/.well-known/webfinger", "/access/v2/x"]
)
def test_a_path_that_leads_nowhere(sqlite_calls: Calls, path: str) -> None:
    said = is_problem(sqlite_calls.nobody().get(path), 404, "not-found")

    assert said["instance"] == path


@pytest.mark.parametrize("path", ["/api/v1/licences/", "/api//v1/licences", "/ready/"])
def test_a_path_spelt_otherwise_is_another_path_and_never_a_redirect(sqlite_calls: Calls, path: str) -> None:
    is_problem(sqlite_calls.nobody().get(path), 404, "not-found")


def test_a_method_that_is_not_taken_says_which_are(sqlite_calls: Calls) -> None:
    reply = sqlite_calls.nobody().get("/oauth2/token")

    is_problem(reply, 405, "method-not-allowed")
    assert set(reply.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_a_body_that_is_too_large_is_not_read(sqlite_calls: Calls) -> None:
    body = {"email": "a@b.example", "password": "x" * 1_100_000}

    is_problem(sqlite_calls.nobody().post("/api/v1/sessions", body), 413, "too-large")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
)
def test_another_type_of_content_is_not_guessed_at(sqlite_calls: Calls, media_type: str) -> None:
    reply = sqlite_calls.nobody().post("/api/v1/sessions", data=b"{}", content_type=media_type)

    is_problem(reply, 415, "unsupported-media-type")


def test_a_refusal_by_a_rule_names_it_and_points_at_what_is_wrong(sqlite_calls: Calls) -> None:
    refused = is_problem(
        sqlite_calls.nobody().post("/api/v1/account/invitation", {"token": "msi_made-up", "password": PASSWORD}),
        404, "invitation-over",
    )  # fmt: skip
    assert refused["rule"] == "IDN-8"

    invalid = is_problem(sqlite_calls.nobody().post("/api/v1/sessions", {"email": "a@b.example"}), 422, "invalid")
    assert invalid["errors"] == [{"pointer": "#/password", "detail": "Field required"}]


def test_what_was_sent_is_never_said_back(sqlite_calls: Calls) -> None:
    hub = sqlite_calls.someone("hub_manager")
    sent = "Zebedee-3b1f"

    for body in (
        {"full_name": 5, "email": sent},
        {"full_name": sent, "email": sent, sent: sent},
        {"full_name": "A", "email": f"{sent}@gmail.com", "organisation_id": sent},
        {"full_name": "A", "email": f"{sent} {sent}"},
        {"full_name": "A", "email": "a@b.example", "roles": [sent]},
    ):
        reply = hub.post("/api/v1/people", body)
        assert reply.status_code in {409, 422}
        errors = [error["detail"] for error in reply.get_json(force=True).get("errors", [])]
        assert sent not in " ".join([reply.get_json(force=True)["detail"], *errors])


@pytest.mark.parametrize("sent", ["a-request-41", "x" * 128])
def test_a_request_id_comes_back_unchanged(sqlite_calls: Calls, sent: str) -> None:
    caller = sqlite_calls.nobody()
    caller.said = {"X-Request-ID": sent}

    assert caller.get("/live").headers["X-Request-ID"] == sent
    assert caller.get("/api/v1/nowhere").headers["X-Request-ID"] == sent
    assert caller.get("/api/v1/licences").headers["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", ["x" * 129, "two words", "", "é"])
def test_a_request_id_that_is_none_is_replaced(sqlite_calls: Calls, sent: str) -> None:
    caller = sqlite_calls.nobody()
    caller.said = {"X-Request-ID": sent}

    given = caller.get("/live").headers["X-Request-ID"]
    assert given != sent
    assert len(given) == 36


@pytest.mark.rule("AUD-2", "DEC-3")
def test_a_store_that_is_gone_is_503_on_every_path_that_needs_it(sqlite_calls: Calls) -> None:
    program = sqlite_calls.a_program()
    client_id, secret = sqlite_calls.a_client()
    path = Path(make_url(sqlite_calls.house.settings.database_url).database or "")
    sqlite_calls.house.engine.dispose()
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()

    is_problem(program.get("/api/v1/organisations"), 503, "unavailable")
    is_problem(sqlite_calls.token(client_id, secret), 503, "unavailable")
    is_problem(sqlite_calls.nobody().post("/api/v1/sessions", {"email": "a@b.example", "password": "x"}), 503)
    assert sqlite_calls.nobody().get("/ready").status_code == 503
    assert sqlite_calls.nobody().get("/live").status_code == 200


def test_another_thing_than_there_is_answers_404_in_the_same_words(sqlite_calls: Calls) -> None:
    hub = sqlite_calls.someone("hub_manager")
    absent = [
        hub.get(f"/api/v1/licences/{uuid4()}"),
        hub.get(f"/api/v1/organisations/{uuid4()}"),
        hub.get(f"/api/v1/organisations/{uuid4()}/standing"),
        hub.post(f"/api/v1/licences/{uuid4()}/approval"),
        hub.post(f"/api/v1/people/{uuid4()}/reset", {"identity_check": "Rang their line manager."}),
        hub.delete(f"/api/v1/invitations/{uuid4()}"),
        hub.get("/api/v1/areas/atlantis/members"),
    ]

    assert {is_problem(reply, 404)["detail"] for reply in absent} == {is_problem(absent[0], 404)["detail"]}
