"""When the case system is down: packs, who holds their passphrase, declared outages, what is written up (GOV-3)."""

from __future__ import annotations

from uuid import UUID

import structlog
from flask import Blueprint, request

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.outages import holding, keeping, packing, queries, use_cases
from compliance.governance.outages.errors import PackRefused
from compliance.governance.outages.queries import Settled
from compliance.governance.outages.rules import called
from compliance.governance.outages.use_cases import Taken
from compliance.kernel.context import Context, house, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.forms.data_breaches import instant_of
from compliance.web.forms.outages import KINDS, Declare, Expect, LeaveOut, NameHolder, Press, TakenByHand, Turn
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, attachment, on, show
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

log = structlog.get_logger("compliance.web")

pages = Blueprint("outages", __name__, url_prefix="/outages")

_AGE = "application/age"


@pages.get("")
@guarded(Permission.OUTAGE_READ)
def outages() -> Reply:
    """How ready the hub is, and the outages that were declared."""
    sort = lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    with work() as ctx:
        ready = queries.ready(ctx)
        page = queries.outages(ctx, sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="outages", rows=len(page.rows)))
    return show(
        "outages.html", Press(), ready=ready, rows=page.rows, after=page.after, beginning=after is None, called=called,
    )  # fmt: skip


@pages.post("/packs")
@guarded(Permission.OUTAGE_MAKE)
def make_pack() -> Reply:
    """Make a pack now: sealed and opened with nothing locked."""
    form = Press()
    with telling(form):
        with reading() as ctx:
            prepared = packing.prepare(ctx)
        try:
            packed = packing.seal(house(), prepared)
        except PackRefused as refused:
            log.error("outage pack not made", problem=str(refused))
            raise
        with work() as ctx:
            packing.register(ctx, packed)
        return on("outages.outages", "The pack is made, and opened as a test.")
    return show("outage_refused.html", form)


@pages.get("/packs/<uuid:pack_id>.age")
@guarded(Permission.OUTAGE_RUN)
def fetch(pack_id: UUID) -> Reply:
    """A pack as it lies, sealed, after a fresh code."""
    step_up.needed()
    with work() as ctx:
        it, sealed = packing.fetch(ctx, pack_id)
        name = keeping.name_of(it.made_at)
    return attachment(sealed, _AGE, name)


@pages.get("/passphrase")
@guarded(Permission.OUTAGE_RUN)
def passphrase() -> Reply:
    """The passphrase that stands, or an earlier one by its number, to one of its holders after a fresh code."""
    step_up.needed()
    asked = request.args.get("number", "")
    with work() as ctx:
        found, words = holding.reveal(ctx, int(asked) if asked.isdecimal() and len(asked) < 7 else None)
        number = found.number
        newest = queries.newest_passphrase(ctx)
    return show("outage_passphrase.html", words=words, number=number, last=newest.number if newest else number)


@pages.route("/passphrase/turn", methods=["GET", "POST"])
@guarded(Permission.OUTAGE_HOLD)
def turn() -> Reply:
    """Make another passphrase."""
    form = Turn()
    with reading() as ctx:
        ready = queries.ready(ctx)
    now = ready.passphrase.number if ready.passphrase else 0
    if form.sent():
        with telling(form):
            read = request.form.get("number", "")
            with work() as ctx:
                holding.turn(
                    ctx, number=int(read) if read.isdecimal() and len(read) < 7 else -1, lost=bool(form.lost.data)
                )
            return on("outages.outages", "There is a new passphrase. The next pack is sealed with it, within the hour.")
    return show("outage_turn.html", form, ready=ready, number=now)


@pages.route("/holders/new", methods=["GET", "POST"])
@guarded(Permission.OUTAGE_HOLD)
def name_holder() -> Reply:
    """Name somebody to hold the passphrase."""
    form = NameHolder()
    with reading() as ctx:
        named = {each.person_id for each in queries.holders(ctx)}
        form.person_id.choices = [
            ("", "Choose one"), *((str(each), name) for each, name in queries.able(ctx).items() if each not in named)
        ]  # fmt: skip
    if form.sent():
        with telling(form):
            with work() as ctx:
                holding.name_holder(ctx, parse_id(form.person_id.data or "") or UUID(int=0))
            return on("outages.outages", "They hold the passphrase from now on.")
    return show("outage_holder.html", form)


@pages.post("/holders/<uuid:person_id>/end")
@guarded(Permission.OUTAGE_HOLD)
def end_holder(person_id: UUID) -> Reply:
    """Somebody holds the passphrase no longer; it is turned."""
    form = Press()
    with telling(form):
        with work() as ctx:
            holding.end_holder(ctx, person_id)
        return on("outages.outages", "They hold the passphrase no longer, and it was turned.")
    return show("outage_refused.html", form)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.OUTAGE_RUN)
