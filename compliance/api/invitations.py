"""Inviting a named person to a named case: closed MARACs, and cases of by-invite licences (LIC-7, OP 5.2).

Open to hub people by their permission, and to the case system by the scope `facts:write`: an invitation is a fact
that the case system knows and decisions stand on. A scope that only asks or reads does not open it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint
from pydantic import AwareDatetime

from compliance.decisions.exceptions.queries import kept_from
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.licences import use_cases
from compliance.licences.models import CaseInvitation
from policies.permissions import Permission

from .access import guarded, scoped
from .idempotency import once
from .reading import Body, Reference, parse
from .replies import Reply, changed

invitations = Blueprint("invitations", __name__, url_prefix="/api/v1/invitations")


class Invitation(Body):
    reference: Reference
    person_id: UUID
    closed: bool = False
    until: AwareDatetime | None = None


@invitations.post("")
@guarded(Permission.CASE_ACCESS_INVITE)
@scoped("facts:write")
def invite_to_case() -> Reply:
    """Let a person come near a case; `closed` marks it a closed MARAC from now on."""
    body = parse(Invitation)

    def act(ctx: Context) -> Any:
        invitation = use_cases.invite_to_case(
            ctx, reference=body.reference, person_id=body.person_id, closed=body.closed, until=body.until
        )
        said = _said(invitation)
        if body.reference in kept_from(ctx):
            # Whether it is a closed MARAC already would say that there is such a case (DEC-6).
            said["closed"] = body.closed
        return lambda: changed(ctx, said, 201)

    return once(act)


@invitations.delete("/<uuid:invitation_id>")
@guarded(Permission.CASE_ACCESS_INVITE)
@scoped("facts:write")
def end_case_invitation(invitation_id: UUID) -> Reply:
    """Take an invitation back; one that has ended already stays as it is."""

    def act(ctx: Context) -> Any:
        invitation = use_cases.end_case_invitation(ctx, invitation_id)
        if invitation.reference in kept_from(ctx):
            raise NotFound()
        said = _said(invitation)
        return lambda: changed(ctx, said)

    return once(act)


def _said(invitation: CaseInvitation) -> dict[str, Any]:
    return {
        "id": invitation.id,
        "reference": invitation.reference,
        "person_id": invitation.person_id,
        "closed": invitation.closed,
        "invited_at": invitation.invited_at,
        "until": invitation.until,
        "ended_at": invitation.ended_at,
    }
