"""Who has learnt what, who is due, and which partners were given their welcome pack (GOV-7, LIC-1)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import work
from compliance.licences.training import queries
from compliance.licences.training.lists import use_cases as lists
from compliance.licences.training.queries import Learner
from compliance.licences.training.rules import Which
from policies.permissions import Permission
from signatories.welcome import queries as packs
from signatories.welcome import use_cases as welcoming
from signatories.welcome.queries import Which as Packs

from .access import guarded
from .places import After, marked
from .reading import Body, Code, Day, Line, parse, parse_query
from .replies import Reply, changed, present

training = Blueprint("training", __name__, url_prefix="/api/v1")

_MOST_ROWS = 1_000
"""More than the policy lets through at a time: how many that is, it says itself."""


class TrainingWanted(Body):
    which: Which = Which.ALL
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=queries.MOST)] = 50


class Learnt(Body):
    """`module` is a code or a name of the policy. Without a version it is the newest."""

    email: Line
    module: Line
    version: Code | None = None
    done_on: Day


class LearntList(Body):
    """All of it is recorded or nothing, unless `good_rows` asks for each row that can be."""

    rows: Annotated[list[Learnt], Field(min_length=1, max_length=_MOST_ROWS)]
    good_rows: bool = False


class WelcomeWanted(Body):
    which: Packs = Packs.ALL
    search: Line | None = None


class Given(Body):
    """`items` are codes of what the policy has in a pack."""

    items: Annotated[list[Code], Field(min_length=1, max_length=50)]
    given_on: Day


class Received(Body):
    """`given_on` is the day of the pack, as the list has it."""

    given_on: Day


@training.get("/training")
@guarded(Permission.TRAINING_READ)
def read_training() -> Reply:
    """Those who hold a licence or have learnt something, by name, with how each module stands for them."""
    wanted = parse_query(TrainingWanted)
    with work() as ctx:
        page = queries.learners(
            ctx, which=wanted.which, search=wanted.search, sort=wanted.sort, after=wanted.after, limit=wanted.limit
        )
        record(ctx, ListViewed(what="training", rows=len(page.rows)))
    return present({"items": [_learner(row) for row in page.rows], "next": marked(page.after)})


@training.post("/training")
@guarded(Permission.TRAINING_RECORD)
def record_list() -> Reply:
    """Record what many people learnt; each row is answered in its place, with the column where one is wrong."""
    body = parse(LearntList)
    rows = [
        {
            "row": str(number), "email": row.email, "module": row.module, "version": row.version or "",
            "done_on": str(row.done_on),
        }
        for number, row in enumerate(body.rows, 1)
    ]  # fmt: skip
    with work() as ctx:
        answers = (lists.carry_out if body.good_rows else lists.carry_out_whole)(ctx, rows)
    items = [
        {
            "row": each.row,
            "taken": each.taken,
            "says": each.says,
            "field": lists.CODES.get(each.field),
            "person_id": each.made,
        }
        for each in answers
    ]
    return changed(ctx, {"taken": sum(each.taken for each in answers), "items": items}, 201)


@training.get("/training/<uuid:person_id>")
@guarded(Permission.TRAINING_READ)
def read_learner(person_id: UUID) -> Reply:
    """One person: how each module stands. `version` and `counts_until` are null where they are not known or have no end."""
    with work() as ctx:
        found = queries.learner(ctx, person_id)
        record(ctx, ListViewed(what="training-person", rows=len(found.modules)))
    return present(_learner(found))


@training.get("/welcome-packs")
@guarded(Permission.WELCOME_READ)
def read_welcome_packs() -> Reply:
    """Each organisation with its newest welcome pack, those without one first."""
    wanted = parse_query(WelcomeWanted)
    with work() as ctx:
        rows = packs.welcomed(ctx, which=wanted.which, search=wanted.search)
        record(ctx, ListViewed(what="welcome", rows=len(rows)))
    return present(
        {
            "items": [
                {"organisation_id": row.id, "organisation": row.name, "given_on": row.given_on, "received_at": row.received_at, "items": list(row.items), "lacks": list(row.lacks)}
                for row in rows
            ]
        }
    )  # fmt: skip


@training.post("/organisations/<uuid:organisation_id>/welcome-packs")
@guarded(Permission.WELCOME_GIVE)
def give_welcome_pack(organisation_id: UUID) -> Reply:
    """Record that an organisation was given its welcome pack."""
    body = parse(Given)
    with work() as ctx:
        pack = welcoming.give(ctx, organisation_id, given_on=body.given_on, items=body.items)
        said = {
            "id": pack.id, "organisation_id": organisation_id, "given_on": pack.given_on, "items": pack.items.split(),
        }  # fmt: skip
    return changed(ctx, said, 201)


@training.post("/organisations/<uuid:organisation_id>/welcome-packs/receipt")
@guarded(Permission.WELCOME_RECEIVE)
def receive_welcome_pack(organisation_id: UUID) -> Reply:
    """Confirm for one's own organisation that the pack it was given has arrived."""
    body = parse(Received)
    with work() as ctx:
        pack = welcoming.receive(ctx, organisation_id, given_on=body.given_on)
        said = {
            "id": pack.id, "organisation_id": organisation_id, "given_on": pack.given_on, "received_at": pack.received_at,
        }  # fmt: skip
    return changed(ctx, said, 201)


def _learner(row: Learner) -> dict[str, Any]:
    return {
        "person_id": row.id,
        "name": row.name,
        "organisation": row.organisation,
        "modules": [
            {
                "module": each.module,
                "state": each.state,
                "due": each.due,
                "version": each.version,
                "done_on": each.done_on,
                "counts_until": each.until,
            }
            for each in row.modules
        ],
    }
