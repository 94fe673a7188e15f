"""How each page is tried: every route and method of the people's door, found by itself, its form filled in.

A page that is not named here is opened as it is and sent empty. `python -m tests.inventory.observe` shows what it
answers to whom.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Flask

from compliance.web.access import Door
from tests.builders.retention import as_sent, finding
from tests.builders.signatories import a_pdf
from tests.inventory import answers
from tests.inventory.doors import Route, routes
from tests.inventory.world import Belongings, Whose, World

_GAP = re.compile(r"<(\w+)>")

FIXED = {
    "area": "mid-kent",
    "code": "op",
    "due_on": "2026-04-01",
    "form": "csv",
    "kind": "standing",
    "entry_kind": "signature",
    "paper": "xlsx",
    "quarter": "2026-Q4",
    "name": "password.min_length",
    "passkey_id": str(UUID(int=7)),
    "search_id": str(UUID(int=7)),
    "draft_id": str(UUID(int=7)),
    "step": "escalate_to_manager",
    "token": "msi_nobody",
    "report_kind": "biannual",
    "period": "2026H2",
    "dressed": "json",
}
"""What stands in an address and is nobody's thing in particular."""

THINGS: dict[str, str] = {
    "organisation_id": "organisation", "licence_id": "active", "person_id": "person", "withdrawal_id": "withdrawal",
    "contact_id": "contact", "signature_id": "signature", "document_id": "policy", "role_held_id": "role_held", "session_id": "session", "proposal_id": "proposal", "number": "entry",
    "exemption_id": "exemption", "rota_id": "rota", "entry_id": "signature", "challenge_id": "challenge", "flag_id": "flag", "glass_id": "glass",
    "conflict_id": "conflict", "audit_id": "access_audit", "complaint_id": "complaint", "escalation_id": "escalation", "report_id": "report",
    "data_breach_id": "data_breach", "incident_id": "incident", "action_id": "incident_action",
    "review_id": "record_review", "sharing_decision_id": "shared", "reuse_id": "reuse", "disclosure_id": "disclosure",
    "client_id": "client", "credential_id": "credential", "webhook_id": "webhook", "delivery_id": "webhook_delivery",
    "record_id": "record", "hold_id": "hold",
    "issued_id": "issued_report", "request_id": "help_request", "outage_id": "outage", "line_id": "outage_line", "pack_id": "outage_pack", "support_contact_id": "support_contact", "manifest_id": "manifest", "certificate_id": "certificate",
}  # fmt: skip
"""Which belonging an identifier in an address is of."""

OTHERWISE: dict[str, dict[str, str]] = {
    "licences.approve": {"licence_id": "requested"},
    "licences.refuse": {"licence_id": "requested"},
    "licences.wait": {"licence_id": "requested"},
    "licences.offer": {"licence_id": "requested"},
    "licences.resume": {"licence_id": "suspended"},
    "rotas.let_go": {"licence_id": "sharing"},
    "people.invite_again": {"person_id": "newcomer"},
    "people.grant": {"person_id": "newcomer"},
    "people.end_role": {"person_id": "newcomer"},
    "withdrawals.call_off": {"withdrawal_id": "announced"},
    "break_glass.review": {"glass_id": "glass_over"},
    "data_breaches.open_clock": {"incident_id": "incident_apart"},
    "data_breaches.told": {"data_breach_id": "data_breach_to_tell"},
    "data_breaches.people_told": {"data_breach_id": "data_breach_to_tell"},
    **{f"data_complaints.{page}": {"complaint_id": "data_complaint"} for page in ("complaint", "acknowledge", "note")},
    "data_complaints.answer": {"complaint_id": "data_complaint_to_answer"},
    "escalations.raise_higher": {"escalation_id": "escalation_answered"},
    "complaints.report": {"complaint_id": "complaint_two"},
    "help.pass_on": {"request_id": "help_suppliers"},
    "help.end": {"request_id": "help_suppliers"},
    "complaints.report_file": {"complaint_id": "complaint_last"},
    "complaints.rule": {"complaint_id": "complaint_last"},
    "complaints.take_up_again": {"complaint_id": "complaint_over"},
}
"""Pages that are for another one than most are."""

STEPS = {"reuse.step": "permit", "disclosures.step": "authorise"}
"""Which step is tried where it is another one than a breach's."""

Fields = Callable[[Belongings], dict[str, Any]]


def _day(name: str, year: int, month: int = 1, day: int = 5) -> dict[str, str]:
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


def _says(**words: Any) -> Fields:
    return lambda _its: words


