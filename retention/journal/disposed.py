"""Disposals, done again: the record's facts go, the certificate stays under its number, an instruction stays one (RET-12).

Where the store is older than the manifest, that is written anew from what the journal says of it: of the proposal too,
for there were two people. A record that the store has never had is put down as disposed of, so that nobody registers it.
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select

from audit.record import record as enter
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.rules import State, written
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.numbering import next_number
from compliance.kernel.turns import in_turn
from policies.values import Policy
from retention.disposals.events import DisposalCalledOff, DisposalConfirmed
from retention.disposals.models import DisposalItem, DisposalManifest
from retention.disposals.obstacles import fingerprint
from retention.disposals.rules import ItemStatus
from retention.disposals.rules import Status as Manifest
from retention.models import RetentionRecord
from retention.reckoning import facts_of
from retention.reviews.models import RetentionReview
from retention.rules import Start, Status, minimum

from .doing import Again, Done, Forgotten, Way, held
from .lines import Line

WHY = "Done again after a restore: two people had said so, and the store had forgotten it (RET-12)."
UNKNOWN = "-"


def confirmed(ctx: Context, line: Line, everything: Forgotten) -> Done | None:
    """The case system had disposed of it: so have we, with the certificate that there was."""
    said, item_id = line.said, line.thing
    record_id = UUID(said["record"])
    manifest = _manifest(ctx, UUID(said["manifest"]), line, everything)
    item = held(ctx, DisposalItem, item_id)
    record = _record(ctx, record_id, line)
    if item is not None and item.status == ItemStatus.CONFIRMED.value and record.status == Status.DISPOSED.value:
        return None
    if item is None:
        _let_go_of(ctx, record.id)
        item = _item(ctx, item_id, manifest, record, rule=said["rule"], ended_on=_day(said.get("minimum_ended_on")))
        ctx.session.add(item)
    record.status = Status.DISPOSED.value
    record.born_on, record.subject, record.next_review_on, record.sooner_on = None, None, None, None
    item.status, item.left_out = ItemStatus.CONFIRMED.value, None
    item.method, item.disposed_on = said["method"], date.fromisoformat(said["disposed_on"])
    item.instructed_at = item.instructed_at or _instant(line.at)
    item.confirmed_at, item.confirmed_by = _instant(line.at), line.actor
    item.certificate = _number(ctx, int(said["certificate"]))
    closed = _close_reviews(ctx, record.id, line)
    ctx.session.flush()
    _said_by_two(ctx, manifest, said["proposed_by"], said["approved_by"], line)
    _move(ctx, manifest)

    enter(
        ctx,
        DisposalConfirmed(
            subject=item.id, record=record.id, manifest=manifest.id, reference=item.reference,
            certificate=item.certificate, digest=said["digest"], rule=item.rule,
            minimum_ended_on=item.minimum_ended_on, proposed_by=said["proposed_by"], approved_by=said["approved_by"],
            method=item.method, disposed_on=item.disposed_on, rules=("RET-8", "RET-12"),
        ),
    )  # fmt: skip
    exactly = item.certificate == said["certificate"]
    changed = (item.id, record.id, manifest.id, manifest.proposal_id, *closed)
    return Done(Way.EXACTLY if exactly else Way.TO_LOOK, changed)


def instructed(ctx: Context, line: Line, everything: Forgotten) -> Done | None:
    """The case system had been told, and it may have done it: it is asked after as if nothing had been forgotten."""
    item = held(ctx, DisposalItem, line.id("item"))
    if item is not None and item.status in {ItemStatus.INSTRUCTED.value, ItemStatus.CONFIRMED.value}:
        return None
    record = held(ctx, RetentionRecord, line.thing)
    manifest_id = item.manifest_id if item is not None else _manifest_naming(everything, line.id("item"))
    if record is None or manifest_id is None:
        return Done(Way.TO_LOOK)
    manifest = _manifest(ctx, manifest_id, line, everything)
    if item is None:
        _let_go_of(ctx, record.id)
        kept = minimum(facts_of(ctx, record), policy=ctx.the(Policy))
        told = None if kept.start is Start.BIRTH else kept.ends_on
        item = _item(ctx, line.id("item") or ctx.new_id(), manifest, record, rule=f"RET-1/{kept.group}", ended_on=told)
        ctx.session.add(item)
    item.status, item.left_out, item.instructed_at = ItemStatus.INSTRUCTED.value, None, _instant(line.at)
    record.status = Status.INSTRUCTED.value
    closed = _close_reviews(ctx, record.id, line)
    ctx.session.flush()
    approved = next((each for each in everything.of("disposal.approved") if each.thing == manifest.id), None)
    _said_by_two(ctx, manifest, manifest.proposed_by, approved.actor if approved else manifest.approved_by, line)
    _move(ctx, manifest)
    return Done(Way.EXACTLY, (item.id, record.id, manifest.id, manifest.proposal_id, *closed))


def left_out(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """It was not told to the case system, and is free again."""
    item = held(ctx, DisposalItem, line.id("item"))
    if item is None or item.status != ItemStatus.FROZEN.value:
        return None
    item.status, item.left_out = ItemStatus.LEFT_OUT.value, line.said["obstacle"]
    ctx.session.flush()
    manifest = _manifest(ctx, item.manifest_id, line, _all)
    if manifest.status == Manifest.INSTRUCTED.value:
        _move(ctx, manifest)
    return Done(Way.EXACTLY, (item.id, manifest.id))


def called_off(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Nothing on it is disposed of by it."""
    manifest = held(ctx, DisposalManifest, line.thing)
    return Done(Way.EXACTLY, _call_off(ctx, manifest)) if manifest is not None and _waits(manifest) else None


