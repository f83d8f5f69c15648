"""Answers to a questionnaire that nobody can read are refused as such."""

import pytest

from rialto.custody.travel_rule.questionnaires import InvalidQuestionnaire, read_pii, read_receiving

NESTED = '{"depositOriginator": 1, "more": ' + "[" * 100_000 + "]" * 100_000 + "}"


def test_what_is_nested_without_end_is_no_answer() -> None:
    with pytest.raises(InvalidQuestionnaire, match="no JSON object"):
        read_pii(NESTED, "the customer's data")
    with pytest.raises(InvalidQuestionnaire, match="cannot be read"):
        read_receiving(NESTED, frozenset())
