"""Before anything is served: what the store forgot when it was turned back is done again (RET-12)."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from compliance import scheduler
from compliance.kernel.context import House
from compliance.kernel.jobs import Work, run_now
from policies.values import packaged
from retention.journal.folder import OutOfReach
from retention.journal.keeping import Kept, keep
from retention.journal.lines import Broken

from .witnessing import CONTRADICTED, stand_or_end

_ROUNDS = 10_000


def agree_or_end(house: House) -> None:
    """Compare the store with its witnesses and with its journal, and do again what it forgot; or end the process."""
    stand_or_end(house)
    do_again_or_end(house)


def do_again_or_end(house: House) -> None:
    """Do again what the journal holds and the store forgot; ends the process where that cannot be told.

    What cannot be compared is not served: a record that was disposed of may be in it.
    """
    try:
        kept = keep(house, then=_dispose_of_our_own)
    except (Broken, OutOfReach) as problem:
        click.echo(
            f"Nothing is started: the journal in {house.settings.journal} cannot be relied on: {problem} (RET-12).\n"
            "Mount it, or put its folder back from the machine that keeps it; docs/operating.md says how (Journal).\n"
            "If nobody can say what happened to it, tell the information governance officer.",
            err=True,
        )
        sys.exit(CONTRADICTED)
    except SQLAlchemyError as problem:
        if house.settings.journal is None:
            return
        click.echo(
            f"Nothing is started: the store did not answer ({type(problem).__name__}), and cannot be compared with its "
            "journal. See that it runs and is migrated.",
            err=True,
        )
        sys.exit(1)
    if kept.forgotten:
        click.echo(said(kept), err=True)


def said(kept: Kept) -> str:
    """What was done again, in words."""
    return (
        f"The store was turned back: its journal held {kept.forgotten} entries that it had forgotten. Done again: "
        f"{kept.exactly} as they were, {kept.denied} by refusing more until somebody looks, {kept.to_look} left to a "
        "person. The page Retention says which (RET-12)."
    )


def _dispose_of_our_own(house: House) -> None:
    """What the schedule of our own records had taken away is due still: it goes now, and not in its turn (RET-9)."""
    for job in _own():
        for _ in range(_ROUNDS):
            if not run_now(house, job).done:
                break


def _own() -> list[Work]:
    """Every job that the schedule names, whichever room it is of."""
    named = {rule.job for rule in packaged().own_records.values() if rule.job}
    return [job for job in scheduler.JOBS if job.name in named]
