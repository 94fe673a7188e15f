"""Decisions to share, or not to: the register, and recording one (SHA-1)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.identity.queries import names_of
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.sharing import queries, tables, use_cases
from compliance.sharing.rules import Choice
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.sharing import Decision, DecisionQuestion
from compliance.web.replies import Reply, on, show
from compliance.web.sharing_words import DECISIONS
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

pages = Blueprint("sharing", __name__, url_prefix="/sharing")


@pages.get("")
@guarded(Permission.SHARING_REGISTER_READ)
def decisions() -> Reply:
    """The decisions one may know of: searched, filtered, sorted, a page at a time."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.decisions(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="sharing_decisions", rows=len(page.rows)))
    return show(
        "sharing.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        called=queries.called, states=DECISIONS, bases=in_force(Policy).lawful_bases,
        filtered=any(_asked(form).values()),
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.SHARING_REGISTER_READ)
def export(form: str) -> Reply:
    """The decisions as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.decisions, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_decisions(ctx, rows, names_of(ctx, {str(row.decision.decided_by) for row in rows}), most=most)

    return lists.file_of(form, "sharing_decisions", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.SHARING_RECORD)
def decide() -> Reply:
    """Record a decision with its reason and lawful basis."""
    form, policy = Decision(), in_force(Policy)
    with reading() as ctx:
        named = organisations(ctx)
    form.with_organisation_id.choices = [("", "None of the register"), *named]
    form.basis.choices = [
        ("", "Choose one"), *((code, f"{basis.name} ({basis.clause})") for code, basis in policy.lawful_bases.items()),
    ]  # fmt: skip
    if form.sent():
        with telling(form):
            said = use_cases.Decided(
                form.reference.data or "", form.decision.data or "", form.basis.data or "", form.words.data or "",
                parse_id(form.with_organisation_id.data or ""),
            )  # fmt: skip
            with work() as ctx:
                made = use_cases.decide(ctx, said)
                called = queries.called(made)
            return on("sharing.decision", f"Decision {called} is recorded.", sharing_decision_id=made.id)
    return show("sharing_new.html", form, words_most=policy.sharing.words_most)


@pages.get("/<uuid:sharing_decision_id>")
@guarded(Permission.SHARING_REGISTER_READ)
def decision(sharing_decision_id: UUID) -> Reply:
    """One decision with its reason."""
    with work() as ctx:
        it, words = use_cases.view(ctx, sharing_decision_id)
        names = names_of(ctx, {str(it.decided_by)})
        places = {
            each: ctx.session.get_one(Organisation, each).name
            for each in (it.organisation_id, it.with_organisation_id)
            if each
        }
    return show(
        "sharing_decision.html", it=it, words=words, names=names, places=places, called=queries.called(it),
        state=DECISIONS[it.decision], basis=in_force(Policy).lawful_bases.get(it.basis),
    )  # fmt: skip


def organisations(ctx: Context) -> list[tuple[str, str]]:
    """Every organisation of the register, to choose from."""
    return [(str(id_), name) for id_, name in queries.partners(ctx)]


def _question() -> DecisionQuestion:
    form = DecisionQuestion()
    form.choice.choices = [("", "Either"), *((choice.value, DECISIONS[choice][0]) for choice in Choice)]
    form.basis.choices = [
        ("", "Any"), *((code, basis.name) for code, basis in in_force(Policy).lawful_bases.items()),
    ]  # fmt: skip
    return form


def _asked(form: DecisionQuestion) -> dict[str, Any]:
    return {
        "choice": Choice(form.choice.data) if form.choice.data in list(Choice) else None,
        "basis": form.basis.data if form.basis.data in in_force(Policy).lawful_bases else None,
        "search": form.search.data or None,
    }
