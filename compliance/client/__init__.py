"""What a case system in Python asks this service with: typed, in step with the caller, and closed where anything is in doubt.

A decision that does not come, comes late, cannot be understood or is no longer good is a deny. It needs Python, `cryptography`,
`joserfc` for people signing in, and the two modules of `audit` that check the log (`tree`, `notes`); nothing else of the service.

    service = Service("https://compliance.example", WithSecret("case-system", secret))
    answer = service.decide(Question("jo@swale.gov.uk", "case.view", "case", "MC-2026-17", area="mid-kent"))
    if answer.permits:
        show(the_case)
    else:
        say(answer.why or "This cannot be shown now.")
"""

from .asking import MOST_AT_ONCE, Answer, Question
from .credentials import WithKey, WithSecret
from .errors import LogDoubted, NoAnswer, Refused
from .following import Change, Changes
from .people import Begun, NotSignedIn, Person, SignIn
from .service import Service
from .watching import Kept, Watcher

__all__ = [
    "MOST_AT_ONCE",
    "Answer",
    "Begun",
    "Change",
    "Changes",
    "Kept",
    "LogDoubted",
    "NoAnswer",
    "NotSignedIn",
    "Person",
    "Question",
    "Refused",
    "Service",
    "SignIn",
    "Watcher",
    "WithKey",
    "WithSecret",
]
