"""Disposing of records: proposed by one, agreed to by another, waited for, instructed, confirmed (RET-5, RET-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from audit.record import record as enter
from audit.record import when
from compliance.decisions.exceptions.queries import kept_from
from compliance.identity.proposals.acts import takes_two
from compliance.identity.proposals.errors import NotWhatWasAsked
from compliance.identity.proposals.events import ActRefused, ActTakenBack, ProposalEvent, ProposalExpired
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.use_cases import fall_away
from compliance.identity.proposals.use_cases import propose as propose_act
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import FieldError, Invalid, NotFound
from compliance.kernel.numbering import next_number
from compliance.kernel.turns import KEEPING, in_turn
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from retention import rules as minimum
from retention.models import RetentionRecord

from . import events, queries, rules
from .candidates import line_of
from .errors import CannotBeDisposed, ConfirmedOtherwise, NothingLeft, NotInstructed, StillWaits
from .hiding import HIDDEN
from .models import DisposalItem, DisposalManifest
from .obstacles import fingerprint, obstacles, with_manifests
from .rules import ItemStatus, Line, Obstacle, Status, Step

DISPOSE = "retention.dispose"
"""The kind of this act; what is asked names the manifest and its digest."""

METHODS = ("erased", "overwritten", "destroyed", "anonymised")
"""How the case system can say that it disposed of something."""


def propose(ctx: Context, record_ids: Sequence[UUID], *, reason: str) -> DisposalManifest:
    """Freeze these records on a manifest, and ask a second person to agree to it (ROL-3, RET-8).

    Raises CannotBeDisposed naming each that cannot be and why, NotFound, FreshCodeNeeded, and Invalid at `/records` and `/reason`.
    """
    require(ctx, Permission.DISPOSAL_PROPOSE)
    most = ctx.the(Policy).disposal.manifest_most
    wanted = list(dict.fromkeys(record_ids))
    if not 0 < len(wanted) <= most:
        raise Invalid.at("/records", f"Choose 1 to {most} records.")
    records = queries.records_held(ctx, wanted)
    if any(record.reference in kept_from(ctx) for record in records):
        raise NotFound()
    _refuse_what_cannot(ctx, records)

    number_year = london_date(ctx.now()).year
    manifest = DisposalManifest(
        id=ctx.new_id(), year=number_year, status=Status.PROPOSED.value, items=len(records), proposed_by=ctx.actor.id,
        number=next_number(ctx, DisposalManifest.number, DisposalManifest.year, number_year), proposed_at=ctx.now(),
    )  # fmt: skip
    lines = {record.id: _line(ctx, record) for record in records}
    manifest.digest = rules.digest(lines.values())
    asked = {
        "manifest": str(manifest.id),
        "digest": manifest.digest.hex(),
        "records": [str(each.id) for each in records],
    }
    proposal = propose_act(ctx, DISPOSE, asked, thing=f"manifest:{manifest.id}", reason=reason)
    manifest.proposal_id = proposal.id
    ctx.session.add(manifest)
    ctx.session.flush()
    frozen = _freeze(ctx, manifest, records, lines)

    enter(ctx, events.DisposalProposed(subject=manifest.id, items=frozen, digest=manifest.digest.hex()))
    return manifest


@takes_two(DISPOSE, propose=Permission.DISPOSAL_PROPOSE, approve=Permission.DISPOSAL_APPROVE, hidden=HIDDEN)
def agree(ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Agree to the manifest as it was frozen: after the waiting period the case system is told. Raises ManifestMoved."""
    manifest = queries.manifest_held(ctx, UUID(asked["manifest"]))
    items = queries.items_of(ctx, manifest.id)
    if rules.digest(map(_as_line, items)).hex() != asked["digest"] or manifest.digest.hex() != asked["digest"]:
        raise NotWhatWasAsked()

    manifest.status = rules.after(manifest.status, Step.APPROVE).value
    manifest.approved_by, manifest.approved_at = ctx.actor.id, ctx.now()
    manifest.instruct_from = london_date(ctx.now()) + timedelta(days=ctx.the(Policy).disposal.wait_days)

    enter(
        ctx,
        events.DisposalApproved(subject=manifest.id, digest=asked["digest"], instruct_from=manifest.instruct_from),
    )