def _for_them(**words: Any) -> Fields:
    """The same, said for one's own organisation: the hub has to say for which."""
    return lambda its: words | {"on_behalf": str(its.organisation)}


def _paper(name: str, *parts: dict[str, Any]) -> Fields:
    """The fields with a file, made anew each time: a file can be sent once."""
    return lambda _its: {k: v for part in parts for k, v in part.items()} | {name: (io.BytesIO(a_pdf()), f"{name}.pdf")}


def _turn(*licences: UUID) -> dict[str, str]:
    """A day of the week for each, as it is typed."""
    rows = [
        {f"weekday_{n}": str(n), f"begins_{n}": "9am", f"ends_{n}": "5pm", f"licence_id_{n}": str(each)}
        for n, each in enumerate(licences)
    ]
    return {"name": "Duty desk"} | {name: value for row in rows for name, value in row.items()}


_SIDES = {"our_name": "Ash Birch", "our_post": "Manager", "their_name": "Bay Cole", "their_post": "Manager"}
_THAT_DAY = {**_day("on", 2026, 11, 21), "at": "10:00"}

_ROBIN = {"name": "Robin Vale", "role": "Head of housing"}

FORMS: dict[str, Fields] = {
    "audit.purpose": _says(purpose="concern"),
    "challenges.doubt": _says(grounds="It was another."),
    "challenges.uphold": _says(remedy="correct", name="Robyn Vale", reasons="The paper says so."),
    "challenges.dismiss": _says(reasons="It is right."),
    "break_glass.grant": lambda its: {
        "email": f"active@{its.code}.gov.uk", "reference": "E-9", "area": its.area, "hours": "2", "reason": "At night.",
    },
    "break_glass.review": _says(justified="yes", review="It was called."),
    "conflicts.propose": lambda its: {"email": f"active@{its.code}.gov.uk", "reference": "K-9", "grounds": "A relative."},
    "conflicts.lift": _says(grounds="A namesake."),
    "complaints.raise_one": lambda its: {
        "from_id": str(its.organisation), "about": str(its.withdrawn), "theme": "research", "immediate_risk": "no",
        "words": "Late.", **_SIDES,
    },
    "complaints.discuss": _for_them(stage="1", words="They talked.", **_day("held_on", 2026, 11, 21)),
    "complaints.escalate": _for_them(stage="1", **_SIDES),
    "complaints.report": _for_them(stage="2", words="All of it.", to_name="Dee Rector", to_post="Director"),
    "complaints.resolve": _for_them(stage="1", outcome="Day three."),
    "complaints.side": _for_them(**_SIDES),
    "complaints.rule": _says(resolution="Both change."),
    "complaints.take_up_again": _for_them(immediate_risk="no", words="Again.", **_SIDES),
    "data_complaints.came": _says(
        channel="letter", who="The writer.", words="Nobody told them.", **_day("received_on", 2026, 11, 20)
    ),
    "data_complaints.acknowledge": _says(**_day("acknowledged_on", 2026, 11, 21)),
    "data_complaints.note": _says(kind="enquiry", words="The partner was asked."),
    "data_complaints.answer": _says(outcome="upheld", words="They were told.", **_day("answered_on", 2026, 11, 21)),
    "escalations.escalate": lambda its: {
        "organisation_id": str(its.organisation), "about": "research", "grounds": "Late.", "asked": "Why?", "of_whom": "Head",
    },
    "outages.turn": _says(number="0"),
    "outages.name_holder": lambda its: {"person_id": str(its.person)},
    "outages.declare": _says(what="The data centre is down."),
    "outages.expect": _says(clock="17:30", **_day("day", 2026, 11, 22)),
    "outages.take": lambda its: {
        "kind": "referral", "reference": "OFF-9", "organisation_id": str(its.organisation), "area": its.area,
    },
    "outages.leave_out": _says(reason="It was withdrawn."),
    "help.ask": _says(about="other", words="It is slow."),
    "help.log_call": _says(about="other", words="It is slow.", who="Una Marsh", verified_by="video", organisation_id=""),
    "help.sort": _says(matter="supplier"),
    "help.pass_on": _says(ticket="OAS-41"),
    "help.end": _says(outcome="The clock was wrong."),
    "help.name_contact": lambda its: {"person_id": str(its.person)},
    "escalations.answer": _says(level="steering", words="Nobody was free."),
    "escalations.raise_higher": _says(level="steering", asked="Why?", of_whom="The director"),
    "escalations.end": _says(level="steering", outcome="Two people come."),
    "breaches.report": _says(kind="failure_to_share", words="Nothing came."),
    "breaches.step": _says(words="Still nothing."),
    "breaches.suspend": lambda its: {"licence": str(its.active)},
    "breaches.lessons": _says(kind="lesson", words="Ask twice."),
    "breaches.conduct": lambda its: {"organisation": str(its.organisation), "reference": "HR-1"},
    "concerns.report": _says(person="somebody@elsewhere.example", reference="C-9", words="They knew too much."),
    "flags.review": _says(step="explain", reason="part_of_work", words="I asked.", accesses="0"),
    "retention_reviews.ask": lambda its: {"reference": f"N-{its.code}", "trigger": "new_information"},
    "retention_reviews.hand_over": lambda its: {"reviewer": str(its.reviewer)},
    "retention_reviews.decide": lambda _its: as_sent(finding()) | {"revision": "1"},
    "retention_reviews.together": lambda its: as_sent(finding()) | {"reviews": f"{its.record_review}.1"},
    "holds.place": lambda its: {
        "ground": "litigation", "reach": "record", "value": f"N-{its.code}", "reason": "A claim.", "counted": "1",
        **_day("review_on", 2027),
    },
    "holds.keep_up": _says(**_day("review_on", 2027)),
    "holds.lift": _says(reason="It is over."),
    "disposals.propose": lambda its: {"records": str(its.record_to_go), "reason": "Its time is over."},
    "flags.hand_over": lambda its: {"reviewer": str(its.reviewer)},
    "audit.keep": _says(name="Whose turn"),
    "data_breaches.open_clock": _says(**_day("aware_on", 2026, 11, 21), aware_at="10:00"),
    "data_breaches.correct_awareness": _says(**_day("aware_on", 2026, 11, 20), aware_at="10:00"),
    "data_breaches.assess": _says(facts="It was lost.", effects="None.", remedy="None.", risk="high", assessment="1"),
    "data_breaches.decide": _says(decision="notify", reasons="It is likely.", assessment="1"),
    "data_breaches.decide_people": _says(decision="tell", reasons="It is likely.", assessment="1"),
    "data_breaches.told": _says(**_THAT_DAY, more="no", assessment="1"),
    "data_breaches.people_told": _says(**_THAT_DAY, words="By letter."),
    "data_breaches.partners_told": _says(**_THAT_DAY, words="The council."),
    "licences.ask": lambda its: {
        "organisation_id": str(its.organisation), "full_name": "Wren Alder", "email": f"new@{its.code}.gov.uk",
        "kind": "standing", "areas": its.area, "reason": "Joins the team",
    },
    "licences.refuse": _says(reason="No.", refused_for="no_seat"),
    "licences.suspend": _says(reason="leave"),
    "licences.deactivate": _says(reason="leaver"),
    "licences.reallocate": lambda its: {"to_licence": str(its.requested)},
    "licences.move": lambda its: {"organisation_id": str(its.organisation), "areas": its.moves_to, "reason": "New team"},
    "licences.offer": _says(answer="yes"),
    "waiting.seats": _says(seats="60"),
    "licences.training": _says(module="elearning", **_day("done_on", 2026)),
    "training.done": _says(module="dash", **_day("done_on", 2026)),
    "welcome.give": _says(items="protocol", **_day("given_on", 2026)),
    "welcome.receive": _says(given_on="2026-10-05"),
    "licences.vetting": _says(level="NPPV 2", **_day("holds_until", 2028)),
    "organisations.add_domain": lambda its: {"domain": f"{its.code}-two.gov.uk"},
    "assurance.record_check": _says(found="yes"),
    "instruments.publish": _paper(
        "file", {"label": "3"}, _day("effective_on", 2026, 12, 1), _day("resign_by", 2027, 3, 5)
    ),
    "instruments.review": _says(
        useful="yes", fit_for_purpose="no", issues="None.", decision="extend", reasons="It works.",
        **_day("held_on", 2026, 4, 1),
    ),
    "organisations.check_isa": _says(found="yes"),
    "organisations.name_contact": lambda its: {"kind": "escalation", "name": "Sam", "email": f"s@{its.code}.gov.uk"},
    "organisations.record_policy": _says(
        kind="safeguarding", title="Our policy", owner="Head", **_day("dated_on", 2026), **_day("next_review_on", 2027)
    ),
    "people.compromised": _says(reason="told"),
    "people.end_role": _says(reason="Has moved on."),
    "people.grant": _says(role="escalation_contact", reason="Joins the team."),
    "people.invite": lambda its: {
        "full_name": "Wren Alder", "email": "new@elsewhere.example", "organisation_id": str(its.organisation),
        "team": "no", "roles": "delegate", "reason": "Joins the team.",
    },
    "people.recover": _says(identity_check="By telephone.", reason="Lost the phone."),
    "people.reset": _says(identity_check="By telephone."),
    "clients.propose": _says(name="Oasis Two", scopes=["decisions"], by="secret", reason="It is what we work in."),
    "clients.change": _says(name="Oasis", scopes=["decisions"], reason="It asks now."),
    "clients.rotate": _says(by="secret", reason="A year is over."),
    "webhooks.propose": _says(name="Oasis Two", url="https://two.example.org/", types=["licence."], reason="It asks."),
    "policy.change": _says(value="14", reason="Longer is better."),
    "proposals.approve": lambda its: {"digest": its.digest},
    "proposals.refuse": _says(reason="Not now."),
    "rotas.make": lambda its: {"organisation": str(its.organisation), **_turn(its.active)},
    "rotas.turns": lambda its: _turn(its.sharing, its.waits),
    "rotas.let_go": _says(then="end"),
    "rotas.end": lambda its: {"keeps": str(its.sharing)},
    "signing.paper": _paper("scan", _ROBIN, _day("signed_on", 2026, 11, 21)),
    "signing.refuse": _says(reasons="Not yet."),
    "signing.sign": _says(agree="y", **_ROBIN),
    "access_audits.find": _says(kind="training", words="Nobody showed them."),
    "access_audits.sign_off": _says(conclusion="Nothing stands out."),
    "use_audit.exempt": _says(reason="Long leave", **_day("ends_on", 2027, 3, 31)),
    "sharing.decide": _says(reference="C-9", decision="share", basis="public_task", words="They asked."),
    "reuse.ask": lambda its: {
        "reference": "C-9", "supplier_id": str(its.withdrawn), "purpose": "other", "words": "The dates.",
    },
    "reuse.step": _says(words="It is safe."),
    "disclosures.ask": _says(
        reference="C-9", body="court", recipient="The county court", material="summary", words="By its order."
    ),
    "disclosures.step": _says(words="By the policy."),
    "confidentiality.acknowledge": _says(version="1"),
    "confidentiality.publish": _says(words="What is said here stays here."),
    "withdrawals.duties": _says(by="Robin Vale"),
    "withdrawals.withdraw": _paper(
        "letter", {"instruments": ["isa", "op"], "reasons": "We stop."}, _day("letter_on", 2026, 11, 21),
    ),
    "withdrawals.when": _says(when="now"),
    "withdrawals.check": _says(understood="y"),
}  # fmt: skip
"""What the right person fills in."""


