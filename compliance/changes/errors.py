"""How somebody who follows the changes is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Throttled


class CursorAhead(Conflict):
    code = "cursor-ahead"
    rule = "DEC-4"
    detail = (
        "This cursor is ahead of what there is: the service was set back to an earlier state. Drop whatever you keep of "
        "anybody's rights, and begin again without a cursor."
    )


class TooManyWait(Throttled):
    code = "too-many-wait"
    detail = "Nothing has changed, and as many wait for changes as may. Ask again in a few seconds."
