"""The passphrase of outage packs: naming who holds it, turning it, showing it after a fresh code (GOV-3)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.secrets import KeyRing
from compliance.kernel.turns import in_turn
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import queries, rules
from .errors import HolderAlready, NotAHolder, TooFewHolders, TurnedMeanwhile
from .events import HolderEnded, HolderNamed, PassphraseTurned, PassphraseViewed
from .models import OutageHolder, OutagePassphrase
from .rules import Why

_ONE_NUMBER = "uq_outage_passphrases_number"
_ONE_NAMED = "uq_outage_holders_person_id_stands"


def name_holder(ctx: Context, person_id: UUID) -> OutageHolder:
    """Name somebody of the hub to hold the passphrase. Raises FreshCodeNeeded, HolderAlready, and Invalid at `/person_id`."""
    require(ctx, Permission.OUTAGE_HOLD)
    require_fresh(ctx)
    if person_id not in queries.able(ctx):
        raise Invalid.at("/person_id", "Choose somebody who works with outages for the whole hub.")
    it = OutageHolder(id=ctx.new_id(), person_id=person_id, named_by=ctx.actor.id, named_at=ctx.now())
    ctx.session.add(it)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _ONE_NAMED):
            raise HolderAlready() from problem
        raise

    record(ctx, HolderNamed(subject=person_id, holder=it.id))
    return it


def end_holder(ctx: Context, person_id: UUID) -> OutagePassphrase | None:
    """Somebody holds it no longer: it is turned in the same act, for they have seen it. None where there was none.

    Raises FreshCodeNeeded, NotFound, and TooFewHolders where fewer than the policy asks would be left.
    """
    require(ctx, Permission.OUTAGE_HOLD)
    require_fresh(ctx)
    in_turn(ctx, "outage passphrase")
    named, able = queries.holders(ctx), queries.able(ctx)
    it = next((each for each in named if each.person_id == person_id), None)
    if it is None:
        raise NotFound()
    last = queries.newest_passphrase(ctx)
    others = sum(each.person_id in able for each in named if each is not it)
    if last is not None and others < ctx.the(Policy).outages.holders_least:
        raise TooFewHolders()

    it.ended_by, it.ended_at = ctx.actor.id, ctx.now()
    record(ctx, HolderEnded(subject=person_id, holder=it.id))
    return _another(ctx, last.number + 1, Why.HOLDER_LEFT) if last is not None else None


def turn(ctx: Context, *, number: int, lost: bool = False) -> OutagePassphrase:
    """Make another passphrase. Packs made from now on are sealed with it; earlier ones still open with theirs.

    `number` is that of the passphrase that stands, as whoever turns it read it; 0 where there is none yet. `lost` is that
    nobody knows it any more, or somebody does who should not. Raises FreshCodeNeeded, TurnedMeanwhile, TooFewHolders.
    """
    require(ctx, Permission.OUTAGE_HOLD)
    require_fresh(ctx)
    in_turn(ctx, "outage passphrase")
    last = queries.newest_passphrase(ctx)
    if (last.number if last else 0) != number:
        raise TurnedMeanwhile()
    able = queries.able(ctx)
    if sum(each.person_id in able for each in queries.holders(ctx)) < ctx.the(Policy).outages.holders_least:
        raise TooFewHolders()
    return _another(ctx, number + 1, Why.FIRST if last is None else Why.LOST if lost else Why.TURNED)


def reveal(ctx: Context, number: int | None = None) -> tuple[OutagePassphrase, str]:
    """Show a passphrase to one of its holders, and keep that it was shown: the one that stands, or an earlier one.

    Raises FreshCodeNeeded, NotAHolder, NotFound.
    """
    require(ctx, Permission.OUTAGE_RUN)
    if not any(each.person_id == ctx.actor.person_id for each in queries.holders(ctx)):
        raise NotAHolder()
    require_fresh(ctx)
    found = queries.newest_passphrase(ctx) if number is None else queries.passphrase(ctx, number)
    if found is None:
        raise NotFound()

    record(ctx, PassphraseViewed(subject=found.id, number=found.number))
    return found, queries.words_of(ctx, found)


def _another(ctx: Context, number: int, why: Why) -> OutagePassphrase:
    new_id = ctx.new_id()
    words = rules.new_passphrase(ctx.the(Policy).outages.passphrase_words)
    it = OutagePassphrase(
        id=new_id,
        number=number,
        words=ctx.the(KeyRing).seal(words.encode(), place=f"outage_passphrases.words:{new_id}"),
        why=why.value,
        made_by=ctx.actor.id,
        made_at=ctx.now(),
    )
    ctx.session.add(it)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _ONE_NUMBER):
            raise TurnedMeanwhile() from problem
        raise
    record(ctx, PassphraseTurned(subject=it.id, number=number, reason=why.value))
    return it
