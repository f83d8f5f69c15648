"""Transactions that are to be signed: payments, their replacements, and the sweeping of deposit addresses.

One transaction makes one payment. Its nonce is the first that neither the chain nor the node's pool has used and that
is not among what to avoid. Holdings are what an address has both in the newest block and with the pool's transactions.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

import structlog

from rialto.custody.chains.adapter import (
    HotAddress,
    InsufficientHoldings,
    InvalidAddress,
    NodeUnavailable,
    Payment,
    Rejected,
    Unsigned,
)
from rialto.custody.chains.evm import fees, tokens
from rialto.custody.chains.evm.fees import Prices
from rialto.custody.chains.evm.node import Ask, Node, NodeError, number
from rialto.custody.chains.evm.options import EvmOptions
from rialto.custody.chains.evm.reading import payment_of
from rialto.custody.chains.evm.transactions import GAS_OF_A_TRANSFER, Call, read_body, spent
from rialto.custody.chains.network import ChainAsset, Family, Network
from rialto.custody.signing.effects import Unreadable

FUNDING_MARGIN_PERCENT: Final = 20
"""How much more than a sweep needs now is sent to pay for its gas: prices rise while it waits."""
GAS_OF_A_NEW_HOLDER: Final = 20_000
"""What the first unit of a token an address holds costs on top: it may be spent before it is paid more."""

_log = structlog.stdlib.get_logger(__name__)


class _Held(NamedTuple):
    coins: int
    coins_expected: int
    """With what the pool's transactions bring and take."""
    nonce: int


class _Funding(NamedTuple):
    unsigned: Unsigned
    left: int
    """What its source has after it."""


