"""The distribution lists of the areas: who may be sent what concerns each, found at this moment (SIG-6, OP 11.1)."""

from __future__ import annotations

from flask import Blueprint

from compliance.kernel.context import work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Form
from compliance.licences import distribution
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.replies import Reply, attachment, show
from policies.permissions import Permission

pages = Blueprint("distribution", __name__, url_prefix="/register/distribution-lists")


@pages.get("")
@guarded(Permission.DISTRIBUTION_READ)
def every() -> Reply:
    """Every area's list, by its numbers."""
    with work() as ctx:
        rows = distribution.view_lists(ctx)
    return show("distribution_lists.html", rows=rows)


@pages.get("/<area>")
@guarded(Permission.DISTRIBUTION_READ)
def one(area: str) -> Reply:
    """Who is on one of them."""
    search, sort = lists.asked("search"), _sort()
    with work() as ctx:
        members = distribution.view_list(ctx, area, search=search, sort=sort)
    return show("distribution_list.html", area=area, sheet=lists.cut(members), search=search, sort=sort)


@pages.get("/<area>/export.<form>")
@guarded(Permission.DISTRIBUTION_READ)
def export(area: str, form: str) -> Reply:
    """The same as a file."""
    if form not in list(Form):
        raise NotFound()
    step_up.needed()
    with work() as ctx:
        file = distribution.export_list(ctx, area, form, search=lists.asked("search"), sort=_sort())
    return attachment(file.content, file.media_type, file.file_name)


def _sort() -> str:
    return lists.one_of("sort", [*distribution.SORTS, *(f"-{key}" for key in distribution.SORTS)]) or "name"
