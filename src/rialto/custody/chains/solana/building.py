"""Transactions that are to be signed: payments of the coin and of tokens, their replacements, and sweeps.

Each makes one payment and is bound to a nonce of its own. A hot address pays every fee, for what is swept as well, and
what the account of a token must hold where one is made.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Final

import msgspec
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
from rialto.custody.chains.network import ChainAsset, Network
from rialto.custody.chains.solana import tokens
from rialto.custody.chains.solana.accounts import Accounts
from rialto.custody.chains.solana.addresses import SYSTEM_PROGRAM, is_wallet, no_wallet
from rialto.custody.chains.solana.messages import (
    COMPUTE_UNITS_OF_TOKENS,
    MICRO,
    PRICE_MAX,
    SIGNATURE_FEE,
    Token,
    Transfer,
    price_of,
    read,
    spell,
)
from rialto.custody.chains.solana.options import SolanaOptions
from rialto.custody.chains.solana.reading import payment_of
from rialto.custody.chains.solana.tokens import Holding, Mint
from rialto.custody.chains.solana.under_way import Promised, UnderWay

REPLACEMENT_PERCENT: Final = 110

_log = structlog.stdlib.get_logger(__name__)


class _Destination(msgspec.Struct, frozen=True):
    holder: str
    is_wallet: bool
    is_new: bool = False
    """Whether an account of the token has to be made for it."""


class Builder:
    """Builds transactions of one network. Every method may raise `NodeError` and `NodeUnavailable`."""

    def __init__(self, network: Network, accounts: Accounts, options: SolanaOptions, own: Iterable[str]) -> None:
        """`own` are the exchange's addresses."""
        self._network = network
        self._accounts = accounts
        self._options = options
        self._own = frozenset(own)
        self._nonce_accounts = options.nonce_accounts.split()
        self._under_way = UnderWay()

    async def build(
        self, payment: Payment, sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        """Build a payment from the first address that can make it. Errors: `InsufficientHoldings`, `InvalidAddress`."""
        if payment.contract is None:
            return await self._build_coin(payment, sources, fee_rate, avoid)
        return await self._build_token(payment, payment.contract, sources, fee_rate, avoid)

    async def _build_coin(
        self, payment: Payment, sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        destination = payment.destination
        receiver, *held = await self._accounts.of([destination, *(each.address for each in sources)])
        if receiver is not None and receiver.owner != str(SYSTEM_PROGRAM):
            raise InvalidAddress(f"{destination} is no wallet: it belongs to the program {receiver.owner}")
        least = await self._accounts.rent(0)
        if (receiver.lamports if receiver else 0) + payment.amount < least:
            raise InvalidAddress(
                f"{destination} is empty, and an address of {self._network.title} must hold at least {least} lamports; "
                f"{payment.amount} are too few"
            )
        reason = "no hot address"
        for source, account in zip(sources, held, strict=True):
            nonces, promised = await self._nonces(source.address, avoid)
            if not nonces:
                reason = _no_nonce(source)
                continue
            transfer = self._transfer(source, source, payment, nonces[0], fee_rate)
            coins = (account.lamports if account else 0) - promised.coins(source.address)
            left = coins - payment.amount - transfer.fee
            if left == 0 or left >= least:
                return self._unsigned(transfer, (source,))
            reason = f"{source.address} holds {coins} lamports, {least} of which must stay"
        raise InsufficientHoldings(f"{payment.amount} lamports cannot be paid: {reason}")

    async def _build_token(
        self, payment: Payment, contract: str, sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        mint = await self._listed(contract)
        destination = await self._destination(payment.destination, payment.tag, mint)
        if not destination.is_wallet and destination.holder in self._own:
            raise InvalidAddress(f"{payment.destination} is an account of the exchange's own that nobody is paid at")
        rent, least = await self._rent_of_a_holder(), await self._accounts.rent(0)
        reason = "it is paused by its issuer" if mint.is_paused else "no hot address"
        held = await self._accounts.of([each.address for each in sources])
        for source, account in zip(sources, held, strict=True) if not mint.is_paused else ():
            holdings = await self._accounts.holdings(source.address, contract)
            nonces, promised = await self._nonces(source.address, avoid)
            spendable = tokens.spendable(holdings, mint, source.address)
            able = [each for each in spendable if each.amount - promised.tokens(each.address) >= payment.amount]
            if not able:
                reason = _lacking(source, holdings, promised)
                continue
            if not nonces:
                reason = _no_nonce(source)
                continue
            token = Token(contract, mint.program, mint.decimals, able[0].address, destination.is_wallet)
            transfer = self._transfer(source, source, payment, nonces[0], fee_rate, token)
            cost = transfer.fee + (rent if destination.is_new else 0)
            coins = (account.lamports if account else 0) - promised.coins(source.address)
            if coins - cost >= least:
                return self._unsigned(transfer, (source,))
            reason = f"{source.address} holds {coins} lamports; it takes {cost}, and {least} must stay"
        raise InsufficientHoldings(f"{payment.amount} of {contract} cannot be paid: {reason}")

    async def holder(self, address: str, tag: str | None, contract: str) -> str:
        """Return whose an account of a token is, and otherwise the wallet. Errors: `InvalidAddress`."""
        return (await self._destination(address, tag, await self._listed(contract))).holder

    async def _listed(self, contract: str) -> Mint:
        asset = self._network.asset_of(contract)
        if asset is None:
            raise InvalidAddress(f"the token {contract} is not listed on {self._network.name}")
        [mint] = await self._accounts.mints([asset])
        return mint

    async def _destination(self, address: str, tag: str | None, mint: Mint) -> _Destination:
        """Look at who is to be paid a token: a wallet, or an account of the token. Errors: `InvalidAddress`."""
        place = tokens.associated(address, mint.address, mint.program)
        there, at_place = await self._accounts.of([address, place])
        holding = tokens.read_holding(address, there)
        if holding is not None:
            if holding.mint != mint.address:
                raise InvalidAddress(f"{address} is an account of another token, {holding.mint}; give a wallet")
            _check_receives(holding, address, tag)
            return _Destination(holding.owner, is_wallet=False)
        if not is_wallet(address):
            raise no_wallet(address)
        if there is not None and there.owner != str(SYSTEM_PROGRAM):
            raise InvalidAddress(f"{address} is no wallet: it belongs to the program {there.owner}")
        holding = tokens.read_holding(place, at_place)
        if holding is None:
            if mint.is_frozen_first:
                raise InvalidAddress(f"{address} has no account of the token, and its issuer has to open one first")
            return _Destination(address, is_wallet=True, is_new=True)
        if holding.owner != address:
            raise InvalidAddress(f"{address} gave its account of the token, {place}, to {holding.owner}")
        _check_receives(holding, address, tag)
        return _Destination(address, is_wallet=True)

    def bump(self, unsigned: Unsigned, fee_rate: int) -> Unsigned:
        """Build the same payment for the same nonce at a higher price. Errors: `Rejected`."""
        transfer = read(unsigned.body)
        price = max(price_of(fee_rate), transfer.price * REPLACEMENT_PERCENT // 100 + 1)
        dearer = msgspec.structs.replace(transfer, price=min(price, PRICE_MAX))
        if dearer.fee > self._options.fee_max * len(unsigned.sources):
            raise Rejected(f"it would cost {dearer.fee} lamports, above {self._options.fee_max} a signature")
        return self._unsigned(dearer, unsigned.sources)

    async def sweep(
        self,
        sources: Sequence[HotAddress],
        assets: Sequence[ChainAsset],
        destination: str,
        payer: HotAddress,
        fee_rate: int,
        avoid: Collection[str],
    ) -> list[Unsigned]:
        """Build what collects addresses: their tokens, then their coins but for what an address must hold.

        At most half of the nonces are used at once, so that withdrawals need not wait. Errors: `InsufficientHoldings`.
        """
        free, promised = await self._nonces(payer.address, avoid)
        nonces = free[: max(1, len(self._nonce_accounts) // 2)]
        least = await self._accounts.rent(0)
        [account] = await self._accounts.of([payer.address])
        coins = (account.lamports if account else 0) - promised.coins(payer.address)
        built: list[Unsigned] = []
        async for source, payment, token, rent in self._collectable(sources, assets, destination):
            if len(built) == len(nonces):
                break
            transfer = self._transfer(payer, source, payment, nonces[len(built)], fee_rate, token)
            if token is None and payment.amount <= transfer.fee:
                continue
            if coins - transfer.fee - rent < least:
                if built:
                    break
                raise InsufficientHoldings(f"{payer.address} holds {coins} lamports; to sweep, it pays {transfer.fee}")
            coins -= transfer.fee + rent
            built.append(self._unsigned(transfer, (payer,) if source.address == payer.address else (payer, source)))
        return built

    async def _collectable(
        self, sources: Sequence[HotAddress], assets: Sequence[ChainAsset], destination: str
    ) -> AsyncIterator[tuple[HotAddress, Payment, Token | None, int]]:
        """Tell what can be collected, and what must be paid for a new account of a token."""
        listed = [asset for asset in assets if asset.contract is not None]
        for asset, mint in zip(listed, await self._accounts.mints(listed), strict=True):
            place = tokens.associated(destination, mint.address, mint.program)
            [there] = await self._accounts.of([place])
            arrival = tokens.read_holding(place, there)
            rent = await self._rent_of_a_holder() if arrival is None else 0
            for source in sources:
                for holding in await self._accounts.holdings(source.address, mint.address):
                    if holding.amount < max(1, asset.deposit_min):
                        continue
                    if why := _unsweepable(mint, holding, arrival):
                        _log.warning("a token cannot be swept", network=self._network.name, asset=asset.asset, why=why)
                        continue
                    token = Token(mint.address, mint.program, mint.decimals, holding.address, is_to_wallet=True)
                    yield source, Payment(destination, None, mint.address, holding.amount), token, rent
                    rent = 0
        if self._network.coin in assets:
            least = await self._accounts.rent(0)
            accounts = await self._accounts.of([each.address for each in sources])
            for source, account in zip(sources, accounts, strict=True):
                if account is not None and account.lamports > least:
                    yield source, Payment(destination, None, None, account.lamports - least), None, 0

    async def _rent_of_a_holder(self) -> int:
        """Tell what the account of a token may cost. More than the signer reckons with is not paid."""
        rent = await self._accounts.rent(tokens.ACCOUNT_BYTES_MAX)
        if rent > tokens.ACCOUNT_RENT_MAX:
            raise NodeUnavailable(
                f"an account of a token costs {rent} lamports on {self._network.name}, above {tokens.ACCOUNT_RENT_MAX}"
            )
        return rent

    async def _nonces(self, authority: str, avoid: Collection[str]) -> tuple[list[tuple[str, str]], Promised]:
        """List the nonces an address may use that nothing under way is bound to; and tell what the others promise."""
        nonces = await self._accounts.nonces(self._nonce_accounts)
        free = [
            (account, nonce)
            for account, whose, nonce in nonces
            if whose == authority and f"{account}:{nonce}" not in avoid
        ]
        return free, self._under_way.among(nonces, avoid)

    def _transfer(
        self,
        payer: HotAddress,
        source: HotAddress,
        payment: Payment,
        nonce: tuple[str, str],
        fee_rate: int,
        token: Token | None = None,
    ) -> Transfer:
        price = price_of(min(fee_rate, self._options.fee_max))
        if token is not None:
            price = min(price, (self._options.fee_max - SIGNATURE_FEE) * MICRO // COMPUTE_UNITS_OF_TOKENS)
        return Transfer(
            payer=payer.address,
            source=source.address,
            destination=payment.destination,
            amount=payment.amount,
            memo=payment.tag,
            nonce_account=nonce[0],
            nonce=nonce[1],
            price=price,
            token=token,
        )

    def _unsigned(self, transfer: Transfer, sources: tuple[HotAddress, ...]) -> Unsigned:
        assert tuple(each.address for each in sources) == transfer.signers
        self._under_way.note(transfer)
        return Unsigned(
            network=self._network.name,
            family=self._network.family.value,
            body=spell(transfer),
            sources=sources,
            payments=(payment_of(transfer),),
            fee_max=transfer.fee_max,
            spends=(transfer.spends,),
        )


def _check_receives(holding: Holding, address: str, tag: str | None) -> None:
    """Make sure that an account of a token takes a payment. Errors: `InvalidAddress`."""
    if holding.is_frozen:
        raise InvalidAddress(f"{address} cannot be paid: the token's issuer froze {holding.address}")
    if holding.wants_memo and tag is None:
        raise InvalidAddress(f"{address} cannot be paid: {holding.address} takes payments with a memo only")


def _unsweepable(mint: Mint, holding: Holding, arrival: Holding | None) -> str:
    frozen = [each.address for each in (holding, arrival) if each is not None and each.is_frozen]
    if frozen:
        return f"its issuer froze {frozen[0]}"
    if mint.is_paused:
        return "it is paused by its issuer"
    if mint.is_charging:
        return "its issuer keeps a fee of every transfer, which would be missing"
    return ""


def _lacking(source: HotAddress, holdings: Sequence[Holding], promised: Promised) -> str:
    free = sum(each.amount for each in holdings if not each.is_frozen)
    frozen = sum(each.amount for each in holdings if each.is_frozen)
    leaving = sum(promised.tokens(each.address) for each in holdings)
    also = f", {frozen} of them frozen by its issuer" if frozen else ""
    also += f", {leaving} of them on their way to others" if leaving else ""
    return f"{source.address} holds {free + frozen}{also}, in {len(holdings)} accounts, none of which has enough"


def _no_nonce(source: HotAddress) -> str:
    return f"every nonce account of {source.address} is in use"
