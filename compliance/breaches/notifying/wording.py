"""What the states, risks and decisions are called, on the page, in files and in what goes to the ICO alike."""

from __future__ import annotations

from .rules import Decision, PeopleDecision, Risk, Stands, Todo

RISKS: dict[Risk, str] = {
    Risk.NOT_KNOWN: "Not known yet",
    Risk.UNLIKELY: "Unlikely to harm anybody",
    Risk.LIKELY: "Likely to harm somebody",
    Risk.HIGH: "High: likely to harm somebody seriously",
}

STANDS: dict[Stands, str] = {
    Stands.RUNNING: "Clock runs",
    Stands.OVER: "Time is over",
    Stands.FOLLOWS: "ICO told, more to follow",
    Stands.NOTIFIED: "ICO told",
    Stands.NOT_NOTIFIED: "ICO not told, with reasons",
}

DECISIONS: dict[str, str] = {
    Decision.NOTIFY.value: "The ICO is to be told",
    Decision.NOT_NOTIFY.value: "The ICO is not told",
    PeopleDecision.TELL.value: "The people concerned are to be told",
    PeopleDecision.NOT_TELL.value: "The people concerned are not told",
    "told": "Told",
}

TODO: dict[Todo, tuple[str, str]] = {
    Todo.ASSESS: (
        "Write down what is known, and how likely harm is",
        "the hub team or the information governance officer",
    ),
    Todo.DECIDE: ("Decide whether the ICO is told", "the hub manager"),
    Todo.TELL: ("Tell the ICO, then write down that it was told", "the hub manager"),
    Todo.DECIDE_PEOPLE: ("Decide whether the people concerned are told: the risk to them is high", "the hub manager"),
    Todo.TELL_PEOPLE: ("Tell the people concerned, then write down that they were told", "the hub manager"),
    Todo.TELL_PARTNERS: (
        "Tell the organisations whose information it is, then write down which",
        "the hub team or the information governance officer",
    ),
    Todo.FOLLOW: ("Send the ICO what was not known at first, then write down that it was sent", "the hub manager"),
}
"""What is to be done, and whose move it is."""
