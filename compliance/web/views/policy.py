"""The policy in force, for everybody who lives by it; and how two people change it (IDN-9)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from compliance.identity import policy_history, use_cases
from compliance.kernel.context import reading, work
from compliance.kernel.errors import NotFound
from compliance.web.access import could, guarded, signed_in
from compliance.web.forms.plain import telling
from compliance.web.forms.policy import ChangeOfList, ChangeOfNumber, ChangeOfNumbers
from compliance.web.policy_words import GROUPS, said_bounds, said_name, said_value
from compliance.web.replies import Reply, on, show
from compliance.web.words import day
from policies.permissions import Permission
from policies.values import STANDARDS, Policy, Provenance

pages = Blueprint("policy", __name__, url_prefix="/policy")


@pages.get("")
@signed_in
def policy() -> Reply:
    """Every value, what it means and whose it is, and beside it what the standards ask for instead."""
    decides = could(Permission.POLICY_PROPOSE) or could(Permission.POLICY_APPROVE)
    with reading() as ctx:
        known = ctx.the(Policy)
        history = policy_history.changes(ctx)
        waiting = policy_history.waiting(ctx) if decides else {}
    last = {change.name: change for change in reversed(history)}
    groups = [
        (key, title, [each for each in known.provenance if each.name.startswith(f"{key}.")])
        for key, title in GROUPS.items()
    ]
    return show(
        "policy.html",
        policy=known,
        groups=groups,
        standards=STANDARDS,
        history=history,
        last=last,
        waiting=waiting,
        said_value=said_value,
        said_name=said_name,
    )


@pages.route("/<name>/change", methods=["GET", "POST"])
@guarded(Permission.POLICY_PROPOSE)
def change(name: str) -> Reply:
    """Propose another value; it is in force once somebody else agrees."""
    with reading() as ctx:
        known = ctx.the(Policy).known(name)
        if known is None:
            raise NotFound()
        kind = ctx.the(Policy).kind_of(name)
        waiting = policy_history.waiting(ctx).get(name)
    form = _form(known, kind)
    if form.sent():
        with telling(form):
            with work() as ctx:
                proposal = use_cases.propose_policy_change(ctx, name, form.asked(), reason=form.reason.data or "")
            return on("policy.policy", f"The change is proposed. A second person has until {day(proposal.ends_at)}.")
    return show(
        "policy_change.html",
        form,
        known=known,
        bounds=said_bounds(name),
        waiting=waiting,
        standards=STANDARDS,
        group=GROUPS[name.partition(".")[0]],
        said_value=said_value,
    )


def _form(known: Provenance, kind: Any) -> ChangeOfNumber | ChangeOfList:
    if kind is int:
        form: ChangeOfNumber | ChangeOfList = ChangeOfNumber(data={"value": str(known.value)})
        form.value.description = f"A whole number {said_bounds(known.name)}."
        return form
    shape = ChangeOfNumbers if kind == tuple[int, ...] else ChangeOfList
    form = shape(data={"value": "\n".join(map(str, known.value))})
    each = f"Whole numbers {said_bounds(known.name)}" if shape is ChangeOfNumbers else said_bounds(known.name)
    form.value.description = f"One a line. {each[0].upper()}{each[1:]}."
    return form
