"""A case system in a process of its own is told by the back channel whose sign-in is over, and by the feed whose rights changed.

The service runs as it does for an operator: workers, the scheduler, real time. What is told is checked as OpenID Connect
Back-Channel Logout 1.0 (2.4, 2.6) has a relying party check it, by the published keys alone.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from audit.record import record
from compliance.app import furnished, house_of
from compliance.identity.clients import use_cases as clients
from compliance.identity.clients.events import ClientAltered
from compliance.identity.clients.models import Logout
from compliance.identity.models import ServiceClient
from compliance.kernel.clock import FixedClock, SystemClock
from compliance.kernel.context import House, operator
from compliance.kernel.settings import Settings
from compliance.licences import queries, use_cases
from compliance.licences.rules import EndReason, Suspension
from tests.builders.identity import Account, every, signed_in
from tests.builders.licences import acting
from tests.builders.programs import BACK, somebody_licensed
from tests.builders.webhooks import Receiver, a_receiver
from tests.support.databases import Fresh
from tests.support.installation import Installation
from tests.support.store import migrated

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
SOON = 40.0


@dataclass
class CaseSystem:
    """What a program knows of us, and of whom it let in: their own `sid`, by e-mail address."""

    base: str
    client_id: str
    secret: str
    told: Receiver

    def lets_in(self, email: str, session: str) -> str:
        verifier = secrets.token_urlsafe(48)
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": BACK, "scope": "openid email",
            "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }  # fmt: skip
        sent = httpx.get(f"{self.base}/oauth2/authorize", params=asked, cookies={"session": session})
        assert sent.status_code == 303, sent.text
        code = parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0]
        given = self.token(grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=verifier)
        said = self.read(given["id_token"])
        who = httpx.get(
            f"{self.base}/oauth2/userinfo", headers={"Authorization": f"Bearer {given['access_token']}"}
        ).json()
        assert (who["email"], who["sub"]) == (email, said["sub"])
        return str(said["sid"])

    def token(self, **form: str) -> dict[str, Any]:
        answer = httpx.post(f"{self.base}/oauth2/token", data=form, auth=(self.client_id, self.secret))
        assert answer.status_code == 200, answer.text
        given: dict[str, Any] = answer.json()
        return given

    def read(self, statement: str, kind: str = "JWT") -> dict[str, Any]:
        """What a statement says, once its signature, kind, issuer and audience are right."""
        found = httpx.get(f"{self.base}/.well-known/openid-configuration").json()
        keys = KeySet.import_key_set(httpx.get(found["jwks_uri"]).json())
        decoded = jwt.decode(statement, keys, algorithms=found["id_token_signing_alg_values_supported"])
        assert decoded.header["typ"] == kind
        said = dict(decoded.claims)
        assert (said["iss"], said["aud"]) == (found["issuer"], self.client_id)
        return said

    def logouts(self) -> list[dict[str, Any]]:
        """Every logout token that was taken, each checked as the standard says."""
        found = []
        for message in self.told.taken:
            assert message["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
            assert not [name for name in message["headers"] if name.lower().startswith("webhook-")]
            form = parse_qs(message["body"], strict_parsing=True)
            assert form.keys() == {"logout_token"}
            said = self.read(form["logout_token"][0], "logout+jwt")
            assert said["events"] == {LOGOUT: {}}
            assert "nonce" not in said
            assert abs(said["iat"] - time.time()) < 120
            assert said["iat"] < said["exp"] <= said["iat"] + 120
            assert UUID(said["sid"])
            assert UUID(said["sub"])
            found.append(said | {"answer": message["answer"]})
        assert len({each["jti"] for each in found}) == len(found)
        return found

    def taken(self) -> set[str]:
        """Whose sign-in it has been told of, and has taken it."""
        return {each["sid"] for each in self.logouts() if each["answer"] == "204"}

    def feed(self, after: str | None = None) -> tuple[list[dict[str, Any]], str]:
        asked = {"limit": "500"} | ({"after": after} if after else {})
        token = self.token(grant_type="client_credentials", scope="changes:read")["access_token"]
        page = httpx.get(
            f"{self.base}/api/v1/changes", params=asked, headers={"Authorization": f"Bearer {token}"}
        ).json()
        return page["items"], page["next"]


@dataclass
class Scene:
    """The service, the case system, and four people of one organisation who are signed in to the service."""

    house: House
    installation: Installation
    case_system: CaseSystem
    another: CaseSystem
    people: dict[str, Account]
    sessions: dict[str, str]

    def licence_of(self, name: str) -> UUID:
        with self.house.reading(operator("tests")) as ctx:
            return next(each.id for each in queries.of_person(ctx, self.people[name].person.id))


@pytest.fixture
def scene(sqlite_url: Fresh, tmp_path: Path) -> Iterator[Scene]:
    more = {"COMPLIANCE_OUTWARD_NETWORKS": "127.0.0.0/8"}
    installation = Installation(tmp_path / "var", database_url=sqlite_url(migrated), more=more)
    installation.does("keys", "create")
    # Everything up to the sign-ins is some minutes old: an app's code opens once, and nobody waits for the next.
    clock = FixedClock(SystemClock().now() - timedelta(minutes=5))
    house = house_of(furnished(Settings.from_environment(installation.environment), clock))
    first = somebody_licensed(house)
    people = {"alex": first}
    for name in ("blake", "casey", "drew"):
        people[name] = somebody_licensed(house, f"{name}@swale.gov.uk", beside=first)
    clock.move(timedelta(minutes=1))
    sessions = {name: signed_in(house, account).token for name, account in people.items()}
    house.clock = SystemClock()
    with a_receiver(tmp_path / "told") as told, installation.served(workers=1):
        programs = [a_case_system(house, installation, told, name) for name in ("The case system", "Another")]
        yield Scene(house, installation, *programs, people, sessions)
    house.engine.dispose()


def a_case_system(house: House, installation: Installation, told: Receiver, name: str) -> CaseSystem:
    with house.work(operator("tests")) as ctx:
        client, secret = clients.register_client(
            ctx, name=name, scopes=["changes:read"], redirects=[BACK], back_channel=told.url
        )
    return CaseSystem(installation.base_url, client.client_id, secret, told)


def in_time(come: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not come():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.3)


@pytest.mark.rule("DEC-4", "IDN-6", "LIC-3")
def test_each_ending_is_told_to_the_program_that_the_person_was_signed_in_to(scene: Scene) -> None:
    case_system = scene.case_system
    sids = {
        name: case_system.lets_in(f"{name}@swale.gov.uk", scene.sessions[name]) for name in ("alex", "blake", "casey")
    }
    an_address_that_is_not_allowed_any_more(scene)
    assert scene.another.lets_in("alex@swale.gov.uk", scene.sessions["alex"])
    _, behind = case_system.feed()
    assert case_system.logouts() == []

    case_system.told.answers("503")
    signed_out = httpx.delete(
        f"{scene.installation.base_url}/api/v1/sessions/current",
        headers={"Authorization": f"Bearer {scene.sessions['alex']}"},
    )
    assert signed_out.status_code in (200, 204)
    in_time(lambda: any(each["sid"] == sids["alex"] for each in case_system.logouts()))
    assert case_system.taken() == set()

    # It takes what it is told again, and the endings that came meanwhile.
    case_system.told.answers("204")
    with acting(scene.house) as ctx:
        use_cases.suspend(ctx, scene.licence_of("blake"), reason=Suspension.LEAVE)
    with acting(scene.house) as ctx:
        use_cases.deactivate(ctx, scene.licence_of("casey"), reason=EndReason.LEAVER)
    with acting(scene.house) as ctx:
        use_cases.suspend(ctx, scene.licence_of("drew"), reason=Suspension.LEAVE)
    in_time(lambda: case_system.taken() == set(sids.values()))

    by_sid = {each["sid"]: each["sub"] for each in case_system.logouts()}
    assert by_sid == {sid: str(scene.people[name].person.id) for name, sid in sids.items()}

    # The feed tells of rights, of everybody whose changed, and of no sign-in: it is another thing.
    told: list[dict[str, Any]] = []

    def told_of_drew() -> bool:
        nonlocal told
        told, _ = case_system.feed(behind)
        return str(scene.people["drew"].person.id) in json.dumps(told)

    in_time(told_of_drew)
    whole = json.dumps(told)
    assert {name for name in scene.people if str(scene.people[name].person.id) in whole} >= {"blake", "casey", "drew"}
    assert not any(sid in whole for sid in sids.values())
    assert {each["type"] for each in told} >= {"licence.suspended"}
    assert str(scene.people["drew"].person.id) not in by_sid.values()

    # Whose address leads inside is never called, whatever ends, and it is shown why.
    assert {each.problem for each in every(scene.house, Logout)} == {None, "inside"}
    assert not [message for message in case_system.told.taken if message["path"] == "/inside"]


def an_address_that_is_not_allowed_any_more(scene: Scene) -> None:
    """The other program is told at an address inside our own network: it was allowed when it was registered."""
    port = urlsplit(scene.case_system.told.url).port
    with scene.house.work(operator("tests")) as ctx:
        row = ctx.session.query(ServiceClient).filter_by(client_id=scene.another.client_id).one()
        row.back_channel = f"http://[::ffff:10.0.0.1]:{port}/inside"
        record(ctx, ClientAltered(subject=row.id, client=row.client_id, scopes=()))
