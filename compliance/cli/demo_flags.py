"""The demo's scene of access: a flag that was explained, one that is overdue, and a concern that waits (AUD-6, AUD-7)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from compliance.accesses.flags import jobs, use_cases
from compliance.accesses.flags.models import AccessFlag
from compliance.accesses.flags.rules import Reason, Step
from compliance.accesses.flags.use_cases import Concern
from compliance.accesses.reporting import use_cases as reporting
from compliance.accesses.reporting.rules import Kind, Told
from compliance.identity.models import ServiceClient
from compliance.kernel.context import Actor, Holding, Origin
from compliance.kernel.jobs import Stopping
from policies.values import Policy

from .demo_stage import ADDRESS, THE_OPERATOR, Somebody, Stage

LOOKED_AT = ("KM-2026-0331", "KM-2026-0387")


def accesses_are_asked_about(stage: Stage, first: Somebody, second: Somebody) -> None:
    """Two people open a case that their organisation has no part in; one of them has explained it, the other not yet."""
    for person, reference in zip((first, second), LOOKED_AT, strict=True):
        _opens(stage, person, reference)
    jobs.look(stage.house, Stopping())
    with stage.house.reading(THE_OPERATOR) as ctx:
        wanted = select(AccessFlag).where(AccessFlag.reference == LOOKED_AT[0], AccessFlag.rule != "concern")
        flag = ctx.session.scalars(wanted).one()
    reviewer = next(each for each in stage.people if each.id == flag.reviewer_id)
    with stage.as_(reviewer) as ctx:
        use_cases.review(
            ctx, flag.id, step=Step.EXPLAIN, reason=Reason.RECORD_WRONG, accesses=flag.accesses,
            words="Their team was added to the case the day before; the case system had not been told. It has been now.",
        )  # fmt: skip


def a_concern_is_reported(stage: Stage, by: Somebody, about: Somebody) -> None:
    """A delegate is worried about what a colleague knew."""
    with stage.as_(by) as ctx:
        use_cases.report_concern(
            ctx,
            Concern(
                "In the canteen they spoke of an address that only the case could have told them.",
                person=about.email, when="On Thursday at lunch",
            ),
        )  # fmt: skip


def _opens(stage: Stage, person: Somebody, reference: str) -> None:
    """The case system reports that this person viewed this case, and that their organisation has no part in it."""
    with stage.house.reading(THE_OPERATOR) as ctx:
        client_id = ctx.session.scalars(select(ServiceClient.client_id).limit(1)).one()
        purpose = next(iter(ctx.the(Policy).access_purposes))
    program = Actor("client", client_id, holdings=frozenset({Holding("case_system")}))
    at = stage.clock.now() - timedelta(minutes=5)
    with stage.house.work(program, Origin(ADDRESS)) as ctx:
        reporting.report(
            ctx,
            [Told(str(uuid4()), Kind.VIEW, person.email, at, action="case.view", reference=reference, purpose=purpose,
                  involved=False)],
        )  # fmt: skip
