"""How each operation is tried: which door, upon what, with what to say; the right person would be let through."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from compliance.identity import use_cases as identity
from compliance.kernel.context import NOBODY, Actor, Context, Holding
from compliance.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Throttled
from compliance.licences.rules import Kind
from compliance.licences.use_cases import set_seats
from policies.permissions import Permission
from tests.builders import identity as people
from tests.builders.signatories import a_pdf
from tests.inventory.world import Belongings, Whose, World

STATUS: dict[type[Refusal], int] = {NotFound: 404, Forbidden: 403, Invalid: 422, Conflict: 409, Throttled: 429}
"""The five kinds of refusal as a door would answer them."""

Body = Callable[[Belongings], dict[str, Any]]


@dataclass(frozen=True)
class Door:
    """A door of the API; `{…}` in the path are what the things asked for are called.

    `file` is the part of a form that carries a letter or scan; `left` marks a door that partners come to after
    their organisation has withdrawn.
    """

    method: str
    path: str
    body: Body | None = None
    file: str | None = None
    left: bool = False

    def __call__(self, world: World, caller: str, whose: Whose) -> int:
        return self.answer(world, caller, whose).status_code

    def answer(self, world: World, caller: str, whose: Whose) -> TestResponse:
        """What the door says to this caller."""
        its = world.things[whose]
        sent: dict[str, Any] = {}
        if self.body is not None and self.file is None:
            sent["json"] = self.body(its)
        elif self.body is not None:
            letter = (io.BytesIO(a_pdf()), f"{self.file}.pdf")
            sent = {"data": self.body(its) | {str(self.file): letter}, "content_type": "multipart/form-data"}
        who = (world.leavers if self.left else {}).get(caller, world.callers[caller])
        address = self.path.format(version=world.version, **vars(its))
        return who.client.open(f"/api/v1{address}", method=self.method, headers=who.headers(), **sent)


@dataclass(frozen=True)
class Act:
    """A use case that no door of the API leads to, and the permission it asks for."""

    permission: Permission
    use_case: Callable[[Context, Belongings], object]

    def __call__(self, world: World, caller: str, whose: Whose) -> int:
        actor, origin = world.actors.get(caller, (NOBODY, None))
        if caller == "operator":
            actor = people.COMMAND
        if caller.startswith("program"):
            actor = Actor("client", "msc_0", holdings=frozenset({Holding("case_system")}))
        try:
            with world.house.work(actor, origin) as ctx:
                self.use_case(ctx, world.things[whose])
        except Refusal as refusal:
            return next(status for kind, status in STATUS.items() if isinstance(refusal, kind))
        return 200


def _request(its: Belongings) -> dict[str, Any]:
    email = f"new@{its.code}.gov.uk"
    return {"organisation_id": str(its.organisation), "full_name": "Wren Alder", "email": email,
            "areas": ["mid-kent"], "reason": "Joins the team"}  # fmt: skip


def _says(**words: Any) -> Body:
    return lambda _its: words


def _signed(its: Belongings) -> dict[str, Any]:
    return {"organisation_id": str(its.organisation), "name": "Robin Vale", "role": "Head of housing"}


def _paper(its: Belongings) -> dict[str, Any]:
    return _signed(its) | {"signed_on": "2026-11-21"}


def _unwilling(its: Belongings) -> dict[str, Any]:
    return {"organisation_id": str(its.organisation), "reasons": "Not yet."}


ATTEMPTS: dict[str, Door | Act] = {
    "GET /areas/<area>/members": Door("GET", "/areas/mid-kent/members"),
    "GET /audit/entries": Door("GET", "/audit/entries"),
    "GET /audit/entries/<number>": Door("GET", "/audit/entries/{entry}"),
    "GET /instruments": Door("GET", "/instruments"),
    "GET /instruments/versions/<version_id>/document": Door("GET", "/instruments/versions/{version}/document"),
    "GET /licences": Door("GET", "/licences?organisation={organisation}"),
    "GET /licences/<licence_id>": Door("GET", "/licences/{active}"),
    "GET /licences/<licence_id>/checklist": Door("GET", "/licences/{active}/checklist"),
    "GET /organisations": Door("GET", "/organisations"),
    "GET /organisations/<organisation_id>": Door("GET", "/organisations/{organisation}"),
    "GET /organisations/<organisation_id>/standing": Door("GET", "/organisations/{organisation}/standing"),
    "GET /organisations/<organisation_id>/standing?person": Door(
        "GET", "/organisations/{organisation}/standing?person={person}"
    ),
    "GET /seats": Door("GET", "/seats"),
    "GET /sessions/current": Door("GET", "/sessions/current"),
    "GET /signatories": Door("GET", "/signatories"),
    "GET /withdrawals": Door("GET", "/withdrawals"),
    "POST /instruments/versions/<version_id>/paper-signatures": Door(
        "POST", "/instruments/versions/{version}/paper-signatures", _paper, file="scan"
    ),
    "POST /instruments/versions/<version_id>/refusals": Door(
        "POST", "/instruments/versions/{version}/refusals", _unwilling
    ),
    "POST /instruments/versions/<version_id>/signatures": Door(
        "POST", "/instruments/versions/{version}/signatures", _signed
    ),
    "POST /invitations": Door(
        "POST", "/invitations", lambda its: {"reference": "C-9", "person_id": str(its.person), "closed": True}
    ),
    "DELETE /invitations/<invitation_id>": Door("DELETE", "/invitations/{invitation}"),
    "POST /licences": Door("POST", "/licences", _request),
    "POST /licences/<licence_id>/approval": Door("POST", "/licences/{requested}/approval"),
    "POST /licences/<licence_id>/deactivation": Door(
        "POST", "/licences/{active}/deactivation", _says(reason="leaver")
    ),
    "POST /licences/<licence_id>/reallocation": Door(
        "POST", "/licences/{active}/reallocation", lambda its: {"to": str(its.requested)}
    ),
    "POST /licences/<licence_id>/refusal": Door("POST", "/licences/{requested}/refusal", _says(reason="No.")),
    "POST /licences/<licence_id>/resumption": Door("POST", "/licences/{suspended}/resumption"),
    "POST /licences/<licence_id>/suspension": Door("POST", "/licences/{active}/suspension", _says(reason="leave")),
    "POST /organisations/<organisation_id>/contacts": Door(
        "POST", "/organisations/{organisation}/contacts",
        lambda its: {"kind": "escalation", "name": "Sam Vale", "email": f"sam@{its.code}.gov.uk"},
    ),
    "POST /organisations/<organisation_id>/domains": Door(
        "POST", "/organisations/{organisation}/domains",
        lambda its: {"domain": f"{its.code}-two.gov.uk"},
    ),
    "POST /organisations/<organisation_id>/isa-checks": Door(
        "POST", "/organisations/{organisation}/isa-checks", _says(found=True)
    ),
    "POST /organisations/<organisation_id>/policies": Door(
        "POST", "/organisations/{organisation}/policies",
        _says(kind="safeguarding", title="Our policy", owner="Head", dated_on="2026-01-05", next_review_on="2027-01-05"),
    ),
    "POST /organisations/<organisation_id>/withdrawals": Door(
        "POST", "/organisations/{organisation}/withdrawals",
        _says(instruments=["isa", "op"], letter_on="2026-11-20", reasons="We stop."), file="letter",
    ),
    "POST /people": Door(
        "POST", "/people",
        lambda its: {
            "full_name": "Wren Alder", "email": "new@elsewhere.example", "organisation_id": str(its.organisation),
            "roles": ["delegate"],
        },
    ),
    "POST /people/<person_id>/invitation": Door("POST", "/people/{newcomer}/invitation"),
    "POST /people/<person_id>/reset": Door("POST", "/people/{person}/reset", _says(identity_check="By telephone.")),
    "POST /people/<person_id>/training": Door(
        "POST", "/people/{person}/training", _says(module="elearning", done_on="2026-11-01")
    ),
    "POST /people/<person_id>/vetting": Door(
        "POST", "/people/{person}/vetting", _says(level="NPPV 2", holds_until="2028-01-31")
    ),
    "POST /withdrawals/<withdrawal_id>/acknowledgement": Door(
        "POST", "/withdrawals/{withdrawal}/acknowledgement", _says(by="Robin Vale"), left=True
    ),
    "use case: grant a role": Act(Permission.ROLE_GRANT, lambda ctx, its: identity.grant_role(ctx, its.newcomer, role="escalation_contact")),
    "use case: end a role": Act(Permission.ROLE_GRANT, lambda ctx, its: identity.end_role(ctx, its.role_held)),
    "use case: register a client": Act(Permission.CLIENT_MANAGE, lambda ctx, _its: identity.register_client(ctx, name="Oasis", scopes=["decisions"])),
    "use case: set the seats of the contract": Act(
        Permission.REGISTER_SEED, lambda ctx, _its: set_seats(ctx, Kind.STANDING, 60)
    ),
}  # fmt: skip
"""Every operation that somebody is let into or kept out of, by what the matrix calls it."""

ONE_AND_THE_SAME = frozenset(
    {
        "GET /areas/<area>/members", "GET /audit/entries", "GET /instruments",
        "GET /instruments/versions/<version_id>/document", "GET /organisations", "GET /seats", "GET /sessions/current",
        "GET /signatories", "GET /withdrawals", "use case: register a client", "use case: set the seats of the contract",
    }
)  # fmt: skip
"""Operations upon nobody's thing in particular: tried once."""

OWN_SIGN_IN = frozenset(
    {
        "DELETE /sessions/current", "POST /account/authenticator", "POST /account/authenticator/confirmation",
        "POST /account/password", "POST /sessions/current/code", "POST /sessions/current/fresh-code",
    }
)  # fmt: skip
"""Doors to one's own sign-in and account, which lead to nothing of anybody else's: tests/api/test_accounts.py."""


def comes(caller: str, operation: str) -> bool:
    """Whether this caller can try it at all: an operator has commands, and no way to a door."""
    return caller != "operator" or isinstance(ATTEMPTS[operation], Act)


def whose_of(operation: str) -> tuple[Whose, ...]:
    """Upon whose things this operation is tried."""
    return (Whose.OWN,) if operation in ONE_AND_THE_SAME else tuple(Whose)
