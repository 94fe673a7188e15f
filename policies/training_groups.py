"""What people learn, and what a new partner is given: the files `training.toml` and `welcome.toml` (GOV-7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .floors import BrokenPolicy

_TWENTY_YEARS = 240


@dataclass(frozen=True)
class TrainingModule:
    """One module, by its code. `versions` has a space between each, the oldest first; `months` is 0 for no end.

    Whoever did a version before `counts_from` is due again.
    """

    code: str
    name: str
    means: str
    versions: str
    counts_from: str
    months: int
    clause: str
    rule: str

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.versions.split())

    @property
    def newest(self) -> str:
        return self.labels[-1]

    @property
    def too_old(self) -> tuple[str, ...]:
        """The versions that no longer count."""
        return self.labels[: self.labels.index(self.counts_from)]


@dataclass(frozen=True)
class WelcomeItem:
    """One thing that a new partner is given, by its code."""

    code: str
    name: str
    means: str
    clause: str


def checked_modules(modules: Mapping[str, TrainingModule], needed: Collection[str]) -> dict[str, TrainingModule]:
    """The same; raises BrokenPolicy for a module whose versions are not each there once, or that counts too long.

    Of one that licences need every version counts: what a licence stands on ends on a day, and not with a new version.
    """
    for code, module in modules.items():
        labels = module.labels
        if len(set(labels)) != len(labels) or module.counts_from not in labels:
            raise BrokenPolicy(f"training.toml: {code} counts from one of its versions, each of which is there once")
        if code in needed and module.too_old:
            raise BrokenPolicy(f"training.toml: {code} is needed for a licence, so it counts from its first version")
        if not 0 <= module.months <= _TWENTY_YEARS:
            raise BrokenPolicy(f"training.toml: {code} counts for 0 to {_TWENTY_YEARS} months")
    return dict(modules)
