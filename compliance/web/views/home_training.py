"""What waits of training and of welcome packs, on the first page (GOV-7)."""

from __future__ import annotations

from flask import g, url_for

from compliance.kernel.context import Context
from compliance.licences.training import queries as training
from compliance.licences.training.rules import Which
from compliance.web.access import can, could
from policies.permissions import Permission
from signatories.welcome import queries as welcome
from signatories.welcome.queries import Which as Packs

from .home_parts import Waiting


def waiting(ctx: Context) -> list[Waiting]:
    """Who is due, for the hub that records it and for a partner of its own people; and packs to give and to confirm."""
    return [*_due(ctx), *_packs(ctx)]


def _due(ctx: Context) -> list[Waiting]:
    records = can(Permission.TRAINING_RECORD)
    if not could(Permission.TRAINING_READ) or (can(Permission.TRAINING_READ) and not records):
        return []
    number = training.due_count(ctx)
    if not number:
        return []
    says = "Missing, running out or too old." if records else "Have them do it, and tell the MARAC Hub Team."
    title = f"{'person is' if number == 1 else 'people are'} due for training"
    return [Waiting(number, title, says, url_for("training.learners", which=Which.DUE.value), "See who")]


def _packs(ctx: Context) -> list[Waiting]:
    if not (can(Permission.WELCOME_GIVE) or could(Permission.WELCOME_RECEIVE)):
        return []
    found = welcome.counted(ctx)
    if can(Permission.WELCOME_GIVE):
        return _to_give(found.without)
    organisation_id = g.sign_in.person.organisation_id
    if organisation_id is None or not found.unconfirmed or not can(Permission.WELCOME_RECEIVE, organisation_id):
        return []
    says = "The MARAC Hub Team has recorded that it was given to you."
    where = url_for("welcome.receive", organisation_id=organisation_id)
    return [Waiting(None, "Your welcome pack", says, where, "Confirm that it has arrived")]


def _to_give(number: int) -> list[Waiting]:
    if not number:
        return []
    title = f"{'partner has' if number == 1 else 'partners have'} no welcome pack"
    where = url_for("welcome.welcomed", which=Packs.WITHOUT.value)
    return [Waiting(number, title, "Give it, and record that.", where, "See which")]
