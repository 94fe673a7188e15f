"""People sign in to the case system through us: who gets a code, what it opens, and once only (OpenID Connect Core)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from audit.record import record
from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.clients.models import SignOnCode
from compliance.identity.clients.queries import clients
from compliance.identity.events import AccountLocked
from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import operator
from tests.builders.api import is_problem
from tests.builders.identity import Account, an_account, every, logged, signed_in
from tests.builders.licences import withdraw
from tests.builders.programs import (
    BACK,
    BASE,
    Program,
    a_program,
    browser_of,
    code_in,
    sent_back,
    somebody_licensed,
)


class Scene:
    """A program, somebody licensed who is signed in here, and their browser."""

    def __init__(self, app: Flask, clock: FixedClock) -> None:
        self.app, self.clock, self.house = app, clock, house_of(app)
        self.program: Program = a_program(app)
        self.account: Account = somebody_licensed(self.house)
        clock.move(timedelta(seconds=60))
        self.opened = signed_in(self.house, self.account)
        self.browser: FlaskClient = browser_of(app, self.opened.token)

    def code(self, **other: str | None) -> str:
        return code_in(self.browser.get(self.program.asks(**other)))

    def tokens(self) -> dict[str, Any]:
        reply = self.program.takes_up(self.code())
        assert reply.status_code == 200, reply.text
        given: dict[str, Any] = reply.get_json()
        return given


@pytest.fixture
def scene(app: Flask, clock: FixedClock) -> Scene:
    return Scene(app, clock)


@pytest.fixture
def lite(sqlite_app: Flask, clock: FixedClock) -> Scene:
    return Scene(sqlite_app, clock)


@pytest.mark.rule("DEC-1", "IDN-6", "AUD-2")
def test_whoever_may_use_the_case_system_is_sent_back_with_a_code_that_says_who_they_are(scene: Scene) -> None:
    answer = sent_back(scene.browser.get(scene.program.asks()))

    assert answer["state"] == scene.program.state
    assert answer["iss"] == BASE
    given = scene.program.takes_up(answer["code"]).get_json()
    assert given["token_type"] == "Bearer"
    said = scene.program.reads(given["id_token"])
    now = int(scene.clock.now().timestamp())
    assert said["iss"] == BASE
    assert said["aud"] == scene.program.client_id
    assert said["sub"] == str(scene.account.person.id)
    assert said["nonce"] == scene.program.nonce
    assert (said["iat"], said["exp"]) == (now, now + 300)
    assert said["auth_time"] <= now
    assert said["amr"] == ["pwd", "otp", "mfa"]
    assert said["acr"] == "urn:marac:mfa:app"
    assert "name" not in said

    who = scene.program.told_who(given["access_token"]).get_json()
    assert who == {
        "sub": said["sub"], "name": "Alex Made-Up", "email": "alex@swale.gov.uk", "email_verified": True, "org": "swale",
        "areas": ["mid-kent"], "licence": who["licence"], "amr": said["amr"], "acr": said["acr"],
        "auth_time": said["auth_time"], "sid": said["sid"],
    }  # fmt: skip
    assert [entry.outcome for entry in logged(scene.house, "decision.answered")] == ["permit", "permit", "permit"]
    assert len(logged(scene.house, "sign_on.code_given")) == len(logged(scene.house, "sign_on.begun")) == 1
    assert answer["code"] not in [row.code for row in every(scene.house, SignOnCode)]


@pytest.mark.rule("IDN-6")
def test_a_code_opens_once_and_the_second_time_takes_back_what_it_gave(scene: Scene) -> None:
    code = scene.code()
    token = scene.program.takes_up(code).get_json()["access_token"]
    assert scene.program.told_who(token).status_code == 200

    again = scene.program.takes_up(code)

    assert (again.status_code, again.get_json()["error"]) == (400, "invalid_grant")
    assert scene.program.told_who(token).status_code == 401
    assert len(logged(scene.house, "client.token_revoked")) == 1


@pytest.mark.rule("IDN-6")
def test_a_code_is_over_after_a_minute(lite: Scene) -> None:
    code, later = lite.code(), lite.code()
    lite.clock.move(timedelta(seconds=59))
    assert lite.program.takes_up(code).status_code == 200
    lite.clock.move(timedelta(seconds=1))

    assert lite.program.takes_up(later).get_json()["error"] == "invalid_grant"


@pytest.mark.rule("IDN-6")
def test_a_code_opens_nothing_for_whoever_lacks_what_it_is_bound_to_and_nothing_afterwards(lite: Scene) -> None:
    for other in ({"code_verifier": "x" * 43}, {"redirect_uri": f"{BACK}/"}, {"code_verifier": "short"}):
        code = lite.code()
        refused = lite.program.takes_up(code, **other)
        assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_grant"), other
        assert lite.program.takes_up(code).status_code == 400, other
    for made_up in ("msa_made-up", "\x00", "x" * 10_000):
        assert lite.program.takes_up(made_up).get_json()["error"] == "invalid_grant"


@pytest.mark.rule("IDN-6")
def test_a_code_is_of_no_use_to_another_program(lite: Scene) -> None:
    other = a_program(lite.app)
    code = lite.code()

    assert other.takes_up(code, code_verifier=lite.program.verifier).get_json()["error"] == "invalid_grant"
    assert lite.program.takes_up(code).get_json()["error"] == "invalid_grant"


@pytest.mark.rule("DEC-1", "DEC-2")
def test_somebody_without_a_licence_gets_no_code_and_is_told_what_to_mend(lite: Scene) -> None:
    stranger = an_account(lite.house, "steering_member")
    lite.clock.move(timedelta(seconds=60))
    browser = browser_of(lite.app, signed_in(lite.house, stranger).token)

    page = browser.get(lite.program.asks())

    assert page.status_code == 403
    assert "You cannot use the case system now" in page.text
    assert "LIC-3" in page.text
    assert "error=access_denied" in page.text
    assert every(lite.house, SignOnCode) == []
    assert sent_back(browser.get(lite.program.asks(prompt="none")))["error"] == "access_denied"


@pytest.mark.rule("DEC-4")
def test_a_right_that_ends_between_code_and_token_opens_nothing(scene: Scene) -> None:
    code = scene.code()
    organisation_id = scene.account.person.organisation_id
    assert organisation_id is not None
    withdraw(scene.house, organisation_id)

    assert scene.program.takes_up(code).get_json()["error"] == "invalid_grant"


@pytest.mark.rule("DEC-4", "IDN-6")
def test_a_token_tells_nothing_of_whoever_has_signed_out(scene: Scene) -> None:
    token = scene.tokens()["access_token"]
    with scene.house.work(operator("tests")) as ctx:
        identity.end_sessions(ctx, person_id=scene.account.person.id, reason="signed_out")

    is_problem(scene.program.told_who(token), 401, "not-authenticated")


@pytest.mark.rule("DEC-4")
def test_a_token_tells_nothing_of_whoever_may_no_longer_use_the_case_system(scene: Scene) -> None:
    token = scene.tokens()["access_token"]
    with scene.house.work(operator("tests")) as ctx:
        person = ctx.session.get_one(Person, scene.account.person.id)
        person.locked_at = ctx.now()
        record(ctx, AccountLocked(subject=person.id, failures=10))

    is_problem(scene.program.told_who(token), 401, "not-authenticated")


@pytest.mark.rule("DEC-3")
def test_a_persons_token_opens_no_door_of_programs_and_a_programs_no_person(lite: Scene) -> None:
    token = lite.tokens()["access_token"]
    client = lite.app.test_client()
    headers = {"Authorization": f"Bearer {token}"}

    assert client.get("/api/v1/organisations", headers=headers).status_code == 403
    assert client.post("/access/v1/evaluation", json={}, headers=headers).status_code == 403
    own = lite.program.proves().get_json()["access_token"]
    is_problem(lite.program.told_who(own), 403, "insufficient-scope")
    assert client.get("/oauth2/userinfo").headers["WWW-Authenticate"] == 'Bearer realm="marac"'


WRONG: list[tuple[dict[str, str | None], str]] = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": None}, "unsupported_response_type"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"scope": "profile"}, "invalid_scope"),
    ({"scope": None}, "invalid_scope"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge": "x" * 42}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"nonce": "n" * 513}, "invalid_request"),
    ({"nonce": "a\x00b"}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "sometimes"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"request": "e30.e30."}, "request_not_supported"),
    ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported"),
    ({"registration": "{}"}, "registration_not_supported"),
]  # fmt: skip


@pytest.mark.rule("IDN-6")
def test_what_a_program_asks_wrongly_it_is_told_at_its_own_address_and_gets_no_code(lite: Scene) -> None:
    for other, error in WRONG:
        answer = sent_back(lite.browser.get(lite.program.asks(**other)))
        assert (answer["error"], answer["state"]) == (error, lite.program.state), other
        assert "code" not in answer
    twice = sent_back(lite.browser.get(f"{lite.program.asks()}&scope=openid"))
    assert twice["error"] == "invalid_request"
    assert every(lite.house, SignOnCode) == []


@pytest.mark.rule("IDN-6")
def test_nobody_is_sent_anywhere_that_was_not_registered_letter_by_letter(lite: Scene) -> None:
    for address in (
        None, "", f"{BACK}/", f"{BACK}?x=1", f"{BACK}#x", BACK.upper(), "https://evil.example/", f"{BACK}@evil.example",
        BACK.replace("9000", "9001"), "javascript:alert(1)", "//evil.example", f"{BACK}\n",
    ):  # fmt: skip
        answer = lite.browser.get(lite.program.asks(redirect_uri=address))
        assert (answer.status_code, answer.headers.get("Location")) == (422, None), address
    for client_id in (None, "", "msc_nobody", "\x00", "é"):
        answer = lite.browser.get(lite.program.asks(client_id=client_id))
        assert (answer.status_code, answer.headers.get("Location")) == (422, None), client_id
    twice = f"{lite.program.asks()}&redirect_uri=https://evil.example/"
    assert lite.browser.get(twice).status_code == 422
    assert "evil.example" not in lite.browser.get(twice).text


@pytest.mark.rule("IDN-3", "IDN-6")
def test_whoever_is_not_signed_in_signs_in_first_and_comes_back(lite: Scene) -> None:
    browser = browser_of(lite.app, None)
    asked = lite.program.asks()

    answer = browser.get(asked)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")
    assert sent_back(browser.get(lite.program.asks(prompt="none")))["error"] == "login_required"
    half = browser_of(lite.app, lite.opened.token)
    assert half.get(asked).status_code == 303


@pytest.mark.rule("IDN-6")
def test_a_program_can_have_the_second_step_asked_for_again(lite: Scene) -> None:
    assert "code" in sent_back(lite.browser.get(lite.program.asks(prompt="login")))
    lite.clock.move(timedelta(seconds=61))

    for asked in ({"prompt": "login"}, {"max_age": "30"}):
        page = lite.browser.get(lite.program.asks(**asked))
        assert page.status_code == 200
        assert "Enter a new code" in page.text
    assert sent_back(lite.browser.get(lite.program.asks(prompt="none", max_age="30")))["error"] == "login_required"
    assert "code" in sent_back(lite.browser.get(lite.program.asks(max_age="90")))


def test_the_same_can_be_asked_by_a_form_of_another_site_which_does_nothing_itself(lite: Scene) -> None:
    query = lite.program.asks().partition("?")[2]
    answer = lite.app.test_client().post(
        "/oauth2/authorize", data=dict(part.split("=") for part in query.split("&")),
        headers={"Origin": "https://case.example", "Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/oauth2/authorize?response_type=code&")


@pytest.mark.rule("DEC-4")
def test_a_program_that_was_ended_signs_nobody_in(scene: Scene) -> None:
    token = scene.tokens()["access_token"]
    code = scene.code()
    with scene.house.work(operator("tests")) as ctx:
        identity.end_client(ctx, clients(ctx)[0].id)

    assert scene.program.takes_up(code).status_code == 401
    assert scene.program.told_who(token).status_code == 401
    assert scene.browser.get(scene.program.asks()).status_code == 422


def test_the_metadata_say_where_everything_is(lite: Scene) -> None:
    said = lite.app.test_client().get("/.well-known/openid-configuration").get_json()

    assert said["issuer"] == BASE
    assert said["authorization_endpoint"] == f"{BASE}/oauth2/authorize"
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert "RS256" in said["id_token_signing_alg_values_supported"]
    assert said["backchannel_logout_supported"] is True
    kinds = {key["alg"]: key for key in lite.app.test_client().get("/oauth2/jwks").get_json()["keys"]}
    assert kinds.keys() == {"ES256", "RS256"}
    assert all(not {"d", "p", "q", "dp", "dq", "qi"} & key.keys() for key in kinds.values())
