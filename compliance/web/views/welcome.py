"""Which organisations were given their welcome pack (OP 6.6; GOV-7)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.training import PackGiven, PackReceived, WelcomeQuestion
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register
from signatories.welcome import queries, tables, use_cases
from signatories.welcome.queries import Which

pages = Blueprint("welcome", __name__, url_prefix="/welcome")


@pages.get("")
@guarded(Permission.WELCOME_READ)
def welcomed() -> Reply:
    """Every organisation one may know of, those without a pack first."""
    form = WelcomeQuestion()
    form.understood()
    with work() as ctx:
        rows = queries.welcomed(ctx, which=_which(form), search=form.search.data)
        record(ctx, ListViewed(what="welcome", rows=len(rows)))
    return show(
        "welcome.html", form, sheet=lists.cut(rows), items=in_force(Policy).welcome,
        filtered=bool(form.search.data) or _which(form) is not Which.ALL,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.WELCOME_READ)
def export(form: str) -> Reply:
    """The list as it was searched, as a file."""
    asked = WelcomeQuestion()

    def table(ctx: Context) -> Table:
        return tables.of_welcomed(ctx, queries.welcomed(ctx, which=_which(asked), search=asked.search.data))

    return lists.file_of(form, "welcome", table)


@pages.route("/<uuid:organisation_id>", methods=["GET", "POST"])
@guarded(Permission.WELCOME_GIVE)
def give(organisation_id: UUID) -> Reply:
    """It was given its pack."""
    form, items = PackGiven(), in_force(Policy).welcome
    form.items.choices = [(code, each.name) for code, each in items.items()]
    with reading() as ctx:
        name = register.organisation(ctx, organisation_id).name
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.give(ctx, organisation_id, given_on=form.given_on.data, items=form.items.data or ())
            return on("welcome.welcomed", f"The pack of {name} is recorded.")
    return show("welcome_give.html", form, name=name)


@pages.route("/<uuid:organisation_id>/receipt", methods=["GET", "POST"])
@guarded(Permission.WELCOME_RECEIVE)
def receive(organisation_id: UUID) -> Reply:
    """The pack that one's organisation was given has arrived."""
    form = PackReceived()
    with reading() as ctx:
        pack = queries.to_receive(ctx, organisation_id)
        name = register.organisation(ctx, organisation_id).name
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.receive(ctx, organisation_id, given_on=form.given_on.data)
            return on("welcome.welcomed", "It is recorded that the pack has arrived.")
    return show("welcome_receive.html", form, name=name, pack=pack, items=in_force(Policy).welcome)


def _which(form: WelcomeQuestion) -> Which:
    return Which(form.which.data) if form.which.data in list(Which) else Which.ALL
