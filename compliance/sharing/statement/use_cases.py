"""Publishing a version of the confidentiality statement, and acknowledging the one in force (SHA-4)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from audit.record import record
from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden
from compliance.kernel.turns import in_turn
from policies.access import could, require
from policies.permissions import Permission
from policies.values import Policy

from . import queries
from .errors import NewerStatement, SameStatement
from .events import StatementAcknowledged, StatementPublished
from .models import StatementAcknowledgement, StatementVersion

FILE = "confidentiality_statement.txt"


def publish(ctx: Context, words: str) -> StatementVersion:
    """Put a version of the statement into force: from now on everybody acknowledges this one.

    Raises SameStatement, and Invalid at `/words`.
    """
    require(ctx, Permission.STATEMENT_PUBLISH)
    said = text.prose(words, pointer="/words", limit=ctx.the(Policy).sharing.statement_most)
    digest = sha256(said.encode()).hexdigest()
    in_turn(ctx, "confidentiality statement")
    last = queries.newest(ctx)
    if last is not None and last.digest == digest:
        raise SameStatement()

    version = StatementVersion(
        id=ctx.new_id(), number=last.number + 1 if last else 1, words=said, digest=digest,
        published_by=ctx.actor.id, published_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(version)
    ctx.session.flush()

    record(ctx, StatementPublished(subject=version.id, number=version.number, digest=digest))
    return version


def begin(ctx: Context) -> StatementVersion | None:
    """Put the statement of the policy's directory into force where there is none yet; None where there is one."""
    if queries.newest(ctx) is not None:
        return None
    return publish(ctx, (Path(ctx.house.settings.policy_dir) / FILE).read_text())


def acknowledge(ctx: Context, number: int) -> StatementAcknowledgement:
    """Say that one has read this version and keeps to it; said twice, it is said once.

    Raises NewerStatement for a version that is not in force any more, NoStatement, Forbidden.
    """
    person_id = ctx.actor.person_id
    if person_id is None or not could(ctx, Permission.STATEMENT_ACKNOWLEDGE):
        raise Forbidden()
    in_turn(ctx, f"acknowledgements of {person_id}")
    version = queries.current(ctx)
    if version.number != number:
        raise NewerStatement()
    known = queries.acknowledgement(ctx, version.id, person_id)
    if known is not None:
        return known

    said = StatementAcknowledgement(
        id=ctx.new_id(), version_id=version.id, person_id=person_id, organisation_id=ctx.actor.organisation_id,
        acknowledged_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(said)

    record(
        ctx,
        StatementAcknowledged(
            subject=said.id, organisation=said.organisation_id, version=version.id, person=person_id,
            digest=version.digest,
        ),
    )  # fmt: skip
    return said
