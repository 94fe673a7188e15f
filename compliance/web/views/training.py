"""Who has learnt what, and who is due (OP 2.2, 6.1; GOV-7, LIC-1)."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, in_force, work
from compliance.kernel.tables import Table
from compliance.licences import use_cases
from compliance.licences.training import queries, tables
from compliance.licences.training.rules import State, Which
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.training import ModuleDone, TrainingQuestion
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("training", __name__, url_prefix="/training")


@pages.get("")
@guarded(Permission.TRAINING_READ)
def learners() -> Reply:
    """Those who hold a licence or have learnt something: by name, with what each is due for."""
    form, sort = TrainingQuestion(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.learners(
            ctx, which=_which(form), search=form.search.data, sort=sort, after=after, limit=lists.PAGE
        )
        due = queries.due_count(ctx)
        record(ctx, ListViewed(what="training", rows=len(page.rows)))
    return show(
        "training.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort, due=due,
        filtered=bool(form.search.data) or _which(form) is not Which.ALL, modules=in_force(Policy).training,
        says=tables.SAYS, in_date=State.IN_DATE,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.TRAINING_READ)
def export(form: str) -> Reply:
    """The list as it was searched, as a file."""
    asked, sort = TrainingQuestion(), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        page = partial(
            queries.learners, ctx, which=_which(asked), search=asked.search.data, sort=sort, limit=queries.MOST
        )
        rows, most = lists.walked(page)
        return tables.of_learners(ctx, rows, most=most)

    return lists.file_of(form, "training", table)


@pages.get("/<uuid:person_id>")
@guarded(Permission.TRAINING_READ)
def learner(person_id: UUID) -> Reply:
    """One person: each module, and the form to record one."""
    return _page(person_id, _form())


@pages.post("/<uuid:person_id>")
@guarded(Permission.TRAINING_RECORD)
def done(person_id: UUID) -> Reply:
    """They have done a module."""
    form = _form()
    if form.sent():
        with telling(form):
            with work() as ctx:
                queries.learner(ctx, person_id)
                use_cases.record_training(
                    ctx, person_id, module=form.module.data, done_on=form.done_on.data,
                    valid_until=form.valid_until.data, version=form.version.data or None,
                )  # fmt: skip
            return on("training.learner", "The training is recorded.", person_id=person_id)
    return _page(person_id, form)


def _page(person_id: UUID, form: ModuleDone) -> Reply:
    with work() as ctx:
        found = queries.learner(ctx, person_id)
        record(ctx, ListViewed(what="training-person", rows=len(found.modules)))
    return show("training_one.html", form, found=found, modules=in_force(Policy).training, says=tables.SAYS)


def _form() -> ModuleDone:
    form = ModuleDone()
    form.module.choices = [("", "Choose one"), *((code, each.name) for code, each in in_force(Policy).training.items())]
    return form


def _which(form: TrainingQuestion) -> Which:
    return Which(form.which.data) if form.which.data in list(Which) else Which.ALL
