"""Sending the newest checkpoint to whoever is due to have it, and comparing the log with its witnesses (AUD-3)."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from audit.sealing import LogTouched
from compliance.kernel.context import House
from compliance.kernel.jobs import Run, Stopping
from policies.values import Policy

from . import letters, states
from .asking import ask_all, comparable
from .rules import CONTRADICTS, Answer, Kind, kind_of

log = structlog.get_logger("compliance.witnesses")


def send_due(house: House, stopping: Stopping, limit: int) -> Run:
    """Give the newest checkpoint to every witness that is due; a letter once a day. Nothing waits for any of them."""
    every = timedelta(minutes=house.the(Policy).audit.witness_every_minutes)
    ours = [
        state
        for witness in house.settings.witnesses[:limit]
        if not stopping.told and (state := states.claim(house, witness, every)) is not None
    ]
    written = sum(letters.write_due(house, state) for state in ours if kind_of(state.witness) is Kind.MAIL)
    asked = comparable([state.witness for state in ours])
    try:
        answers = ask_all(house, asked, stopping, guesses={state.witness: state.size for state in ours})
    except LogTouched as problem:
        log.error("no witness can be shown the log: run `compliance audit verify`", problem=str(problem))
        return Run(len(asked) + written, written, len(asked))
    for answer in answers:
        _settle(house, answer)
    failed = sum(answer.problem is not None for answer in answers)
    return Run(len(answers) + written, len(answers) + written - failed, failed)


def compare(house: House, *, settle: bool = True) -> list[Answer]:
    """Compare the log with every witness that can be asked, now; what is in the way of any of them is told.

    Raises LogTouched where the log's own checkpoint cannot be relied on, and what the store raises.
    """
    asked = comparable(house.settings.witnesses)
    with house.engine.connect() as connection:
        guesses = {state.witness: state.size for state in states.of(connection, asked)}
    answers = ask_all(house, asked, Stopping(), guesses=guesses)
    for answer in answers:
        _settle(house, answer, settle=settle)
    return answers


def _settle(house: House, answer: Answer, *, settle: bool = True) -> None:
    if answer.problem in CONTRADICTS:
        log.error("a witness contradicts the log", witness=answer.witness, problem=answer.problem, holds=_size(answer))
    elif answer.problem is not None:
        log.warning("a witness did not take the checkpoint", witness=answer.witness, problem=answer.problem)
    if not settle:
        return
    try:
        states.settle(house, answer)
    except SQLAlchemyError as problem:
        log.error("what a witness said was not kept", witness=answer.witness, problem=type(problem).__name__)


def _size(answer: Answer) -> int | None:
    return answer.held.size if answer.held else None
