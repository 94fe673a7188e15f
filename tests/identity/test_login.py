"""What a door sees of whoever comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask_login import current_user

from compliance.identity import login, use_cases
from compliance.identity.models import SignIn
from compliance.kernel.context import NOBODY, Holding, House, Origin
from tests.builders.identity import Account, an_account, every, half_open, signed_in

HERE = Origin("192.0.2.10", "request-1")


@pytest.fixture
def account(sqlite_house: House, clock) -> Account:
    account = an_account(sqlite_house, "delegate", hub_team=False)
    clock.move(timedelta(seconds=30))
    return account


@pytest.mark.rule("IDN-6", "ROL-4")
def test_whoever_is_signed_in_acts_with_their_roles_and_from_their_session(sqlite_house: House, account) -> None:
    opened = signed_in(sqlite_house, account)
    employer = account.person.organisation_id

    visitor = login.load(
        sqlite_house,
        opened.token,
        origin=HERE,
        extra=lambda ctx, person: frozenset({Holding("licence_holder", employer)}),
    )

    assert visitor is not None
    assert (visitor.is_authenticated, visitor.person.id, visitor.get_id()) == (
        True,
        account.person.id,
        str(account.person.id),
    )
    assert visitor.actor.roles == "delegate licence_holder"
    assert (visitor.origin.address, visitor.origin.request_id) == ("192.0.2.10", "request-1")
    assert visitor.origin.session_id == opened.session_id
    assert visitor.origin.fresh_until == sqlite_house.clock.now() + timedelta(minutes=5)


@pytest.mark.rule("IDN-3")
def test_before_the_code_a_person_is_known_and_acts_with_no_role(sqlite_house: House, account) -> None:
    visitor = login.load(sqlite_house, half_open(sqlite_house, account).token)

    assert visitor is not None
    assert not visitor.is_authenticated
    assert visitor.stage == "code"
    assert visitor.actor.holdings == frozenset()
    assert visitor.origin.fresh_until is None


@pytest.mark.rule("IDN-6", "DEC-4")
@pytest.mark.parametrize("column", ["locked_at", "closed_at"])
def test_an_account_that_is_locked_or_closed_is_nobody_at_the_very_next_request(
    sqlite_house: House, account, column: str
) -> None:
    opened = signed_in(sqlite_house, account)
    assert login.load(sqlite_house, opened.token) is not None

    with sqlite_house.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE people SET {column} = '2026-11-21 10:00:00'")

    assert login.load(sqlite_house, opened.token) is None


@pytest.mark.rule("IDN-6")
def test_what_is_no_token_is_nobody(house: House) -> None:
    for token in ("", "mss_", "mss_x", "\x00", "mss_\x00", "mss_\ud800", "x" * 100_000):
        assert login.load(house, token) is None


@pytest.mark.rule("IDN-6")
def test_a_visit_is_kept_so_that_a_busy_sign_in_does_not_go_idle(sqlite_house: House, clock, account) -> None:
    opened = signed_in(sqlite_house, account)

    for _ in range(3):
        clock.move(timedelta(minutes=14))
        assert login.load(sqlite_house, opened.token) is not None
    assert every(sqlite_house, SignIn)[-1].seen_at == clock.now()


@pytest.mark.rule("IDN-6")
@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer mss_abc", "mss_abc"), ("bearer  mss_abc ", "mss_abc"), ("Bearer eyJhbGciOi", None), ("Basic mss_abc", None),
        ("mss_abc", None), ("Bearer", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_our_token_is_told_from_every_other_header(header: str | None, token: str | None) -> None:
    assert login.bearer(header) == token


@pytest.mark.rule("IDN-6")
def test_flask_login_knows_people_by_our_token_and_by_nothing_of_its_own(sqlite_house: House, account) -> None:
    app = Flask("doors")
    app.secret_key = "for this test alone"
    app.extensions["compliance"] = sqlite_house
    login.login_manager(
        lambda request: login.bearer(request.headers.get("Authorization")), lambda request: Origin(request.remote_addr)
    ).init_app(app)
    app.add_url_rule("/", view_func=lambda: current_user.get_id() if current_user.is_authenticated else "nobody")
    opened = signed_in(sqlite_house, account)
    client = app.test_client()

    assert client.get("/", headers={"Authorization": f"Bearer {opened.token}"}).text == str(account.person.id)
    assert client.get("/").text == "nobody"
    with client.session_transaction() as cookie:
        cookie["_user_id"] = str(account.person.id)
        cookie["_fresh"] = True
    assert client.get("/").text == "nobody"
    with sqlite_house.work(NOBODY) as ctx:
        use_cases.sign_out(ctx, opened.session_id)
    assert client.get("/", headers={"Authorization": f"Bearer {opened.token}"}).text == "nobody"