def call_off(ctx: Context, manifest_id: UUID) -> DisposalManifest:
    """Dispose of nothing by this manifest, as long as the case system was not told. Raises ManifestMoved, NotFound.

    Nobody is asked to agree to it any more. The proposal is held before the manifest, as where somebody agrees.
    """
    require(ctx, Permission.DISPOSAL_PROPOSE)
    proposal_id = queries.visible(ctx, manifest_id).proposal_id
    let_fall = fall_away(ctx, proposal_id)
    manifest = queries.manifest_held(ctx, manifest_id)
    if not let_fall:
        _call_off(ctx, manifest)
    return manifest


def let_go(ctx: Context, event: ProposalEvent) -> None:
    """Nobody agreed: what was frozen for it is free again."""
    if event.act != DISPOSE:
        return
    manifest = queries.manifest_of(ctx, event.subject)
    if manifest is not None and manifest.status == Status.PROPOSED.value:
        _call_off(ctx, manifest)


for _end in (ActRefused, ActTakenBack, ProposalExpired):
    when(_end)(let_go)


def instruct(ctx: Context, manifest_id: UUID) -> DisposalManifest:
    """Tell the case system to dispose of what is on a manifest whose waiting is over, without what may not go any more.

    Whatever stands in the way by now, or is known otherwise since, is left out and reported (RET-5). Raises ManifestMoved,
    StillWaits.
    """
    require(ctx, Permission.DISPOSAL_CARRY_OUT)
    in_turn(ctx, KEEPING)
    manifest = queries.manifest_held(ctx, manifest_id)
    status = rules.after(manifest.status, Step.INSTRUCT)
    if manifest.instruct_from is None or london_date(ctx.now()) < manifest.instruct_from:
        raise StillWaits()
    manifest.status = status.value
    items = [item for item in queries.items_of(ctx, manifest.id) if item.status == ItemStatus.FROZEN.value]
    records = {record.id: record for record in queries.records_held(ctx, [item.record_id for item in items])}
    in_the_way = obstacles(ctx, list(records.values()))

    told = 0
    for item in items:
        record = records[item.record_id]
        obstacle = in_the_way.get(record.id)
        if obstacle is None and item.facts != fingerprint(ctx, record):
            obstacle = Obstacle.CHANGED
        if obstacle is not None:
            item.status, item.left_out = ItemStatus.LEFT_OUT.value, obstacle.value
            enter(
                ctx,
                events.DisposalLeftOut(
                    subject=record.id, item=item.id, reference=record.reference, obstacle=obstacle.value
                ),
            )
            continue
        item.status, item.instructed_at = ItemStatus.INSTRUCTED.value, ctx.now()
        record.status = minimum.Status.INSTRUCTED.value
        told += 1
        enter(ctx, events.RecordInstructed(subject=record.id, item=item.id, reference=record.reference))

    enter(ctx, events.DisposalInstructed(subject=manifest.id, records=told, left_out=len(items) - told))
    _finish(ctx, manifest)
    return manifest


