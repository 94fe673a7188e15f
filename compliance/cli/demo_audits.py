"""The demo's quarterly access audits: they open, one is signed off, and another waits with a finding (AUD-5)."""

from __future__ import annotations

from compliance.accesses.audits import queries, use_cases
from compliance.accesses.audits.jobs import OPEN, TELL
from compliance.accesses.audits.rules import Kind
from compliance.kernel.jobs import run_now

from .demo_stage import Somebody, Stage

HOST = "kent-police"


def a_quarter_is_audited(stage: Stage, officer: Somebody) -> None:
    """The last quarter's audits are open: the host's is signed off by somebody from outside, and another is found upon.

    Where the last whole quarter lies before the story's second audit there is only the one that waits.
    """
    run_now(stage.house, OPEN)
    run_now(stage.house, TELL)
    host = stage.organisation_id(HOST)
    with stage.as_(officer) as ctx:
        newest = sorted(queries.audits(ctx).rows, key=lambda row: row.audit.quarter, reverse=True)
    signed = next((row.audit.id for row in newest if row.audit.organisation_id == host), None)
    waits = next((row.audit.id for row in newest if row.audit.organisation_id != host), None)
    if signed is not None:
        with stage.as_(officer) as ctx:
            use_cases.sign_off(
                ctx, signed,
                conclusion="The hub team’s accesses fit its work. The late evenings were the on-call rota’s; nothing follows.",
            )  # fmt: skip
    if waits is not None:
        with stage.as_(officer) as ctx:
            use_cases.find(
                ctx, waits, kind=Kind.QUESTION,
                words="Somebody worked late on several evenings. The escalation contact is asked whether that was agreed.",
            )  # fmt: skip