def declare() -> Reply:
    """Say that the case system is down."""
    form = Declare()
    if form.sent():
        until = instant_of(form, form.day, form.clock)
        if not form.errors:
            with telling(form):
                with work() as ctx:
                    outage_id = use_cases.declare(ctx, what=form.what.data or "", expected_until=until).id
                return on("outages.outage", "The outage is declared.", outage_id=outage_id)
    return show("outage_new.html", form)


@pages.get("/<uuid:outage_id>")
@guarded(Permission.OUTAGE_READ)
def outage(outage_id: UUID) -> Reply:
    """One outage: what is to be done now, and the list of what was taken by hand."""
    after = lists.place_of(queries.LINES, "taken")
    which = request.args.get("which", "")
    with work() as ctx:
        whole = use_cases.view(ctx, outage_id)
        page = queries.lines(
            ctx,
            outage_id,
            which=Settled(which) if which in list(Settled) else Settled.ALL,
            after=after,
            limit=lists.PAGE,
        )
    it = whole.listed.outage
    return show(
        "outage.html", Press(), whole=whole, it=it, name=called(it.year, it.number), rows=page.rows, kinds=KINDS,
        after=page.after, beginning=after is None,
    )  # fmt: skip


@pages.route("/<uuid:outage_id>/expected", methods=["GET", "POST"])
@guarded(Permission.OUTAGE_RUN)
def expect(outage_id: UUID) -> Reply:
    """Say until when it is expected to be down."""
    form = Expect()
    with reading() as ctx:
        it = queries.outage(ctx, outage_id)
    if form.sent():
        until = instant_of(form, form.day, form.clock)
        if until is None and not form.errors:
            form.tell_at("day", "Enter a day and a time.")
        elif until is not None:
            with telling(form):
                with work() as ctx:
                    use_cases.expect(ctx, outage_id, until)
                return on("outages.outage", "It is noted until when it is expected.", outage_id=outage_id)
    return show("outage_expect.html", form, it=it, name=called(it.year, it.number))


@pages.post("/<uuid:outage_id>/back")
@guarded(Permission.OUTAGE_RUN)
def end(outage_id: UUID) -> Reply:
    """Say that the case system is back."""
    return _press(outage_id, use_cases.end, "The case system is back. Now everything taken by hand is entered into it.")


@pages.post("/<uuid:outage_id>/close")
@guarded(Permission.OUTAGE_RUN)
def close(outage_id: UUID) -> Reply:
    """Close it: everything is written up."""
    return _press(outage_id, use_cases.close, "The outage is closed.")


@pages.route("/<uuid:outage_id>/taken", methods=["GET", "POST"])
@guarded(Permission.OUTAGE_RUN)
def take(outage_id: UUID) -> Reply:
    """Write down what was taken by hand."""
    form = TakenByHand()
    with reading() as ctx:
        it = queries.outage(ctx, outage_id)
        form.organisation_id.choices = [
            ("", "Choose one"), *((str(each), name) for each, name in register.names(ctx))
        ]  # fmt: skip
    form.area.choices = [("", "Choose one"), *((code, area.name) for code, area in in_force(Policy).areas.items())]
    if form.sent():
        with telling(form):
            told = Taken(
                form.kind.data, form.reference.data or "", parse_id(form.organisation_id.data or "") or UUID(int=0),
                form.area.data or "",
            )  # fmt: skip
            with work() as ctx:
                use_cases.take(ctx, outage_id, told)
            return on("outages.outage", "It is on the list.", outage_id=outage_id)
    return show("outage_take.html", form, it=it, name=called(it.year, it.number))


@pages.post("/<uuid:outage_id>/taken/<uuid:line_id>/done")
@guarded(Permission.OUTAGE_RUN)
def settle(outage_id: UUID, line_id: UUID) -> Reply:
    """It is in the case system now."""

    def settled(ctx: Context, outage_id: UUID) -> None:
        use_cases.settle(ctx, outage_id, line_id)

    return _press(outage_id, settled, "It is noted as entered.")


@pages.route("/<uuid:outage_id>/taken/<uuid:line_id>/left-out", methods=["GET", "POST"])
@guarded(Permission.OUTAGE_RUN)
def leave_out(outage_id: UUID, line_id: UUID) -> Reply:
    """It is not entered, for a reason."""
    form = LeaveOut()
    with reading() as ctx:
        it = queries.outage(ctx, outage_id)
        line = queries.line(ctx, outage_id, line_id)
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.settle(ctx, outage_id, line_id, reason=form.reason.data or "")
            return on("outages.outage", "The reason is noted.", outage_id=outage_id)
    return show("outage_leave_out.html", form, it=it, line=line, name=called(it.year, it.number))


def _press(outage_id: UUID, act: object, done: str) -> Reply:
    form = Press()
    with telling(form):
        with work() as ctx:
            act(ctx, outage_id)  # type: ignore[operator]
        return on("outages.outage", done, outage_id=outage_id)
    return show("outage_refused.html", form)
