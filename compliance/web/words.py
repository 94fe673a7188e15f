"""How codes, dates and times are said to people: plain English, British spelling, London time."""

from __future__ import annotations

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

from .breach_words import BREACH_LETTERS, BREACH_STEPS, BREACH_STEPS_DONE

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

LETTERS = {
    "challenge_raised": "An entry is challenged",
    "log_checkpoint": "Checkpoint of the log, for its witness",
    "challenge_waits": "A challenge waits for a decision",
    "challenge_decided": "A challenge was decided",
    "invitation": "Link to a first password",
    "reset": "Link to a new password",
    "code": "Code to sign in with",
    "password_expiring": "Password ends soon",
    "password_changed": "Password was changed",
    "password_compromised": "Password may be known to others",
    "account_locked": "Account is locked",
    "closed_to_strangers": "Somebody tried to sign in",
    "new_device": "Sign-in from a new browser",
    "second_factor_changed": "Second step was changed",
    "role_given": "Role given",
    "role_ended": "Role ended",
    "seat_offered": "Seat offered",
    "proposal_waits": "Proposal waits for a second person",
    "unused_warning": "Licence ends unless it is used",
    "unused_warning_contact": "A colleague’s licence ends unless it is used",
    "unused_ended": "Licence ended, because it was not used",
    "unused_ended_contact": "A colleague’s licence ended, because it was not used",
    "turns_left_empty": "Turns of a rota are empty",
    "withdrawal_announced": "Withdrawal was announced",
    "withdrawal_in_effect": "Withdrawal took effect",
    "withdrawal_called_off": "Withdrawal was called off",
    "partner_leaves": "A partner is to leave",
    "partner_left": "A partner has left",
    "licence_withdrawn": "Licence ended with a withdrawal",
    "sign_again": "New version to be signed",
    "signature_lapsed": "Signature has lapsed",
    "policy_review": "Policy to be reviewed soon",
    "policy_in_grace": "Policy is out of date",
    "policy_out_of_date": "Licences rest: policy out of date",
    "review_due": "Review of an instrument is due",
    "runs_out": "Vetting or training runs out",
    "licence_ends": "By-invite licence ends soon",
    "break_glass_granted": "A case was opened for an emergency MARAC",
    "break_glass_opened": "A case is open to you for an emergency MARAC",
    "break_glass_due": "An opened case is to be looked at today",
    "break_glass_overdue": "Nobody has looked at an opened case",
    "something_to_see": "Something to see",
    "flag_waits": "A flag waits for review",
    "flag_due": "A flag is due soon",
    "flag_overdue": "A flag is overdue",
    "concern_looked_at": "A reported concern was looked at",
    "access_audits_opened": "Access audits are open",
    "access_audits_due": "Access audits are due soon",
    "access_audits_overdue": "Access audits are overdue",
    **BREACH_LETTERS,
    "complaint_stage_opened": "A stage of a complaint is open",
    "complaint_for_chair": "A complaint waits for the chair",
    "complaint_not_recorded": "A record of discussions is missing",
    "complaint_report_sent": "A report was sent in a complaint",
    "complaint_due": "A stage of a complaint ends soon",
    "complaint_due_today": "A stage of a complaint ends today",
    "complaint_overdue": "A stage of a complaint is overdue",
    "complaint_ended": "A complaint has ended",
    "escalation_asked": "A group asks something of your organisation",
    "escalation_due": "An answer to a group is due soon",
    "escalation_due_today": "An answer to a group is due today",
    "escalation_overdue": "An answer to a group is overdue",
    "escalation_unanswered": "An organisation has not answered a group",
    "escalation_answered": "An organisation has answered a group",
    "escalation_ended": "An escalation has ended",
    "data_complaint_due": "A complaint about data is to be acknowledged soon",
    "data_complaint_due_today": "A complaint about data is to be acknowledged today",
    "data_complaint_overdue": "A complaint about data was not acknowledged in time",
    "retention_review_waits": "A record waits for review",
    "retention_review_due": "The review of a record is due soon",
    "retention_review_due_today": "The review of a record is due today",
    "retention_review_overdue": "The review of a record is overdue",
    "data_breach_began": "A personal-data breach: a clock runs",
    "data_breach_ends_soon": "A personal-data breach: time ends soon",
    "data_breach_over": "A personal-data breach: time is over",
}

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


def area(code: str) -> str:
    """An area MARAC's name, from the policy."""
    known = in_force(Policy).areas.get(code)
    return known.name if known else code


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
        happening=happening,
        london_day=london_day,
        acted=acted,
        seen=visible,
        happened=log_words.happened,
        line_words=what_happened,
        whence=log_words.whence,
        letter=letter,
        problem=problem,
        turns=rota_words,
        weekday_clock=day_and_clock,
    )
    app.jinja_env.globals.update(
        acted_by=log_words.acted, count=count, STATES=STATES, KINDS=KINDS, BREACH_STEPS=BREACH_STEPS,
        BREACH_STEPS_DONE=BREACH_STEPS_DONE, ENTRIES=ENTRIES, METHODS=METHODS,
    )  # fmt: skip
