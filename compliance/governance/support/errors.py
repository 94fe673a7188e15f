"""How a step of a request for help is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden


class NotSorted(Conflict):
    code = "help-not-sorted"
    rule = "GOV-6"
    detail = "Say first whose matter it is: local IT, this service, or the case system’s supplier."


class SortedAlready(Conflict):
    code = "help-sorted"
    rule = "GOV-6"
    detail = "Somebody has said whose matter this is already."


class PassedOnAlready(Conflict):
    code = "help-passed-on"
    rule = "GOV-6"
    detail = "This was passed on to the supplier already."


class NotTheSuppliers(Conflict):
    code = "help-not-the-suppliers"
    rule = "GOV-6"
    detail = "This is not the supplier’s matter, so it is not passed on."


class HelpOver(Conflict):
    code = "help-over"
    rule = "GOV-6"
    detail = "This request has ended. If it comes up again, log a new one."


class NotASupportContact(Forbidden):
    code = "not-a-support-contact"
    rule = "GOV-6"
    detail = "Only a support contact whom the manager named passes a request on to the supplier. Ask one of them."


class NamedAlready(Conflict):
    code = "support-contact-named"
    rule = "GOV-6"
    detail = "This person is a support contact already."
