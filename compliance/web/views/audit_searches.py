"""Searches of the log that one keeps under a name of one's own: keep, run, delete."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from flask import request, url_for

from compliance.accesses.reading import queries as searches_kept
from compliance.accesses.reading import use_cases
from compliance.accesses.reading.words import group, happening, outcome
from compliance.kernel.context import Context, in_force, reading, work
from compliance.web.access import guarded
from compliance.web.forms.audit import KeepSearch
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as signatories

from .audit import pages

_CALLED = {
    "who": "Person", "organisation": "Organisation", "event": "What happened", "outcome": "Outcome",
    "reference": "Reference", "address": "Network address",
}  # fmt: skip


@pages.get("/searches")
@guarded(Permission.AUDIT_READ)
def searches() -> Reply:
    """The searches one keeps, by name."""
    with reading() as ctx:
        kept = searches_kept.saved_searches(ctx)
        places = _places(ctx)
    return show(
        "audit_searches.html",
        kept=[(each, _told(each.asked, places), _there(each.asked)) for each in kept],
        form=PlainForm(),
        most=in_force(Policy).audit.saved_searches_most,
    )


@pages.route("/searches/new", methods=["GET", "POST"])
@guarded(Permission.AUDIT_READ)
def keep() -> Reply:
    """Keep the search that the address holds."""
    asked = {name: value for name, value in request.args.items() if name in use_cases.FILTERS and value.strip()}
    form = KeepSearch()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.save_search(ctx, form.name.data or "", asked)
            return on("audit.searches", "The search is kept.")
    with reading() as ctx:
        told = _told(asked, _places(ctx))
    return show("audit_search_keep.html", form, told=told, there=_there(asked))


@pages.post("/searches/<uuid:search_id>/end")
@guarded(Permission.AUDIT_READ)
def drop(search_id: UUID) -> Reply:
    """Delete a kept search."""
    with work() as ctx:
        use_cases.drop_search(ctx, search_id)
    return on("audit.searches", "The search is deleted.")


def _places(ctx: Context) -> dict[str, str]:
    return {str(id_): name for id_, name in signatories.names(ctx)}


def _there(asked: dict[str, str]) -> str:
    """The log as it is asked so."""
    return f"{url_for('audit.log')}?{urlencode(asked)}"


def _told(asked: dict[str, str], places: dict[str, str]) -> list[str]:
    """What a search asks, in words."""

    def says(name: str) -> str:
        value = asked[name]
        words: dict[str, str] = {
            "event": _event(value),
            "outcome": outcome(value),
            "organisation": places.get(value, value),
        }
        return words.get(name, value)

    told = [f"{called}: {says(name)}" for name, called in _CALLED.items() if name in asked]
    for name, called in (("since", "From"), ("until", "To")):
        parts = [asked.get(f"{name}-{part}") for part in ("day", "month", "year")]
        if any(parts):
            at = asked.get(f"{name}_at")
            told.append(f"{called}: {' '.join(part or '?' for part in parts)}{f' at {at}' if at else ''}")
    return told


def _event(name: str) -> str:
    return f"{group(name[:-1])}: all" if name.endswith(".") else happening(name)
