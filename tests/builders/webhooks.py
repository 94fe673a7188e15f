"""Addresses that changes are sent to, made by two people, and somebody behind them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import digest
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

from compliance.changes.webhooks import use_cases
from compliance.changes.webhooks.models import WebhookEndpoint, WebhookProgress
from compliance.identity.proposals import use_cases as proposals
from compliance.kernel.context import House
from compliance.kernel.settings import REPOSITORY
from tests.builders.identity import Acting, every, someone

THIS_MACHINE = ip_network("127.0.0.0/8")


@dataclass
class Receiver:
    """Where it is, and what it was sent."""

    folder: Path
    url: str

    def answers(self, answer: str) -> None:
        """From now on it answers so."""
        (self.folder / "answer.part").write_text(answer)
        (self.folder / "answer.part").rename(self.folder / "answer")

    @property
    def taken(self) -> list[dict[str, Any]]:
        path = self.folder / "taken"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]

    def told(self) -> list[tuple[str, str]]:
        """The id and the type of each message, in the order in which they came."""
        return [(each["headers"]["webhook-id"], json.loads(each["body"])["type"]) for each in self.taken]


@contextmanager
def a_receiver(folder: Path, *tls: Path) -> Iterator[Receiver]:
    """One in a process of its own; over TLS where a certificate and its key are given."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.support.receiver", str(folder), *map(str, tls)]
    with subprocess.Popen(command, cwd=REPOSITORY) as process:
        try:
            until = time.monotonic() + 20
            while not (folder / "port").exists():
                assert time.monotonic() < until
                time.sleep(0.02)
            port = (folder / "port").read_text()
            yield Receiver(folder, f"{'https' if tls else 'http'}://127.0.0.1:{port}/changes?for=tests")
        finally:
            process.kill()


def allow(house: House, *networks: str) -> None:
    """The operator allows these networks of our own to be called."""
    house.settings = replace(house.settings, outward_networks=tuple(map(ip_network, networks)))


def an_endpoint(house: House, url: str, *types: str, name: str = "The case system", secret: bool = True) -> UUID:
    """An address that two managers agreed on; with a secret unless told."""
    first, second = someone(house, "hub_manager"), someone(house, "hub_manager")
    known = {each.id for each in every(house, WebhookEndpoint)}
    with house.work(*first) as ctx:
        proposal = use_cases.propose_endpoint(ctx, name=name, url=url, types=types, reason="It follows what we change.")
    with house.work(*second) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)
    (made,) = [each.id for each in every(house, WebhookEndpoint) if each.id not in known]
    if secret:
        a_secret(house, made, first)
    return made


def a_secret(house: House, endpoint_id: UUID, who: Acting | None = None) -> str:
    """A new secret for it, as it is shown once."""
    with house.work(*(who or someone(house, "hub_manager"))) as ctx:
        return use_cases.make_secret(ctx, endpoint_id)


def progress(house: House, endpoint_id: UUID) -> WebhookProgress:
    """How far it has come."""
    return next(each for each in every(house, WebhookProgress) if each.endpoint_id == endpoint_id)


def is_signed(message: dict[str, Any], secret: str) -> bool:
    """Whether a receiver that knows this secret finds the message signed, as the standard has it look."""
    headers = message["headers"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{message['body']}".encode()
    wanted = "v1," + b64encode(digest(b64decode(secret.removeprefix("whsec_")), signed, sha256)).decode()
    return wanted in headers["webhook-signature"].split(" ")
