"""The authenticator app's codes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from compliance.identity import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert totp.code_at(SECRET, at) == code
    assert totp.step_of(SECRET, code, at, drift=1) == seconds // 30


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize(("steps_off", "found"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_off_and_no_more(steps_off: int, found: bool) -> None:
    code = totp.code_at(SECRET, NOW + timedelta(seconds=30 * steps_off))

    assert totp.step_of(SECRET, code, NOW, drift=1) == (STEP + steps_off if found else None)


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "12345a", "٠١٢٣٤٥", "\x00" * 6, "1" * 10_000, "-12345", " " * 10_000, "1²3456x"]
)
def test_what_is_no_code_of_six_digits_is_never_right(typed: str) -> None:
    assert totp.step_of(SECRET, typed, NOW, drift=1) is None


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize(
    "typed",
    [
        " {0} {1} ", "{0}-{1}", "{0}\N{NO-BREAK SPACE}{1}", "{0}\N{EN DASH}{1}\n", "{0}\N{ZERO WIDTH SPACE}{1}",
        "{0}\N{THIN SPACE}{1}\t", "{0}\N{SOFT HYPHEN}{1}",
    ],
)  # fmt: skip
def test_blanks_and_hyphens_in_a_code_do_not_matter(typed: str) -> None:
    code = totp.code_at(SECRET, NOW)

    assert totp.step_of(SECRET, typed.format(code[:3], code[3:]), NOW, drift=1) == STEP


@pytest.mark.rule("IDN-3")
def test_digits_of_full_width_are_digits() -> None:
    wide = totp.code_at(SECRET, NOW).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})

    assert totp.step_of(SECRET, wide, NOW, drift=1) == STEP


@pytest.mark.rule("IDN-3")
def test_the_address_in_the_qr_code_names_the_service_and_the_account() -> None:
    secret = totp.new_secret()
    said = urlsplit(totp.uri(secret, email="ann@kent.example.org"))

    assert len(base64.b32decode(secret)) == 20
    assert (said.scheme, said.netloc) == ("otpauth", "totp")
    assert parse_qs(said.query) == {"secret": [secret], "issuer": [totp.ISSUER]}
