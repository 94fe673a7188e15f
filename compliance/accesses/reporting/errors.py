"""Why the case system's events are not taken; each time, none of the batch is."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden, Invalid


class EventsRefused(Invalid):
    code = "events-refused"
    rule = "AUD-1"
    detail = "Some of these events cannot be taken, and so none was. Mend those named, and report all of them again."


class TooManyEvents(Invalid):
    code = "too-many-events"
    rule = "AUD-1"
    detail = "These are too many events for one call. Report them in several."


class ToldDifferently(Conflict):
    code = "event-told-differently"
    rule = "AUD-1"
    detail = (
        "Some of these events were reported before and said something else then, and so nothing was taken. What is "
        "in the log stays: report a correction as a new event, with an id of its own."
    )


class ToldMeanwhile(Conflict):
    code = "events-told-meanwhile"
    rule = "AUD-1"
    detail = "The same events are being reported elsewhere at this moment. Nothing was taken: report them again."


class ClientEnded(Forbidden):
    code = "client-ended"
    rule = "DEC-4"
    detail = "This client was ended while it reported. Nothing was taken."