def call_off_what_waits(ctx: Context) -> list[UUID]:
    """Whatever was agreed to before the restore and not told since: what was learnt of it meanwhile is forgotten (RET-5).

    It is proposed anew, by two people who know that. The manifests that were called off.
    """
    waiting = select(DisposalManifest).where(DisposalManifest.status == Manifest.APPROVED.value)
    found = ctx.session.scalars(waiting.order_by(DisposalManifest.id).with_for_update()).all()
    return [each.id for each in found if _call_off(ctx, each)]


def _waits(manifest: DisposalManifest) -> bool:
    return manifest.status in {Manifest.PROPOSED.value, Manifest.APPROVED.value}


def _call_off(ctx: Context, manifest: DisposalManifest) -> tuple[UUID, ...]:
    items = ctx.session.scalars(select(DisposalItem).where(DisposalItem.manifest_id == manifest.id)).all()
    frozen = [item for item in items if item.status == ItemStatus.FROZEN.value]
    manifest.status = Manifest.CALLED_OFF.value
    for item in frozen:
        item.status = ItemStatus.CALLED_OFF.value
    enter(
        ctx,
        DisposalCalledOff(
            subject=manifest.id, items=tuple(item.id for item in frozen), rules=("RET-8", "RET-5", "RET-12")
        ),
    )
    return (manifest.id, *(item.id for item in frozen))


def _manifest(ctx: Context, manifest_id: UUID, line: Line, everything: Forgotten) -> DisposalManifest:
    """The manifest, or one written anew under its id, with a proposal that was agreed to."""
    found = held(ctx, DisposalManifest, manifest_id)
    if found is not None:
        return found
    proposed = next((each for each in everything.of("disposal.proposed") if each.thing == manifest_id), line)
    fingerprint_hex = proposed.said.get("digest") or line.said.get("digest") or sha256(b"").hexdigest()
    at, year = _instant(proposed.at), london_date(_instant(proposed.at)).year
    asked = written({"manifest": str(manifest_id), "digest": fingerprint_hex})
    proposal = Proposal(
        id=ctx.new_id(), kind="retention.dispose", thing=f"manifest:{manifest_id}", asked=asked, sealed=None,
        digest=sha256(asked.encode()).hexdigest(), reason=WHY, proposer=proposed.actor, proposed_at=at, ends_at=at,
        state=State.APPROVED.value, decided_by=line.said.get("approved_by"), decided_at=at,
    )  # fmt: skip
    ctx.session.add(proposal)
    ctx.session.flush()
    manifest = DisposalManifest(
        id=manifest_id, year=year, status=Manifest.INSTRUCTED.value, digest=bytes.fromhex(fingerprint_hex),
        number=next_number(ctx, DisposalManifest.number, DisposalManifest.year, year),
        items=len(proposed.ids("items")) or 1, proposal_id=proposal.id,
        proposed_by=line.said.get("proposed_by", proposed.actor), proposed_at=at,
    )  # fmt: skip
    ctx.session.add(manifest)
    ctx.session.flush()
    return manifest


def _manifest_naming(everything: Forgotten, item_id: UUID | None) -> UUID | None:
    return next((each.thing for each in everything.of("disposal.proposed") if item_id in each.ids("items")), None)


