"""The keys turn: a new one seals, the old ones open, and at last what the old ones sealed is sealed anew (IDN-5)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import LargeBinary

from compliance.app import furnished, house_of
from compliance.cli.resealing import reseal, sealed_columns
from compliance.identity import access_tokens
from compliance.identity.clients import statements
from compliance.identity.models import Authenticator
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.db import Base
from compliance.kernel.secrets import KeyRing, Unreadable, create_key_file, turn_key_file
from compliance.kernel.settings import Settings
from tests.builders.identity import an_account, every, logged
from tests.support.installation import Installation


@dataclass
class Turning:
    """A store, the key file it goes with, and the house as it is after each restart."""

    settings: Settings
    clock: FixedClock

    def restarted(self) -> House:
        return house_of(furnished(self.settings, self.clock))

    def without_the_first_key(self) -> None:
        """Take the first key out of the ring, as one does once nothing needs it."""
        held = json.loads(self.settings.key_file.read_text())
        del held["fields"]["1"]
        self.settings.key_file.write_text(json.dumps(held))


@pytest.fixture
def turning(settings: Settings, clock: FixedClock, tmp_path: Path) -> Turning:
    path = tmp_path / "turning.json"
    create_key_file(path)
    return Turning(replace(settings, key_file=path), clock)


def secrets_of(house: House) -> list[bytes]:
    """Every authenticator's secret, opened."""
    ring = house.the(KeyRing)
    return [ring.open(row.secret, place=f"authenticators.secret:{row.id}") for row in every(house, Authenticator)]


@pytest.mark.rule("IDN-5")
def test_after_turning_and_resealing_the_old_key_can_be_taken_away(turning: Turning) -> None:
    before = turning.restarted()
    accounts = [an_account(before), an_account(before)]
    turn_key_file(turning.settings.key_file)

    after = turning.restarted()
    assert sorted(secrets_of(after)) == sorted(account.secret.encode() for account in accounts)
    count = reseal(after)
    turning.without_the_first_key()

    alone = turning.restarted()
    assert count >= len(accounts)
    assert sorted(secrets_of(alone)) == sorted(account.secret.encode() for account in accounts)
    assert [entry.detail for entry in logged(alone, "keys.resealed")] == [f'{{"key":"2","values":{count}}}']
    for house in (before, after, alone):
        house.engine.dispose()


@pytest.mark.rule("DEC-3", "IDN-5")
def test_tokens_that_were_signed_before_still_count_and_new_keys_sign_from_then_on(turning: Turning) -> None:
    before = turning.restarted()
    token, _ = access_tokens.issue(before, "msc_made-up", ["decisions"])
    statement = statements.logout_token(before, "msc_made-up", UUID(int=1), UUID(int=2))
    turn_key_file(turning.settings.key_file)

    after = turning.restarted()

    assert access_tokens.verify(after, token) is not None
    published = KeySet.import_key_set({"keys": [*statements.public_keys(after)]})
    assert jwt.decode(statement, published, algorithms=["RS256"]).claims["aud"] == "msc_made-up"
    names = [[each["kid"] for each in kind(after)] for kind in (access_tokens.public_keys, statements.public_keys)]
    was = [[each["kid"] for each in kind(before)] for kind in (access_tokens.public_keys, statements.public_keys)]
    assert [held[1:] for held in names] == was
    for _ in range(4):
        turn_key_file(turning.settings.key_file)
    last = turning.restarted()
    assert len(access_tokens.public_keys(last)) == len(statements.public_keys(last)) == 3
    assert turning.settings.key_file.read_text().count("BEGIN PRIVATE KEY") == 3
    for house in (before, after, last):
        house.engine.dispose()


@pytest.mark.rule("IDN-5")
def test_resealing_again_finds_nothing_to_do(turning: Turning) -> None:
    house = turning.restarted()
    an_account(house)
    turn_key_file(turning.settings.key_file)
    turned = turning.restarted()

    assert reseal(turned) > 0
    assert reseal(turned) == 0
    for each in (house, turned):
        each.engine.dispose()


@pytest.mark.rule("IDN-5")
def test_a_key_taken_away_too_early_is_missed_loudly(turning: Turning) -> None:
    house = turning.restarted()
    an_account(house)
    turn_key_file(turning.settings.key_file)
    turning.without_the_first_key()

    without = turning.restarted()
    with pytest.raises(Unreadable):
        reseal(without)
    for each in (house, without):
        each.engine.dispose()


@pytest.mark.rule("IDN-5")
def test_an_operator_turns_the_keys_from_the_shell(installation: Installation) -> None:
    path = installation.var / "keys.json"
    first = KeyRing.load(path)

    assert "Key 2 seals" in installation.does("keys", "turn")
    assert installation.does("keys", "reseal") == "0 values sealed anew."

    turned = KeyRing.load(path)
    assert (turned.newest, turned.fields["1"], turned.pepper) == ("2", first.fields["1"], first.pepper)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.rule("IDN-5")
def test_every_column_of_bytes_is_sealed_or_known_to_need_none() -> None:
    """A new column of bytes is a question: is it secret or personal? Then it is `Sealed`."""
    open_bytes = {
        "audit_entries.hash": "a hash, and public",
        "audit_personal.salt": "random, and worth nothing but beside what it salts",
        "complaint_reports.sha256": "a fingerprint of the report that was sent",
        "disposal_manifests.digest": "a hash of references, groups and dates, named by both who agree",
        "idempotency_keys.fingerprint": "a hash of what a program sent, kept for a day",
        "log_tiles.hashes": "hashes, and public",
        "log_seal.edge": "hashes, and public",
        "uploads.content": "a letter or a scan, guarded by permission, and evidence by its own hash",
        "withdrawal_drafts.letter": "a letter on its way to `uploads.content`, for an hour and its sender alone",
        "passkeys.credential": "a public identifier",
        "passkeys.public_key": "a public key",
    }
    sealed = {str(column) for column in sealed_columns()}
    of_bytes = {
        str(column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }

    assert of_bytes - sealed == set(open_bytes)
    assert {"authenticators.secret", "account_invitations.identity_check", "notices.words"} <= sealed
