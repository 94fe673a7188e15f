"""What somebody who guesses tries first: common passwords, words of this hub, and what is known of the person (IDN-1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from .addresses import local_part_of

_SHORTEST_FRAGMENT = 3
_SHORTEST_OF_AN_EMPLOYER = 5
_SHORTEST_ANYWHERE = 4
_SHORTEST_MIXED_IN = 6

_DISGUISES = (str.maketrans("@4830!1$57", "aabeoiisst"), str.maketrans("@4830!1$57", "aabeoilsst"))
"""Signs that stand for letters, as in p@ssw0rd: a 1 for an i, and for an l."""


def names_the_person(chosen: str, full_name: str, email: str) -> bool:
    """Whether it holds a part of the person's name, the whole of it run together, or their address's local part."""
    return _holds(chosen, parts_of_person(full_name, email))


def parts_of_person(full_name: str, email: str) -> frozenset[str]:
    """What of a person is looked for. Fragments of one or two letters are let through: they stand in almost every word."""
    words = plain(full_name).split()
    return _long_enough({*words, "".join(words), plain(local_part_of(email))})


def names_the_work(chosen: str, words: Collection[str], employer: str | None) -> bool:
    """Whether it holds a word of the policy's list, or the name of whom the person works for, or a long word of it.

    A listed word of two or three letters counts only where it stands alone: `hub`, but not *rhubarb*.
    """
    short = {plain(word) for word in words if len(plain(word)) < _SHORTEST_ANYWHERE}
    alone = {part for reading in _readings(plain(chosen)) for part in re.split(r"[\W\d_]+", reading)}
    return _holds(chosen, parts_of_work(words, employer)) or bool(short & alone)


def parts_of_work(words: Collection[str], employer: str | None) -> frozenset[str]:
    """What of a person's work is looked for wherever it stands."""
    employers = plain(employer or "").split()
    whole = {"".join(employers), " ".join(employers)}
    long = {word for word in employers if len(word) >= _SHORTEST_OF_AN_EMPLOYER}
    return _long_enough(whole | long | {word for word in map(plain, words) if len(word) >= _SHORTEST_ANYWHERE})


def is_common(chosen: str) -> bool:
    """Whether it is a common password: as it stands, in another case, in disguise, dressed up, or said again."""
    return any(form in _common() for form in _undressed(chosen))


def plain(text: str) -> str:
    """Without case and accents, so that a word is found however it is written."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _holds(chosen: str, fragments: Iterable[str]) -> bool:
    return any(fragment in reading for reading in _readings(plain(chosen)) for fragment in fragments)


def _long_enough(fragments: Iterable[str]) -> frozenset[str]:
    return frozenset(fragment for fragment in fragments if len(fragment) >= _SHORTEST_FRAGMENT)


def _readings(text: str) -> tuple[str, ...]:
    """As it is written, and as it is meant."""
    return (text, *(text.translate(disguise) for disguise in _DISGUISES))


def _undressed(chosen: str) -> Iterator[str]:
    """The password itself, and what is left of it without the digits and symbols around it and within."""
    yield chosen
    folded = chosen.casefold()
    ended = re.sub(r"[\W\d_]+$", "", folded)
    forms = {form for worn in (folded, ended, re.sub(r"^[\W\d_]+", "", ended)) for form in _readings(worn)}
    for joined in {re.sub(r"[\W\d_]+", "", form) for form in forms}:
        if len(joined) >= _SHORTEST_MIXED_IN:
            forms |= {joined, *_said_again(joined)}
    yield from forms - {""}


def _said_again(text: str) -> Iterator[str]:
    """What the text is, if it is nothing but the same said over and over."""
    for length in range(_SHORTEST_FRAGMENT, len(text) // 2 + 1):
        if len(text) % length == 0 and text == text[:length] * (len(text) // length):
            yield text[:length]


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # takes a while and much memory: only who needs it waits

    return frozenset(FREQUENCY_LISTS["passwords"])
