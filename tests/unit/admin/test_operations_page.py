"""docs/OPERATIONS.md says of every action what its declaration says."""

from rialto.admin.actions import ACTIONS
from rialto.admin.reads import READ_ENDPOINTS
from rialto.admin.routes import LIST
from rialto.identity.operators import Role
from tests.operations_page import looks_by_role
from tests.tidy import sources


def test_the_page_lists_the_actions_as_they_are_declared() -> None:
    lines = sources.read("docs/OPERATIONS.md").splitlines()
    expected = [
        f"| `{each.name}` | {each.summary} | {', '.join(sorted(role.value for role in each.roles))} | "
        f"{each.agreed_by} |"
        for each in ACTIONS.values()
    ]
    start = lines.index("| action | what it does | who | agreed by |") + 2
    assert lines[start : start + len(expected) + 1] == [*expected, ""]


def test_the_page_tells_every_look() -> None:
    looks = {each.path.removeprefix("/admin/v1/") for each in (*READ_ENDPOINTS, LIST)}
    assert looks == set(looks_by_role())


def test_the_page_tells_every_role() -> None:
    page = sources.read("docs/OPERATIONS.md")
    assert [role.value for role in Role if f"| `{role.value}` |" not in page] == []
