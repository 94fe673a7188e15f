"""Where requests come from, whose word for it is believed, and from where nobody signs in (IDN-7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from compliance.app import create_app, furnished, house_of
from compliance.identity import totp, use_cases
from compliance.identity.countries import Countries
from compliance.identity.errors import FromRefusedCountry
from compliance.identity.models import Failures, SourceFailures
from compliance.identity.whence import is_refused, source_address
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House, Origin
from compliance.kernel.settings import Settings
from tests.builders.countries import a_file_of_countries
from tests.builders.identity import PASSWORD, a_link, a_person, an_account, every, half_open, logged, signed_in
from tests.builders.policies import changed
from tests.web.conftest import Visitor

OURS = ("10.0.0.0/8", "2001:db8:ffff::/48", "192.0.2.1")
FROM_NOWHERE = Origin("203.0.113.9")
FROM_THERE = Origin("198.51.100.9")


@pytest.mark.rule("IDN-7")
@pytest.mark.parametrize(
    ("peer", "chain", "source"),
    [
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # a stranger says so
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # the stranger put the first one there
        ("10.0.0.1", "10.0.0.9, 198.51.100.7", "198.51.100.7"),  # ... or pretends to be a proxy of ours
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "127.0.0.1, 203.0.113.9, 10.0.0.3, 192.0.2.1", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.2,10.0.0.3", "10.0.0.2"),  # one of ours, asking itself
        ("10.0.0.1", "rubbish, 203.0.113.9", "203.0.113.9"),  # rubbish where nobody reads
        ("10.0.0.1", "203.0.113.9, rubbish", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9,", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9:4711", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.0/24", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.009", "10.0.0.1"),
        ("10.0.0.1", "٢٠٣.0.113.9", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9\x00", "10.0.0.1"),
        ("10.0.0.1", "3405803785", "10.0.0.1"),
        ("10.0.0.1", "fe80::1%eth0", "10.0.0.1"),
        ("10.0.0.1", ", " * 4000, "10.0.0.1"),
        ("2001:db8:ffff::1", "2001:DB8:1:0:0:0:0:9", "2001:db8:1::9"),
        ("2001:db8:fffe::1", "203.0.113.9", "2001:db8:fffe::1"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9"),
        ("", "203.0.113.9", ""),
        (None, "203.0.113.9", None),
        ("unix:", "203.0.113.9", "unix:"),
    ],
)
def test_a_chain_is_believed_from_its_end_and_no_further_than_our_own_proxies_wrote_it(
    peer: str | None, chain: str | None, source: str | None
) -> None:
    assert source_address(peer, chain, OURS) == source


@pytest.mark.rule("IDN-7")
def test_with_no_trusted_proxy_nobody_is_believed() -> None:
    assert source_address("10.0.0.1", "203.0.113.9", ()) == "10.0.0.1"


@pytest.mark.rule("IDN-7")
def test_a_country_is_refused_where_it_is_known_and_on_the_list() -> None:
    assert is_refused("AQ", ("AQ", "BV"))
    assert not is_refused("GB", ("AQ", "BV"))
    assert not is_refused(None, ("AQ", "BV"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return a_file_of_countries(tmp_path / "countries.mmdb")


@pytest.mark.rule("IDN-7")
@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("203.0.113.9", "AQ"),
        ("::ffff:203.0.113.9", "AQ"),
        ("2001:db8:1::9", "AQ"),
        ("198.51.100.1", "GB"),
        ("127.0.0.1", None),
        ("10.1.2.3", None),
        ("192.168.0.1", None),
        ("::1", None),
        ("fe80::1", None),
        ("fc00::1", None),
        ("2001:db8:2::9", None),
        ("", None),
        (None, None),
        ("unix:", None),
        ("203.0.113.9, 198.51.100.1", None),
    ],
)
def test_an_address_has_its_country_and_one_of_a_private_network_has_none(
    file: Path, address: str | None, country: str | None
) -> None:
    assert Countries(file).of(address) == country


@pytest.mark.rule("IDN-7")
def test_the_file_is_read_again_when_another_is_put_in_its_place(file: Path) -> None:
    countries = Countries(file)
    assert countries.of("203.0.113.9") == "AQ"

    a_file_of_countries(file, nowhere="BV")
    assert countries.of("203.0.113.9") == "BV"

    file.unlink()
    assert countries.of("203.0.113.9") is None
    assert "cannot be read" in (countries.trouble() or "")

    a_file_of_countries(file)
    assert (countries.of("203.0.113.9"), countries.trouble()) == ("AQ", None)


@pytest.mark.rule("IDN-7")
@pytest.mark.parametrize(
    "spoil", [lambda whole: b"", lambda whole: b"rubbish" * 999, lambda whole: whole[: len(whole) // 2]]
)
def test_a_broken_file_knows_no_country_and_breaks_nothing(file: Path, spoil: Callable[[bytes], bytes]) -> None:
    file.write_bytes(spoil(file.read_bytes()))
    countries = Countries(file)

    assert countries.of("203.0.113.9") is None
    assert "cannot be read" in (countries.trouble() or "")


@pytest.mark.rule("IDN-7")
def test_a_file_spoilt_inside_knows_no_country_and_breaks_nothing(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    end = whole.rindex(b"\xab\xcd\xefMaxMind.com")
    whole[16:end] = b"\xff" * (end - 16)
    file.write_bytes(whole)

    assert Countries(file).of("203.0.113.9") is None


@pytest.fixture
def closed(settings: Settings, clock: FixedClock, file: Path) -> Iterator[House]:
    """A house that nobody signs in to from Antarctica."""
    house = house_of(furnished(replace(settings, countries_file=file), clock))
    changed(house, "countries.refused_countries", ["AQ", "BV"])
    yield house
    house.engine.dispose()


@pytest.mark.rule("IDN-7", "IDN-4")
def test_from_a_refused_country_no_name_is_looked_at_and_no_failure_counted(closed: House) -> None:
    account = an_account(closed)

    for email in (account.email, "nobody@kent.example.org", "no address"):
        with pytest.raises(FromRefusedCountry):
            use_cases.sign_in(closed, FROM_NOWHERE, email=email, password=account.password)

    assert every(closed, Failures) == []
    assert every(closed, SourceFailures) == []
    assert use_cases.sign_in(closed, FROM_THERE, email=account.email, password=account.password).opened
    assert use_cases.sign_in(closed, Origin("127.0.0.1"), email=account.email, password=account.password).opened


@pytest.mark.rule("IDN-7", "IDN-3")
def test_a_sign_in_begun_elsewhere_goes_no_further_from_there_and_a_whole_one_goes_on(
    closed: House, clock: FixedClock
) -> None:
    account = an_account(closed)
    clock.move(timedelta(seconds=30))
    opened = half_open(closed, account)
    code = totp.code_at(account.secret, clock.now())

    with pytest.raises(FromRefusedCountry), closed.work(NOBODY, FROM_NOWHERE) as ctx:
        use_cases.give_code(ctx, opened.session_id, code)
    with closed.work(NOBODY, FROM_THERE) as ctx:
        assert use_cases.give_code(ctx, opened.session_id, code).opened

    clock.move(timedelta(seconds=30))
    whole = signed_in(closed, account)
    clock.move(timedelta(seconds=30))
    with closed.work(NOBODY, FROM_NOWHERE) as ctx:
        assert use_cases.freshen(ctx, whole.session_id, totp.code_at(account.secret, clock.now())).opened


@pytest.mark.rule("IDN-7", "IDN-8")
def test_a_link_opens_nothing_from_there_and_is_not_used_up(closed: House) -> None:
    token = a_link(closed, a_person(closed))

    for link in (token, "msi_nobodys"):
        with pytest.raises(FromRefusedCountry), closed.reading(NOBODY, FROM_NOWHERE) as ctx:
            use_cases.look_at_invitation(ctx, link)
        with pytest.raises(FromRefusedCountry), closed.work(NOBODY, FROM_NOWHERE) as ctx:
            use_cases.accept_invitation(ctx, link, password=PASSWORD)

    with closed.work(NOBODY, FROM_THERE) as ctx:
        assert use_cases.accept_invitation(ctx, token, password=PASSWORD).token


@pytest.mark.rule("IDN-7")
def test_without_a_file_nobody_is_refused(house: House) -> None:
    changed(house, "countries.refused_countries", ["AQ"])
    account = an_account(house)

    assert use_cases.sign_in(house, FROM_NOWHERE, email=account.email, password=account.password).opened


@pytest.fixture
def served(settings: Settings, clock: FixedClock, file: Path) -> Iterator[Flask]:
    """The application behind a proxy of ours, closed to Antarctica."""
    app = create_app(replace(settings, countries_file=file), clock)
    changed(house_of(app), "countries.refused_countries", ["AQ"])
    changed(house_of(app), "countries.trusted_proxies", ["10.0.0.0/8"])
    yield app
    house_of(app).engine.dispose()


def coming(app: Flask, peer: str) -> FlaskClient:
    """A client of this address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = peer
    return client


