"""Opening the audits of a quarter that is over, and telling those who read and sign them (AUD-5)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from audit.record import record
from compliance.kernel.calendar import Quarter
from compliance.kernel.context import Context, House, worker
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import Errand, Job, Run, Stopping, Work
from policies.access import require
from policies.permissions import Permission

from . import counting, letters, queries, use_cases
from .errors import AuditOpenAlready
from .events import AccessAuditsTold

log = structlog.get_logger("compliance.jobs")

_NAME = "open-access-audits"
_MOST = 2000


def _open(house: House, stopping: Stopping) -> Run:
    """Count each quarter that has an audit to open, with nothing locked, then open each in a unit of work of its own.

    Where several schedulers do so at once all of them count, and each audit is opened by the first.
    """
    with house.reading(worker(_NAME)) as ctx:
        quarters = queries.to_open(ctx)
    whole = Run()
    for quarter in quarters:
        if not stopping.told:
            of_it = _open_quarter(house, quarter, stopping)
            whole = Run(whole.found + of_it.found, whole.done + of_it.done, whole.failed + of_it.failed)
    return whole


def _open_quarter(house: House, quarter: Quarter, stopping: Stopping) -> Run:
    with house.reading(worker(_NAME)) as ctx:
        counted = counting.count(ctx, quarter)
        due = sorted(counted.people.keys() - queries.opened(ctx, quarter))
    if counted.placeless:
        log.warning("people of no organisation are in no access audit", quarter=str(quarter), people=counted.placeless)
    done = failed = 0
    for organisation_id in due[:_MOST]:
        if stopping.told:
            break
        try:
            with house.work(worker(_NAME)) as ctx:
                use_cases.open_audit(ctx, counted, organisation_id)
            done += 1
        except AuditOpenAlready:
            continue
        except (Refusal, SQLAlchemyError) as problem:
            failed += 1
            log.warning("access audit stepped aside", organisation=str(organisation_id), problem=type(problem).__name__)
    return Run(len(due), done, failed)


def _tell(ctx: Context, person_id: UUID) -> None:
    require(ctx, Permission.ACCESS_AUDIT_OPEN)
    written = letters.tell(ctx, person_id)
    record(ctx, AccessAuditsTold(subject=person_id, letters=written))


OPEN = Errand(_NAME, timedelta(hours=1), _open, limit=_MOST)
TELL = Job("tell-of-access-audits", timedelta(hours=1), letters.to_tell, _tell, limit=_MOST)

JOBS: tuple[Work, ...] = (OPEN, TELL)
