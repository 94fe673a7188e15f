"""The demo's officer at the log: two searches they keep (AUD-1)."""

from __future__ import annotations

from compliance.accesses.reading import use_cases as reading

from .demo_stage import Somebody, Stage

KEPT = {
    "Refused in the case system": {"event": "case_access.", "outcome": "refused"},
    "Sign-ins that failed": {"event": "sign_in.failed"},
}


def keep_searches(stage: Stage, officer: Somebody) -> None:
    """The officer keeps what they ask every week."""
    for name, asked in KEPT.items():
        with stage.as_(officer) as ctx:
            reading.save_search(ctx, name, asked)
