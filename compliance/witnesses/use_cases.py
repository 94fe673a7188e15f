"""Accepting that the log is not the one a witness saw: one proposes it, another agrees (AUD-3, ROL-3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from audit.record import record
from compliance.identity.proposals.acts import takes_two
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.rules import State
from compliance.identity.proposals.use_cases import approve, propose
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.permissions import Permission

from . import accepting, own
from .errors import AnotherLog, NothingSealed, NothingToAccept
from .events import RollbackAccepted
from .models import AcceptedRollback
from .rules import Answer, Held, text_of

ROLLBACK = "rollback.accept"
"""The kind of this act; what is asked names what the witness holds, and the log's own size and root."""


def accept_rollback(ctx: Context, found: Answer, *, reason: str) -> Proposal:
    """Say that the service shall run although a witness contradicts the log: the first proposes it, the second agrees.

    Raises NothingToAccept, NothingSealed, and whatever `propose` and `approve` raise.
    """
    require(ctx, Permission.ROLLBACK_ACCEPT)
    if not found.contradicts or found.held is None:
        raise NothingToAccept()

    waiting = proposed(ctx, found.witness, found.held)
    if waiting is not None:
        return approve(ctx, waiting.id, digest=waiting.digest)
    now = own.shown(ctx.house, ctx.session.connection(), 0)
    if now is None:
        raise NothingSealed()
    asked = {
        "witness": found.witness, "witness_note": found.held.kept, "witness_size": found.held.size,
        "own_size": now.size, "own_root": now.root.hex(),
    }  # fmt: skip
    thing = sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:32]
    return propose(ctx, ROLLBACK, asked, thing=f"rollback:{thing}", reason=reason)


@takes_two(ROLLBACK, propose=Permission.ROLLBACK_ACCEPT, approve=Permission.ROLLBACK_ACCEPT)
def keep_acceptance(ctx: Context, proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Put down what both agreed to; raises AnotherLog where the log is not that of the proposal any more."""
    size, root = int(asked["own_size"]), str(asked["own_root"])
    if not accepting.is_our_past(ctx.house, ctx.session.connection(), size, bytes.fromhex(root)):
        raise AnotherLog()

    acceptance = AcceptedRollback(
        id=ctx.new_id(), witness=asked["witness"], witness_note=asked["witness_note"], own_size=size, own_root=root,
        reason=proposal.reason, first_by=proposal.proposer, first_at=proposal.proposed_at, second_by=ctx.actor.id,
        second_at=ctx.now(),
    )  # fmt: skip
    acceptance.seal = accepting.sealed(ctx.the(KeyRing), acceptance)
    ctx.session.add(acceptance)

    digest = sha256(text_of(acceptance.witness_note).encode()).hexdigest()
    record(
        ctx,
        RollbackAccepted(subject=acceptance.id, digest=digest, witness_size=int(asked["witness_size"]), own_size=size),
    )


def proposed(ctx: Context, witness: str, held: Held) -> Proposal | None:
    """What waits for a second person about this witness and what it holds, in this very log."""
    waiting = select(Proposal).where(
        Proposal.kind == ROLLBACK, Proposal.state == State.PROPOSED, Proposal.ends_at > ctx.now()
    )
    for proposal in ctx.session.scalars(waiting.order_by(Proposal.proposed_at, Proposal.id)):
        asked = json.loads(proposal.asked)
        same = asked["witness"] == witness and text_of(asked["witness_note"]) == held.text
        connection = ctx.session.connection()
        root = bytes.fromhex(asked["own_root"])
        if same and accepting.is_our_past(ctx.house, connection, asked["own_size"], root):
            return proposal
    return None