def _record(ctx: Context, record_id: UUID, line: Line) -> RetentionRecord:
    """The record under its id or its reference; one that is not there is put down, with no more than that it is gone."""
    found = held(ctx, RetentionRecord, record_id)
    if found is None:
        by_reference = select(RetentionRecord.id).where(RetentionRecord.reference == line.reference)
        found = held(ctx, RetentionRecord, ctx.session.scalar(by_reference))
    if found is not None:
        return found
    made = RetentionRecord(
        id=record_id, reference=line.reference or UNKNOWN, kind="case", groups=line.said["rule"].rpartition("/")[2],
        opened_on=_day(line.said.get("minimum_ended_on")) or date.fromisoformat(line.said["disposed_on"]),
        reckoned_by=UNKNOWN, status=Status.DISPOSED.value, client_id=line.actor, registered_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(made)
    ctx.session.flush()
    return made


def _item(
    ctx: Context,
    item_id: UUID,
    manifest: DisposalManifest,
    record: RetentionRecord,
    *,
    rule: str,
    ended_on: date | None,
) -> DisposalItem:
    return DisposalItem(
        id=item_id, manifest_id=manifest.id, record_id=record.id, reference=record.reference, groups=record.groups,
        rule=rule, minimum_ended_on=ended_on, facts=fingerprint(ctx, record), status=ItemStatus.INSTRUCTED.value,
    )  # fmt: skip


def _let_go_of(ctx: Context, record_id: UUID) -> None:
    """A record is on one manifest that counts: one that was proposed before the restore, and is not this, counts no more."""
    frozen = select(DisposalItem.manifest_id).where(
        DisposalItem.record_id == record_id, DisposalItem.status == ItemStatus.FROZEN.value
    )
    for manifest_id in ctx.session.scalars(frozen).all():
        manifest = held(ctx, DisposalManifest, manifest_id)
        if manifest is not None:
            _call_off(ctx, manifest)
    ctx.session.flush()


def _close_reviews(ctx: Context, record_id: UUID, line: Line) -> list[UUID]:
    """A review that is open on the copy was decided before the record could go: who decided it and in which words is lost."""
    open_still = select(RetentionReview).where(
        RetentionReview.record_id == record_id, RetentionReview.decided_at.is_(None)
    )
    found = ctx.session.scalars(open_still.with_for_update()).all()
    for review in found:
        review.status, review.decision = "decided", "dispose"
        review.decided_by, review.decided_at = ctx.actor.id, _instant(line.at)
    return [review.id for review in found]


def _said_by_two(ctx: Context, manifest: DisposalManifest, proposer: str, approver: str | None, line: Line) -> None:
    if manifest.approved_by is None:
        manifest.approved_by, manifest.approved_at = approver or UNKNOWN, _instant(line.at)
        manifest.instruct_from = london_date(_instant(line.at))
    proposal = held(ctx, Proposal, manifest.proposal_id)
    if proposal is not None and proposal.state == State.PROPOSED.value:
        proposal.state, proposal.decided_by, proposal.decided_at = State.APPROVED.value, approver, _instant(line.at)
        proposal.decision_reason = WHY
    manifest.proposed_by = manifest.proposed_by or proposer


def _move(ctx: Context, manifest: DisposalManifest) -> None:
    """What is still frozen on it was left out or comes with a line of its own; it is done once nothing waits."""
    statuses = set(
        ctx.session.scalars(select(DisposalItem.status).where(DisposalItem.manifest_id == manifest.id)).all()
    )
    open_still = statuses & {ItemStatus.INSTRUCTED.value, ItemStatus.FROZEN.value}
    manifest.status = (Manifest.INSTRUCTED if open_still else Manifest.DONE).value


def _number(ctx: Context, wanted: int) -> int:
    """The certificate's own number, unless another has it by now: then the next."""
    in_turn(ctx, "certificates of disposal")
    taken = ctx.session.scalar(select(DisposalItem.id).where(DisposalItem.certificate == wanted))
    if taken is None:
        return wanted
    return (ctx.session.scalar(select(func.max(DisposalItem.certificate))) or 0) + 1


def _instant(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None


AGAIN: dict[str, Again] = {
    "disposal.called_off": called_off,
    "disposal.confirmed": confirmed,
    "disposal.left_out": left_out,
    "disposal.record_instructed": instructed,
}
