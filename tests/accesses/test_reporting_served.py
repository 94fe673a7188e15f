"""The service killed while events are being reported: what was answered is there, once, and nothing was half taken."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from compliance.accesses.reporting.models import ReportedAccess
from compliance.app import create_app, furnished, house_of
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import issue
from compliance.kernel.context import operator
from compliance.kernel.settings import Settings
from tests.accesses.test_reporting_races import each_event_once
from tests.builders.decisions import CaseSystem
from tests.builders.identity import every
from tests.builders.licences import a_person, an_organisation
from tests.builders.reporting import PATH, SCOPE, an_event, tells
from tests.support.installation import Installation

IN_A_BATCH = 50
ENOUGH = 6


@pytest.mark.rule("AUD-2", "DEC-7")
def test_what_was_answered_before_a_kill_is_found_after_it_and_told_again_has_its_receipt(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.does("keys", "create")
    installation.does("db", "upgrade")
    house = house_of(furnished(Settings.from_environment(installation.environment)))
    a_person(house, an_organisation(house))
    with house.work(operator("test")) as ctx:
        client, _ = identity.register_client(ctx, name="Case system", scopes=[SCOPE])
        client_id = client.client_id
    token, _ = issue(house, client_id, [SCOPE])
    headers = {"Authorization": f"Bearer {token}"}
    now = house.clock.now()
    answered: dict[int, list[object]] = {}
    enough, over = threading.Event(), threading.Event()

    def batch(number: int) -> list[dict[str, Any]]:
        return [an_event(number * IN_A_BATCH + each, at=now) for each in range(IN_A_BATCH)]

    def tell(number: int) -> list[object] | None:
        body = {"events": batch(number)}
        try:
            reply = httpx.post(f"{installation.base_url}{PATH}", json=body, headers=headers, timeout=30)
        except httpx.HTTPError:
            return None
        return list(reply.json()["receipts"]) if reply.status_code in (200, 201) else None

    def keep_telling(numbers: Sequence[int]) -> None:
        for number in numbers:
            receipts = tell(number)
            if receipts is not None:
                answered[number] = receipts
            if len(answered) >= ENOUGH:
                enough.set()
            if over.is_set():
                return

    with installation.served(workers=2):
        telling = [threading.Thread(target=keep_telling, args=(range(n, 400, 2),)) for n in range(2)]
        for thread in telling:
            thread.start()
        assert enough.wait(timeout=120)
        _kill_all(installation.port)
        over.set()
        for thread in telling:
            thread.join(timeout=60)

    app = create_app(Settings.from_environment(installation.environment))
    teller = CaseSystem(app, client_id, token)
    again = {number: tells(teller, *batch(number)).get_json()["receipts"] for number in answered}
    house_of(app).engine.dispose()

    assert again == answered
    taken = {row.event_id for row in every(house, ReportedAccess)}
    assert len(taken) % IN_A_BATCH == 0, "no batch was half taken"
    each_event_once(house, len(taken))
    house.engine.dispose()


def _kill_all(port: int) -> None:
    """Kill -9 whatever answers on this port, all its processes at once."""
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "serve" in words and str(port) in words:
            for each in [*process.children(recursive=True), process]:
                os.kill(each.pid, signal.SIGKILL)
            return
    raise AssertionError("nothing is served on that port")
