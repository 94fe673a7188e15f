"""Made-up names for the demo, and addresses made of them."""

from __future__ import annotations

FIRST_NAMES = ("Alder", "Bryony", "Cosmo", "Delphine", "Ellery", "Fenella", "Gower", "Hester", "Ivo", "Juno", "Kitto")
LAST_NAMES = ("Applecross", "Barleymow", "Cobblestone", "Dovecote", "Elderbrook", "Foxglade", "Greenhythe")


def a_name(number: int) -> str:
    """One made-up name after another."""
    return f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number % len(LAST_NAMES)]}"


def local(full_name: str) -> str:
    """A name as the local part of an address."""
    return full_name.lower().replace(" ", ".")
