"""The week of a rota as a picture: a strip for each day, a block for each turn. The table beside it says the same."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.licences.rotas.queries import Standing
from compliance.licences.rotas.rules import DAY, DAYS

LEFT, HOUR, STRIP, GAP, TOP = 90, 36, 26, 8, 26
SHADES = 6
WIDEST_LETTER = 9


@dataclass(frozen=True)
class Block:
    """One turn: where it is drawn, in which shade, and the name that fits into it."""

    x: int
    y: int
    width: int
    shade: int
    text: str


@dataclass(frozen=True)
class Picture:
    """The drawing: its size, the hours and days along its edges, and its blocks."""

    width: int
    height: int
    hours: tuple[tuple[int, str], ...]
    days: tuple[tuple[int, str], ...]
    blocks: tuple[Block, ...]


def picture(standing: Standing) -> Picture:
    """The week of this rota; people are told apart by name and shade."""
    people = {member.licence.id: number for number, member in enumerate(standing.members)}
    names = {member.licence.id: member.licence.person.full_name for member in standing.members}
    blocks = []
    for turn in standing.turns:
        if turn.licence_id not in people:
            continue
        x, end = (LEFT + minute * HOUR // 60 for minute in (turn.begins, turn.ends))
        blocks.append(
            Block(
                x, _strip(turn.weekday), max(2, end - x), people[turn.licence_id] % SHADES,
                _fitting(names[turn.licence_id], end - x),
            )
        )  # fmt: skip
    return Picture(
        LEFT + DAY * HOUR // 60 + 20,
        _strip(len(DAYS)),
        tuple((LEFT + hour * HOUR, f"{hour:02}") for hour in range(0, 25, 3)),
        tuple((_strip(number), name) for number, name in enumerate(DAYS)),
        tuple(blocks),
    )


def _strip(weekday: int) -> int:
    return TOP + weekday * (STRIP + GAP)


def _fitting(name: str, width: int) -> str:
    """As much of a name as fits: all of it, the first, its initials, or nothing."""
    initials = "".join(word[0] for word in name.split())
    most = width // WIDEST_LETTER
    return next((text for text in (name, name.split()[0], initials) if len(text) < most), "")
