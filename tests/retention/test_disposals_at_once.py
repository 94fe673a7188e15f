"""Two at once upon one disposal: confirmed once, called off or agreed to and never both, and no hold overlooked (RET-5, RET-8).

Each race is run three hundred times on each store. A naive version of each, which looks without holding, is raced too,
to show that the race would find it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from threading import Event
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from audit.models import AuditEntry
from compliance.breaches.models import Incident
from compliance.breaches.reporting import Report, report
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, House, Origin, worker
from compliance.kernel.db import WRITES
from compliance.sharing.reuse import use_cases as reuse
from compliance.sharing.reuse.models import ReuseRequest
from retention.disposals import jobs, queries, use_cases
from retention.disposals.models import DisposalItem, DisposalManifest
from retention.disposals.obstacles import obstacles
from retention.holds import use_cases as holds
from retention.holds.models import RetentionHold
from retention.models import RetentionRecord
from signatories.models import Organisation
from tests.builders.disposals import agreed, goes, items, proposed, told
from tests.builders.identity import COMMAND, Acting, an_employer, logged, someone
from tests.builders.licences import rows_made
from tests.builders.retention import KEEPER
from tests.support.together import Act, together

ROUNDS = 300
PROGRAM = Acting(KEEPER, Origin())
JOB = Acting(worker(jobs.INSTRUCT.name), Origin())


def stands(house: House, number: int, status: str, item_status: str = "frozen") -> tuple[UUID, UUID]:
    """A manifest of one record that stands here, as rows alone, so that a round costs no more than its race: its id and the item's."""
    with house.work(COMMAND) as ctx:
        now, today = ctx.now(), london_date(ctx.now())
        record_id, manifest_id, proposal_id, item_id = (ctx.new_id() for _ in range(4))
        rows_made(
            ctx,
            RetentionRecord(
                id=record_id, reference=f"X-{number}", kind="case", groups="3", opened_on=date(2019, 1, 10),
                reckoned_by="-", status="instructed" if item_status == "instructed" else "kept", client_id="-",
                registered_at=now,
            ),
            Proposal(
                id=proposal_id, kind="-", thing=f"x:{number}", asked="{}", digest="-", reason="-", proposer="-",
                proposed_at=now, ends_at=now, state="approved",
            ),
        )  # fmt: skip
        ctx.session.flush()
        rows_made(
            ctx,
            DisposalManifest(
                id=manifest_id, year=2026, number=1000 + number, status=status, digest=b"-" * 32, items=1,
                proposal_id=proposal_id, proposed_by="-", proposed_at=now, approved_by="-", instruct_from=today,
            ),
        )  # fmt: skip
        ctx.session.flush()
        rows_made(
            ctx,
            DisposalItem(
                id=item_id, manifest_id=manifest_id, record_id=record_id, reference=f"X-{number}", groups="3",
                rule="RET-1/3", facts="-", status=item_status, instructed_at=now if item_status == "instructed" else None,
            ),
        )  # fmt: skip
    return manifest_id, item_id


@pytest.mark.rule("RET-8")
def test_of_two_confirmations_at_once_there_is_one_certificate(house: House) -> None:
    today, seen = london_date(house.clock.now()), Counter[tuple[str, ...]]()
    for number in range(ROUNDS):
        _, item_id = stands(house, number, "instructed", "instructed")
        same = number % 2

        def confirm(method: str, its: UUID = item_id) -> Act:
            return lambda ctx: use_cases.confirm(ctx, its, method=method, disposed_on=today)

        ends = together(house, [(PROGRAM, confirm("erased")), (PROGRAM, confirm("erased" if same else "destroyed"))])
        seen[tuple(sorted(ends))] += 1
        assert sorted(ends) == (["done", "done"] if same else ["ConfirmedOtherwise", "done"])
    assert sum(seen.values()) == ROUNDS
    found = items(house).values()
    assert sorted(item.certificate or 0 for item in found) == list(range(1, ROUNDS + 1))
    assert len(logged(house, "disposal.confirmed")) == ROUNDS


