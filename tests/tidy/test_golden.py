"""Golden files never change once they are there: what an earlier release wrote is not for a later one to write again.

`golden.txt` beside this file lists a digest of every golden directory. A new directory is added to the list by
`RIALTO_LIST_GOLDEN=1 pytest tests/tidy/test_golden.py`, which refuses to change a line.
"""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("golden.txt")
PLACES = ("crates/journal/tests/golden", "crates/runtime/tests/golden")


def digest(directory: Path) -> str:
    """Hash the names and contents of all files in a directory, in order of their names."""
    hashed = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        content = path.read_bytes()
        hashed.update(f"{path.relative_to(directory).as_posix()} {len(content)}\n".encode())
        hashed.update(content)
    return hashed.hexdigest()


def listed() -> dict[str, str]:
    """Read the list."""
    lines = LIST.read_text(encoding="utf-8").splitlines() if LIST.exists() else []
    return dict(line.split(" ") for line in lines)


def test_golden_directories_are_as_they_were_written() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): digest(path)
        for place in PLACES
        for path in sorted((ROOT / place).iterdir())
        if path.is_dir()
    }
    known = listed()
    changed = {name for name, was in known.items() if found.get(name) != was}
    assert not changed, f"golden directories were changed or removed: {changed}; add another one instead"
    if os.environ.get("RIALTO_LIST_GOLDEN"):
        LIST.write_text("".join(f"{name} {found[name]}\n" for name in sorted(found)), encoding="utf-8")
        known = listed()
    assert known == found, "new golden directories must be listed, see the top of this file"
