"""Every answer of a passkey that is not quite the one asked for: another origin, question, host, person, or count."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import pytest
from fido2.webauthn import AuthenticatorData

from compliance.identity import use_cases
from compliance.identity.models import Failures, Passkey, PasskeyChallenge, PasskeyUse
from compliance.identity.use_cases import Opened
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House, Origin
from tests.builders.identity import a_person, accepted, every, half_open, logged
from tests.builders.second_factors import Device, an_account_by_passkey, named, signed_in_by_passkey

FLAG = AuthenticatorData.FLAG
COMES_FROM = Origin("192.0.2.10")


@pytest.fixture
def hub(sqlite_house: House) -> House:
    """A house with a name, so that passkeys can be bound to it."""
    return named(sqlite_house)


@pytest.fixture
def device() -> Device:
    return Device()


def asked(house: House, opened: Opened) -> dict[str, Any]:
    with house.work(NOBODY, COMES_FROM) as ctx:
        return use_cases.ask_for_passkey(ctx, opened.session_id)


def given(house: House, opened: Opened, answer: str) -> Opened | None:
    with house.work(NOBODY, COMES_FROM) as ctx:
        return use_cases.give_passkey(ctx, opened.session_id, answer).opened


FORGED: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "http://localhost:9000"},
    "another scheme": {"origin": "https://localhost:8000"},
    "an origin below ours": {"origin": "http://evil.localhost:8000"},
    "another question": {"challenge": os.urandom(32)},
    "no question": {"challenge": b""},
    "another host": {"rp_id": "evil.example"},
    "nobody there": {"flags": FLAG(0)},
    "nobody verified": {"flags": FLAG.UP},
    "asked from within another page": {"cross_origin": True},
    "asked from the top of another page": {"more": {"topOrigin": "https://evil.example"}},
    "backed up and unable to be": {"flags": FLAG.UP | FLAG.UV | FLAG.BS},
}


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize("forged", [*FORGED.values(), {"type": "webauthn.create"}], ids=[*FORGED, "made, not used"])
def test_an_answer_to_anything_else_is_a_wrong_one_and_counts(
    hub: House, device: Device, forged: dict[str, Any]
) -> None:
    account = an_account_by_passkey(hub, device)
    opened = half_open(hub, account)

    assert given(hub, opened, device.signs(asked(hub, opened), account.person, **forged)) is None

    assert [row.count for row in every(hub, Failures)] == [1]
    assert given(hub, opened, device.signs(asked(hub, opened), account.person)) is not None


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize(
    "forged",
    [
        *FORGED.values(),
        {"type": "webauthn.get"},
        {"raw_id": os.urandom(32)},
        {"credential": os.urandom(1024)},
        {"public": {1: 2, 3: -65535, -1: 1, -2: b"x" * 32, -3: b"y" * 32}},
    ],
    ids=[*FORGED, "used, not made", "called otherwise", "too long a name", "an algorithm nobody asked for"],
)
def test_a_passkey_is_not_kept_for_an_answer_to_anything_else(
    hub: House, device: Device, forged: dict[str, Any]
) -> None:
    opened = accepted(hub, a_person(hub, "ig_officer"))
    with hub.work(NOBODY) as ctx:
        making = use_cases.start_passkey(ctx, opened.session_id)

    with hub.work(NOBODY) as ctx:
        assert use_cases.make_passkey(ctx, opened.session_id, device.makes(making, **forged), name="") is None

    assert every(hub, Passkey) == []


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize(
    "answer",
    [
        "", "null", "[]", "{}", "{", '{"id":"a","rawId":"b"}', "[" * 10_000, "é" * 5, '"' + "a" * 100_000 + '"',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"W1td","authenticatorData":"AA","signature":"AA"}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":1,"attestationObject":"oA"}}',
        json.dumps({"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "e30", "attestationObject": "gYGB" * 3000}}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_wrong_answer_and_no_fault(hub: House, device: Device, answer: str) -> None:
    account = an_account_by_passkey(hub, device)
    opened = half_open(hub, account)
    asked(hub, opened)
    assert given(hub, opened, answer) is None

    another = accepted(hub, a_person(hub, "ig_officer"))
    with hub.work(NOBODY) as ctx:
        use_cases.start_passkey(ctx, another.session_id)
    with hub.work(NOBODY) as ctx:
        assert use_cases.make_passkey(ctx, another.session_id, answer, name="") is None


@pytest.mark.rule("IDN-3")
def test_an_answer_opens_once_and_only_the_sign_in_that_asked(hub: House, device: Device) -> None:
    account = an_account_by_passkey(hub, device)
    mine, other = half_open(hub, account), half_open(hub, account)
    answer = device.signs(asked(hub, mine), account.person)

    assert given(hub, other, answer) is None
    asked(hub, other)
    assert given(hub, other, answer) is None
    assert given(hub, mine, answer) is not None

    with hub.work(NOBODY) as ctx:
        assert use_cases.freshen_by_passkey(ctx, mine.session_id, answer).opened is None


@pytest.mark.rule("IDN-3")
def test_a_wrong_answer_takes_the_question_away(hub: House, device: Device) -> None:
    account = an_account_by_passkey(hub, device)
    opened = half_open(hub, account)
    question = asked(hub, opened)

    assert given(hub, opened, device.signs(question, account.person, rp_id="evil.example")) is None

    assert every(hub, PasskeyChallenge) == []
    assert given(hub, opened, device.signs(question, account.person)) is None


@pytest.mark.rule("IDN-3")
def test_a_question_stands_for_five_minutes_and_the_newest_alone(hub: House, device: Device, clock: FixedClock) -> None:
    account = an_account_by_passkey(hub, device)
    opened = half_open(hub, account)
    first = asked(hub, opened)
    asked(hub, opened)
    assert given(hub, opened, device.signs(first, account.person)) is None

    question = asked(hub, opened)
    clock.move(timedelta(minutes=5))
    assert given(hub, opened, device.signs(question, account.person)) is None


@pytest.mark.rule("IDN-3")
def test_another_persons_passkey_opens_nothing(hub: House, device: Device) -> None:
    account = an_account_by_passkey(hub, device)
    thief = Device()
    an_account_by_passkey(hub, thief)
    opened = half_open(hub, account)

    assert given(hub, opened, thief.signs(asked(hub, opened))) is None

    mine = next(iter(device.keys))
    forged = thief.signs(asked(hub, opened), credential=mine, key=next(iter(thief.keys.values())))
    assert given(hub, opened, forged) is None

    elsewhere = a_person(hub, "ig_officer")
    assert given(hub, opened, device.signs(asked(hub, opened), elsewhere)) is None


@pytest.mark.rule("IDN-3")
def test_a_credential_that_an_account_has_is_kept_for_no_other(hub: House, device: Device) -> None:
    an_account_by_passkey(hub, device)
    known = next(iter(device.keys))
    opened = accepted(hub, a_person(hub, "ig_officer"))
    with hub.work(NOBODY) as ctx:
        making = use_cases.start_passkey(ctx, opened.session_id)

    with hub.work(NOBODY) as ctx:
        answer = Device().makes(making, credential=known)
        assert use_cases.make_passkey(ctx, opened.session_id, answer, name="") is None


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_a_count_that_does_not_grow_is_refused_and_remembered_as_a_copy(hub: House, device: Device, count: int) -> None:
    account = an_account_by_passkey(hub, device)
    opened = half_open(hub, account)
    assert given(hub, opened, device.signs(asked(hub, opened), account.person, count=5)) is not None
    opened = half_open(hub, account)

    assert given(hub, opened, device.signs(asked(hub, opened), account.person, count=count)) is None

    [copied] = logged(hub, "passkey.copied")
    assert (copied.outcome, copied.rules) == ("refused", "IDN-3")
    assert [row.count for row in every(hub, PasskeyUse)] == [5]
    assert given(hub, opened, device.signs(asked(hub, opened), account.person, count=6)) is not None


@pytest.mark.rule("IDN-3")
def test_a_passkey_that_never_counts_opens_again_and_again(hub: House) -> None:
    device = Device(counts=False)
    account = an_account_by_passkey(hub, device)

    signed_in_by_passkey(hub, account, device)
    signed_in_by_passkey(hub, account, device)
    assert logged(hub, "passkey.copied") == []
