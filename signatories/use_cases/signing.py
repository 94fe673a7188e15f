"""Opening a version, signing it, and refusing to."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden
from policies.access import may, reach, require
from policies.permissions import Permission
from signatories import queries, steps
from signatories.errors import AlreadyRefused, AlreadySigned, NotOpened
from signatories.events import SigningRefused, VersionOpened
from signatories.models import Opening, Signature, SigningRefusal, Upload
from signatories.rules import Method


def open_version(ctx: Context, version_id: UUID) -> Upload:
    """Give the text of a version to somebody who may sign it, and keep that this session had it open (SIG-2)."""
    version = queries.version(ctx, version_id)
    reach(ctx, Permission.INSTRUMENT_OPEN)
    person_id, session_id = _signer(ctx)

    document = steps.document(ctx, version)
    # Two tabs may open it at once, and opening it again counts from then on: one statement.
    dialect = postgresql if ctx.session.get_bind().dialect.name == "postgresql" else sqlite
    opening = dialect.insert(Opening).values(
        version_id=version.id, session_id=session_id, person_id=person_id, opened_at=ctx.now()
    )
    ctx.session.execute(
        opening.on_conflict_do_update(
            index_elements=["version_id", "session_id"], set_={"opened_at": ctx.now(), "person_id": person_id}
        )
    )

    record(ctx, VersionOpened(subject=version.id, document=version.sha256))
    return document


def sign(ctx: Context, organisation_id: UUID, version_id: UUID, *, name: str, role: str) -> Signature:
    """Sign one exact version for an organisation (SIG-2), whether first, again (SIG-4), or to come back (SIG-9).

    The signer has given a fresh code and has opened this version in this very session; to come back, since the
    withdrawal. An open refusal of the instrument ends with it (SIG-5). Raises NotOpened, NotInForce,
    AlreadySigned, ReturnsByVersionInForce.
    """
    organisation = queries.organisation(ctx, organisation_id, lock=True)
    version = queries.version(ctx, version_id)
    require(ctx, Permission.INSTRUMENT_SIGN, organisation=organisation_id)
    require_fresh(ctx)
    person_id, session_id = _signer(ctx)

    withdrawal = steps.check_signable(ctx, organisation, version)
    opened_at = queries.opened(ctx, version_id)
    if opened_at is None or (withdrawal is not None and opened_at <= withdrawal.effective_at):
        raise NotOpened()
    steps.document(ctx, version)

    signature = Signature(
        id=ctx.new_id(),
        organisation_id=organisation_id,
        instrument_id=version.instrument_id,
        version_id=version.id,
        signed_name=text.line(name, pointer="/name"),
        signed_role=text.line(role, pointer="/role"),
        method=Method.ONLINE.value,
        signed_at=ctx.now(),
        person_id=person_id,
        session_id=session_id,
        address=ctx.origin.address,
        document_sha256=version.sha256,
        recorded_at=ctx.now(),
    )
    return steps.put_down(ctx, organisation, version, signature)


def refuse_to_sign(ctx: Context, organisation_id: UUID, version_id: UUID, *, reasons: str) -> SigningRefusal:
    """Record that an organisation will not sign, and why: from now on it is no signatory (SIG-5, OP 11.1).

    The organisation says so itself, or the hub manager records what it was told.
    """
    organisation = queries.organisation(ctx, organisation_id, lock=True)
    version = queries.version(ctx, version_id)
    if not may(ctx, Permission.REFUSAL_RECORD, organisation=organisation_id):
        require(ctx, Permission.INSTRUMENT_REFUSE, organisation=organisation_id)
    require_fresh(ctx)

    steps.check_current(ctx, version)
    if steps.is_signed(ctx, organisation, version):
        raise AlreadySigned("This version is signed. An organisation that wants out of it withdraws instead.")
    if steps.open_refusals(ctx, organisation, version):
        raise AlreadyRefused()

    refusal = SigningRefusal(
        id=ctx.new_id(),
        organisation_id=organisation_id,
        instrument_id=version.instrument_id,
        version_id=version.id,
        reasons=text.prose(reasons, pointer="/reasons"),
        refused_at=ctx.now(),
        recorded_by=ctx.actor.id,
    )
    ctx.session.add(refusal)
    ctx.session.flush()

    record(
        ctx,
        SigningRefused(
            subject=refusal.id, organisation=organisation_id, instrument=version.instrument.code, version=version.id
        ),
    )
    return refusal


def _signer(ctx: Context) -> tuple[UUID, UUID]:
    """Who signs, and in which session: somebody signed in, never a program or a command."""
    person_id, session_id = ctx.actor.person_id, ctx.origin.session_id
    if person_id is None or session_id is None:
        raise Forbidden()
    return person_id, session_id
