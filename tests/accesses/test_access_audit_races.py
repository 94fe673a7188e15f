"""Access audits when several act at once: opened once, signed once, and nothing found after the sign-off (AUD-5)."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Barrier, Event, Thread
from time import sleep
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from compliance.accesses.audits import queries, reports, use_cases
from compliance.accesses.audits.errors import AuditOver
from compliance.accesses.audits.jobs import OPEN, TELL
from compliance.accesses.audits.models import AccessAudit, AccessAuditFinding
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Context, House
from compliance.kernel.db import WRITES
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import Run, run_now
from tests.builders.accesses import reported
from tests.builders.identity import a_person, every, logged, someone
from tests.builders.licences import an_organisation
from tests.builders.use import licences_in_use, move_to
from tests.support.together import Act, together

SCHEDULERS = 5


def opened(house: House, clock: FixedClock) -> UUID:
    licences_in_use(house, an_organisation(house), 1)
    move_to(clock, "2027-01-04T09:00")
    assert run_now(house, OPEN) == Run(1, 1, 0)
    return every(house, AccessAudit)[0].id


def found(audit_id: UUID) -> Act:
    return lambda ctx: use_cases.find(ctx, audit_id, kind="training", words="-")


def signed(audit_id: UUID) -> Act:
    return lambda ctx: use_cases.sign_off(ctx, audit_id, conclusion="Fine")


def found_naively(audit_id: UUID) -> Act:
    """As `find` would be if it looked at the audit without holding it."""

    def find(ctx: Context) -> None:
        status = ctx.session.scalar(select(AccessAudit.status).where(AccessAudit.id == audit_id))
        if status != "opened":
            raise AuditOver()
        sleep(0.3)
        with ctx.house.engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(
                insert(AccessAuditFinding).values(
                    id=ctx.new_id(), audit_id=audit_id, kind="training", words=b"-", found_by="-", found_at=ctx.now(),
                    revision=1,
                )
            )  # fmt: skip

    return find


@pytest.mark.rule("AUD-5")
def test_five_schedulers_open_each_audit_once(house: House, clock: FixedClock) -> None:
    for code in ("swale", "thanet", "dover", "ashford"):
        person = a_person(house, organisation_id=an_organisation(house, code)).id
        reported(house, person, datetime(2026, 11, 20, 12, tzinfo=UTC))
    move_to(clock, "2027-01-04T09:00")
    begin, runs = Barrier(SCHEDULERS), []

    def schedule() -> None:
        begin.wait(timeout=30)
        runs.append(run_now(house, OPEN))

    schedulers = [Thread(target=schedule) for _ in range(SCHEDULERS)]
    for each in schedulers:
        each.start()
    for each in schedulers:
        each.join(timeout=60)

    assert len(runs) == SCHEDULERS
    assert sum(run.done for run in runs) == len(every(house, AccessAudit)) == 4
    assert len(logged(house, "access_audit.opened")) == 4
    assert sum(run.failed for run in runs) == 0


@pytest.mark.rule("AUD-5")
def test_an_audit_is_listed_told_of_and_read_on_either_store(house: House, clock: FixedClock) -> None:
    officer = someone(house, "ig_officer")
    audit_id = opened(house, clock)
    late = a_person(house, organisation_id=every(house, AccessAudit)[0].organisation_id)
    reported(house, late.id, datetime(2026, 11, 20, 12, tzinfo=UTC))
    with house.work(*officer) as ctx:
        found(audit_id)(ctx)

    assert run_now(house, TELL) == Run(1, 1, 0)
    with house.work(*officer) as ctx:
        [row] = queries.audits(ctx, progress="open", search="swa").rows
        report = reports.view(ctx, audit_id)

    assert (row.audit.id, row.people, row.findings) == (audit_id, 1, 1)
    assert [(line.name, line.counted) for line in report.lines] == [("Holder 0 Made-Up", True), ("Wren Alder", False)]
    assert (report.late.cases_opened, report.findings[0].found_by, report.flags) == (1, "Wren Alder", ())


@pytest.mark.rule("AUD-5")
def test_of_two_who_sign_off_at_once_one_does(house: House, clock: FixedClock) -> None:
    audit_id = opened(house, clock)
    signers = [someone(house, "hub_manager"), someone(house, "ig_officer"), someone(house, "steering_member")]

    ends = together(house, [(who, signed(audit_id)) for who in signers])

    assert sorted(ends) == ["AuditOver", "AuditOver", "done"]
    [entry] = logged(house, "access_audit.signed_off")
    assert every(house, AccessAudit)[0].signed_by == entry.actor_id


@pytest.mark.rule("AUD-5")
@pytest.mark.parametrize("naive", [False, True])
def test_nothing_is_found_in_an_audit_that_is_being_signed_off(house: House, clock: FixedClock, naive: bool) -> None:
    """Whoever signs holds the audit, and a finding waits its turn and is refused; one that did not hold it slips in."""
    audit_id = opened(house, clock)
    manager, officer = someone(house, "hub_manager"), someone(house, "ig_officer")
    ends: list[str] = []
    asked = Event()

    def find() -> None:
        asked.set()
        try:
            if naive:
                with house.reading(*officer) as ctx:
                    found_naively(audit_id)(ctx)
            else:
                with house.work(*officer) as ctx:
                    found(audit_id)(ctx)
            ends.append("done")
        except Refusal as refused:
            ends.append(type(refused).__name__)

    finding = Thread(target=find)
    with house.work(*manager) as ctx:
        signed(audit_id)(ctx)
        ctx.session.flush()
        finding.start()
        asked.wait(timeout=10)
        sleep(0.2)
    finding.join(timeout=60)

    assert ends == (["done"] if naive else ["AuditOver"])
    assert len(every(house, AccessAuditFinding)) == int(naive)
