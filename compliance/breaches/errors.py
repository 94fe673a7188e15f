"""How a report, a step or a suspension is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden, StaleForm, Throttled


class NoSuchStep(Conflict):
    code = "incident-no-such-step"
    rule = "BRE-2"
    detail = "This step does not follow from where the breach stands now. Nothing was changed: look at it again."


class MovedOn(StaleForm):
    code = "incident-moved-on"
    rule = "BRE-2"
    detail = (
        "Somebody took a step while you were writing. Nothing of yours was kept: look at theirs, then decide again."
    )


class IncidentOver(Conflict):
    code = "incident-over"
    rule = "BRE-2"
    detail = "This breach is resolved or closed. What was decided stays as it is; report a new one if it goes on."


class NotTheirMatter(Forbidden):
    code = "incident-own-licence"
    rule = "ROL-3"
    detail = "Your own licence rests because of this breach. Somebody else takes its next step."


class TooManyReports(Throttled):
    code = "incident-too-many"
    rule = "BRE-1"
    detail = "You have sent many reports today. Ring the MARAC Hub Team with the next one, or send it tomorrow."


class LicencesStillRest(Conflict):
    code = "incident-licences-rest"
    rule = "BRE-4"
    detail = "Licences still rest because of this breach. Let them be used again in the same step, or end them first."


class RestsForThis(Conflict):
    code = "incident-licence-rests"
    rule = "BRE-4"
    detail = "This licence rests because of this breach already."


class NotToSuspend(Conflict):
    code = "incident-licence-not-usable"
    rule = "BRE-4"
    detail = "This licence is not in use, so there is nothing to suspend. Refuse or end it in the register of licences instead."


class HeldByIncident(Conflict):
    code = "licence-held-by-incident"
    rule = "BRE-4"
    detail = (
        "A licence of this person rests because of a breach that is still open. They can use one again once that breach "
        "is resolved."
    )


class ActionDone(Conflict):
    code = "incident-action-done"
    rule = "BRE-2"
    detail = "Somebody has marked this as done already."
