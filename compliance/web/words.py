"""How codes, dates and times are said to people: plain English, British spelling, London time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from flask import Flask

from audit.models import AuditEntry
from compliance.accesses.reading import words as log_words
from compliance.accesses.reading.tables import what_happened
from compliance.accesses.reading.words import happening as happening
from compliance.accesses.reading.words import visible
from compliance.identity.rules import ROLE_NAMES
from compliance.kernel.clock import LONDON, london_date, said_day, said_time
from compliance.kernel.context import in_force
from compliance.licences.rotas.rules import day_and_clock
from compliance.licences.rotas.rules import said as rota_words
from policies.values import Policy

from .breach_words import BREACH_STEPS, BREACH_STEPS_DONE
from .disposal_words import DISPOSAL_STATES
from .letter_words import LETTERS

ROLES = {
    **ROLE_NAMES,
    "licence_holder": "Licence holder",
    "case_system": "Case system",
    "operator": "Operator",
    "job": "Scheduled job",
}

METHODS = {"passkey": "Passkey", "app": "Authenticator app", "email": "Codes by e-mail"}
"""A second step of signing in, in words."""

STATES = {
    "signed": ("Signed", "green"),
    "unsigned": ("Not signed", "grey"),
    "refused": ("Refused to sign", "orange"),
    "withdrawn": ("Withdrawn", "red"),
    "lapsed": ("Lapsed", "yellow"),
    "signatory": ("Signatory", "green"),
    "not_signatory": ("Not a signatory", "grey"),
    "requested": ("Requested", "blue"),
    "not_given": ("Refused", "orange"),
    "approved": ("Approved", "teal"),
    "active": ("Active", "green"),
    "suspended": ("Suspended", "yellow"),
    "deactivated": ("Ended", "grey"),
    "done": ("Done", "green"),
    "permit": ("Permitted", "green"),
    "deny": ("Denied", "orange"),
    "failed": ("Failed", "red"),
    "waits": ("Waits", "blue"),
    "taken_back": ("Taken back", "grey"),
    "missing": ("Missing", "red"),
    "current": ("Current", "green"),
    "due_soon": ("Review soon", "blue"),
    "in_grace": ("Out of date, in grace", "yellow"),
    "out_of_date": ("Out of date", "red"),
    "held": ("Held", "green"),
    "due": ("Due", "yellow"),
    "overdue": ("Overdue", "red"),
    "with_supplier": ("With the supplier", "purple"),
    "below": ("Below", "yellow"),
    "persistent": ("Below for months", "red"),
    "few": ("Too few to judge", "grey"),
    "coming": ("To come", "grey"),
    "takes_effect": ("To come", "blue"),
    "in_force": ("In force", "green"),
    "replaced": ("Replaced", "grey"),
    "left": ("Nobody decided", "grey"),
    "announced": ("Announced", "blue"),
    "in_effect": ("In effect", "red"),
    "called_off": ("Called off", "grey"),
    "corrected": ("Corrected", "yellow"),
    "open": ("Open", "blue"),
    "upheld": ("Upheld", "green"),
    "dismissed": ("Dismissed", "grey"),
    "used": ("Used", "green"),
    "used_since": ("Used since", "green"),
    "resting": ("Resting", "grey"),
    "young": ("New", "blue"),
    "exempt": ("Exempt", "purple"),
    "unused": ("Not used", "red"),
    "to_review": ("To be looked at", "yellow"),
    "justified": ("Justified", "green"),
    "not_justified": ("Not justified", "red"),
    "clock_runs": ("Clock runs", "yellow"),
    "clock_over": ("Time is over", "red"),
    "more_to_follow": ("Told, more to follow", "blue"),
    "notified": ("ICO told", "green"),
    "not_notified": ("ICO not told", "grey"),
    "keeps_apart": ("In force", "green"),
    "lifted": ("Lifted", "grey"),
    "explained": ("Explained", "green"),
    "breach": ("To be raised as a breach", "red"),
    "raised": ("Raised as a breach", "grey"),
    "looked_at": ("Looked at", "green"),
    "signed_off": ("Signed off", "green"),
    "resolved": ("Resolved", "green"),
    "final": ("Resolved by the chair", "green"),
    "asked_to_answer": ("To be answered", "blue"),
    "over": ("Ended", "grey"),
    "to_acknowledge": ("To be acknowledged", "blue"),
    "acknowledged": ("To be answered", "yellow"),
    "answered": ("Answered", "green"),
    "retain": ("Retained", "green"),
    "regroup": ("Regrouped", "blue"),
    "dispose": ("Disposal proposed", "purple"),
    "kept": ("Kept", "green"),
    "instructed": ("Being disposed of", "purple"),
    "disposed": ("Disposed of", "grey"),
    **DISPOSAL_STATES,
}

REASONS = {
    "rota": "Rota: another colleague's turn",
    "leave": "Leave or absence",
    "investigation": "Investigation",
    "eligibility": "Something on the checklist has lapsed",
    "unused": "Not used",
    "leaver": "Left the organisation",
    "mover": "Moved to another role or organisation",
    "reallocated": "Seat given to a colleague",
    "withdrawn": "The organisation withdrew",
    "breach": "Breach",
    "at_request": "The organisation asked",
    "expired": "Reached its end date",
    "no_seat": "There was no seat to give",
    "not_needed": "It was not needed, or asked for twice",
    "not_ready": "Something on the checklist was missing",
}

FLAG_REASONS = {
    "part_of_work": "It was part of their work",
    "for_a_colleague": "They did it for a colleague who could not",
    "emergency": "It was an emergency",
    "record_wrong": "The case system’s record is wrong",
    "nothing_seen": "Nothing was seen",
    "no_need": "They had no need to know",
    "own_or_relative": "It is their own case, or a relative’s",
    "passed_on": "What they saw was passed on",
    "other": "Another reason",
}
"""Why the review of a flag found what it did."""

KINDS = {
    "standing": "Standing",
    "by_invite": "By invite",
    "primary": "Primary licence holder",
    "delegate": "Approved delegate",
    "escalation": "Senior escalation contact",
    "safeguarding": "Safeguarding policy",
    "data_protection": "Data protection policy",
    "case-system": "Case system training",
    "elearning": "MARAC eLearning",
    "electronic": "In this service",
    "paper": "On paper",
}

ENTRIES = {
    "signature": "Signature",
    "refusal": "Refusal to sign",
    "withdrawal": "Withdrawal",
    "isa_check": "Check of the ISA’s list",
}
"""The kinds of entry of the register that can be challenged."""

PROBLEMS = {
    "address_refused": "The mail server does not take this address",
    "asked_to_wait": "The mail server asks to try again later",
    "hung_up": "The mail server broke off",
    "no_answer": "The mail server does not answer",
    "not_a_letter": "The address is not one that mail can be sent to",
    "not_reached": "The mail server cannot be reached",
    "not_supported": "The mail server cannot do what we ask of it",
    "not_trusted": "The mail server does not prove who it is",
    "refused": "The mail server refuses the letter",
    "sender_refused": "The mail server does not take letters from our address",
    "sign_in_refused": "The mail server does not let us in",
    "unreadable": "The letter cannot be opened: its key is missing",
}

NOT_TAKEN = {
    "inside": "Its address is inside our own network, which is not called",
    "interrupted": "The service was stopped meanwhile",
    "no_answer": "It did not answer in time",
    "not_found": "There is no such address",
    "not_reached": "It could not be reached",
    "not_trusted": "It did not prove who it is",
    "not_understood": "Its answer could not be understood",
    "redirected": "It sent us elsewhere, where nobody follows",
    "refused": "It refused it",
}
"""Why a program did not take what it was sent."""

INSTRUMENTS = {"isa": "Information Sharing Agreement", "op": "Operating Protocol"}


def day(value: date | datetime | None) -> str:
    """A date as *21 November 2026*; an instant's date is London's."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = london_date(value)
    return said_day(value)


