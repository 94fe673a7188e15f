"""The second factor by the API: codes from an app or by e-mail come through one door; passkeys need a page (IDN-3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from tests.builders.identity import an_account, half_open
from tests.builders.second_factors import an_account_by_email, mailed_codes


def says(app: Flask, token: str, path: str, **body: str) -> TestResponse:
    return app.test_client().post(f"/api/v1{path}", json=body, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.rule("IDN-3", "IDN-6")
def test_a_code_by_email_signs_in_and_makes_fresh(sqlite_app: Flask, clock: FixedClock) -> None:
    house = house_of(sqlite_app)
    account = an_account_by_email(house)
    clock.move(timedelta(seconds=1))
    token = half_open(house, account).token
    first = mailed_codes(house)[-1]
    clock.move(timedelta(seconds=1))

    assert says(sqlite_app, token, "/sessions/current/email-code").status_code == 200
    assert says(sqlite_app, token, "/sessions/current/code", code=first).get_json()["code"] == "code-not-right"
    whole = says(sqlite_app, token, "/sessions/current/code", code=mailed_codes(house)[-1]).get_json()
    assert whole["stage"] == "whole"

    clock.move(timedelta(minutes=6))
    assert says(sqlite_app, whole["token"], "/sessions/current/email-code").status_code == 200
    fresh = says(sqlite_app, whole["token"], "/sessions/current/fresh-code", code=mailed_codes(house)[-1]).get_json()
    assert fresh["fresh"] is True


@pytest.mark.rule("IDN-3")
def test_after_three_codes_no_more_are_sent(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    token = half_open(house, an_account_by_email(house)).token

    answers = [says(sqlite_app, token, "/sessions/current/email-code") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert answers[-1].get_json()["code"] == "email-codes-over"


@pytest.mark.rule("IDN-3")
def test_nobody_with_an_app_is_sent_a_code(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    token = half_open(house, an_account(house, "ig_officer")).token

    assert says(sqlite_app, token, "/sessions/current/email-code").status_code == 404
