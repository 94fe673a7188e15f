"""`compliance doctor`: is everything as it must be? Each check says what it found and, if it is wrong, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from audit.models import HEAD, AuditEntry, LogSeal, Moment
from audit.sealing import LogTouched
from audit.verify import verify_log
from compliance.accesses.flags import queries as flags
from compliance.app import MIGRATIONS, house_of
from compliance.breaches import queries as breaches
from compliance.changes import running_out
from compliance.changes.webhooks import queries as webhooks
from compliance.decisions.exceptions import queries as exceptions
from compliance.identity.clients import queries as clients
from compliance.identity.countries import Countries
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import House, operator
from compliance.kernel.jobs import JobRun, last_beat
from compliance.kernel.secrets import KeyRing
from compliance.licences import eligibility
from compliance.licences import queries as licences
from compliance.licences.models import Licence
from compliance.licences.rules import ENDED, Status
from compliance.notices import queries as notices
from compliance.notices.rules import is_late
from compliance.notices.ways import Post
from compliance.scheduler import BEAT, PROCESS
from compliance.witnesses import sending, states
from policies.values import BrokenPolicy, Policy
from retention.journal import standing as journal
from retention.journal.folder import OutOfReach
from retention.journal.lines import Broken
from signatories import queries as signatories

from .findings import Remark, outage_packs
from .witnessing import told

SHOWN = 5
HERE = frozenset({"/", "localhost", "127.0.0.1", "::1"})
SEALED_WITHIN = timedelta(minutes=1)
PAPERS_LAST = timedelta(days=90)
CALENDAR_AHEAD = timedelta(days=365)
QUARTER_AHEAD = timedelta(days=100)
FLAGS_BEHIND = 20_000
ENDS_BEHIND = timedelta(minutes=2)
DOCTOR = operator("doctor")


@dataclass(frozen=True)
class Finding:
    """One check: its name, whether all is well, and what it says."""

    check: str
    well: bool
    says: str


def examine(app: Flask) -> list[Finding]:
    """Every check, in order; one that cannot be made is a finding that something is wrong."""
    house = house_of(app)
    findings = []
    for check in CHECKS:
        name = (check.__doc__ or "").rstrip(".")
        try:
            problems = list(check(house))
        except SQLAlchemyError as problem:
            problems = [f"the store did not answer ({type(problem).__name__}); see that it runs and is migrated"]
        except BrokenPolicy as problem:
            problems = [f"nothing is permitted, for the policy is broken: {problem}"]
        well = all(isinstance(problem, Remark) for problem in problems)
        findings.append(Finding(name, well, "; ".join(problems) or "as it must be"))
    return findings


def _keys(house: House) -> Iterator[str]:
    """Keys seal and open."""
    ring = house.the(KeyRing)
    if ring.open(ring.seal(b"doctor", place="doctor"), place="doctor") != b"doctor":
        yield "the key ring does not open what it sealed; restore the key file"


def _papers(house: House) -> Iterator[str]:
    """The key that signs documents is good for another while (SIG-2)."""
    ends_at = house.the(KeyRing).papers[0].ends_at
    if ends_at - house.clock.now() < PAPERS_LAST:
        yield f"the certificate of our documents ends on {said_day(ends_at.date())}; run `compliance keys turn`, then restart"


def _transport(house: House) -> Iterator[str]:
    """The store is on this machine, or reached over TLS with its certificate checked."""
    target = make_url(house.settings.database_url)
    if target.get_backend_name() == "sqlite" or (target.host or "/") in HERE or str(target.host).startswith("/"):
        return
    if target.query.get("sslmode") != "verify-full":
        yield "what passes between here and the store can be read or altered; add `?sslmode=verify-full` to DATABASE_URL"


def _migrations(house: House) -> Iterator[str]:
    """The store is at the newest migration."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with house.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != newest:
        yield f"the store is at {current}, the code at {newest}; run `compliance db upgrade`"


def _policy(house: House) -> Iterator[str]:
    """The policy stands on its floor, with every change two people made (IDN-9)."""
    try:
        house.the(Policy)
    except BrokenPolicy as problem:
        yield f"nothing is permitted, for {problem}; find out who wrote that change into the store, and take it out"


def _countries(house: House) -> Iterator[str]:
    """Countries are known, where nobody may sign in from some (IDN-7)."""
    refused = house.the(Policy).countries.refused_countries
    trouble = house.the(Countries).trouble()
    if trouble and refused:
        yield f"{trouble}; until then nobody is refused for coming from {', '.join(refused)}"
    elif trouble and house.settings.countries_file:
        yield trouble


def _log(house: House) -> Iterator[str]:
    """Every entry of the log is there and as it was written."""
    found = verify_log(house)
    if found.why:
        yield f"{found.why} Keep the store as it is and tell the information governance officer"


