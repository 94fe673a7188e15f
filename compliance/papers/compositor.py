"""The process in which a document is set: it reads what the document says, writes the PDF, and ends.

It is started for each document with nothing in its environment, may use so much time and memory and no more, and
is given no way to any file but the templates beside it. What is wrong is said on its error stream, by exit code 1.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import typst

TEMPLATES = Path(__file__).with_name("templates")
_CPU_SECONDS = 30
_MEMORY = 4 * 1024**3
_NOWHERE = "/nonexistent"


def main() -> int:
    """Set what stands on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    asked = json.loads(sys.stdin.buffer.read())
    try:
        made = typst.compile(
            str(TEMPLATES / "paper.typ"),
            root=str(TEMPLATES),
            font_paths=typst.Fonts(include_system_fonts=False),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"held": json.dumps(asked["held"])},
            pdf_standards=["ua-1"],
            package_path=_NOWHERE,
            package_cache_path=_NOWHERE,
            timestamp=asked["timestamp"],
        )
    except typst.TypstError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
