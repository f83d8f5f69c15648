"""The compatibility matrix in the docs is what the declarations say."""

from tools.compatibility import DOCUMENT, document


def test_the_matrix_is_current() -> None:
    assert DOCUMENT.read_text() == document(), "say make docs"
