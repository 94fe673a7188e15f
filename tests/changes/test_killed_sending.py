"""`kill -9` of the scheduler while it sends: each change arrives, in order, and none is skipped (DEC-4, quality.md).

Seen to fail: with the place moved on before the message is sent.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from compliance.app import furnished, house_of
from compliance.identity import use_cases as identity
from compliance.kernel.context import operator
from compliance.kernel.settings import REPOSITORY, Settings
from tests.builders.webhooks import a_receiver, allow, an_endpoint, progress

CHANGES = 60
KILLS = 4
PROGRAM = """
import sys, time
from compliance.changes.webhooks import rules, sending
from compliance.app import furnished, house_of
from compliance.kernel.jobs import Stopping
from compliance.kernel.settings import Settings
from datetime import timedelta
rules.lease = lambda _seconds: timedelta(seconds=1)
house = house_of(furnished(Settings.from_environment()))
while True:
    sending.send_due(house, Stopping())
    time.sleep(0.05)
"""
"""What the scheduler does with this errand, with a lease that ends soon, so that the test does."""


@pytest.mark.rule("DEC-4")
def test_a_scheduler_that_is_killed_again_and_again_sends_every_change_in_order(
    settings: Settings, tmp_path: Path
) -> None:
    house = house_of(furnished(settings))
    allow(house, "127.0.0.0/8")
    environment = os.environ | {
        "DATABASE_URL": settings.database_url, "COMPLIANCE_BASE_URL": settings.base_url, "COMPLIANCE_DEMO": "1",
        "COMPLIANCE_KEYS": str(settings.key_file), "COMPLIANCE_VAR": str(tmp_path), "PYTHONPATH": str(REPOSITORY),
        "COMPLIANCE_OUTWARD_NETWORKS": "127.0.0.0/8",
    }  # fmt: skip
    with a_receiver(tmp_path / "receiver") as receiver:
        endpoint_id = an_endpoint(house, receiver.url, "client.")
        wanted = []
        for number in range(CHANGES):
            with house.work(operator("tests")) as ctx:
                client, _ = identity.register_client(ctx, name=f"Program {number}", scopes=["decisions"])
                wanted.append(str(client.id))

        for killed in range(KILLS + 1):
            before, until = len(receiver.taken), time.monotonic() + 60
            with subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment) as process:
                last = killed == KILLS
                while time.monotonic() < until:
                    if (
                        len({each for each, _ in receiver.told()}) >= CHANGES
                        if last
                        else len(receiver.taken) > before + 5
                    ):
                        break
                    time.sleep(0.005)
                if last:
                    time.sleep(0.5)
                process.send_signal(signal.SIGKILL)

        came = [json.loads(each["body"])["data"]["subject"]["id"] for each in receiver.taken]
        first_times = list(dict.fromkeys(came))
        assert first_times == wanted, "every change, in order"
        assert len(came) <= CHANGES + KILLS, "and again only what was in hand"
        assert len({each for each, _ in receiver.told()}) == CHANGES
        assert progress(house, endpoint_id).failing_since is None
    house.engine.dispose()