@pytest.mark.rule("IDN-7", "AUD-1")
@pytest.mark.parametrize(
    ("peer", "chain", "status"),
    [
        ("203.0.113.9", None, 403),
        ("10.0.0.1", "203.0.113.9", 403),
        ("10.0.0.1", "198.51.100.9, 203.0.113.9", 403),  # a forged beginning
        ("203.0.113.9", "198.51.100.9", 403),  # forged, past the proxy
        ("10.0.0.1", "2001:db8:1::9", 403),
        ("10.0.0.1", "198.51.100.9", 201),
        ("10.0.0.1", "rubbish", 201),
    ],
)
def test_both_doors_say_plainly_that_nobody_signs_in_from_there_whoever_it_is(
    served: Flask, peer: str, chain: str | None, status: int
) -> None:
    house = house_of(served)
    account = an_account(house)
    client, headers = coming(served, peer), {"X-Forwarded-For": chain} if chain else {}
    answers = []
    for email in (account.email, "nobody@kent.example.org"):
        tried = {"email": email, "password": account.password}
        answers.append(client.post("/api/v1/sessions", json=tried, headers=headers))

    if status == 201:
        assert [answer.status_code for answer in answers] == [201, 401]
        assert logged(house, "sign_in.refused_country") == []
        return
    known, unknown = answers
    assert (known.status_code, known.get_json()["code"], known.get_json()["rule"]) == (
        403, "sign-in-refused-country", "IDN-7",
    )  # fmt: skip
    assert known.data == unknown.data
    told = logged(house, "sign_in.refused_country")
    assert [(entry.outcome, entry.rules, json.loads(entry.detail)["country"]) for entry in told] == [
        ("refused", "IDN-7", "AQ")
    ] * 2
    assert {entry.whence for entry in told} == {(chain or peer).rpartition(" ")[2] if peer == "10.0.0.1" else peer}


@pytest.mark.rule("IDN-7")
def test_the_page_says_so_too_and_what_to_do(served: Flask) -> None:
    account = an_account(house_of(served))
    browser = Visitor(served)
    browser.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"

    names = (account.email, "nobody@kent.example.org")
    known, unknown = [browser.send("/sign-in", {"email": name, "password": account.password}) for name in names]

    assert known.status_code == unknown.status_code == 403
    assert "Nobody signs in from the country" in known.text
    assert "IDN-7" in known.text
    assert known.text == unknown.text
    assert len(logged(house_of(served), "sign_in.refused_country")) == 2
