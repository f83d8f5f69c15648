"""Every call beyond spot, with arguments made from its declaration and arguments that break it: never a fault of ours.

Beside the fuzzing of spot, whose means it shares. Calls are signed by a key that may do everything, from a person who
holds something; those for browsers alone are refused, which is an answer too.
"""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from rialto.bootstrap.families.declarations import ENDPOINTS
from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from rialto.identity.restrictions import Permission
from rialto.wire import openapi
from tests.contract.test_openapi_fuzz import ANSWER_TIMEOUT_S, Fuzzed, fuzzed, operations_of
from tests.whole_exchange import whole_exchange

EXAMPLES = 4
CHECKS = [not_a_server_error, checks.content_type_conformance]
OPERATIONS = operations_of(
    openapi.document([each for each in ENDPOINTS if each not in SPOT_ENDPOINTS], title="Fuzzed", version="1")
)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    with fuzzed(partial(serve, tmp_path_factory.mktemp("fuzzed"))) as running:
        yield running


async def serve(directory: Path, opened: "Queue[Any]") -> None:
    """Serve until told to stop."""
    unlimited = {
        "request_weight_per_minute_max": 100_000_000,
        "requests_per_five_minutes_max": 100_000_000,
        "endpoint_weight_per_address_max": 100_000_000,
        "endpoint_weight_per_owner_max": 100_000_000,
        "ban_after_refusals": 0,
    }
    async with whole_exchange(directory, **unlimited) as whole:
        alice = await whole.trader("alice", list(Permission), USDT="1000", BTC="2", LTC="0.1")
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        url = str(whole.client.base_url)
        opened.put((url, alice.key.key, alice.secret, lambda: loop.call_soon_threadsafe(stopped.set)))
        await stopped.wait()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_a_call_is_never_a_fault_of_ours(exchange: Fuzzed, label: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[label]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Any) -> None:
        response = case.call(base_url=exchange.url, session=exchange.session, timeout=ANSWER_TIMEOUT_S)
        case.validate_response(response, checks=CHECKS)
        assert response.status_code != 500, response.text

    check()
