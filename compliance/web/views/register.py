"""The register of signatories: as it stands and as it stood, to be looked at and taken away (SIG-1)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from compliance.kernel.clock import london_date
from compliance.kernel.context import house, in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Form
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.register import RegisterQuestion
from compliance.web.replies import Reply, attachment, show
from compliance.web.words import STATES
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries, use_cases
from signatories.queries import RegisterRow
from signatories.queries.register import SORTS
from signatories.rules import State

pages = Blueprint("register", __name__)


@pages.get("/register")
@guarded(Permission.REGISTER_READ)
def register() -> Reply:
    """Every organisation, where it stands with each instrument, today or on a past day."""
    form = _question()
    rows: list[RegisterRow] = []
    sort = lists.one_of("sort", [*SORTS, *(f"-{key}" for key in SORTS)]) or "name"
    if form.understood():
        with telling(form), work() as ctx:
            rows = use_cases.view_register(ctx, as_at=form.as_at.data, sort=sort, **_asked(form))
    most = queries.MOST if len(rows) >= queries.MOST else None
    only_due = lists.one_of("isa_due", ("yes",)) is not None
    if only_due:
        rows = [row for row in rows if row.isa.due]
    return show(
        "register.html",
        form,
        sheet=lists.cut(rows),
        sort=sort,
        only_due=only_due,
        most=most,
        as_at=form.as_at.data,
        today=london_date(house().clock.now()),
        required=in_force(Policy).signatories.required_instruments,
        filtered=any(_asked(form).values()) or form.as_at.data or only_due,
    )


@pages.get("/register/export.<form>")
@guarded(Permission.REGISTER_READ)
def export(form: str) -> Reply:
    """The register as it was asked for, as a file that says when it was produced."""
    if form not in list(Form):
        raise NotFound()
    step_up.needed()
    question = _question()
    question.understood()
    with work() as ctx:
        file = use_cases.export_register(ctx, form, as_at=question.as_at.data, **_asked(question))
    return attachment(file.content, file.media_type, file.file_name)


def _question() -> RegisterQuestion:
    form = RegisterQuestion()
    policy = in_force(Policy)
    with reading() as ctx:
        sectors = queries.sectors(ctx)
    form.sector.choices = [("", "All sectors"), *((sector, sector) for sector in sectors)]
    form.area.choices = [("", "All areas"), *((area.code, area.name) for area in policy.areas.values())]
    form.state.choices = [("", "All states"), *((state.value, STATES[state.value][0]) for state in State)]
    return form


def _asked(form: RegisterQuestion) -> dict[str, Any]:
    return {name: form[name].data or None for name in ("search", "sector", "area", "state")}
