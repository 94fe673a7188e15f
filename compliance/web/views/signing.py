"""Reading a version of an instrument, signing it, refusing to, and recording what was signed on paper (SIG-2, SIG-5)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, reading, work
from compliance.kernel.errors import NotFound
from compliance.web import step_up
from compliance.web.access import can, guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.signing import PaperSignature, Refuse, Sign
from compliance.web.replies import Reply, attachment, on, show
from compliance.web.words import INSTRUMENTS
from policies.permissions import Permission
from signatories import queries, use_cases
from signatories.models import InstrumentVersion, Organisation

pages = Blueprint("signing", __name__, url_prefix="/organisations/<uuid:organisation_id>/versions/<uuid:version_id>")


@pages.get("")
@guarded(Permission.INSTRUMENT_OPEN)
def version(organisation_id: UUID, version_id: UUID) -> Reply:
    """What is to be signed, its hash, and the three things one can do: read it, sign it, refuse it."""
    with reading() as ctx:
        organisation, found = _own(ctx, organisation_id, version_id)
        register = queries.reading(ctx, organisation_id)
        cell = register.organisations[organisation_id].instruments[found.instrument.code]
        opened = queries.opened(ctx, version_id)
        to_sign = queries.to_sign(register, organisation_id, ctx.now())
        waiting = version_id in {each.id for each in to_sign.get(found.instrument.code, ())}
        today = london_date(ctx.now())
    return show(
        "version.html", organisation=organisation, version=found, cell=cell, opened=opened, waiting=waiting, today=today
    )


@pages.get("/file")
@guarded(Permission.INSTRUMENT_OPEN)
def file(organisation_id: UUID, version_id: UUID) -> Reply:
    """The exact file; that it was opened in this session is kept, because only then can it be signed."""
    with work() as ctx:
        _own(ctx, organisation_id, version_id)
        upload = use_cases.open_version(ctx, version_id)
        return attachment(
            upload.content, upload.media_type, upload.file_name, inline=upload.media_type == "application/pdf"
        )


@pages.route("/signature", methods=["GET", "POST"])
@guarded(Permission.INSTRUMENT_SIGN)
def sign(organisation_id: UUID, version_id: UUID) -> Reply:
    """The signature: typed name and role, after a fresh code, on a version one has opened."""
    with reading() as ctx:
        organisation, found = _own(ctx, organisation_id, version_id)
        opened = queries.opened(ctx, version_id)
    form = Sign()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.sign(ctx, organisation_id, version_id, name=form.name.data or "", role=form.role.data or "")
            done = f"Version {found.label} of the {INSTRUMENTS.get(found.instrument.code, found.instrument.title)} is signed. The register shows it from now on."
            return on("organisations.organisation", done, organisation_id=organisation_id)
    return show("sign.html", form, organisation=organisation, version=found, opened=opened)


@pages.route("/refusal", methods=["GET", "POST"])
@guarded(Permission.REGISTER_READ)
def refuse(organisation_id: UUID, version_id: UUID) -> Reply:
    """That the organisation will not sign, said by itself or recorded by the hub (SIG-5)."""
    if not can(Permission.INSTRUMENT_REFUSE, organisation_id) and not can(Permission.REFUSAL_RECORD, organisation_id):
        raise NotFound()
    with reading() as ctx:
        organisation, found = queries.organisation(ctx, organisation_id), queries.version(ctx, version_id)
    form = Refuse()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.refuse_to_sign(ctx, organisation_id, version_id, reasons=form.reasons.data or "")
            done = "The refusal is recorded. It ends when the organisation signs."
            return on("organisations.organisation", done, organisation_id=organisation_id)
    return show("refuse_to_sign.html", form, organisation=organisation, version=found)


@pages.route("/paper-signature", methods=["GET", "POST"])
@guarded(Permission.SIGNATURE_RECORD_PAPER, upload=True)
def paper(organisation_id: UUID, version_id: UUID) -> Reply:
    """What an organisation signed on paper, with the scan (SIG-2)."""
    step_up.needed()
    with reading() as ctx:
        organisation, found = queries.organisation(ctx, organisation_id), queries.version(ctx, version_id)
    form = PaperSignature()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.record_paper_signature(
                    ctx,
                    organisation_id,
                    version_id,
                    name=form.name.data or "",
                    role=form.role.data or "",
                    signed_on=form.signed_on.data,
                    scan_name=form.scan.data.filename or "scan",
                    scan=form.scan.data.read(),
                )
            done = "The paper signature is recorded, with its scan."
            return on("organisations.organisation", done, organisation_id=organisation_id)
    return show("paper_signature.html", form, organisation=organisation, version=found)


def _own(ctx: Context, organisation_id: UUID, version_id: UUID) -> tuple[Organisation, InstrumentVersion]:
    """The organisation one may sign for, and the version; anybody else's is not there (ROL-4)."""
    if not can(Permission.INSTRUMENT_OPEN, organisation_id):
        raise NotFound()
    return queries.organisation(ctx, organisation_id), queries.version(ctx, version_id)