@pytest.mark.rule("RET-8")
def test_the_last_two_of_a_manifest_confirmed_at_once_finish_it(house: House) -> None:
    today, record = london_date(house.clock.now()), [goes(house, f"R-{each}") for each in range(40)]
    for pair in range(0, len(record), 2):
        manifest = proposed(house, *record[pair : pair + 2])
        agreed(house, manifest)
        told(house, manifest)
        ids = [item.id for item in items(house).values() if item.manifest_id == manifest.id]
        acts = [
            (PROGRAM, lambda ctx, its=each: use_cases.confirm(ctx, its, method="erased", disposed_on=today))
            for each in ids
        ]
        assert together(house, acts) == ["done", "done"]
        assert _status(house, manifest.id) == "done"


@pytest.mark.rule("RET-8", "ROL-3")
def test_of_an_agreement_and_a_calling_off_at_once_neither_is_half_done(house: House) -> None:
    officer, manager, supervisor = (someone(house, role) for role in ("ig_officer", "hub_manager", "hub_supervisor"))
    record, seen = goes(house, "R-1"), Counter[tuple[str, ...]]()
    for _ in range(ROUNDS):
        it = proposed(house, record, by=supervisor)
        with house.reading(*officer) as ctx:
            digest = ctx.session.get_one(Proposal, it.proposal_id).digest
        ends = together(
            house,
            [
                (officer, lambda ctx, its=it, seal=digest: proposals.approve(ctx, its.proposal_id, digest=seal)),
                (manager, lambda ctx, its=it: use_cases.call_off(ctx, its.id)),
            ],
        )
        seen[tuple(ends)] += 1
        # Agreed to first, it is called off in its waiting time; called off first, there is nothing to agree to.
        assert ends in (["done", "done"], ["ProposalOver", "done"]), ends
        with house.reading(*officer) as ctx:
            state = ctx.session.get_one(Proposal, it.proposal_id).state
        assert _status(house, it.id) == "called_off"
        assert state == ("approved" if ends[0] == "done" else "taken_back")
        if ends[0] == "done":
            assert _entry(house, "disposal.approved", it.id) < _entry(house, "disposal.called_off", it.id)
    assert sum(seen.values()) == ROUNDS
    assert len(logged(house, "disposal.called_off")) == ROUNDS
    assert len(logged(house, "disposal.approved")) == seen["done", "done"]


@pytest.mark.rule("RET-5", "RET-6")
@pytest.mark.parametrize(("obstacle", "rounds"), [("held", ROUNDS), ("breach_open", 20), ("reuse_open", 20)])
def test_of_what_keeps_a_record_and_an_instruction_at_once_the_one_that_was_first_counts(
    house: House, obstacle: str, rounds: int
) -> None:
    put, told_by = {
        "held": (_place, "retention_hold.placed"), "breach_open": (_report, "incident.reported"),
        "reuse_open": (_ask, "reuse.asked"),
    }[obstacle]  # fmt: skip
    an_employer(house, "Harbour Refuge")
    officer, supervisor = someone(house, "ig_officer"), someone(house, "hub_supervisor")
    seen: Counter[str] = Counter()
    record = goes(house, "R-1")
    for _ in range(rounds):
        it = proposed(house, record, by=supervisor)
        agreed(house, it, by=officer)
        _from_today(house, it.id)
        placed: list[UUID] = []

        def place(ctx: Context, into: list[UUID] = placed) -> None:
            into.append(put(ctx).id)

        ends = together(house, [(JOB, lambda ctx, its=it.id: use_cases.instruct(ctx, its)), (supervisor, place)])
        assert ends == ["done", "done"]
        kept_first = _entry(house, told_by, placed[0]) < _entry(house, "disposal.instructed", it.id)
        [item] = _items(house, it.id)
        assert (item.status, item.left_out) == (("left_out", obstacle) if kept_first else ("instructed", None))
        seen[item.status] += 1
        _as_before(house, it.id)
    assert sum(seen.values()) == rounds


@pytest.mark.rule("RET-5", "RET-8")
@pytest.mark.parametrize("race", ["confirm", "agree", "hold"])
def test_the_races_find_what_looks_without_holding(house: House, race: str) -> None:
    officer, supervisor = someone(house, "ig_officer"), someone(house, "hub_supervisor")
    if race == "confirm":
        _, item_id = stands(house, 1, "instructed", "instructed")
        ends = together(
            house, [(PROGRAM, _naively_confirm(house, item_id, method)) for method in ("erased", "destroyed")]
        )
        assert ends == ["done", "done"], "it was confirmed twice, and otherwise"
        return
    it = proposed(house, goes(house, "R-1"), by=supervisor)
    if race == "agree":
        ends = together(house, [(officer, _naively_move(house, it.id, to)) for to in ("approved", "called_off")])
        assert ends == ["done", "done"], "it was agreed to and called off from the same standing"
        return
    order: list[str] = []
    looked = Event()

    def place(ctx: Context) -> None:
        assert looked.wait(timeout=30)
        _place(ctx)
        ctx.session.commit()
        order.append("held")

    ends = together(house, [(JOB, _naively_instruct(house, it.id, looked, order)), (supervisor, place)])
    assert ends == ["done", "done"]
    assert order == ["held", "told"], "it was told though a hold was there before"