def _sealed(house: House) -> Iterator[str]:
    """The log is sealed to within a minute of now."""
    with house.engine.connect() as connection:
        first = connection.execute(
            select(AuditEntry.at).join(LogSeal, AuditEntry.number == LogSeal.size).where(LogSeal.id == HEAD)
        ).scalar()
    if first is not None and first < Moment.write(house.clock.now() - SEALED_WITHIN):
        yield f"an entry of {first} is not sealed yet; start `compliance scheduler`, and look at its log"


def _witnesses(house: House) -> Iterator[str]:
    """The log is the one that its witnesses saw, and they have its newest checkpoint (AUD-3)."""
    if not house.settings.witnesses:
        if not house.settings.demo:
            yield Remark("nobody would see the log turned back; name witnesses in COMPLIANCE_WITNESSES")
        return
    try:
        answers = {answer.witness: answer for answer in sending.compare(house)}
    except LogTouched as problem:
        yield f"they cannot be shown the log, for {problem}"
        return
    with house.engine.connect() as connection:
        known = states.of(connection, house.settings.witnesses)
    late = states.late(house, known)
    for state in known:
        answer = answers.get(state.witness)
        took = f"it last took one at {Moment.write(state.taken_at)}" if state.taken_at else "it has taken none so far"
        matter = told(answer).rstrip(".") if answer else state.witness
        says = f"{matter}; {took}"
        wrong = state in late or (answer is not None and answer.contradicts)
        yield f"{says}, which is too long ago" if state in late else says if wrong else Remark(says)


def _journal(house: House) -> Iterator[str]:
    """What was disposed of and which rights ended is kept outside the store too, up to a minute ago (RET-12)."""
    try:
        found = journal.standing(house)
    except (Broken, OutOfReach) as problem:
        yield f"the journal in {house.settings.journal} cannot be relied on: {problem}; put it back from who keeps it"
        return
    if found is None:
        if not house.settings.demo:
            yield Remark("a copy put back would bring back what was disposed of; name a folder in COMPLIANCE_JOURNAL")
    elif not found.agrees:
        yield "it holds what the store has forgotten; stop the service and start it again, so that this is done again"
    elif found.oldest is not None and found.oldest < Moment.write(house.clock.now() - SEALED_WITHIN):
        yield f"{found.behind} entries since {found.oldest} are not in it; start `compliance scheduler`, and look at its log"
    else:
        yield Remark(f"it holds {found.lines} lines; {found.behind} entries are still to be written")


def _clock(house: House) -> Iterator[str]:
    """The clock is not behind the log."""
    with house.engine.connect() as connection:
        last = connection.execute(select(func.max(AuditEntry.at))).scalar()
    if last is not None and last > Moment.write(house.clock.now() + timedelta(seconds=5)):
        yield f"the last entry is of {last}, which is still to come; set the machine's clock right"


def _calendar(house: House) -> Iterator[str]:
    """Bank holidays are known for a year ahead (LIC-8)."""
    known_until = house.the(Policy).calendar.known_until
    left = known_until - london_date(house.clock.now())
    if left < CALENDAR_AHEAD:
        says = f"they are known up to {known_until} only; bring policies/calendar.toml up to date from gov.uk/bank-holidays"
        yield Remark(says) if left > QUARTER_AHEAD else says


def _scheduler(house: House) -> Iterator[str]:
    """The scheduler is alive."""
    last = last_beat(house, PROCESS)
    if last is None:
        yield "it has never run; start `compliance scheduler`"
    elif house.clock.now() - last > 6 * BEAT:
        yield f"it was last heard of at {Moment.write(last)}; start `compliance scheduler`"


def _jobs(house: House) -> Iterator[str]:
    """No job left anything undone in its last run."""
    newest = select(JobRun.job, func.max(JobRun.started_at).label("at")).group_by(JobRun.job).subquery()
    runs = select(JobRun.job, JobRun.failed).join(
        newest, (JobRun.job == newest.c.job) & (JobRun.started_at == newest.c.at)
    )
    with house.engine.connect() as connection:
        for job, failed in connection.execute(runs):
            if failed:
                yield f"{job} could not do {failed} things; its log names them"


def _letters(house: House) -> Iterator[str]:
    """Letters go out (GOV-5)."""
    allowed = timedelta(minutes=house.the(Policy).notices.late_minutes)
    with house.reading(DOCTOR) as ctx:
        post = notices.standing(ctx)
        late = post.oldest is not None and is_late(post.oldest, ctx.now(), allowed=allowed)
    if post.failing:
        yield f"{post.failing} of them could not be sent so far; the page Letters says why, and the scheduler's log"
    if post.oldest is not None:
        waits = f"{post.waiting} wait, the oldest since {Moment.write(post.oldest)}"
        if house.the(Post).is_open:
            yield waits if late else Remark(waits)
        else:
            shut = f"{waits}, and no mail is configured; set SMTP_URL and COMPLIANCE_MAIL_FROM"
            yield shut if late else Remark(shut)


