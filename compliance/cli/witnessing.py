"""What the shell has to do with witnesses: comparing before anything starts, listing them, accepting a rollback (AUD-3)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

import click
import structlog
from sqlalchemy.exc import SQLAlchemyError

from audit.models import Moment
from audit.sealing import LogTouched
from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.login import Visitor, load
from compliance.identity.proposals.rules import State
from compliance.identity.rules import Stage
from compliance.kernel.context import NOBODY, House, Origin
from compliance.witnesses import sending, states, use_cases
from compliance.witnesses.rules import Answer, Problem, kind_of

from .configured import application, fail

log = structlog.get_logger("compliance.witnesses")

CONTRADICTED = 3
"""The exit code of a process that will not run on a log which its witnesses contradict: one that no restart mends."""

HERE = Origin("127.0.0.1")

SAYS = {
    Problem.AHEAD: "holds a later checkpoint of this log, signed with its key: the store was turned back",
    Problem.FORKED: "holds another checkpoint than this log had, signed with its key: the log was written anew",
    Problem.CLAIMS_MORE: "says that it saw more of this log than there is: the store was turned back, or it is wrong",
    Problem.CLAIMS_OTHER: "says that this log did not grow from what it saw: the log was written anew, or it is wrong",
    Problem.ACCEPTED: "still holds what two people accepted; its owner has to move that aside",
    Problem.NO_FOLDER: "the folder is not there; mount it, or make it",
    Problem.NOT_WRITABLE: "the folder cannot be written to",
    Problem.NOT_READABLE: "its file `checkpoint` holds nothing that our key signed; find out who wrote it",
    Problem.NOT_REACHED: "it could not be reached",
    Problem.NO_ANSWER: "it did not answer in time",
    Problem.NOT_TRUSTED: "its certificate is not trusted",
    Problem.REDIRECTED: "it sent us elsewhere, and we do not follow; set its own address",
    Problem.KEY_UNKNOWN: "it does not know our key; give it what `compliance audit key` prints",
    Problem.LOG_UNKNOWN: "it does not witness this log; give it what `compliance audit key` prints",
    Problem.NOT_UNDERSTOOD: "it did not answer as a witness does",
    Problem.INTERRUPTED: "it was not waited for",
}


def stand_or_end(house: House) -> None:
    """Compare the log with every witness before anything runs on it; ends the process where one contradicts it.

    A witness out of reach is told and stops nobody: else whoever cuts one line could close the service. So does a
    store out of reach; whatever comes then is found by the scheduler, and closes what runs.
    """
    if not house.settings.witnesses:
        return
    try:
        found = [answer for answer in sending.compare(house) if answer.contradicts]
    except LogTouched as problem:
        click.echo(f"The log cannot be compared with its witnesses: {problem}. Nothing is started.", err=True)
        sys.exit(CONTRADICTED)
    except SQLAlchemyError as problem:
        log.warning("the log was not compared with its witnesses", problem=type(problem).__name__)
        return
    if not found:
        return
    click.echo("Nothing is started: the log is not the one that its witnesses saw (AUD-3).", err=True)
    for answer in found:
        click.echo(f"  {told(answer)}", err=True)
    click.echo(
        "If the store was restored on purpose, two people say so, each with: compliance audit accept-rollback\n"
        "If it was not, keep the store as it is and tell the information governance officer.",
        err=True,
    )
    sys.exit(CONTRADICTED)


def told(answer: Answer) -> str:
    """What came of asking a witness, in words."""
    if answer.problem is None:
        return (
            f"{answer.witness} holds {answer.size} entries." if answer.took else f"{answer.witness}: nothing is sealed."
        )
    size = f" ({answer.held.size} entries)" if answer.held else ""
    return f"{answer.witness}{size}: {SAYS[answer.problem]}."


@click.command("witnesses")
@click.option("--json", "as_json", is_flag=True, help="Print them for a program.")
def list_witnesses(as_json: bool) -> None:
    """Name each witness of the log, what it took last, and what is the matter with it."""
    house = house_of(application())
    with house.engine.connect() as connection:
        known = states.of(connection, house.settings.witnesses)
    late = states.late(house, known)
    rows = [
        {
            "witness": each.witness, "kind": kind_of(each.witness), "size": each.size,
            "taken_at": each.taken_at and Moment.write(each.taken_at),
            "tried_at": each.tried_at and Moment.write(each.tried_at), "problem": each.problem, "late": each in late,
        }
        for each in known
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows))
    elif not rows:
        click.echo("There is none. COMPLIANCE_WITNESSES names them.")
    for row in () if as_json else rows:
        took = f"{row['size']} entries, {row['taken_at']}" if row["taken_at"] else "nothing so far"
        matter = f"; {SAYS[Problem(str(row['problem']))]}" if row["problem"] else ""
        click.echo(f"{row['witness']}  {took}{'  LATE' if row['late'] else ''}{matter}")


@click.command("accept-rollback")
def accept_rollback() -> None:
    """Let the service run on a log that its witnesses contradict. Two people do this, one after the other.

    Each signs in here, with e-mail, password and a code of an authenticator app. What is accepted is what the
    witnesses hold now against the log as it is now, and nothing else.
    """
    house = house_of(application())
    if not house.settings.witnesses:
        fail("There is no witness. COMPLIANCE_WITNESSES names them.")
    found = [answer for answer in sending.compare(house, settle=False) if answer.contradicts]
    if not found:
        fail("The log and its witnesses agree, or none of them can be asked: there is nothing to accept.")
    for answer in found:
        click.echo(told(answer))
    visitor = _signed_in(house)
    try:
        _accept(house, visitor, found)
    finally:
        with house.work(visitor.actor, visitor.origin) as ctx:
            identity.sign_out(ctx, visitor.current.session.id)


def _accept(house: House, visitor: Visitor, found: Sequence[Answer]) -> None:
    with house.reading(visitor.actor, visitor.origin) as ctx:
        first = [
            answer for answer in found if answer.held and use_cases.proposed(ctx, answer.witness, answer.held) is None
        ]
    reason = click.prompt("Why the store was turned back, and by whom") if first else ""
    for answer in found:
        with house.work(visitor.actor, visitor.origin) as ctx:
            done = use_cases.accept_rollback(ctx, answer, reason=reason)
            agreed, until = done.state == State.APPROVED, Moment.write(done.ends_at)
        if agreed:
            click.echo(f"{answer.witness}: accepted by two. Start `serve` and `scheduler`.")
        else:
            click.echo(f"{answer.witness}: proposed. Somebody else says the same until {until}.")


def _signed_in(house: House) -> Visitor:
    """Somebody by both factors, counted and locked as at any other door; ends the command otherwise (IDN-3, IDN-4)."""
    email = click.prompt("E-mail")
    outcome = identity.sign_in(house, HERE, email=email, password=click.prompt("Password", hide_input=True))
    opened = outcome.opened
    if opened is not None and opened.stage == Stage.CODE:
        code = click.prompt("Code", hide_input=True)
        with house.work(NOBODY, HERE) as ctx:
            outcome = identity.give_code(ctx, opened.session_id, code)
        opened = outcome.opened
    visitor = load(house, opened.token, origin=HERE) if opened is not None else None
    if visitor is None:
        time.sleep(outcome.wait_seconds)
        fail("That did not sign you in: the address, the password or the code is not right, or the account is locked.")
    if visitor.stage is not Stage.WHOLE:
        fail("This sign-in cannot be finished here. It takes a password in force and an authenticator app.")
    return visitor
