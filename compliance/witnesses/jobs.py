"""Checkpoints leave by themselves; nobody has to think of it (AUD-3)."""

from __future__ import annotations

from datetime import timedelta

from compliance.kernel.context import House
from compliance.kernel.jobs import Errand, Run, Stopping, Work

from .sending import send_due

_MOST = 20
LOOKS_EVERY = timedelta(minutes=1)
"""How often it is looked whether a witness is due; how often one is, the policy says."""


def _send(house: House, stopping: Stopping) -> Run:
    return send_due(house, stopping, _MOST)


SEND = Errand("send-checkpoints", every=LOOKS_EVERY, go=_send, limit=_MOST)

JOBS: tuple[Work, ...] = (SEND,)
