"""The API keys of sub-accounts, in their master's hands: made, changed, restricted to addresses, ended.

A key of a sub-account is the sub-account's, not the master's: it can do there what it is permitted and nothing
elsewhere. It never withdraws.
"""

from typing import Any, Final

import msgspec

from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.logging import key_tail
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.api_keys import ApiKey, ApiKeys, InvalidApiKey, TooManyApiKeys
from rialto.identity.restrictions import InvalidRestriction, Permission, Restrictions
from rialto.identity.signatures import InvalidPublicKey
from rialto.identity.sub_accounts import SubAccount
from rialto.products.transfers.sub_accounts.key_declarations import (
    CREATE_KEY,
    END_KEY,
    LIST_KEYS,
    PERMIT,
    RESTRICT,
    RESTRICTED,
    RESTRICTION,
    UNLIST,
    UNRESTRICTED,
    CreatedKey,
    CreateKeyParameters,
    KeyParameters,
    ListedKey,
    ListedKeys,
    ListKeysParameters,
    Nothing,
    PermitParameters,
    PermittedKey,
    RestrictedKey,
    Restriction,
    RestrictParameters,
    UnlistParameters,
)
from rialto.products.transfers.sub_accounts.members import Members
from rialto.wire import errors
from rialto.wire.wallet_errors import WalletError

_GRANTS: Final = (
    ("can_trade", Permission.TRADE),
    ("can_margin_loan_repay", Permission.MARGIN),
    ("can_futures_trade", Permission.FUTURES),
    ("can_universal_transfer", Permission.TRANSFER),
    ("can_vanilla_options", Permission.OPTIONS),
)


