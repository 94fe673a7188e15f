"""Whether partners are in order, before anything is shared, and the looks at the ISA's own list (SIG-11, SIG-12)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, request

from compliance.kernel.context import reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Form
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.forms.instruments import AssuranceQuestion
from compliance.web.forms.plain import telling
from compliance.web.forms.register import IsaCheck
from compliance.web.replies import Reply, attachment, on, show
from compliance.web.words import STATES
from policies.permissions import Permission
from signatories import queries as register
from signatories import use_cases as signatories
from signatories.assurance import queries, use_cases
from signatories.assurance.rules import GRAVITY

pages = Blueprint("assurance", __name__, url_prefix="/register")


@pages.get("/assurance")
@guarded(Permission.REGISTER_READ)
def assurance() -> Reply:
    """Every partner: whether it is a signatory, and whether its policies are current."""
    form, sort = _question(), _sort(queries.SORTS)
    rows: list[queries.AssuranceRow] = []
    if form.understood():
        with telling(form), work() as ctx:
            rows = use_cases.view_assurance(ctx, sort=sort, **_asked(form))
    return show("assurance.html", form, sheet=lists.cut(rows), sort=sort, filtered=any(_asked(form).values()))


@pages.get("/assurance/export.<form>")
@guarded(Permission.REGISTER_READ)
def export_assurance(form: str) -> Reply:
    """The list as it was asked for, as a file."""
    _known(form)
    question = _question()
    question.understood()
    with work() as ctx:
        file = use_cases.export_assurance(ctx, form, sort=_sort(queries.SORTS), **_asked(question))
    return attachment(file.content, file.media_type, file.file_name)


@pages.get("/isa-checks")
@guarded(Permission.REGISTER_READ)
def checks() -> Reply:
    """For whom the partnership's own list is to be looked at, each recorded by one press."""
    search, everybody = lists.asked("search"), lists.one_of("all", ("yes",)) is not None
    sort = _sort(queries.CHECK_SORTS)
    with work() as ctx:
        rows = use_cases.view_checks(ctx, search=search, only_due=not everybody, sort=sort)
    return show("isa_checks.html", sheet=lists.cut(rows, 100), sort=sort, search=search, everybody=everybody)


@pages.get("/isa-checks/export.<form>")
@guarded(Permission.REGISTER_READ)
def export_checks(form: str) -> Reply:
    """The checks as they were asked for, as a file."""
    _known(form)
    search, everybody = lists.asked("search"), lists.one_of("all", ("yes",)) is not None
    with work() as ctx:
        file = use_cases.export_checks(
            ctx, form, search=search, only_due=not everybody, sort=_sort(queries.CHECK_SORTS)
        )
    return attachment(file.content, file.media_type, file.file_name)


@pages.post("/isa-checks/<uuid:organisation_id>")
@guarded(Permission.ISA_CHECK_RECORD)
def record_check(organisation_id: UUID) -> Reply:
    """That the list was looked at for one organisation, and whether it is on it; then back to the others."""
    form = IsaCheck()
    if form.sent():
        with telling(form):
            with work() as ctx:
                signatories.record_isa_check(
                    ctx, organisation_id, found=form.found.data == "yes", source=form.source.data or None
                )
                name = register.organisation(ctx, organisation_id).name
            what = "is on the list" if form.found.data == "yes" else "is not on the list"
            return on("assurance.checks", f"Recorded: {name} {what}.", **_asked_of_checks())
    with reading() as ctx:
        organisation = register.organisation(ctx, organisation_id)
    return show(
        "organisation_form.html", form, title="Record an ISA check", organisation=organisation, does="Save check"
    )


def _asked_of_checks() -> dict[str, str]:
    """How the list was asked for, so that it is shown so again."""
    return {name: request.args[name] for name in ("search", "all", "sort") if request.args.get(name)}


def _question() -> AssuranceQuestion:
    form = AssuranceQuestion()
    with reading() as ctx:
        sectors = register.sectors(ctx)
    form.sector.choices = [("", "All sectors"), *((sector, sector) for sector in sectors)]
    form.state.choices = [("", "All states"), *((state.value, STATES[state.value][0]) for state in GRAVITY)]
    return form


def _asked(form: AssuranceQuestion) -> dict[str, Any]:
    return {name: form[name].data or None for name in ("search", "sector", "state")}


def _sort(known: dict[str, Any]) -> str:
    return lists.one_of("sort", [*known, *(f"-{key}" for key in known)]) or "name"


def _known(form: str) -> None:
    """A kind of file there is, asked for by somebody whose code is fresh."""
    if form not in list(Form):
        raise NotFound()
    step_up.needed()
