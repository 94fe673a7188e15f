"""The register of certificates of disposal, one of them, and its proof, each showing kept in the log (RET-8)."""

from __future__ import annotations

import io
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint

from audit import bundles
from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, house, work
from compliance.kernel.tables import Table
from compliance.papers.issuing import issue
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.disposal_words import METHODS
from compliance.web.forms.disposals import CertificateQuestion
from compliance.web.replies import Reply, attachment, show
from policies.permissions import Permission
from retention.disposals import certificates, listing, tables
from retention.disposals.listing import CERTIFICATE_SORTS
from retention.disposals.rules import called
from retention.rules import GROUPS

pages = Blueprint("disposal_certificates", __name__, url_prefix="/retention/certificates")

ZIP = "application/zip"


@pages.get("")
@guarded(Permission.RETENTION_READ)
def register() -> Reply:
    """Every certificate of a disposal: searched, filtered, sorted, a page at a time; the newest first."""
    with work() as ctx:
        form, sort = _question(), lists.sort_of(CERTIFICATE_SORTS)
        after = lists.place_of(CERTIFICATE_SORTS, sort)
        form.understood()
        asked = _asked(form)
        page = listing.certificates(ctx, **asked, sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="certificates-of-disposal", rows=len(page.rows)))
    return show(
        "disposal_certificates.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        methods=METHODS, called=called, filtered=any(asked.values()),
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.RETENTION_READ)
def export(form: str) -> Reply:
    """The register as it was searched and sorted, as a file."""
    sort = lists.sort_of(CERTIFICATE_SORTS)

    def table(ctx: Context) -> Table:
        asked = _asked(_question())

        rows, most = lists.walked(partial(listing.certificates, ctx, **asked, sort=sort, limit=listing.MOST))
        return tables.of_certificates(ctx, rows, most=most)

    return lists.file_of(form, "certificates-of-disposal", table)


@pages.get("/<uuid:certificate_id>")
@guarded(Permission.RETENTION_READ)
def certificate(certificate_id: UUID) -> Reply:
    """One certificate: what went, why, by whose two words, when and how, and the entry of the log that it rests on."""
    with work() as ctx:
        found = certificates.view(ctx, certificate_id)
        document = certificates.document(ctx, found)
    return show("disposal_certificate.html", found=found, paper=document)


@pages.get("/<uuid:certificate_id>/certificate.pdf")
@guarded(Permission.RETENTION_READ)
def paper(certificate_id: UUID) -> Reply:
    """The certificate as a signed PDF."""
    with work() as ctx:
        document = certificates.certify(ctx, certificate_id)
    file = issue(house(), document)
    return attachment(file.content, file.media_type, file.file_name)


@pages.get("/<uuid:certificate_id>/proof.zip")
@guarded(Permission.RETENTION_READ)
def proof(certificate_id: UUID) -> Reply:
    """The entries of the log that the certificate rests on, each with its proof, after a fresh code."""
    step_up.needed()
    with work() as ctx:
        number, entries = certificates.prove(ctx, certificate_id)
    bundle = io.BytesIO()
    bundles.write(house(), entries, bundle)
    return attachment(bundle.getvalue(), ZIP, f"disposal-{number}-proof.zip")


def _question() -> CertificateQuestion:
    form = CertificateQuestion()
    form.method.choices = [("", "In any way"), *METHODS.items()]
    form.group.choices = [("", "Any group"), *((str(each), f"Group {each}") for each in GROUPS)]
    return form


def _asked(form: CertificateQuestion) -> dict[str, Any]:
    return {
        "method": form.method.data if form.method.data in METHODS else None,
        "group": int(form.group.data) if form.group.data in [str(each) for each in GROUPS] else None,
        "since": form.since.data,
        "until": form.until.data,
        "search": form.search.data or None,
    }
