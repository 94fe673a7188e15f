"""What the demo tells a program that is to try everything: who can sign in, with what, and who is refused by which rule."""

from __future__ import annotations

from typing import Any

from compliance.kernel.context import Context
from compliance.licences.models import Licence
from compliance.licences.rules import Kind
from signatories import queries as register

from .demo_stage import THE_OPERATOR, Somebody, Stage

Told = dict[str, Any]


def told(stage: Stage, client: dict[str, Any]) -> Told:
    """What a program needs to try everything; `refused` are people who hold an active licence and are let in nowhere."""
    with stage.house.reading(THE_OPERATOR) as ctx:
        names = {facts.code: facts.name for facts in register.facts(ctx).values()}
        lines = [_line(ctx, person, names) for person in stage.people if person.listed]
    people = [line for line in lines if "refused_by" not in line]
    return {
        "base_url": stage.house.settings.base_url,
        "people": sorted(people, key=lambda line: line["kind"] == Kind.BY_INVITE),
        "refused": [line for line in lines if "refused_by" in line],
        "client": client,
    }


def _line(ctx: Context, person: Somebody, organisations: dict[str, str]) -> dict[str, Any]:
    licence = ctx.session.get(Licence, person.licence) if person.licence else None
    line = {
        "email": person.email,
        "password": person.password,
        "totp_secret": person.totp_secret,
        "role": person.role,
        "organisation": organisations[person.organisation] if person.organisation else None,
        "areas": person.areas,
        "licence": str(licence.status) if licence else None,
        "id": str(person.id),
        "name": person.full_name,
        "kind": str(licence.kind) if licence else None,
        "cases": [case.reference for case in licence.cases] if licence else [],
    }
    return line | ({"refused_by": person.refused_by} if person.refused_by else {})
