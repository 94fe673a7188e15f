"""What was learnt in the span, who is due now, and which new partners were given their pack (GOV-1, GOV-7)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select

from compliance.governance.figures import kept, spans
from compliance.governance.figures.counting import number
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Span
from compliance.identity.models import Person
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.licences.models import Training
from compliance.licences.training import queries as training
from policies.values import Policy
from signatories.models import Organisation
from signatories.welcome import queries as welcome
from signatories.welcome.models import WelcomePack

_REGISTERS = (
    kept.Register(("done",), (Training.done_on,), from_the_first=False),
    kept.Register(("given",), (WelcomePack.given_on,), from_the_first=False),
)


def chapter(ctx: Context, span: Span) -> Chapter:
    """Counted by the day each was done on; a module done again counts once, since only the last time is kept."""
    last, today = london_date(spans.end(ctx, span)), london_date(ctx.now())
    grid = _modules(ctx, Training.done_on.between(span.since, last), Training.valid_until < today)
    due = ctx.session.scalar(select(func.count(Person.id)).where(*training.among(), training.due_now(ctx))) or 0
    given = (
        ctx.session.scalar(select(func.count(WelcomePack.id)).where(WelcomePack.given_on.between(span.since, last)))
        or 0
    )
    without = welcome.without(ctx)
    new = (
        ctx.session.scalar(select(func.count(Organisation.id)).where(spans.within(ctx, span, Organisation.created_at)))
        or 0
    )
    whole = Chapter(
        "training",
        "Training and welcome packs",
        "Who is due is counted as it stands now. A module that somebody did again is counted in the span of the last time.",
        (
            Figure("done", "Modules done", sum(row[0] for row in grid.values()), where="/training"),
            Figure("due", "People due for a module now", due, where="/training?which=due"),
            Figure("new", "Organisations that joined", new, where="/register"),
            Figure("given", "Welcome packs given", given, where="/welcome"),
            Figure("without", "Organisations without a pack now", without, where="/welcome?which=without"),
        ),
        (
            Grid(
                "modules", "Modules", ("Module", "Done in it", "On record", "No longer count"),
                [(each.name, *(f"{count:,}" for count in grid.get(code, (0, 0, 0)))) for code, each in ctx.the(Policy).training.items()],
                names=False,
            ),
        ),
        (),
        _decisions(without),
    )  # fmt: skip
    return kept.told(ctx, span, whole, *_REGISTERS)


def _modules(ctx: Context, in_it: ColumnElement[bool], over: ColumnElement[bool]) -> dict[str, tuple[int, int, int]]:
    counted = (
        select(Training.module, number(in_it), func.count(), number(over))
        .join(Person, Person.id == Training.person_id)
        .where(or_(Person.closed_at.is_(None), in_it))
        .group_by(Training.module)
    )
    return {module: (done, held, gone) for module, done, held, gone in ctx.session.execute(counted)}


def _decisions(without: int) -> tuple[Decision, ...]:
    if not without:
        return ()
    have = "1 organisation has" if without == 1 else f"{without:,} organisations have"
    return (
        Decision("Say by when every partner has its welcome pack.", f"{have} none on record.", "/welcome?which=without", "GOV-7"),
    )  # fmt: skip
