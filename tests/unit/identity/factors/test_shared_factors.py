"""What proves a second factor at one gateway proves nothing at another: each is accepted once, wherever."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from rialto.identity.factors.factors import Factors
from rialto.identity.factors.kinds import FactorProof, FactorRefused
from tests.unit.identity.factors.test_factors import (
    ALICE,
    MASTER_KEY,
    NOW_US,
    PARTY,
    STEP_US,
    code_of,
    engine,
    recovery,
    totp,
    with_app,
)

__all__ = ["engine"]


@pytest.fixture
def gateways(engine: Engine) -> list[Factors]:
    return [Factors(engine, MASTER_KEY, PARTY) for _ in range(2)]


def accepted(at: Factors, proof: FactorProof, now_us: int) -> bool:
    try:
        at.check(ALICE, proof, now_us)
    except FactorRefused:
        return False
    return True


def test_a_code_is_accepted_at_one_gateway_of_two(gateways: list[Factors]) -> None:
    here, there = gateways
    secret, codes = with_app(here)
    later = NOW_US + 10 * STEP_US
    code = totp(code_of(secret, later))
    assert accepted(here, code, later)
    assert not accepted(there, code, later)
    assert accepted(there, recovery(codes[0]), later)
    assert not accepted(here, recovery(codes[0]), later)


def test_of_two_gateways_that_are_shown_a_code_at_once_one_accepts_it(gateways: list[Factors]) -> None:
    secret, codes = with_app(gateways[0])
    with ThreadPoolExecutor(2) as threads:
        for number, code in enumerate(codes[:4]):
            now_us = NOW_US + (10 + 5 * number) * STEP_US
            for proof in (totp(code_of(secret, now_us)), recovery(code)):
                given = (proof, now_us)
                assert sorted(threads.map(lambda at, given=given: accepted(at, *given), gateways)) == [False, True]
