"""Putting organisations, their domains, and the instruments they sign into the register."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Conflict, Invalid, NotFound
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries, uploads
from signatories.domains import own_domain
from signatories.errors import DomainExists, InstrumentExists, OrganisationExists, VersionExists
from signatories.events import DomainAdded, InstrumentRegistered, OrganisationRegistered, VersionPublished
from signatories.models import Instrument, InstrumentVersion, Organisation, OrganisationArea, OrganisationDomain
from signatories.rules import EARLIEST, Kind

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TEXTS = ("pdf", "docx")


def register_organisation(
    ctx: Context,
    *,
    code: str,
    name: str,
    sector: str,
    kind: str,
    areas: Iterable[str],
    domains: Iterable[str] = (),
    takes_licences: bool = True,
) -> Organisation:
    """Take a multi-agency partner into the register: standing in its areas, or by invite (OP 2, 6.6).

    One that takes no licences, as GPs do who take part through the hub, is as good a signatory as any (SIG-13).
    """
    require(ctx, Permission.REGISTER_SEED)

    kind = _kind(kind)
    members_of = _areas(ctx, areas, kind)
    own = dict.fromkeys(_own_domain(ctx, domain) for domain in domains)
    organisation = Organisation(
        id=ctx.new_id(),
        code=_code(code, "/code", 64),
        name=text.line(name, pointer="/name"),
        sector=text.line(sector, pointer="/sector", limit=64),
        kind=kind.value,
        takes_licences=takes_licences,
        created_at=ctx.now(),
        areas=[OrganisationArea(area=area) for area in members_of],
        domains=[OrganisationDomain(id=ctx.new_id(), domain=domain, added_at=ctx.now()) for domain in own],
    )
    ctx.session.add(organisation)
    _flush(ctx, "uq_organisations_code", OrganisationExists)

    record(
        ctx,
        OrganisationRegistered(
            subject=organisation.id,
            organisation=organisation.id,
            code=organisation.code,
            domains=tuple(row.id for row in organisation.domains),
        ),
    )
    return organisation


def add_domain(ctx: Context, organisation_id: UUID, domain: str) -> OrganisationDomain:
    """Register a mail domain as the organisation's own: addresses there, and only there, can be licensed (LIC-2).

    Raises NotOwnDomain for a provider of personal mail and for an ending that many share.
    """
    organisation = queries.organisation(ctx, organisation_id, lock=True)
    require(ctx, Permission.DOMAIN_MANAGE, organisation=organisation_id)

    name = _own_domain(ctx, domain)
    if any(row.domain == name for row in organisation.domains):
        raise DomainExists()

    row = OrganisationDomain(id=ctx.new_id(), organisation_id=organisation_id, domain=name, added_at=ctx.now())
    organisation.domains.append(row)
    _flush(ctx, "uq_organisation_domains_organisation_id_domain", DomainExists)

    record(ctx, DomainAdded(subject=row.id, organisation=organisation_id))
    return row


def register_instrument(ctx: Context, *, code: str, title: str, source: str | None = None) -> Instrument:
    """Take an instrument into the register; `source` says who keeps it, where that is not the hub (SIG-12)."""
    require(ctx, Permission.REGISTER_SEED)

    instrument = Instrument(
        id=ctx.new_id(),
        code=_code(code, "/code", 16),
        title=text.line(title, pointer="/title"),
        source=text.line(source, pointer="/source", limit=300) if source else None,
    )
    ctx.session.add(instrument)
    _flush(ctx, "uq_instruments_code", InstrumentExists)

    record(ctx, InstrumentRegistered(subject=instrument.id, code=instrument.code))
    return instrument


def publish_version(
    ctx: Context,
    *,
    instrument: str,
    label: str,
    file_name: str,
    content: bytes,
    effective_on: date,
    resign_by: date | None = None,
) -> InstrumentVersion:
    """Publish a version, fixed by the SHA-256 of its file (SIG-2), and say by when it is to be signed (SIG-4).

    Only the first version may take effect in the past and name no day to sign again by. Each later one takes
    effect today or later, after the one before it, and signatures of earlier ones hold until `resign_by` is over.
    Whoever publishes has given a fresh code: every partner's standing will hang on it.
    """
    kept = ctx.session.scalars(select(Instrument).where(Instrument.code == instrument).with_for_update()).one_or_none()
    require(ctx, Permission.INSTRUMENT_PUBLISH)
    require_fresh(ctx)
    if kept is None:
        raise NotFound()

    earlier = [version for version in queries.versions(ctx) if version.instrument_id == kept.id]
    name = text.line(label, pointer="/label", limit=32)
    _check_days(ctx, bool(earlier), effective_on, resign_by)
    if any(version.label == name or version.effective_on >= effective_on for version in earlier):
        raise VersionExists()

    upload = uploads.receive(ctx, file_name=file_name, content=content, allowed=_TEXTS, pointer="/file")
    version = InstrumentVersion(
        id=ctx.new_id(),
        instrument_id=kept.id,
        label=name,
        upload_id=upload.id,
        sha256=upload.sha256,
        effective_on=effective_on,
        resign_by=resign_by,
        published_at=ctx.now(),
    )
    ctx.session.add(version)
    ctx.session.flush()

    record(ctx, VersionPublished(subject=version.id, instrument=kept.code, label=name, document=version.sha256))
    return version


def _check_days(ctx: Context, follows: bool, effective_on: date, resign_by: date | None) -> None:
    today = london_date(ctx.now())
    if effective_on < (today if follows else EARLIEST):
        raise Invalid.at("/effective_on", "A version takes effect today or later. Only the first may be older.")
    if effective_on.year > today.year + 10:
        raise Invalid.at("/effective_on", "Choose a day within the next ten years.")
    if resign_by is None:
        if follows:
            raise Invalid.at("/resign_by", "Say by which day organisations sign the new version.")
        return
    if resign_by < effective_on or resign_by.year > effective_on.year + 10:
        raise Invalid.at("/resign_by", "Choose a day on or after the one on which the version takes effect.")


def _kind(given: str) -> Kind:
    try:
        return Kind(given)
    except ValueError:
        raise Invalid.at("/kind", f"Choose one of these: {', '.join(Kind)}.") from None


def _areas(ctx: Context, areas: Iterable[str], kind: Kind) -> list[str]:
    wanted = list(dict.fromkeys(areas))
    known = ctx.the(Policy).areas
    if any(area not in known for area in wanted):
        raise Invalid.at("/areas", f"Choose from these areas: {', '.join(known)}.")
    if kind is Kind.STANDING and not wanted:
        raise Invalid.at("/areas", "A standing organisation belongs to at least one area.")
    return wanted


def _own_domain(ctx: Context, domain: str) -> str:
    policy = ctx.the(Policy)
    return own_domain(domain, providers=policy.personal_email_providers, suffixes=policy.public_suffixes)


def _code(given: str, pointer: str, limit: int) -> str:
    if len(given) > limit or not _CODE.fullmatch(given):
        raise Invalid.at(pointer, f"Use small letters, digits and single hyphens, {limit} at the most.")
    return given


def _flush(ctx: Context, constraint: str, taken: type[Conflict]) -> None:
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, constraint):
            raise taken() from problem
        raise
