"""Service clients: the programs that may ask."""

from __future__ import annotations

import pytest

from compliance.identity import use_cases
from compliance.identity.clients import queries as clients
from compliance.identity.clients.models import ClientCredential
from compliance.identity.errors import ClientOver
from compliance.identity.models import ServiceClient
from compliance.kernel.context import NOBODY, House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from tests.builders.identity import COMMAND, every, logged, someone


@pytest.mark.rule("DEC-3", "IDN-5")
def test_a_clients_secret_is_shown_once_and_kept_as_a_fingerprint(house: House) -> None:
    with house.work(COMMAND) as ctx:
        client, secret = use_cases.register_client(ctx, name="Case system", scopes=["registers:read", "decisions"])

    [kept] = every(house, ServiceClient)
    [proof] = every(house, ClientCredential)
    assert proof.client_id == kept.id
    assert secret not in (proof.secret, kept.client_id)
    assert proof.jwk is None
    assert kept.scopes == "decisions registers:read"
    assert not any(secret in entry.detail for entry in logged(house, "client.registered"))
    with house.reading(NOBODY) as ctx:
        found = use_cases.check_client(ctx, client.client_id, secret)
        assert found is not None
        assert found.id == client.id


@pytest.mark.rule("DEC-3")
def test_a_wrong_secret_and_an_unknown_client_get_nothing(sqlite_house: House) -> None:
    with sqlite_house.work(COMMAND) as ctx:
        client, secret = use_cases.register_client(ctx, name="Case system", scopes=["decisions"])

    with sqlite_house.reading(NOBODY) as ctx:
        for client_id, given in [
            (client.client_id, secret + "x"), (client.client_id, ""), ("msc_none", secret),
            ("", secret), ("\x00", secret), ("\ud800", "0" * 64), ("msc_none", "0" * 64),
        ]:  # fmt: skip
            assert use_cases.check_client(ctx, client_id, given) is None


@pytest.mark.rule("DEC-4")
def test_a_client_that_was_ended_is_let_in_no_more(sqlite_house: House) -> None:
    with sqlite_house.work(COMMAND) as ctx:
        client, secret = use_cases.register_client(ctx, name="Case system", scopes=["decisions"])

    with sqlite_house.work(COMMAND) as ctx:
        use_cases.end_client(ctx, client.id)

    with sqlite_house.reading(NOBODY) as ctx:
        assert use_cases.check_client(ctx, client.client_id, secret) is None
    with sqlite_house.work(COMMAND) as ctx, pytest.raises(ClientOver):
        use_cases.end_client(ctx, client.id)
    with sqlite_house.work(COMMAND) as ctx, pytest.raises(NotFound):
        use_cases.end_client(ctx, ctx.new_id())


@pytest.mark.rule("DEC-3")
@pytest.mark.parametrize("scopes", [[], ["everything"], ["decisions", "decisions registers:read"]])
def test_a_scope_we_do_not_know_is_refused(sqlite_house: House, scopes: list[str]) -> None:
    with sqlite_house.work(COMMAND) as ctx, pytest.raises(Invalid) as refused:
        use_cases.register_client(ctx, name="Case system", scopes=scopes)

    assert [error.pointer for error in refused.value.fields] == ["/scopes"]


@pytest.mark.rule("ROL-1")
def test_partners_register_no_clients(sqlite_house: House) -> None:
    delegate = someone(sqlite_house, "delegate")

    with sqlite_house.work(*delegate) as ctx, pytest.raises(Forbidden):
        use_cases.register_client(ctx, name="Case system", scopes=["decisions"])
    with sqlite_house.reading(*delegate) as ctx, pytest.raises(Forbidden):
        clients.clients(ctx)
    with sqlite_house.reading(COMMAND) as ctx:
        assert clients.clients(ctx) == []
