"""Migrations are one line: every one but the last is the step before exactly one other."""

import re

from tests.tidy import sources

VERSIONS = "src/rialto/foundation/migrations/versions/0"
REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
BEFORE = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)


def test_migrations_are_one_line() -> None:
    texts = [sources.read(path) for path in sources.with_suffix(".py") if path.startswith(VERSIONS)]
    revisions = [found for text in texts for found in REVISION.findall(text)]
    befores = [found for text in texts for found in BEFORE.findall(text)]
    assert len(texts) == len(revisions) == len(befores) + 1
    assert len(set(revisions)) == len(revisions)
    assert len(set(befores)) == len(befores), "two follow one: merge them into a line"
    assert set(befores) < set(revisions)