class Keys:
    """Keeps the keys of sub-accounts. All raise `ApiError`: -4006, -5021, and -1130 for a key of someone else."""

    def __init__(self, members: Members, api_keys: ApiKeys) -> None:
        self._members = members
        self._api_keys = api_keys

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(CREATE_KEY, self.create),
            Route(LIST_KEYS, self.keys),
            Route(END_KEY, self.end),
            Route(PERMIT, self.permit),
            Route(RESTRICT, self.restrict),
            Route(RESTRICTION, self.restriction),
            Route(UNLIST, self.unlist),
        ]

    async def create(self, call: Call, parameters: CreateKeyParameters) -> CreatedKey:
        """Make a key. Raises `ApiError` -4001 when the sub-account has as many as there can be."""
        member = await self._members.member(call, parameters.email)
        restrictions = _restrictions(_addresses(parameters.ip_address) if parameters.status == RESTRICTED else [])
        permissions = {Permission.READ, *(each for name, each in _GRANTS if getattr(parameters, name))}
        call.require_step_up()
        call.check_window()
        made, secret = await self._members.read(
            lambda: self._make(member, parameters, frozenset(permissions), restrictions)
        )
        await self._members.note(call, member, "sub-account-key-made", key_tail(made.key))
        return CreatedKey(
            api_name=made.label,
            api_key=made.key,
            **_granted(made),
            status=_status(made),
            ip_list=_listed_addresses(made),
            secret_key=msgspec.UNSET if secret is None else secret,
        )

    def _make(
        self,
        member: SubAccount,
        parameters: CreateKeyParameters,
        permissions: frozenset[Permission],
        restrictions: Restrictions,
    ) -> tuple[ApiKey, str | None]:
        given: dict[str, Any] = {"restrictions": restrictions}
        name, now_us = parameters.api_name, self._members.now_us()
        try:
            if parameters.public_key is None:
                return self._api_keys.create(member.owner, name, permissions, now_us, **given)
            made = self._api_keys.register(member.owner, name, permissions, now_us, parameters.public_key, **given)
        except TooManyApiKeys as error:
            raise WalletError.INVALID_OPERATION.error(
                "The sub-account has as many keys as there can be.", form=1
            ) from error
        except InvalidPublicKey as error:
            raise errors.invalid_value("publicKey") from error
        except InvalidApiKey as error:
            raise errors.invalid_value("apiName") from error
        return made, None

    async def keys(self, call: Call, parameters: ListKeysParameters) -> ListedKeys:
        """List keys, oldest first."""
        member = await self._members.member(call, parameters.email)
        held = self._api_keys.of_owner(member.owner)
        if parameters.sub_account_api_key is not None:
            held = [each for each in held if each.key == parameters.sub_account_api_key]
        first = (parameters.page - 1) * parameters.size
        rows = [
            ListedKey(
                email=member.email,
                api_name=each.label,
                apikey=each.key,
                **_granted(each),
                timestamp=call.time(each.created_at_us),
            )
            for each in held[first : first + parameters.size]
        ]
        return ListedKeys(len(held), rows)

    async def end(self, call: Call, parameters: KeyParameters) -> Nothing:
        """End a key for ever."""
        member, key = await self._key(call, parameters)
        call.check_window()
        await self._members.read(lambda: self._api_keys.revoke(key.key, self._members.now_us()))
        await self._members.note(call, member, "sub-account-key-ended", key_tail(key.key))
        return Nothing()

    async def permit(self, call: Call, parameters: PermitParameters) -> PermittedKey:
        """Change what a key may do."""
        member, key = await self._key(call, parameters)
        permissions = set(key.permissions)
        for name, permission in _GRANTS:
            wanted = getattr(parameters, name)
            if wanted is not None:
                (permissions.add if wanted else permissions.discard)(permission)
        call.require_step_up()
        call.check_window()
        changed = await self._change(key, frozenset(permissions), key.restrictions)
        await self._members.note(call, member, "sub-account-key-permitted", key_tail(key.key))
        return PermittedKey(
            api_name=changed.label,
            apikey=changed.key,
            **_granted(changed),
            timestamp=call.time(self._members.now_us()),
        )

    async def restrict(self, call: Call, parameters: RestrictParameters) -> RestrictedKey:
        """Let a key be used from anywhere, or from these addresses beside those it is restricted to already."""
        member, key = await self._key(call, parameters)
        addresses: list[str] = []
        if parameters.status == RESTRICTED:
            addresses = _listed_addresses(key)
            addresses += [each for each in _addresses(parameters.ip_address) if each not in addresses]
        call.require_step_up()
        call.check_window()
        changed, now_us = await self._change_addresses(call, member, key, addresses)
        return RestrictedKey(str(_status(changed)), _listed_addresses(changed), call.time(now_us), changed.key)

    async def restriction(self, call: Call, parameters: KeyParameters) -> Restriction:
        """Show from where a key may be used."""
        _, key = await self._key(call, parameters)
        changed_at_us = await self._members.read(lambda: self._members.sub_accounts.key_changed_at_us(key.key))
        return _restriction(call, key, key.created_at_us if changed_at_us is None else changed_at_us)

    async def unlist(self, call: Call, parameters: UnlistParameters) -> Restriction:
        """Let a key be used from addresses no longer.

        Raises `ApiError` -4001 for the last: a key without addresses could be used from anywhere.
        """
        member, key = await self._key(call, parameters)
        gone = set(_listed(_restrictions(_addresses(parameters.ip_address))))
        kept = [each for each in _listed_addresses(key) if each not in gone]
        if len(kept) == len(key.restrictions.networks):
            raise errors.invalid_value("ipAddress")
        if not kept:
            raise WalletError.INVALID_OPERATION.error(
                "The last address cannot be deleted: add another before, or lift the restriction.", form=1
            )
        call.require_step_up()
        call.check_window()
        changed, now_us = await self._change_addresses(call, member, key, kept)
        return _restriction(call, changed, now_us)

    async def _key(
        self, call: Call, parameters: KeyParameters | PermitParameters | RestrictParameters | UnlistParameters
    ) -> tuple[SubAccount, ApiKey]:
        member = await self._members.member(call, parameters.email)
        for key in self._api_keys.of_owner(member.owner):
            if key.key == parameters.sub_account_api_key:
                return member, key
        raise errors.invalid_value("subAccountApiKey")

    async def _change(self, key: ApiKey, permissions: frozenset[Permission], restrictions: Restrictions) -> ApiKey:
        try:
            return await self._members.read(lambda: self._api_keys.restrict(key.key, permissions, restrictions))
        except ExpectedFailure as error:
            raise errors.invalid_value("subAccountApiKey") from error

    async def _change_addresses(
        self, call: Call, member: SubAccount, key: ApiKey, addresses: list[str]
    ) -> tuple[ApiKey, int]:
        restrictions = _restrictions(addresses, sorted(key.restrictions.symbols))
        changed = await self._change(key, key.permissions, restrictions)
        now_us = self._members.now_us()
        await self._members.read(lambda: self._members.sub_accounts.note_key_changed(key.key, now_us))
        await self._members.note(call, member, "sub-account-key-restricted", key_tail(key.key))
        return changed, now_us


def _addresses(text: str | None) -> list[str]:
    return [] if text is None else [each for each in text.split(",") if each]


def _restrictions(addresses: list[str], symbols: list[str] | None = None) -> Restrictions:
    try:
        return Restrictions.read(addresses, symbols or [])
    except InvalidRestriction as error:
        raise errors.invalid_value("ipAddress") from error


def _listed(restrictions: Restrictions) -> list[str]:
    """Spell the networks a key is restricted to; one of a single address as the address."""
    return [str(each.network_address) if each.num_addresses == 1 else str(each) for each in restrictions.networks]


def _listed_addresses(key: ApiKey) -> list[str]:
    return _listed(key.restrictions)


def _status(key: ApiKey) -> int:
    return RESTRICTED if key.restrictions.networks else UNRESTRICTED


def _granted(key: ApiKey) -> dict[str, bool]:
    return {name: permission in key.permissions for name, permission in _GRANTS}


def _restriction(call: Call, key: ApiKey, changed_at_us: int) -> Restriction:
    is_restricted = "true" if key.restrictions.networks else "false"
    return Restriction(is_restricted, _listed_addresses(key), call.time(changed_at_us), key.key)