def page_doors(app: Flask) -> dict[str, Route]:
    """Every page that is not open to all, by what the matrix calls it."""
    return {
        f"{route.method} {route.path}": route
        for route in routes(app)
        if isinstance(route.declared, Door) and not route.open
    }


def whose_of(route: Route) -> tuple[Whose, ...]:
    """Upon whose things this page is tried: one that is for no thing in particular, once."""
    of_things = set(_GAP.findall(route.path)) - set(FIXED) - {"version_id"}
    own_form = route.method == "POST" and route.endpoint in (
        "licences.ask",
        "people.invite",
        "rotas.make",
        "complaints.raise_one",
    )
    return tuple(Whose) if of_things or own_form else (Whose.OWN,)


QUESTIONS: dict[str, dict[str, str]] = {
    "audit.export_references": {"reference": "C-1"},
    "audit.keep": {"reference": "C-1"},
    "disposals.propose": {"all": "1"},
}
"""What a page is asked in its address that does nothing without it."""


def answer(world: World, route: Route, caller: str, whose: Whose) -> str:
    """What the page says to this caller."""
    its = world.things[whose]
    client, proof = world.at_a_browser(caller)
    address = _GAP.sub(lambda gap: _called(world, route, its, gap[1]), route.path)
    fields = FORMS[route.endpoint](its) if route.endpoint in FORMS and route.method != "GET" else {}
    sent = fields | {"csrf_token": proof} if route.method != "GET" else None
    asked = QUESTIONS.get(route.endpoint)
    return answers.of_page(client.open(address, method=route.method, query_string=asked, data=sent), route.method)


def _called(world: World, route: Route, its: Belongings, gap: str) -> str:
    if gap in FIXED:
        return STEPS.get(route.endpoint, FIXED[gap]) if gap == "step" else FIXED[gap]
    if gap == "version_id":
        return str(world.version)
    name = OTHERWISE.get(route.endpoint, {}).get(gap) or THINGS.get(gap)
    if name is None:
        raise LookupError(f"{route.path}: say in tests/inventory/pages.py what {gap} is called by")
    return str(getattr(its, name))
