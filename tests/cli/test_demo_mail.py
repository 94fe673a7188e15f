"""The demonstration's own mail: what is sent to its people arrives on this machine, and can be read there."""

from __future__ import annotations

import re
import stat
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Demo
from tests.support.programs import Phone

SOON = 120.0


def a_token(demo: Demo, person: dict[str, Any]) -> dict[str, str]:
    """Somebody signed in to the end by the API."""
    base = f"{demo.told['base_url']}/api/v1/sessions"
    with httpx.Client(timeout=30) as client:
        opened = client.post(base, json={"email": person["email"], "password": person["password"]}).json()
        code = {"code": Phone(person["totp_secret"]).code()}
        whole = client.post(f"{base}/current/code", json=code, headers={"Authorization": f"Bearer {opened['token']}"})
    assert whole.status_code == 200, whole.text
    return {"Authorization": f"Bearer {whole.json()['token']}"}


def arrived(directory: Path, address: str) -> list[Path]:
    return [path for path in sorted(directory.glob("*.eml")) if address.encode() in path.read_bytes()]


@pytest.mark.rule("GOV-5", "IDN-8")
def test_an_invitation_made_in_the_demo_arrives_in_its_mail_and_opens(demo: Demo) -> None:
    address = f"kit.rowan.{time.time_ns()}@swale-council.example"
    mail = demo.installation.var / "mail"
    invited = httpx.post(
        f"{demo.told['base_url']}/api/v1/people",
        json={"full_name": "Kit Rowan", "email": address},
        headers=a_token(demo, demo.someone(role="hub_manager")),
        timeout=30,
    )
    assert invited.status_code == 201, invited.text
    assert invited.json()["invitation"] == {"sent_to": address}

    until = time.monotonic() + SOON
    while not arrived(mail, address):
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.1)

    (path,) = arrived(mail, address)
    assert (stat.S_IMODE(mail.stat().st_mode), stat.S_IMODE(path.stat().st_mode)) == (0o700, 0o600)
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert message["Subject"] == "Set up your MARAC Hub account"
    shown = demo.installation.does("demo", "mail", address)
    (link,) = re.findall(r"https?://\S+", shown)
    assert link.startswith(f"{demo.told['base_url']}/invitation/msi_")
    assert httpx.get(link, timeout=30).status_code == 200


@pytest.mark.rule("GOV-5")
def test_mail_that_never_came_is_said_to_be_missing(demo: Demo) -> None:
    said = demo.installation.tries("demo", "mail", "nobody@nowhere.example")

    assert said.code == 1
    assert "No letter to nobody@nowhere.example has come so far." in said.err
