"""The instruments, their versions and their reviews: who has signed, who has not yet, what is due (SIG-4, SIG-10)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint

from compliance.kernel.clock import london_date
from compliance.kernel.context import house, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Form
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.forms.instruments import Publish, Review
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, attachment, on, show
from compliance.web.words import said
from policies.permissions import Permission
from signatories import use_cases
from signatories.reviews import queries as reviews
from signatories.reviews import use_cases as reviewing
from signatories.reviews.rules import Progress
from signatories.versions import queries
from signatories.versions import use_cases as versions

pages = Blueprint("instruments", __name__, url_prefix="/register")


@pages.get("/instruments")
@guarded(Permission.REGISTER_READ)
def instruments() -> Reply:
    """Each instrument with its versions: in force, coming, replaced, and how many have signed."""
    with work() as ctx:
        rows = versions.view_instruments(ctx)
        waiting = {row.instrument: row for row in reversed(reviews.waiting(ctx))}
    return show("instruments.html", rows=rows, reviews=waiting)


@pages.get("/instruments/export.<form>")
@guarded(Permission.REGISTER_READ)
def export_instruments(form: str) -> Reply:
    """The instruments and their versions as a file."""
    _known(form)
    with work() as ctx:
        file = versions.export_instruments(ctx, form)
    return attachment(file.content, file.media_type, file.file_name)


@pages.get("/instruments/versions/<uuid:version_id>")
@guarded(Permission.REGISTER_READ)
def version(version_id: UUID) -> Reply:
    """One version: its file, its hash, its days, who has signed it and who has not yet."""
    sort = lists.one_of("sort", [*queries.SORTS, *(f"-{key}" for key in queries.SORTS)]) or "name"
    search, who = lists.asked("search"), lists.one_of("who", (queries.SIGNED, queries.NOT_YET))
    with work() as ctx:
        row = queries.version_row(ctx, version_id)
        rows = versions.view_signers(ctx, version_id, search=search, who=who, sort=sort)
    return show("instrument_version.html", row=row, sheet=lists.cut(rows), sort=sort, search=search, who=who)


@pages.get("/instruments/versions/<uuid:version_id>/export.<form>")
@guarded(Permission.REGISTER_READ)
def export_signers(version_id: UUID, form: str) -> Reply:
    """Who has signed this version and who has not yet, as a file."""
    _known(form)
    search, who = lists.asked("search"), lists.one_of("who", (queries.SIGNED, queries.NOT_YET))
    with work() as ctx:
        file = versions.export_signers(ctx, form, version_id, search=search, who=who)
    return attachment(file.content, file.media_type, file.file_name)


@pages.get("/instruments/versions/<uuid:version_id>/file")
@guarded(Permission.REGISTER_READ)
def file(version_id: UUID) -> Reply:
    """The exact file, as it was published, to be looked at."""
    with work() as ctx:
        upload = versions.read_version(ctx, version_id)
    return attachment(
        upload.content, upload.media_type, upload.file_name, inline=upload.media_type == "application/pdf"
    )


@pages.route("/instruments/<code>/versions/new", methods=["GET", "POST"])
@guarded(Permission.INSTRUMENT_PUBLISH, upload=True)
def publish(code: str) -> Reply:
    """A new version: its file, from when it takes effect, and by when everybody signs it (SIG-4)."""
    step_up.needed()
    with reading() as ctx:
        instrument = next((row for row in queries.instruments(ctx) if row.instrument.code == code), None)
    if instrument is None:
        raise NotFound()
    form = Publish()
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.publish_version(
                    ctx,
                    instrument=code,
                    label=form.label.data or "",
                    file_name=form.file.data.filename or "version",
                    content=form.file.data.read(),
                    effective_on=form.effective_on.data,
                    resign_by=form.resign_by.data,
                )
            done = (
                f"Version {made.label} is published. Organisations are reminded before the day by which they sign it."
            )
            return on("instruments.version", done, version_id=made.id)
    return show("instrument_publish.html", form, row=instrument)


@pages.get("/reviews")
@guarded(Permission.REGISTER_READ)
def calendar() -> Reply:
    """The calendar of reviews: held, past their day, due, and the next to come (SIG-10)."""
    instrument, progress = lists.asked("instrument", 16), lists.one_of("state", (*Progress, reviewing.TO_RECORD))
    with work() as ctx:
        rows = reviewing.view_reviews(ctx)
    titles = {row.instrument: row.title for row in rows}
    rows = reviewing.chosen(rows, instrument=instrument, progress=progress)
    if lists.one_of("sort", ("due", "-due")) == "-due":
        rows.reverse()
    return show(
        "reviews.html",
        sheet=lists.cut(rows),
        titles=titles,
        instrument=instrument,
        state=progress,
        states=list(Progress),
        to_record=reviewing.TO_RECORD,
        sort=lists.one_of("sort", ("due", "-due")) or "due",
        today=london_date(house().clock.now()),
    )


@pages.get("/reviews/export.<form>")
@guarded(Permission.REGISTER_READ)
def export_reviews(form: str) -> Reply:
    """The calendar of reviews as a file."""
    _known(form)
    instrument, progress = lists.asked("instrument", 16), lists.one_of("state", (*Progress, reviewing.TO_RECORD))
    with work() as ctx:
        file = reviewing.export_reviews(ctx, form, instrument=instrument, progress=progress)
    return attachment(file.content, file.media_type, file.file_name)


@pages.route("/reviews/<code>/<due_on>", methods=["GET", "POST"])
@guarded(Permission.REVIEW_RECORD)
def review(code: str, due_on: str) -> Reply:
    """What a review found and concluded (SIG-10, OP 8.4)."""
    day = _day(due_on)
    with reading() as ctx:
        row = reviews.row(ctx, code, day)
    form = Review()
    if form.sent():
        with telling(form):
            with work() as ctx:
                reviewing.record_review(
                    ctx,
                    code,
                    day,
                    held_on=form.held_on.data,
                    useful=form.useful.data == "yes",
                    fit_for_purpose=form.fit_for_purpose.data == "yes",
                    issues=form.issues.data or "",
                    decision=form.decision.data,
                    reasons=form.reasons.data or "",
                )
            return on("instruments.calendar", f"The review of the {said(code)} is recorded.")
    return show("review.html", form, row=row)


def _known(form: str) -> None:
    """A kind of file there is, asked for by somebody whose code is fresh."""
    if form not in list(Form):
        raise NotFound()
    step_up.needed()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None
