"""The post goes by itself, within two seconds, because somebody waits for the code in it (GOV-5, IDN-3)."""

from __future__ import annotations

from datetime import timedelta

from compliance.kernel.context import House
from compliance.kernel.jobs import Errand, Run, Stopping, Work

from .sending import send_due

_MOST = 500


def _send(house: House, stopping: Stopping) -> Run:
    return send_due(house, stopping, _MOST)


JOBS: tuple[Work, ...] = (Errand("send-letters", every=timedelta(seconds=2), go=_send, limit=_MOST),)
