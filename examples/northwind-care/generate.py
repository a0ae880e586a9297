"""Write the files of Northwind Care.

python examples/northwind-care/generate.py [--tickets 60000] [--seed 2026] [--into FOLDER] [--without-effects]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from northwind.files import write  # noqa: E402
from northwind.planted import EVERYTHING, NOTHING  # noqa: E402
from northwind.story import generate  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Generate and write; the answer names the folder and what was planted."""
    parser = argparse.ArgumentParser(description="Write the files of the example organisation Northwind Care.")
    parser.add_argument("--tickets", type=int, default=60_000, help="how many tickets (default: 60000)")
    parser.add_argument("--seed", type=int, default=2026, help="the same seed gives the same bytes (default: 2026)")
    parser.add_argument("--into", type=Path, default=HERE / "data", help="folder (default: data beside this file)")
    parser.add_argument(
        "--without-effects", action="store_true", help="nothing that a review should find happens; the faults stay"
    )
    chosen = parser.parse_args(arguments)
    story = generate(chosen.tickets, chosen.seed, NOTHING if chosen.without_effects else EVERYTHING)
    files = write(story, chosen.into)
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(files)} files, {size:.0f} MB, {len(story.tables['tickets']):,} tickets in {chosen.into}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
