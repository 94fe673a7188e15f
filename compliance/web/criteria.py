"""What a password must be, as a page lists it: in words, and for the script that ticks each off as it is typed (IDN-1).

What the script cannot know, the list of common passwords and one's earlier ones, only the server looks at; and the
server looks at all of it again, so that nothing is lost where no script runs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from compliance.identity import guessable, queries
from compliance.identity.models import Person
from compliance.kernel.context import in_force, reading
from policies.values import Policy

KINDS_OF_CHARACTER = {
    "capital": "a capital letter",
    "small": "a small letter",
    "number": "a number",
    "special": "a special character, such as ! or £",
}
"""The kinds that the policy can ask for."""


@dataclass(frozen=True)
class Criterion:
    """One thing a password must be: its words, and what the script is given to look for, if it can look at all."""

    says: str
    looks: dict[str, str] = field(default_factory=dict)


def criteria(person: Person) -> tuple[Criterion, ...]:
    """What this person's next password must be, as the policy in force has it."""
    policy = in_force(Policy)
    values = policy.password
    with reading() as ctx:
        employer = queries.employer_of(ctx, person)
    own = guessable.parts_of_person(person.full_name, person.email)
    work = guessable.parts_of_work(policy.context_words, employer)
    return (
        Criterion(
            f"at least {values.min_length} characters",
            {"look": "length", "least": str(values.min_length), "most": str(values.max_length)},
        ),
        *(
            Criterion(said, {"look": kind})
            for kind, said in KINDS_OF_CHARACTER.items()
            if kind in values.character_kinds
        ),
        Criterion("nothing of your name or e-mail address in it", _without(own)),
        Criterion("nothing of your organisation in it, and no word such as marac or police", _without(work)),
        Criterion(f"none of your last {values.history} passwords, and none that is known to be common"),
    )


def _without(parts: frozenset[str]) -> dict[str, str]:
    return {"look": "without", "words": json.dumps(sorted(parts), ensure_ascii=False)}
