"""Looking at the instruments, their versions and who signed them, and taking that away (AUD-1)."""

from __future__ import annotations

from uuid import UUID

from audit.lists import ListExported, ListViewed
from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.tables import File, Form, Table, day, form_of, moment, write
from policies.access import require
from policies.permissions import Permission
from signatories import queries as register
from signatories import steps
from signatories.events import VersionRead
from signatories.models import Upload

from . import queries
from .queries import InstrumentRow, SignerRow

INSTRUMENTS, SIGNERS = "instruments", "version-signers"


def view_instruments(ctx: Context) -> list[InstrumentRow]:
    """Show every instrument and version, and keep that they were shown."""
    rows = queries.instruments(ctx)
    record(ctx, ListViewed(what=INSTRUMENTS, rows=sum(len(row.versions) for row in rows)))
    return rows


def view_signers(
    ctx: Context, version_id: UUID, *, search: str | None = None, who: str | None = None, sort: str = "name"
) -> list[SignerRow]:
    """Show who has signed a version and who has not yet (SIG-4), and keep that it was shown."""
    rows = queries.signers(ctx, version_id, search=search, who=who, sort=sort)
    record(ctx, ListViewed(subject=version_id, what=SIGNERS, rows=len(rows)))
    return rows


def read_version(ctx: Context, version_id: UUID) -> Upload:
    """Hand out the exact file of a version to be looked at; whoever is to sign it opens it as its signatory (SIG-2)."""
    require(ctx, Permission.REGISTER_READ)
    version = register.version(ctx, version_id)
    upload = steps.document(ctx, version)
    record(ctx, VersionRead(subject=version.id, document=version.sha256))
    return upload


def export_instruments(ctx: Context, form: Form | str) -> File:
    """Hand out the instruments and versions as a file, and keep that they were handed out."""
    kind = form_of(form)
    rows = queries.instruments(ctx)
    columns = (
        "Instrument", "Code", "Kept by", "Version", "State", "Takes effect", "To be signed by", "Days left",
        "Signed by", "Not yet signed by", "SHA-256",
    )  # fmt: skip
    lines = [
        (
            row.instrument.title,
            row.instrument.code,
            row.instrument.source or "",
            each.version.label,
            each.turn.value,
            each.version.effective_on.isoformat(),
            day(each.version.resign_by),
            str(each.days_left) if each.days_left is not None else "",
            str(each.signed),
            str(each.waiting),
            each.version.sha256,
        )
        for row in rows
        for each in row.versions
    ]
    record(ctx, ListExported(what=INSTRUMENTS, form=kind.value, rows=len(lines)))
    address = f"{ctx.house.settings.base_url}/register/instruments"
    return write(Table("Instruments and their versions", INSTRUMENTS, ctx.now(), columns, lines, address), kind)


def export_signers(
    ctx: Context, form: Form | str, version_id: UUID, *, search: str | None = None, who: str | None = None,
    sort: str = "name",
) -> File:  # fmt: skip
    """Hand out who has signed a version and who has not yet as a file, and keep that it was handed out."""
    kind = form_of(form)
    version = register.version(ctx, version_id)
    rows = queries.signers(ctx, version_id, search=search, who=who, sort=sort)
    record(ctx, ListExported(subject=version_id, what=SIGNERS, form=kind.value, rows=len(rows)))
    columns = ("Organisation", "Code", "Sector", "State with the instrument", "Signed by", "Role", "Signed", "How")
    lines = [
        (row.organisation.name, row.organisation.code, row.organisation.sector, row.state.value, *_signed(row))
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/register/instruments/versions/{version_id}"
    title = f"Who has signed version {version.label} of {version.instrument.title}"
    return write(Table(title, SIGNERS, ctx.now(), columns, lines, address), kind)


def _signed(row: SignerRow) -> tuple[str, str, str, str]:
    made = row.signature
    return (made.signed_name, made.signed_role, moment(made.signed_at), made.method) if made else ("",) * 4
