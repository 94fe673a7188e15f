"""People, as the hub deals with them: inviting, resetting, and what a licence stands on (IDN-4, IDN-8, OP 6.1)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from compliance.identity import queries
from compliance.identity import use_cases as identity
from compliance.kernel.context import work
from compliance.licences import use_cases as licences
from policies.permissions import Permission

from .access import guarded
from .reading import Body, Code, Day, Line, Prose, parse, parse_nothing
from .replies import Reply, changed, sent_to

people = Blueprint("people", __name__, url_prefix="/api/v1/people")


class Invited(Body):
    full_name: Line
    email: Line
    organisation_id: UUID | None = None
    hub_team: bool = False
    roles: tuple[Code, ...] = ()
    reason: Prose | None = None


class Reset(Body):
    identity_check: Prose


class Trained(Body):
    """Without a version it is the newest; without a last day it counts as long as the policy says."""

    module: Code
    version: Code | None = None
    done_on: Day
    valid_until: Day | None = None


class Vetted(Body):
    level: Code
    holds_until: Day


@people.post("")
@guarded(Permission.PERSON_INVITE)
def invite_person() -> Reply:
    """Make an account with its roles, and send its owner the link by which they set the first password (IDN-8)."""
    body = parse(Invited)
    with work() as ctx:
        person, _ = identity.invite_person(
            ctx,
            full_name=body.full_name,
            email=body.email,
            organisation_id=body.organisation_id,
            hub_team=body.hub_team,
            roles=body.roles,
            reason=body.reason or "",
        )
    return changed(ctx, {"id": person.id, "email": person.email, "invitation": sent_to(person.email)}, 201)


@people.post("/<uuid:person_id>/invitation")
@guarded(Permission.PERSON_INVITE)
def invite_again(person_id: UUID) -> Reply:
    """Send a new link to somebody who has set no password yet; the one they had opens no more."""
    parse_nothing()
    with work() as ctx:
        identity.invite(ctx, person_id)
        email = queries.person(ctx, person_id).email
    return changed(ctx, {"id": person_id, "invitation": sent_to(email)}, 201)


@people.post("/<uuid:person_id>/reset")
@guarded(Permission.ACCOUNT_RESET)
def reset_account(person_id: UUID) -> Reply:
    """Begin an account anew, after verifying whose it is (OP 6.4)."""
    body = parse(Reset)
    with work() as ctx:
        identity.reset_account(ctx, person_id, identity_check=body.identity_check)
        email = queries.person(ctx, person_id).email
    return changed(ctx, {"id": person_id, "invitation": sent_to(email)}, 201)


@people.post("/<uuid:person_id>/training")
@guarded(Permission.TRAINING_RECORD)
def record_training(person_id: UUID) -> Reply:
    """Record that somebody has done a module, or has access to the eLearning."""
    body = parse(Trained)
    with work() as ctx:
        done = licences.record_training(
            ctx, person_id, module=body.module, done_on=body.done_on, valid_until=body.valid_until, version=body.version
        )
    said = {"id": done.id, "person_id": person_id, "module": done.module, "done_on": done.done_on}
    return changed(ctx, said | {"version": done.version, "valid_until": done.valid_until}, 201)


@people.post("/<uuid:person_id>/vetting")
@guarded(Permission.VETTING_RECORD)
def record_vetting(person_id: UUID) -> Reply:
    """Record at which level somebody is vetted, and until when."""
    body = parse(Vetted)
    with work() as ctx:
        vetted = licences.record_vetting(ctx, person_id, level=body.level, holds_until=body.holds_until)
    said = {"id": vetted.id, "person_id": person_id, "level": vetted.level, "holds_until": vetted.holds_until}
    return changed(ctx, said, 201)
