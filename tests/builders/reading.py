"""Somebody who reads the log, having said why."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from audit.reading import Reader
from compliance.accesses.reading.reader import reader
from compliance.kernel.context import House
from policies.permissions import Permission
from tests.builders.api import Caller
from tests.builders.identity import Acting, someone
from tests.web.conftest import Comes, Visitor

WHY = "service_check"


def an_officer(house: House, *, why: str | None = WHY, matter: str | None = None) -> Acting:
    """An information governance officer at work, who said why they read."""
    return reading_for(someone(house, "ig_officer"), why, matter)


def an_escalation_contact(house: House, organisation_id: UUID) -> Acting:
    """The escalation contact of an organisation, who said why they read."""
    return reading_for(someone(house, "escalation_contact", organisation_id=organisation_id), "oversight")


def reading_for(somebody: Acting, why: str | None, matter: str | None = None) -> Acting:
    """The same person, in a sign-in in which they said so."""
    return Acting(somebody.actor, replace(somebody.origin, reads_for=why, matter=matter))


def as_reader(house: House, somebody: Acting, permission: Permission = Permission.AUDIT_READ) -> Reader:
    """How far they see."""
    with house.work(*somebody) as ctx:
        return reader(ctx, permission)


def says_why(caller: Caller, why: str = WHY) -> Caller:
    """The same person at the programs' door, who has said why they read the log."""
    answer = caller.put("/api/v1/audit/purpose", {"purpose": why})
    assert answer.status_code == 200, answer.text
    return caller


def comes_to_read(
    comes: Comes, role: str = "ig_officer", *, why: str = WHY, matter: str = "", **more: object
) -> Visitor:
    """Somebody at a browser who has said why they read the log."""
    visitor = comes(role, **more)
    answer = visitor.send("/audit/purpose", {"purpose": why, "matter": matter})
    assert answer.status_code == 303, answer.text
    return visitor
