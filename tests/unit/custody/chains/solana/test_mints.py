"""Mints of Solana: which are taken, which only where an operator names them, and which never."""

import msgspec
import pytest

from rialto.custody.chains.adapter import InsufficientHoldings, InvalidAddress, NodeUnavailable
from rialto.custody.chains.network import ChainAsset
from rialto.custody.chains.solana import open_adapter
from rialto.custody.networks.configuration import Node
from rialto.foundation.configuration import InvalidConfiguration
from tests.nodes.spl import TOKEN_2022_PROGRAM, Issuer
from tests.solana_chain import DEPOSIT, HOT, NETWORK, OWN, chain, pay
from tests.unit.custody.chains.solana.test_tokens import LISTED, USDC, confirmed, key


@pytest.mark.parametrize(
    ("extension", "why", "is_taken_if_trusted"),
    [
        ("permanent_delegate", "a permanent delegate", True),
        ("confidential", "confidential transfers", True),
        ("hook", "a transfer hook", True),
        ("pausable", "can be paused", True),
        ("frozen_first", "begin frozen", True),
        ("hook_with_program", "cannot move", False),
        ("not_transferable", "cannot move", False),
        ("transfer_fee", "", True),
        ("close_authority", "", True),
    ],
)
async def test_mints_in_which_others_keep_a_hand(extension: str, why: str, is_taken_if_trusted: bool) -> None:
    risky = msgspec.structs.replace(NETWORK, assets=(ChainAsset("SOL", 9), ChainAsset("RISK", 6, key("risk"))))
    for trusted in ("", key("risk")):
        async with chain(network=risky, trusted_mints=trusted) as (node, adapter):
            issuer = Issuer(node)
            issuer.mint("risk", 6, TOKEN_2022_PROGRAM, [getattr(issuer.extensions, extension)])
            if why and not (trusted and is_taken_if_trusted):
                with pytest.raises(NodeUnavailable, match=why):
                    await adapter.tip()
            else:
                assert (await adapter.tip()).height == node.slot


async def test_an_issuer_who_was_let_may_stop_payments() -> None:
    risky = msgspec.structs.replace(
        NETWORK,
        assets=(ChainAsset("SOL", 9), ChainAsset("STOP", 6, key("stop")), ChainAsset("ICE", 6, key("ice"))),
    )
    async with chain(network=risky, trusted_mints=f"{key('stop')} {key('ice')}") as (node, adapter):
        issuer = Issuer(node)
        stop = issuer.mint("stop", 6, TOKEN_2022_PROGRAM, [issuer.extensions.pausable])
        ice = issuer.mint("ice", 6, TOKEN_2022_PROGRAM, [issuer.extensions.frozen_first])
        issuer.give(HOT.address, stop, 500)
        await confirmed(node, adapter, await adapter.build([pay(100, contract=stop)], [HOT], 5_000, []))
        issuer.pause(stop)
        with pytest.raises(InsufficientHoldings, match="paused"):
            await adapter.build([pay(100, contract=stop)], [HOT], 5_000, [])
        with pytest.raises(InvalidAddress, match="issuer has to open one"):
            await adapter.build([pay(100, contract=ice)], [HOT], 5_000, [])


async def test_tokens_that_are_listed_wrongly_stop_the_network_with_the_reason() -> None:
    async with chain(network=LISTED) as (_, adapter):
        with pytest.raises(NodeUnavailable, match=f"USDC cannot be taken: {USDC} is no mint"):
            await adapter.tip()
    wrong = msgspec.structs.replace(LISTED, assets=(ChainAsset("SOL", 9), ChainAsset("USDC", 9, USDC)))
    async with chain(network=wrong) as (node, adapter):
        Issuer(node).mint("usdc", 6)
        with pytest.raises(NodeUnavailable, match="has 6 decimals, and networks.toml says 9"):
            await adapter.scan(node.slot, {DEPOSIT.address})
    nonsense = msgspec.structs.replace(LISTED, assets=(ChainAsset("SOL", 9), ChainAsset("USDC", 6, "nonsense")))
    with pytest.raises(InvalidConfiguration, match="network SOL"):
        open_adapter(nonsense, Node("http://127.0.0.1:1/", OWN))
