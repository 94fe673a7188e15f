"""Changing the policy while the service runs: one proposes a value, another agrees, and it is in force everywhere (IDN-9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity.errors import NotTheValueInForce, PolicyAlreadySo
from compliance.identity.events import PolicyChanged
from compliance.identity.proposals.acts import takes_two
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.use_cases import propose
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid, NotFound, StaleForm
from policies.access import require
from policies.floors import below_the_floor
from policies.in_force import PolicyChange
from policies.permissions import Permission
from policies.values import Policy, in_kind

POLICY_CHANGE = "policy.change"
"""The kind of this act; what is asked is the value's name, and what it is before and after."""

ITEMS_MOST = 300
"""How long a list can get: there are some 250 countries."""


def propose_policy_change(ctx: Context, name: str, value: Any, *, reason: str) -> Proposal:
    """Propose another value for the policy; nothing changes until a second person agrees.

    Raises NotFound for a name that nobody may change, Invalid at /value for what is of another kind or below the
    floor, PolicyAlreadySo for what is in force already, and whatever `propose` raises.
    """
    require(ctx, Permission.POLICY_PROPOSE)
    policy = ctx.the(Policy)
    before = _in_force(policy, name)
    after = _fit(policy, name, value)
    if after == before:
        raise PolicyAlreadySo()

    asked = {"name": name, "before": _plain(before), "after": _plain(after)}
    return propose(ctx, POLICY_CHANGE, asked, thing=f"policy:{name}", reason=reason)


@takes_two(POLICY_CHANGE, propose=Permission.POLICY_PROPOSE, approve=Permission.POLICY_APPROVE)
def change_policy(ctx: Context, proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Put the value in force, with this transaction's commit, for whatever begins after it in any process.

    Raises Invalid where the floor has risen since, and NotTheValueInForce where another value is in force by now
    than the one that both looked at.
    """
    name = str(asked["name"])
    policy = ctx.house.the(Policy, ctx.session.connection())
    before = _in_force(policy, name)
    after = _fit(policy, name, asked["after"])
    if _plain(before) != asked["before"]:
        raise NotTheValueInForce()

    change = PolicyChange(
        id=ctx.new_id(),
        number=ctx.session.scalar(select(func.coalesce(func.max(PolicyChange.number), 0) + 1)),
        name=name,
        before=json.dumps(_plain(before)),
        after=json.dumps(_plain(after)),
        proposal_id=proposal.id,
        changed_at=ctx.now(),
    )
    ctx.session.add(change)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, "uq_policy_changes_number"):
            raise StaleForm() from problem
        raise
    ctx.look_again(Policy)

    record(ctx, PolicyChanged(subject=change.id, value=name, before=change.before, after=change.after))


def _in_force(policy: Policy, name: str) -> Any:
    known = policy.known(name)
    if known is None:
        raise NotFound()
    return known.value


def _fit(policy: Policy, name: str, value: Any) -> Any:
    """The value as its kind; raises Invalid at /value."""
    kind = policy.kind_of(name)
    fit = in_kind(value, kind)
    if fit is None:
        raise Invalid.at("/value", _KINDS[kind])
    if isinstance(fit, tuple) and len(fit) > ITEMS_MOST:
        raise Invalid.at("/value", f"List {ITEMS_MOST} or fewer.")
    wrong = below_the_floor(name, fit)
    if wrong:
        raise Invalid.at("/value", f"The value {wrong}.")
    return fit


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


_KINDS = {
    int: "Enter a whole number.",
    tuple[int, ...]: "List whole numbers.",
    tuple[str, ...]: "List words, one after another.",
}
