"""How a rota is refused, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Invalid


class BadTimetable(Invalid):
    code = "rota-timetable"
    rule = "LIC-6"
    detail = "The timetable cannot be kept as it stands. Each turn that is wrong says what to do."


class RotaOver(Conflict):
    code = "rota-over"
    rule = "LIC-6"
    detail = "This rota has ended. Make a new one."


class LastOfRota(Conflict):
    code = "rota-last"
    rule = "LIC-6"
    detail = "Nobody else holds this seat. End the rota instead, and choose who keeps the seat."


class TurnsDecide(Conflict):
    code = "rota-turns-decide"
    rule = "LIC-6"
    detail = (
        "This licence is in a rota: the timetable lets its holder in. Change the turns, or take them out of the rota."
    )