def confirm(ctx: Context, item_id: UUID, *, method: str, disposed_on: date) -> tuple[DisposalItem, bool]:
    """Take down that the case system disposed of what it was told to, and issue the certificate; and whether that is news.

    What is known of the record goes, its date of birth first. The same confirmed twice is one. Raises NotInstructed,
    ConfirmedOtherwise, and Invalid at `/method` and `/disposed_on`.
    """
    require(ctx, Permission.DISPOSAL_CONFIRM)
    if method not in METHODS:
        raise Invalid.at("/method", f"Give one of: {', '.join(METHODS)}.")
    item, manifest = queries.instruction_held(ctx, item_id)
    if item.status == ItemStatus.CONFIRMED.value:
        if (item.method, item.disposed_on) != (method, disposed_on):
            raise ConfirmedOtherwise()
        return item, False
    if item.status != ItemStatus.INSTRUCTED.value or item.instructed_at is None:
        raise NotInstructed()
    if not london_date(item.instructed_at) <= disposed_on <= london_date(ctx.now()):
        raise Invalid.at("/disposed_on", "Give the day on which it was disposed of, from the instruction to today.")

    [record] = queries.records_held(ctx, [item.record_id])
    record.status = minimum.Status.DISPOSED.value
    record.born_on, record.subject, record.next_review_on = None, None, None
    item.status, item.method, item.disposed_on = ItemStatus.CONFIRMED.value, method, disposed_on
    item.confirmed_at, item.confirmed_by = ctx.now(), ctx.actor.id
    in_turn(ctx, "certificates of disposal")
    item.certificate = (ctx.session.scalar(select(func.max(DisposalItem.certificate))) or 0) + 1

    enter(
        ctx,
        events.DisposalConfirmed(
            subject=item.id, record=record.id, manifest=manifest.id, reference=item.reference, certificate=item.certificate, digest=manifest.digest.hex(),
            rule=item.rule, minimum_ended_on=item.minimum_ended_on, proposed_by=manifest.proposed_by,
            approved_by=manifest.approved_by or "-", method=method, disposed_on=disposed_on,
        ),
    )  # fmt: skip
    _finish(ctx, manifest)
    return item, True


def _refuse_what_cannot(ctx: Context, records: Sequence[RetentionRecord]) -> None:
    in_the_way = with_manifests(ctx, records)
    wrong = tuple(
        FieldError(f"/records/{place}", in_the_way[record.id].value)
        for place, record in enumerate(records)
        if record.id in in_the_way
    )
    if wrong:
        raise CannotBeDisposed(wrong)


def _line(ctx: Context, record: RetentionRecord) -> Line:
    line = line_of(ctx, record)
    if line is None:
        raise NothingLeft()
    return line


def _as_line(item: DisposalItem) -> Line:
    return Line(item.reference, item.groups, item.rule, item.minimum_ended_on)


def _freeze(
    ctx: Context, manifest: DisposalManifest, records: Sequence[RetentionRecord], lines: Mapping[UUID, Line]
) -> tuple[UUID, ...]:
    frozen = [
        DisposalItem(
            id=ctx.new_id(), manifest_id=manifest.id, record_id=record.id, reference=lines[record.id].reference,
            groups=lines[record.id].groups, rule=lines[record.id].rule,
            minimum_ended_on=lines[record.id].minimum_ended_on, facts=fingerprint(ctx, record),
            status=ItemStatus.FROZEN.value,
        )
        for record in records
    ]  # fmt: skip
    ctx.session.add_all(frozen)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, "uq_disposal_items_record_id_live"):
            raise CannotBeDisposed((FieldError("/records", Obstacle.ON_A_MANIFEST.value),)) from problem
        raise
    return tuple(item.id for item in frozen)


def _call_off(ctx: Context, manifest: DisposalManifest) -> None:
    manifest.status = rules.after(manifest.status, Step.CALL_OFF).value
    items = queries.items_of(ctx, manifest.id)
    for item in items:
        item.status = ItemStatus.CALLED_OFF.value

    enter(ctx, events.DisposalCalledOff(subject=manifest.id, items=tuple(item.id for item in items)))


def _finish(ctx: Context, manifest: DisposalManifest) -> None:
    """Once nothing on it waits for the case system, the manifest is done."""
    waits = [each for each in queries.items_of(ctx, manifest.id) if each.status == ItemStatus.INSTRUCTED.value]
    if not waits:
        manifest.status = rules.after(manifest.status, Step.FINISH).value
