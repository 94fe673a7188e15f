"""The demo's training and welcome packs: most are in date, one runs out soon, one is over, and some have no pack (GOV-7)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.licences import use_cases as licences
from policies.values import Policy
from signatories import queries as register
from signatories.welcome import use_cases as welcoming

from .demo_signing import days_before
from .demo_stage import Somebody, Stage

_AGO = (800, 715, 300, 120)
"""Days ago that people did a module: over, soon over, and twice in date; then from the first again."""

_PACKS = 3
"""Organisations with a pack; the last of them lacks something."""


def people_learn(stage: Stage, coordinator: Somebody, people: Sequence[Somebody]) -> None:
    """Each of them did a module that is to be refreshed; the first organisations were given their pack, and one says so."""
    organisations = list(dict.fromkeys(each.organisation for each in people if each.organisation))[:_PACKS]
    with stage.as_(coordinator) as ctx:
        items = list(ctx.the(Policy).welcome)
        for place, person in enumerate(each for each in people if each is not coordinator):
            done_on = days_before(stage, _AGO[place % len(_AGO)])
            licences.record_training(ctx, person.id, module="marac-process", done_on=done_on)
        for place, code in enumerate(organisations, 1):
            partner = register.organisation_by_code(ctx, code)
            given = items[:-1] if place == len(organisations) else items
            welcoming.give(ctx, partner.id, given_on=days_before(stage, 10), items=given)
    delegate = next(each for each in stage.people if each.role == "delegate" and each.organisation in organisations)
    with stage.as_(delegate) as ctx:
        partner = register.organisation_by_code(ctx, delegate.organisation or "")
        welcoming.receive(ctx, partner.id, given_on=days_before(stage, 10))
