"""The programs that may ask us things: who they are, what they prove themselves by, and turning one off (DEC-3, ROL-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.identity.access_tokens import SCOPES
from compliance.identity.clients import keys, queries, telling, use_cases
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import Context, house, in_force, reading, work
from compliance.kernel.tables import Table, moment
from compliance.web import asked as asking
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.clients import SCOPE_WORDS, ClientQuestion, NewClient, Registered, Rotate
from compliance.web.forms.people import Confirm
from compliance.web.forms.plain import telling as telling_form
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("clients", __name__, url_prefix="/clients")

WHICH = {"live": "Those let in", "over": "Those turned off", "": "All"}
COLUMNS = ("Name", "Client id", "State", "Scopes", "Signs people in", "Calls from", "Made", "Last used", "Not told")


@pages.get("")
@guarded(Permission.CLIENT_READ)
def clients() -> Reply:
    """Every program that is or was let in: searched, filtered, sorted, a page at a time."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.listed(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="clients", rows=len(page.rows)))
    filtered = any(value is not None for value in _asked(form).values())
    return show(
        "clients.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort, filtered=filtered
    )


@pages.get("/export.<form>")
@guarded(Permission.CLIENT_READ)
def export(form: str) -> Reply:
    """The list as it was searched and sorted, as a file: no secret and no key is in it."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        found, most = lists.walked(partial(queries.listed, ctx, **asked, sort=sort, limit=queries.MOST))
        lines = [
            (
                row.client.name, row.client.client_id, "turned off" if row.client.ended_at else "let in", row.client.scopes,
                "yes" if row.client.redirects else "no", row.client.networks.replace("\n", " "),
                moment(row.client.made_at), moment(row.used_at), str(row.untold),
            )
            for row in found
        ]  # fmt: skip
        address = f"{ctx.house.settings.base_url}/clients"
        return Table("Clients", "clients", ctx.now(), COLUMNS, lines, address, most, "Clients")

    return lists.file_of(form, "clients", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.CLIENT_PROPOSE)
def propose() -> Reply:
    """Propose to let a program in; its id and its secret are shown once, and open nothing before somebody else agrees."""
    form = NewClient()
    if form.sent():
        with telling_form(form):
            with work() as ctx:
                made = use_cases.propose_client(
                    ctx,
                    form.asked(),
                    public_keys=form.pasted,
                    with_secret=form.with_secret,
                    reason=form.reason.data or "",
                )
            return show("client_proposed.html", made=made, name=form.name.data, issuer=house().settings.base_url)
    return show("client_new.html", form)


@pages.get("/<uuid:client_id>")
@guarded(Permission.CLIENT_READ)
def client(client_id: UUID) -> Reply:
    """One program: what it may do, where people are sent back to, its secrets and keys, and what it could not be told."""
    with reading() as ctx:
        it = queries.visible(ctx, client_id)
        shown = queries.credentials(ctx, client_id)
        return show(
            "client.html", it=it, held=queries.registration(it), credentials=shown, scope_words=SCOPE_WORDS,
            thumbprints={each.credential.id: keys.thumbprint(each.credential.jwk) for each in shown if each.credential.jwk},
            algorithms={each.credential.id: keys.algorithm(each.credential.jwk) for each in shown if each.credential.jwk},
            untold=queries.untold(ctx, client_id), signed_on=queries.signed_on(ctx, client_id),
        )  # fmt: skip


@pages.route("/<uuid:client_id>/change", methods=["GET", "POST"])
@guarded(Permission.CLIENT_PROPOSE)
def change(client_id: UUID) -> Reply:
    """Propose to register a program with something else."""
    form = Registered()
    if form.sent():
        with telling_form(form):
            with work() as ctx:
                made = use_cases.propose_change(ctx, client_id, form.asked(), reason=form.reason.data or "")
            return on(
                "proposals.proposal", "A second person has to agree. Until then nothing changes.", proposal_id=made.id
            )
    with reading() as ctx:
        it = queries.visible(ctx, client_id)
    if it.ended_at and not form.summary:
        return redirect(url_for("clients.client", client_id=client_id), 303)
    if not form.is_submitted():
        form.shows(queries.registration(it))
    return show("client_change.html", form, it=it)


@pages.route("/<uuid:client_id>/rotate", methods=["GET", "POST"])
@guarded(Permission.CLIENT_PROPOSE)
def rotate(client_id: UUID) -> Reply:
    """Propose other secrets and keys; the earlier ones open for some days more, once somebody else has agreed."""
    form = Rotate()
    days = in_force(Policy).clients.overlap_days
    with reading() as ctx:
        it = queries.visible(ctx, client_id)
    if form.sent():
        with telling_form(form):
            with work() as ctx:
                made = use_cases.propose_rotation(
                    ctx, client_id, public_keys=form.pasted, with_secret=form.with_secret, reason=form.reason.data or ""
                )
            return show("client_proposed.html", made=made, name=it.name, issuer=house().settings.base_url)
    if it.ended_at and not form.summary:
        return redirect(url_for("clients.client", client_id=client_id), 303)
    return show("client_rotate.html", form, it=it, days=days)


@pages.route("/<uuid:client_id>/end", methods=["GET", "POST"])
@guarded(Permission.CLIENT_END)
def end(client_id: UUID) -> Reply:
    """Turn a program off, at once and for good."""
    form = Confirm()
    if form.sent():
        with telling_form(form):
            with work() as ctx:
                use_cases.end_client(ctx, client_id)
            return on(
                "clients.client",
                "The client is turned off. Whatever it asks from now on is refused.",
                client_id=client_id,
            )
    with reading() as ctx:
        it = queries.visible(ctx, client_id)
        signed_on = queries.signed_on(ctx, client_id)
    if it.ended_at and not form.summary:
        return redirect(url_for("clients.client", client_id=client_id), 303)
    return show("client_end.html", form, it=it, credential=None, signed_on=signed_on)


@pages.route("/<uuid:client_id>/credentials/<uuid:credential_id>/end", methods=["GET", "POST"])
@guarded(Permission.CLIENT_END)
def end_credential(client_id: UUID, credential_id: UUID) -> Reply:
    """Let one secret or key open nothing more, at once."""
    form = Confirm()
    if form.sent():
        with telling_form(form):
            with work() as ctx:
                use_cases.end_credential(ctx, client_id, credential_id)
            return on("clients.client", "It opens nothing any more.", client_id=client_id)
    with reading() as ctx:
        it = queries.visible(ctx, client_id)
        found = queries.credential(ctx, client_id, credential_id)
    return show("client_end.html", form, it=it, credential=found, signed_on=0)


@pages.post("/<uuid:client_id>/tell")
@guarded(Permission.CLIENT_END)
def tell(client_id: UUID) -> Reply:
    """Tell the program again, now, what it could not be told: somebody mended it."""
    with reading() as ctx:
        queries.visible(ctx, client_id)
    telling.again(house(), client_id)
    return on("clients.client", "It is told again within a few seconds.", client_id=client_id)


def _question() -> ClientQuestion:
    form = ClientQuestion()
    form.which.choices = [
        (code, words) for code, words in (("", WHICH[""]), ("live", WHICH["live"]), ("over", WHICH["over"]))
    ]
    form.scope.choices = [("", "Anything"), *((scope, SCOPE_WORDS[scope]) for scope in SCOPES)]
    return form


def _asked(form: ClientQuestion) -> dict[str, Any]:
    return {
        "search": form.search.data or None,
        "live": {"live": True, "over": False}.get(form.which.data or ""),
        "scope": form.scope.data if form.scope.data in SCOPES else None,
    }


def _facts(held: Mapping[str, Any]) -> Iterable[asking.Fact]:
    """A registration in words, all of it: whoever decides has to see each address."""
    yield ("Program", str(held["name"]))
    yield ("May", "\n".join(SCOPE_WORDS.get(scope, scope) for scope in held["scopes"]) or "Nothing but sign people in")
    yield ("Sends people back to, signed in", "\n".join(held["redirects"]) or "Nowhere: it signs nobody in")
    yield ("Sends people back to, signed out", "\n".join(held["logout_redirects"]) or "Nowhere")
    yield ("Is told of ended sign-ins at", held["back_channel"] or "Nowhere")
    yield ("May call from", "\n".join(held["networks"]) or "Anywhere")


def _proofs(asked: Mapping[str, Any]) -> asking.Fact:
    said = ["A new secret, which whoever asked was shown once"] if asked["secret"] else []
    said += [f"A key for {keys.algorithm(each)}, thumbprint {keys.thumbprint(each)}" for each in asked["keys"]]
    return ("Proves itself by", "\n".join(said))


@asking.in_words(use_cases.ADD, "Let a program in")
def _said_add(_ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[asking.Fact]:
    return [*_facts(asked), _proofs(asked)]


@asking.in_words(use_cases.CHANGE, "Change what a program may do")
def _said_change(_ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[asking.Fact]:
    before = dict(_facts(asked["before"]))
    yield ("Program", before["Program"])
    for name, value in _facts(asked["after"]):
        if value != before[name]:
            yield (f"{name}: now", before[name])
            yield (f"{name}: then", value)


@asking.in_words(use_cases.ROTATE, "Give a program other secrets or keys")
def _said_rotate(ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[asking.Fact]:
    days = ctx.the(Policy).clients.overlap_days
    return [("Program", str(asked["name"])), _proofs(asked), ("Its earlier ones", f"Open for {days} days more")]
