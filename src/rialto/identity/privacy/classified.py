"""Every table of the database, classified: the one declaration that exports, erasure and retention follow.

A new table or column is put in here by who makes it; `tests/tidy/test_personal_data.py` refuses one that is not.
"""

from typing import Final

from rialto.identity.privacy.classified_money import MONEY
from rialto.identity.privacy.classified_people import PEOPLE
from rialto.identity.privacy.declaration import Classified, Personal

CLASSIFIED: Final[tuple[Classified, ...]] = (*PEOPLE, *MONEY)

PERSONAL: Final[tuple[Personal, ...]] = tuple(each for each in CLASSIFIED if isinstance(each, Personal))