def _eligible(house: House) -> Iterator[str]:
    """Every active licence still meets the whole checklist (LIC-1, LIC-13)."""
    with house.reading(DOCTOR) as ctx:
        active = ctx.session.scalars(select(Licence).where(Licence.status == Status.ACTIVE)).unique().all()
        answers = eligibility.still_hold(ctx, active)
    lapsed = [(licence, answer.missing) for licence, answer in answers.items() if not answer.complete]
    for licence, missing in lapsed[:SHOWN]:
        yield f"licence {licence} is active, and lacks {', '.join(item.code for item in missing)}"
    if len(lapsed) > SHOWN:
        yield f"and {len(lapsed) - SHOWN} more"


def _seats(house: House) -> Iterator[str]:
    """No kind has more licences than seats (LIC-5)."""
    with house.reading(DOCTOR) as ctx:
        for kind in licences.seats(ctx):
            if kind.active + kind.kept > kind.seats:
                yield f"{kind.kind}: {kind.active + kind.kept} licences hold {kind.seats} seats; end or reallocate some"


def _withdrawn(house: House) -> Iterator[str]:
    """Nothing lives in an organisation that has withdrawn (SIG-6)."""
    with house.reading(DOCTOR) as ctx:
        outside = [one for one, facts in signatories.facts(ctx).items() if facts.withdrawn]
        live = ctx.session.scalars(
            select(Licence).where(Licence.organisation_id.in_(outside), Licence.status.not_in(ENDED))
        ).unique()
        for licence in live:
            yield f"licence {licence.id} is {licence.status}, and {licence.organisation.name} has withdrawn"


def _flags(house: House) -> Iterator[str]:
    """Every access worth a question is asked about, by somebody, in time (AUD-6)."""
    with house.reading(DOCTOR) as ctx:
        found = flags.standing(ctx)
    if found.behind > FLAGS_BEHIND:
        yield f"{found.behind} entries of the log have not been looked at; start `compliance scheduler`, and look at its log"
    if found.unassigned:
        yield f"{found.unassigned} flags have no reviewer; give somebody else the role of information governance officer"
    if found.overdue:
        yield Remark(f"{found.overdue} flags are overdue; the page Flags says whose they are")


def _breaches(house: House) -> Iterator[str]:
    """Every breach takes its next step in time (BRE-2)."""
    with house.reading(DOCTOR) as ctx:
        found = breaches.standing(ctx)
    if found.overdue:
        yield Remark(
            f"{found.overdue} of {found.open} open breaches are overdue; the page Breaches says whose move each is"
        )


def _opened(house: House) -> Iterator[str]:
    """No case is open to anybody by break-glass for longer than the policy lets it be, and each is looked at (DEC-5)."""
    with house.reading(DOCTOR) as ctx:
        found = exceptions.health(ctx)
    if found.too_long:
        yield f"{found.too_long} cases are open by break-glass for longer than the policy lets them be; end them on its page"
    if found.left:
        yield f"{found.left} are over and not closed; start `compliance scheduler`, and look at its log"
    if found.overdue:
        yield Remark(f"{found.overdue} were not looked at in time; the page Break-glass says which")


def _webhooks(house: House) -> Iterator[str]:
    """Changes of rights are written down as time goes by, and taken wherever they are sent (DEC-4)."""
    with house.reading(DOCTOR) as ctx:
        complete = running_out.complete_until(ctx)
        failing = webhooks.failing(ctx)
    if complete is None:
        yield Remark("nobody has looked yet which rights end by time; start `compliance scheduler`")
    elif house.clock.now() - complete > ENDS_BEHIND:
        yield f"rights that ended by time are told up to {Moment.write(complete)} only; start `compliance scheduler`"
    for one in failing[:SHOWN]:
        since = Moment.write(one.since) if one.since else "some time"
        yield f"{one.name} takes no changes since {since} ({one.problem}); the page Webhooks says more"


def _logouts(house: House) -> Iterator[str]:
    """Every program takes who is signed in to it no more (DEC-4)."""
    with house.reading(DOCTOR) as ctx:
        failing = clients.failing(ctx)
    for one in failing[:SHOWN]:
        ended = "1 ended sign-in" if one.number == 1 else f"{one.number} ended sign-ins"
        yield (
            f"{one.name} has not taken {ended} since {Moment.write(one.since)} ({one.problem}); the page Clients says more"
        )


CHECKS: tuple[Callable[[House], Iterator[str]], ...] = (
    _keys, _papers, _transport, _migrations, _policy, _countries, _log, _sealed, _witnesses, _clock, _calendar, _scheduler, _jobs, _letters, _eligible, _seats, _withdrawn, _flags, _breaches, _opened, _webhooks, _logouts, _journal, outage_packs,
)  # fmt: skip
