"""How long the service keeps what is its own: docs/own-records.md, from the policy's two files."""

from __future__ import annotations

from compliance.kernel.settings import REPOSITORY
from policies import own
from policies.own import Class
from policies.values import Policy
from retention.own.showing import kept_words, tables_of

DOCUMENT = REPOSITORY / "docs" / "own-records.md"


def write(policy: Policy) -> str:
    """docs/own-records.md."""
    return "\n".join(
        [
            "# Our own records",
            "",
            "Written by the test suite (`make docs`) from `policies/own_records.toml` and `policies/own_tables.toml`; do not edit.",
            "What is over goes by jobs of the scheduler, once a day for each rule, each disposal in the log with how many rows",
            "went (RET-9). Nothing goes under a hold (RET-6), nor while something is open that names it. The log itself is never",
            "made shorter; what is done when the contract has ended stands in [operating.md](operating.md) (AUD-4).",
            "",
            "## Rules",
            "",
            "| rule | what | kept | period | clause | tables |",
            "|---|---|---|---|---|---|",
            *(
                f"| `{rule.code}` | {rule.name} | {kept_words(rule, policy)} | "
                f"{'confirmed' if rule.confirmed else 'to be confirmed by the information governance officer'} | {rule.clause} | "
                f"{', '.join(f'`{name}`' for name in tables_of(policy, rule))} |"
                for rule in policy.own_records.values()
            ),
            "",
            "## Tables and columns",
            "",
            "What each class asks for stands in [operating.md](operating.md).",
            "",
            "| table | class | follows | secret | personal | evidence | register |",
            "|---|---|---|---|---|---|---|",
            *(
                f"| `{name}` | {table.of_class} | {_follows(policy, name)} | "
                + " | ".join(
                    ", ".join(f"`{column}`" for column, kind in table.columns.items() if kind == each) for each in Class
                )
                + " |"
                for name, table in policy.own_tables.items()
            ),
            "",
        ]
    )


def _follows(policy: Policy, name: str) -> str:
    table = policy.own_tables[name]
    rule = f"`{own.rule_of(policy.own_tables, name)}`"
    with_ = f", with `{table.goes_with}`" if table.goes_with else ""
    but = "".join(f"; `{column}`: `{code}`" for column, code in table.but.items())
    return f"{rule}{with_}{but}"