class Builder:
    """Builds transactions of one network."""

    def __init__(self, node: Node, network: Network, options: EvmOptions) -> None:
        self._node = node
        self._network = network
        self._options = options

    async def build(
        self, payment: Payment, sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        """Build a payment from the first address that can make it. Precondition: it pays something.

        Errors: `InsufficientHoldings`, `InvalidAddress` when the destination refuses it, `NodeUnavailable`.
        """
        prices = await self._prices(fee_rate)
        reasons = []
        for source in sources:
            held = await self._held(source)
            able = min(held.coins, held.coins_expected)
            token = able if payment.contract is None else await self._tokens(payment.contract, source.address)
            if token < payment.amount:
                reasons.append(f"{source.address} holds {token} of {payment.amount}")
                continue
            gas = await self._gas(payment, source)
            cost = gas * prices.price + (payment.amount if payment.contract is None else 0)
            if able < cost:
                reasons.append(f"{source.address} holds {able} wei; with the fee it takes {cost}")
                continue
            return self._unsigned(payment, source, _free_nonce(source, held.nonce, avoid), gas, prices)
        raise InsufficientHoldings("; ".join(reasons) or "there is no address to pay from")

    async def bump(self, unsigned: Unsigned, fee_rate: int) -> Unsigned:
        """Build the same again at a higher price, with the same nonce.

        Errors: `InsufficientHoldings`, `Rejected` above the cap, `NodeUnavailable`.
        """
        call = read_body(unsigned.body)
        prices = fees.raised(Prices(call.tip, call.price), await self._prices(fee_rate), self._options)
        [source] = unsigned.sources
        coins = (await self._held(source)).coins
        cost = call.value + call.gas * prices.price
        if coins < cost:
            raise InsufficientHoldings(f"{source.address} holds {coins} wei; at the higher price it takes {cost}")
        return self._unsigned(payment_of(call), source, call.nonce, call.gas, prices)

    async def sweep(
        self,
        sources: Sequence[HotAddress],
        assets: Sequence[ChainAsset],
        destination: str,
        gas_source: HotAddress,
        fee_rate: int,
        avoid: Collection[str],
    ) -> list[Unsigned]:
        """Build what collects addresses into one.

        Of each address first its tokens; its coins when no tokens are left, less twice what that costs, if it is worth
        it. An address that cannot pay for its tokens is sent the coins it lacks, and swept when they have come. One
        with anything under way is left for later. Errors: `InsufficientHoldings`, `NodeUnavailable`.
        """
        prices = await self._prices(fee_rate)
        taken = set(avoid)
        busy = {each.rpartition(":")[0] for each in taken}
        gas_left: int | None = None
        lacking: InsufficientHoldings | None = None
        built: list[Unsigned] = []
        for source in sources:
            if source.address in busy or source.address == destination:
                continue
            held = await self._held(source)
            moves = await self._token_moves(source, assets, destination)
            need = sum(gas for _, gas in moves) * prices.price
            if not moves:
                coins = self._network.coin in assets
                built += await self._coin_sweep(source, destination, held, prices) if coins else []
            elif held.coins >= need:
                steps = enumerate(moves, held.nonce)
                built += [self._unsigned(move, source, nonce, gas, prices) for nonce, (move, gas) in steps]
            elif held.coins_expected < need:
                funding = Payment(source.address, None, None, _funding(need) - held.coins)
                try:
                    step = await self._funding_step(funding, gas_source, prices, taken, gas_left)
                except InsufficientHoldings as error:
                    lacking = error
                    continue
                gas_left = step.left
                built.append(step.unsigned)
                taken |= set(step.unsigned.spends)
        if lacking is not None and not built:
            raise lacking
        return built

    async def _funding_step(
        self, funding: Payment, gas_source: HotAddress, prices: Prices, taken: Collection[str], left: int | None
    ) -> _Funding:
        held = await self._held(gas_source)
        able = min(held.coins, held.coins_expected) if left is None else left
        gas = await self._gas(funding, gas_source)
        cost = funding.amount + gas * prices.price
        if able < cost:
            raise InsufficientHoldings(
                f"{gas_source.address} holds {able} wei; to fund the gas of {funding.destination} it takes {cost}"
            )
        nonce = _free_nonce(gas_source, held.nonce, taken)
        return _Funding(self._unsigned(funding, gas_source, nonce, gas, prices), able - cost)

    async def _coin_sweep(self, source: HotAddress, destination: str, held: _Held, prices: Prices) -> list[Unsigned]:
        able = min(held.coins, held.coins_expected)
        if able <= 3 * GAS_OF_A_TRANSFER * prices.price:
            return []
        gas = await self._gas(Payment(destination, None, None, 1), source)
        # As much again as the fee stays, so that the sweep can be replaced at a higher price.
        amount = able - 2 * gas * prices.price
        if amount <= gas * prices.price:
            return []
        return [self._unsigned(Payment(destination, None, None, amount), source, held.nonce, gas, prices)]

    async def _token_moves(
        self, source: HotAddress, assets: Sequence[ChainAsset], destination: str
    ) -> list[tuple[Payment, int]]:
        moves = []
        for asset in assets:
            if asset.contract is None:
                continue
            held = await self._tokens(asset.contract, source.address)
            if held:
                move = Payment(destination, None, asset.contract, held)
                try:
                    moves.append((move, await self._gas(move, source)))
                except InvalidAddress as error:
                    # A token that is paused, or has shut us out, must not keep the others from being collected.
                    _log.warning("a token cannot be swept", network=self._network.name, why=str(error))
        return moves

    async def _prices(self, fee_rate: int) -> Prices:
        return fees.prices(fee_rate, await fees.base_fee(self._node), self._options)

    async def _held(self, source: HotAddress) -> _Held:
        asks: list[Ask] = [
            ("eth_getBalance", [source.address, "latest"]),
            ("eth_getBalance", [source.address, "pending"]),
            ("eth_getTransactionCount", [source.address, "latest"]),
            ("eth_getTransactionCount", [source.address, "pending"]),
        ]
        coins, expected, mined, pooled = (number(each) for each in _latest_for_pending(await self._node.ask_each(asks)))
        return _Held(coins, expected, max(mined, pooled))

    async def _tokens(self, contract: str, address: str) -> int:
        call = tokens.balance_call(contract, address, 2_000_000)
        asks: list[Ask] = [("eth_call", [call, at]) for at in ("latest", "pending")]
        return min(tokens.read_balance(each) for each in _latest_for_pending(await self._node.ask_each(asks)))

    async def _gas(self, payment: Payment, source: HotAddress) -> int:
        """Estimate the gas of a payment. Errors: `InvalidAddress` when it would be refused."""
        call = self._call(payment, 0, 0, Prices(0, 0))
        request = {"from": source.address, "to": call.to, "value": hex(call.value), "data": "0x" + call.data.hex()}
        try:
            gas = number(await self._node.ask("eth_estimateGas", request))
        except NodeError as error:
            if error.is_revert:
                raise InvalidAddress(
                    f"{payment.destination} cannot be paid: the contract that is asked refuses it ({error})"
                ) from error
            if "insufficient" in error.words:
                raise InsufficientHoldings(f"{source.address} holds too little: {error}") from error
            raise NodeUnavailable(f"the node cannot estimate the gas of a payment: {error}") from error
        if gas == GAS_OF_A_TRANSFER:
            return gas
        allowed = gas + max(GAS_OF_A_NEW_HOLDER, gas * self._options.gas_margin_percent // 100)
        if allowed > self._options.gas_max:
            raise InvalidAddress(
                f"{payment.destination} cannot be paid: the contract that is asked takes {allowed} gas of at most "
                f"{self._options.gas_max}"
            )
        return allowed

    def _call(self, payment: Payment, nonce: int, gas: int, prices: Prices) -> Call:
        chain = self._options.chain_id
        if payment.contract is None:
            return Call(chain, nonce, *prices, gas, payment.destination, payment.amount)
        data = tokens.transfer_data(payment.destination, payment.amount)
        return Call(chain, nonce, *prices, gas, payment.contract, 0, data)

    def _unsigned(self, payment: Payment, source: HotAddress, nonce: int, gas: int, prices: Prices) -> Unsigned:
        call = self._call(payment, nonce, gas, prices)
        try:
            assert payment_of(call) == payment, "a transaction pays what it was built to pay"
        except Unreadable as error:
            raise Rejected(str(error)) from error
        return Unsigned(
            network=self._network.name,
            family=Family.EVM.value,
            body=call.body(),
            sources=(source,),
            payments=(payment,),
            fee_max=call.fee_max,
            spends=(spent(source.address, nonce),),
        )


def _latest_for_pending(answers: Sequence[Any]) -> list[Any]:
    """Take pairs of answers, of the newest block and of the pool; some nodes have no state of the pool."""
    found: list[Any] = []
    for latest, pending in zip(answers[::2], answers[1::2], strict=True):
        if isinstance(latest, NodeError):
            raise latest
        found += [latest, latest if isinstance(pending, NodeError) else pending]
    return found


def _free_nonce(source: HotAddress, first: int, avoid: Collection[str]) -> int:
    nonce = first
    while spent(source.address, nonce) in avoid:
        nonce += 1
    return nonce


def _funding(need: int) -> int:
    return need + need * FUNDING_MARGIN_PERCENT // 100
