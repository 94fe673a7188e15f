"""The draft of a notification to the ICO: what is known, what is not known yet, and what was told before (Article 33(3), 33(4)).

It is written to be read to the ICO on the telephone, or copied into its form. It names no person whose data it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from compliance.breaches.queries import called
from compliance.kernel.clock import said_instant
from compliance.papers.documents import Document, Section

from . import rules
from .rules import Risk
from .saying import Said
from .showing import Opened, Whole
from .wording import DECISIONS, RISKS, STANDS

NOT_KNOWN = "Not known yet: it is to follow."
_NOBODY_YET = "Nobody has been told yet."


def document(whole: Whole, base_url: str) -> Document:
    """What is known, in the order in which the ICO asks for it."""
    listed, newest = whole.listed, whole.newest
    stage = len(whole.stages) + 1
    first = "first notification" if stage == 1 else f"stage {stage}: what follows the first notification"
    return Document(
        title=f"Personal-data breach {called(listed.incident)}: draft for the ICO, {first}",
        stem=f"ico-draft-{called(listed.incident)}",
        produced_at=whole.read_at,
        address=f"{base_url}/data-breaches/{listed.breach.id}",
        says=(
            "A draft of what the ICO is told under UK GDPR Article 33. It is not sent from here.",
            "Check it before it is sent, and name nobody whose data it was.",
        ),
        sections=[
            _timing(whole), _what(whole, newest), _effects(newest), _remedy(newest), _people(whole), _others(whole),
            _stages(whole), _to_follow(whole, newest),
        ],
    )  # fmt: skip


def not_known(whole: Whole) -> list[str]:
    """What the ICO asks for and nobody knows yet."""
    newest, happened = whole.newest, whole.listed.incident.happened_at
    missing = {
        "When it happened": happened is None,
        "What happened": newest is None,
        "The kinds of personal data": newest is None or not newest.categories,
        "How many people, about": newest is None or newest.row.people is None,
        "How many records, about": newest is None or newest.row.records is None,
        "How likely it is to harm people": newest is None or newest.row.risk == Risk.NOT_KNOWN.value,
    }
    return [words for words, lacks in missing.items() if lacks]


def _timing(whole: Whole) -> Section:
    breach, incident = whole.listed.breach, whole.listed.incident
    left = rules.countdown(whole.read_at, breach.tell_by)
    facts = [
        ("Our number", called(incident)),
        ("ICO reference", breach.regulator_reference or "None yet"),
        ("It happened", said_instant(incident.happened_at) if incident.happened_at else NOT_KNOWN),
        ("Somebody came to know", said_instant(breach.aware_at)),
        (f"The {whole.hours} hours end", said_instant(breach.tell_by)),
        ("State", STANDS[whole.listed.stands(whole.read_at)]),
    ]
    if breach.notified_at is None:
        facts.append(("When this was drafted", f"{'over by' if left.over else 'left:'} {left.said}"))
    late = whole.late_reason if breach.notified_at else NOT_KNOWN if left.over else ""
    if late:
        facts.append(("Why it was not sooner", late))
    return Section("When", (), facts)


def _what(whole: Whole, newest: Opened | None) -> Section:
    facts = [
        ("Organisation it is about", whole.listed.organisation or NOT_KNOWN),
        ("Kinds of personal data", "; ".join(newest.categories) if newest and newest.categories else NOT_KNOWN),
        ("People concerned, about", _about(newest.row.people if newest else None)),
        ("Records concerned, about", _about(newest.row.records if newest else None)),
    ]
    return Section("What happened", _paragraphs(newest.facts if newest else NOT_KNOWN), facts)


def _effects(newest: Opened | None) -> Section:
    risk = RISKS[Risk(newest.row.risk)] if newest else RISKS[Risk.NOT_KNOWN]
    return Section(
        "What can come of it", _paragraphs(newest.effects if newest else NOT_KNOWN), [("Risk to people", risk)]
    )


def _remedy(newest: Opened | None) -> Section:
    return Section("What was done, and is to be done", _paragraphs(newest.remedy if newest else NOT_KNOWN))


def _people(whole: Whole) -> Section:
    breach = whole.listed.breach
    if breach.people_told_at:
        stands = f"They were told: {said_instant(breach.people_told_at)}"
    else:
        stands = DECISIONS[breach.people_decision] if breach.people_decision else "Not decided yet"
    return Section("The people concerned", (), [("Told?", stands), *_said(whole.people)])


def _others(whole: Whole) -> Section:
    facts = _said(whole.partners)
    return Section("The organisations whose information it is", () if facts else (_NOBODY_YET,), facts)


def _stages(whole: Whole) -> Section:
    rows = [
        (
            str(each.row.number),
            said_instant(each.row.told_at),
            each.words,
            "Yes" if each.row.more_to_follow else "No",
        )
        for each in whole.stages
    ]
    if not rows:
        return Section("What the ICO was told before", ("Nothing yet: this is the first notification.",))
    return Section("What the ICO was told before", (), (), ("Stage", "When", "What", "More to follow"), rows)


def _to_follow(whole: Whole, newest: Opened | None) -> Section:
    missing = not_known(whole)
    known = f"As assessment {newest.row.number} has it." if newest else "Nobody has assessed it yet."
    if not missing:
        return Section("What is to follow", (known, "Everything that Article 33(3) asks for is here."))
    says = "These are not known yet. They follow in stages, without undue further delay (Article 33(4)): "
    return Section("What is to follow", (known, f"{says}{'; '.join(each.lower() for each in missing)}."))


def _said(said: Sequence[Said]) -> list[tuple[str, str]]:
    return [(said_instant(each.happened_at or each.at), f"{DECISIONS[each.what]}. {each.words}") for each in said]


def _about(number: int | None) -> str:
    return NOT_KNOWN if number is None else f"{number:,}"


def _paragraphs(words: str) -> tuple[str, ...]:
    return tuple(part for part in words.split("\n") if part.strip())
