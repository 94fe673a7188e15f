"""What every command begins with: the settings, the service put together, and how a command says that it cannot."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from flask import Flask

from compliance.app import furnished
from compliance.kernel.settings import Misconfigured, Settings
from policies.values import BrokenPolicy


def settings() -> Settings:
    """What the operator set; ends the command where that is not enough."""
    try:
        return Settings.from_environment()
    except Misconfigured as problem:
        fail(str(problem))


def application() -> Flask:
    """The service without its doors; ends the command where it cannot be put together."""
    try:
        return furnished(settings())
    except (Misconfigured, BrokenPolicy) as problem:
        fail(str(problem))


def fail(words: str) -> NoReturn:
    """End the command with these words and exit code 1."""
    click.echo(words, err=True)
    sys.exit(1)
