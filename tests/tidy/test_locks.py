"""The locks answer what is asked for, by hash, from wherever packages are fetched."""

import json
import re
import tomllib

import pytest

from tests.tidy import sources

LOCKS = ("bootstrap", "run", "dev")
PINNED = re.compile(
    r"^(?P<name>[a-z0-9.-]+)(?:\[[^\]]*\])?==(?P<version>\S+)(?: ;.*)? \\\n"
    r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+",
    re.MULTILINE,
)


def pins(lock: str) -> dict[str, str]:
    return {found["name"]: found["version"] for found in PINNED.finditer(sources.read(f"requirements/{lock}.txt"))}


def normalized(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[._-]+", "-", found.group()).lower()


def asked_for(path: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in sources.read(path).splitlines())
    return {normalized(line) for line in lines if line and not line.startswith("-")}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_carries_hashes_and_nothing_else_is_listed(lock: str) -> None:
    text = sources.read(f"requirements/{lock}.txt")
    listed = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert len(listed) == len(pins(lock)) > 0


def test_the_locks_cover_what_is_asked_for() -> None:
    project = tomllib.loads(sources.read("pyproject.toml"))["project"]
    runtime = {normalized(requirement) for requirement in project["dependencies"]}
    extras = {normalized(extra) for extras in project["optional-dependencies"].values() for extra in extras}
    build = asked_for("requirements/build.in") | asked_for("requirements/bootstrap.in")
    assert runtime | build <= set(pins("run"))
    assert runtime | build | extras | asked_for("requirements/dev.in") <= set(pins("dev"))


def test_the_locks_agree() -> None:
    development = pins("dev").items()
    assert pins("bootstrap").items() <= pins("run").items() <= development


def test_the_nodes_for_tests_are_locked_by_hash() -> None:
    locked = json.loads(sources.read("tools/nodes/package-lock.json"))["packages"]
    asked = json.loads(sources.read("tools/nodes/package.json"))["devDependencies"]
    packages = {path.removeprefix("node_modules/"): each for path, each in locked.items() if path}
    assert all(each["integrity"].startswith("sha512-") and "resolved" not in each for each in packages.values())
    assert asked.items() <= {name: each["version"] for name, each in packages.items()}.items()
