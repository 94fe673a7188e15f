"""How a request for re-use, or its answer, is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden, StaleForm


class NoSuchAnswer(Conflict):
    code = "reuse-no-such-step"
    rule = "SHA-2"
    detail = "This does not follow from where the request stands now. Nothing was changed: look at it again."


class AnsweredMeanwhile(StaleForm):
    code = "reuse-answered-meanwhile"
    rule = "SHA-2"
    detail = "Somebody answered while you were writing. Nothing of yours was kept: look at their answer first."


class OwnRequest(Forbidden):
    code = "reuse-own-request"
    rule = "ROL-3"
    detail = "You asked for this yourself. Somebody else answers it."