def _naively_confirm(house: House, item_id: UUID, method: str) -> Act:
    """As a confirmation would be if it looked at the item without holding it."""

    def go(_ctx: Context) -> None:
        with house.reading(*PROGRAM) as looking:
            assert looking.session.get_one(DisposalItem, item_id).status == "instructed"
        sleep(0.2)
        _write(house, update(DisposalItem).where(DisposalItem.id == item_id).values(status="confirmed", method=method))

    return go


def _naively_move(house: House, manifest_id: UUID, to: str) -> Act:
    def go(_ctx: Context) -> None:
        with house.reading(*PROGRAM) as looking:
            assert looking.session.get_one(DisposalManifest, manifest_id).status == "proposed"
        sleep(0.2)
        _write(house, update(DisposalManifest).where(DisposalManifest.id == manifest_id).values(status=to))

    return go


def _naively_instruct(house: House, manifest_id: UUID, looked: Event, order: list[str]) -> Act:
    """As the job would be if it looked for holds without keeping others from placing one meanwhile."""

    def go(_ctx: Context) -> None:
        with house.reading(*PROGRAM) as looking:
            [record] = looking.session.scalars(select(RetentionRecord)).all()
            assert obstacles(looking, [record]) == {}
        looked.set()
        sleep(0.5)
        _write(house, update(DisposalItem).where(DisposalItem.manifest_id == manifest_id).values(status="instructed"))
        order.append("told")

    return go


def _place(ctx: Context) -> RetentionHold:
    return holds.place(
        ctx, ground="inquiry", reach="record", value="R-1", reason="Asked for.", review_on=date(2027, 5, 1)
    )


def _report(ctx: Context) -> Incident:
    return report(ctx, Report(kind="failure_to_share", words="It was not told.", reference="R-1"))


def _ask(ctx: Context) -> ReuseRequest:
    supplier = ctx.session.scalars(select(Organisation.id).order_by(Organisation.id).limit(1)).one()
    return reuse.ask(
        ctx, reuse.Asked(reference="R-1", supplier_id=supplier, purpose="family_court", words="The dates of calls.")
    )


def _write(house: House, *statements: Any) -> None:
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        for each in statements:
            connection.execute(each)


def _from_today(house: House, manifest_id: UUID) -> None:
    """Its waiting time is over today."""
    its = update(DisposalManifest).where(DisposalManifest.id == manifest_id)
    _write(house, its.values(instruct_from=london_date(house.clock.now())))


def _as_before(house: House, manifest_id: UUID) -> None:
    """The record can be proposed again, and no hold is on it."""
    _write(
        house,
        update(DisposalItem).where(DisposalItem.manifest_id == manifest_id).values(status="called_off"),
        update(RetentionRecord).values(status="kept"),
        update(RetentionHold).values(lifted_at=house.clock.now()),
        update(Incident).values(ended_at=house.clock.now()),
        update(ReuseRequest).values(status="withdrawn", ended_at=house.clock.now()),
    )


def _status(house: House, manifest_id: UUID) -> str:
    with house.reading(*PROGRAM) as ctx:
        return ctx.session.get_one(DisposalManifest, manifest_id).status


def _items(house: House, manifest_id: UUID) -> list[DisposalItem]:
    with house.reading(*PROGRAM) as ctx:
        return queries.items_of(ctx, manifest_id)


def _entry(house: House, event: str, subject: UUID) -> int:
    """The number of the entry by which the log tells of this."""
    with house.reading(*PROGRAM) as ctx:
        wanted = select(func.max(AuditEntry.number)).where(
            AuditEntry.event == event, AuditEntry.subject_id == str(subject)
        )
        return ctx.session.execute(wanted).scalar_one()
