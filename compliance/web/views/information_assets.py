"""The Information Asset Register, in which the withdrawal register is listed (SIG-8, OP 11.1)."""

from __future__ import annotations

from flask import Blueprint

from compliance.kernel.context import work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Form
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.replies import Reply, attachment, show
from policies.permissions import Permission
from signatories.use_cases import information_assets as use_cases

pages = Blueprint("information_assets", __name__, url_prefix="/register/information-assets")


@pages.get("")
@guarded(Permission.WITHDRAWAL_READ)
def assets() -> Reply:
    """What the service keeps: whose it is, why, and for how long."""
    search, sort = lists.asked("search"), _sort()
    with work() as ctx:
        found = use_cases.view_assets(ctx, search=search, sort=sort)
    return show("information_assets.html", assets=found, search=search, sort=sort)


@pages.get("/export.<form>")
@guarded(Permission.WITHDRAWAL_READ)
def export(form: str) -> Reply:
    """The same as a file."""
    if form not in list(Form):
        raise NotFound()
    step_up.needed()
    with work() as ctx:
        file = use_cases.export_assets(ctx, form, search=lists.asked("search"), sort=_sort())
    return attachment(file.content, file.media_type, file.file_name)


def _sort() -> str:
    return lists.one_of("sort", [*use_cases.SORTS, *(f"-{key}" for key in use_cases.SORTS)]) or use_cases.SORTS[0]
