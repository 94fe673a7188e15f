"""Passkeys as the second factor: made, given, ended; and every answer that is not quite the one asked for."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import pytest

from compliance.identity import queries, use_cases
from compliance.identity.errors import FreshCodeNeeded, LastFactor, NoSuchPasskey, SignInOver
from compliance.identity.models import Passkey, SignIn
from compliance.identity.use_cases import Opened
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House, Origin
from compliance.kernel.errors import Invalid
from tests.builders.identity import Account, a_person, accepted, at_work, every, half_open, logged
from tests.builders.second_factors import (
    Device,
    an_account_by_email,
    an_account_by_passkey,
    letters,
    mailed_codes,
    named,
)

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


def whole(house: House, account: Account, device: Device) -> Opened:
    opened = half_open(house, account)
    done = given(house, opened, device.signs(asked(house, opened), account.person))
    assert done is not None
    return done


def within(house: House, account: Account, opened: Opened, *, fresh: bool = True) -> Any:
    actor, origin = at_work(house, account.person, fresh=fresh)
    return house.work(actor, Origin(origin.address, session_id=opened.session_id, fresh_until=origin.fresh_until))


@pytest.mark.rule("IDN-3")
def test_a_passkey_enrols_an_account_and_then_signs_in(hub: House, device: Device) -> None:
    account = an_account_by_passkey(hub, device)
    with hub.reading(NOBODY) as ctx:
        assert queries.is_ready(ctx, account.person.id)

    done = whole(hub, account, device)

    assert done.stage == "whole"
    [entry] = logged(hub, "authenticator.enrolled")
    [passkey] = every(hub, Passkey)
    assert str(passkey.id) in entry.detail
    assert passkey.name == "my phone"
    assert '"method":"passkey"' in logged(hub, "sign_in.done")[-1].detail


@pytest.mark.rule("IDN-3")
def test_what_is_asked_names_this_host_and_asks_the_person_to_prove_themselves(hub: House, device: Device) -> None:
    person = a_person(hub, "hub_manager")
    opened = accepted(hub, person)
    with hub.work(NOBODY) as ctx:
        making = use_cases.start_passkey(ctx, opened.session_id)

    assert making["rp"] == {"name": "MARAC Hub", "id": "localhost"}
    assert making["attestation"] == "none"
    assert making["authenticatorSelection"]["userVerification"] == "required"
    assert json.dumps(making)

    account = an_account_by_passkey(hub, device)
    using = asked(hub, half_open(hub, account))
    assert using["rpId"] == "localhost"
    assert using["userVerification"] == "required"
    assert [each["type"] for each in using["allowCredentials"]] == ["public-key"]


@pytest.mark.rule("IDN-6")
def test_a_passkey_makes_a_sign_in_fresh_under_a_new_token(hub: House, device: Device, clock: FixedClock) -> None:
    account = an_account_by_passkey(hub, device)
    opened = whole(hub, account, device)
    clock.move(timedelta(minutes=10))
    question = asked(hub, opened)

    with hub.work(NOBODY) as ctx:
        assert not use_cases.freshen_by_passkey(ctx, opened.session_id, device.signs(question, rp_id="evil")).opened
    question = asked(hub, opened)
    with hub.work(NOBODY) as ctx:
        fresh = use_cases.freshen_by_passkey(ctx, opened.session_id, device.signs(question)).opened

    assert fresh is not None
    assert fresh.token != opened.token
    assert next(row for row in every(hub, SignIn) if row.id == opened.session_id).fresh_at == clock.now()
    assert '"method":"passkey"' in logged(hub, "sign_in.code_repeated")[-1].detail


@pytest.mark.rule("IDN-3")
def test_a_passkey_is_added_and_ended_with_a_letter_and_every_other_sign_in_ends(hub: House, clock: FixedClock) -> None:
    account = an_account_by_email(hub)
    elsewhere = half_open(hub, account)
    device = Device()
    clock.move(timedelta(seconds=1))
    opened = _signed_in_by_email(hub, account)

    with within(hub, account, opened) as ctx:
        making = use_cases.start_passkey(ctx, opened.session_id)
    with within(hub, account, opened) as ctx:
        added = use_cases.make_passkey(ctx, opened.session_id, device.makes(making), name=" blue key ")
    assert added is not None
    assert added.token != opened.token
    assert "“blue key”" in letters(hub, "second_factor_changed")[-1]["body"]
    ended = next(row for row in every(hub, SignIn) if row.id == elsewhere.session_id)
    assert ended.end_reason == "factor_changed"

    clock.move(timedelta(minutes=1))
    [passkey] = every(hub, Passkey)
    with within(hub, account, opened) as ctx:
        use_cases.end_passkey(ctx, opened.session_id, passkey.id)
    assert len(letters(hub, "second_factor_changed")) == 2
    assert len(logged(hub, "passkey.ended")) == 1
    with within(hub, account, opened) as ctx, pytest.raises(NoSuchPasskey):
        use_cases.end_passkey(ctx, opened.session_id, passkey.id)
    assert given(hub, half_open(hub, account), device.signs({"challenge": os.urandom(32)})) is None


def _signed_in_by_email(house: House, account: Account) -> Opened:
    opened = half_open(house, account)
    with house.work(NOBODY) as ctx:
        done = use_cases.give_code(ctx, opened.session_id, mailed_codes(house)[-1]).opened
    assert done is not None
    return done


@pytest.mark.rule("IDN-3")
def test_the_last_second_factor_cannot_be_ended(hub: House, device: Device) -> None:
    account = an_account_by_passkey(hub, device)
    opened = whole(hub, account, device)
    [passkey] = every(hub, Passkey)

    with within(hub, account, opened) as ctx, pytest.raises(LastFactor):
        use_cases.end_passkey(ctx, opened.session_id, passkey.id)


@pytest.mark.rule("IDN-3", "IDN-6")
def test_passkeys_are_changed_with_a_fresh_code_only_and_by_their_owner_only(hub: House, device: Device) -> None:
    account = an_account_by_passkey(hub, device)
    opened = whole(hub, account, device)
    somebody = an_account_by_passkey(hub, Device())
    theirs = next(row for row in every(hub, Passkey) if row.person_id == somebody.person.id)

    with within(hub, account, opened, fresh=False) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.start_passkey(ctx, opened.session_id)
    with within(hub, account, opened, fresh=False) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.make_passkey(ctx, opened.session_id, "{}", name="")
    with within(hub, account, opened, fresh=False) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.end_passkey(ctx, opened.session_id, theirs.id)
    with within(hub, account, opened) as ctx, pytest.raises(NoSuchPasskey):
        use_cases.end_passkey(ctx, opened.session_id, theirs.id)
    with within(hub, somebody, opened) as ctx, pytest.raises(SignInOver):
        use_cases.start_passkey(ctx, opened.session_id)


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize("name", ["x" * 101, "a\x00b", "‮evil"])
def test_a_passkeys_name_is_a_line_of_text(hub: House, device: Device, name: str) -> None:
    opened = accepted(hub, a_person(hub, "ig_officer"))
    with hub.work(NOBODY) as ctx:
        making = use_cases.start_passkey(ctx, opened.session_id)

    with hub.work(NOBODY) as ctx, pytest.raises(Invalid):
        use_cases.make_passkey(ctx, opened.session_id, device.makes(making), name=name)
    with hub.work(NOBODY) as ctx:
        assert use_cases.make_passkey(ctx, opened.session_id, device.makes(making), name="")
    assert [row.name for row in every(hub, Passkey)] == ["Passkey 1"]


@pytest.mark.rule("IDN-3")
def test_on_a_bare_address_no_passkey_is_made_or_asked_for(sqlite_house: House) -> None:
    opened = accepted(sqlite_house, a_person(sqlite_house, "ig_officer"))

    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.start_passkey(ctx, opened.session_id)


@pytest.mark.rule("IDN-3")
def test_a_device_that_holds_a_passkey_for_the_account_is_asked_for_no_second(hub: House, device: Device) -> None:
    account = an_account_by_passkey(hub, device)
    opened = whole(hub, account, device)

    with within(hub, account, opened) as ctx:
        making = use_cases.start_passkey(ctx, opened.session_id)

    assert len(making["excludeCredentials"]) == 1


@pytest.mark.rule("IDN-3")
def test_no_secret_of_a_passkey_is_ours_to_lose(hub: House, device: Device) -> None:
    an_account_by_passkey(hub, device)
    [passkey] = every(hub, Passkey)
    [key] = device.keys.values()
    public = key.public_key().public_numbers()

    assert key.private_numbers().private_value.to_bytes(32, "big") not in passkey.public_key
    assert public.x.to_bytes(32, "big") in passkey.public_key
    assert public.y.to_bytes(32, "big") in passkey.public_key


@pytest.mark.rule("IDN-3")
def test_two_passkeys_open_one_account_and_either_may_be_used(hub: House, device: Device) -> None:
    account = an_account_by_passkey(hub, device)
    opened = whole(hub, account, device)
    second = Device()
    with within(hub, account, opened) as ctx:
        making = use_cases.start_passkey(ctx, opened.session_id)
    with within(hub, account, opened) as ctx:
        assert use_cases.make_passkey(ctx, opened.session_id, second.makes(making), name="")

    whole(hub, account, second)
    whole(hub, account, device)
    assert [row.name for row in every(hub, Passkey)] == ["my phone", "Passkey 2"]
