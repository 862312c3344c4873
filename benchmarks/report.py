"""Tables for people, JSON for comparison with the last run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def show(name: str, folder: Path, *parts: Sequence[dict[str, Any]] | dict[str, Any]) -> None:
    for part in parts:
        rows = [part] if isinstance(part, dict) else list(part)
        if rows:
            print(table(rows), end="\n\n")
    results = folder / "results"
    results.mkdir(exist_ok=True)
    (results / f"{name}.json").write_text(json.dumps(parts, ensure_ascii=False, indent=1, default=str))


def table(rows: Sequence[dict[str, Any]]) -> str:
    if len(rows) == 1:
        return "\n".join(f"{name:>24}  {value}" for name, value in rows[0].items())
    names = list(rows[0])
    cells = [names, *[[str(row.get(name, "")) for name in names] for row in rows]]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells
    )