def clock(value: datetime) -> str:
    """A time of day as *10:03am*, in London."""
    return said_time(value)


def moment(value: datetime | str | None) -> str:
    """An instant as *21 November 2026 at 10:03am*, in London; the log's own text form is understood too."""
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return f"{day(value)} at {clock(value)}"


def until(value: datetime | None) -> str:
    """An exclusive end: midnight is said as the end of the day before, since nobody is sure which day midnight is."""
    if value is None:
        return ""
    there = value.astimezone(LONDON)
    if there.time() == time.min:
        return f"the end of {day((there - timedelta(hours=1)).date())}"
    return moment(value)


def said(code: object) -> str:
    """A code in words, whichever list knows it; one that none knows is spelled out."""
    text = str(getattr(code, "value", code))
    for known in (ROLES, REASONS, KINDS, INSTRUMENTS, FLAG_REASONS):
        if text in known:
            return known[text]
    if text in STATES:
        return STATES[text][0]
    return text.replace("_", " ").replace("-", " ").capitalize()


def letter(kind: str) -> str:
    """What a letter of this kind tells."""
    return LETTERS.get(kind) or said(kind)


def problem(code: str) -> str:
    """Why a letter could not be sent."""
    return PROBLEMS.get(code) or said(code)


def not_taken(code: str | None) -> str:
    """Why a program did not take what it was sent."""
    return NOT_TAKEN.get(code or "") or said(code)


def area(code: str) -> str:
    """An area MARAC's name, from the policy."""
    return in_force(Policy).area_name(code)


def areas(codes: Iterable[str]) -> str:
    """The names of area MARACs, each once."""
    policy = in_force(Policy)
    return ", ".join(policy.area_name(code) for code in policy.areas_now(codes))


def acted(entry: AuditEntry) -> str:
    """Who acted, where it was nobody with a name: a program, a job, a command, or nobody yet."""
    return log_words.acted(entry.actor_kind, entry.actor_id)


def london_day(at: datetime | str) -> date:
    """The London date of an instant, as an address has it."""
    return london_date(datetime.fromisoformat(at) if isinstance(at, str) else at)


def count(number: int, one: str, many: str | None = None) -> str:
    """*1 licence*, *2 licences*."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def teach(app: Flask) -> None:
    """Give templates these words."""
    app.jinja_env.filters.update(
        day=day,
        clock=clock,
        moment=moment,
        until=until,
        said=said,
        area=area,
        areas=areas,
        happening=happening,
        london_day=london_day,
        acted=acted,
        seen=visible,
        happened=log_words.happened,
        line_words=what_happened,
        whence=log_words.whence,
        letter=letter,
        problem=problem,
        not_taken=not_taken,
        turns=rota_words,
        weekday_clock=day_and_clock,
    )
    app.jinja_env.globals.update(
        acted_by=log_words.acted, count=count, STATES=STATES, KINDS=KINDS, BREACH_STEPS=BREACH_STEPS,
        BREACH_STEPS_DONE=BREACH_STEPS_DONE, ENTRIES=ENTRIES, METHODS=METHODS,
    )  # fmt: skip
