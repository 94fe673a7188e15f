"""Records that may go, and the two people who say so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from compliance.app import house_of
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import FixedClock, london_date
from compliance.kernel.context import House, worker
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import Run, run_now
from retention.disposals import jobs, use_cases
from retention.disposals.models import DisposalItem, DisposalManifest
from retention.models import RetentionRecord
from retention.reviews.models import RetentionReview
from tests.builders.identity import COMMAND, Acting, every, someone
from tests.builders.licences import rows_made
from tests.builders.retention import KEEPER, RECORDS, a_keeper, a_record, kept, records

INSTRUCTIONS = "/api/v1/retention/instructions"


def may_go(app: Flask, *references: str, decision: str | None = "dispose", **said: Any) -> list[RetentionRecord]:
    """Records of group 3 whose time is over, with a review that decided so."""
    house, keeper = house_of(app), a_keeper(app)
    for reference in references:
        reply = keeper.put(f"{RECORDS}/{reference}", a_record(3, opened_on="2019-01-10") | said)
        assert reply.status_code == 201, reply.text
    found = [records(house)[reference] for reference in references]
    for record in found:
        reviewed(house, record, decision)
    return found


def reviewed(house: House, record: RetentionRecord, decision: str | None = "dispose") -> None:
    """A review of this record that came to this, or is still open."""
    with house.work(COMMAND) as ctx:
        now = ctx.now()
        rows_made(
            ctx,
            RetentionReview(
                id=ctx.new_id(), record_id=record.id, kind="triggered", trigger="information",
                status="open" if decision is None else "decided", due_on=london_date(now), opened_at=now,
                finish_by=london_date(now), asked_by="test", decision=decision, decided_by="test" if decision else None,
                decided_at=now if decision else None,
            ),
        )  # fmt: skip


def proposed(house: House, *found: RetentionRecord, by: Acting | None = None) -> DisposalManifest:
    """Somebody proposes to dispose of these."""
    with house.work(*(by or someone(house, "hub_supervisor"))) as ctx:
        return use_cases.propose(ctx, [record.id for record in found], reason="Their time is over.")


def agreed(house: House, manifest: DisposalManifest, by: Acting | None = None) -> None:
    """A second person agrees."""
    with house.work(*(by or someone(house, "ig_officer"))) as ctx:
        proposal = ctx.session.scalars(select(Proposal).where(Proposal.id == manifest.proposal_id)).one()
        proposals.approve(ctx, proposal.id, digest=proposal.digest)


def the_manifest(house: House) -> DisposalManifest:
    """The one manifest that there is."""
    [found] = every(house, DisposalManifest)
    return found


def told(house: House, manifest: DisposalManifest) -> None:
    """Its waiting time is over today, and the case system is told."""
    today = london_date(house.clock.now())
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        its = update(DisposalManifest).where(DisposalManifest.id == manifest.id)
        connection.execute(its.values(instruct_from=today))
    with house.work(worker(jobs.INSTRUCT.name)) as ctx:
        use_cases.instruct(ctx, manifest.id)


def instructed(house: House, record: RetentionRecord) -> DisposalItem:
    """A record that the case system is told to dispose of, all in one day: proposed, agreed to, told."""
    manifest = proposed(house, record)
    agreed(house, manifest)
    told(house, manifest)
    return items(house)[record.reference]


def certified(house: House, record: RetentionRecord) -> DisposalItem:
    """The same, once it is confirmed."""
    item = instructed(house, record)
    with house.work(KEEPER) as ctx:
        return use_cases.confirm(ctx, item.id, method="erased", disposed_on=london_date(ctx.now()))[0]


def goes(house: House, reference: str, organisation_id: UUID | None = None) -> RetentionRecord:
    """A record of group 3 whose time is over, with a review that decided so, made without a door."""
    kept(house, reference, group=3, opened_on=date(2019, 1, 10), organisation_id=organisation_id)
    found = records(house)[reference]
    reviewed(house, found)
    return found


def waited(house: House, clock: FixedClock, days: int = 14) -> Run:
    """So many days pass, and the job runs."""
    clock.move(timedelta(days=days))
    return run_now(house, jobs.JOBS[0])


def items(house: House) -> dict[str, DisposalItem]:
    """What is on manifests, by reference; the last where there are several."""
    ordered = sorted(every(house, DisposalItem), key=lambda item: item.status != "called_off")
    return {item.reference: item for item in ordered}


def confirms(app: Flask, item_id: UUID | str, **said: Any) -> Any:
    """The case system says that it is done."""
    today = str(london_date(house_of(app).clock.now()))
    return a_keeper(app).post(
        f"{INSTRUCTIONS}/{item_id}/confirmation", {"method": "erased", "disposed_on": today} | said
    )
