"""Addresses: read with suspicion, compared in one spelling, refused with the reason and the network they belong to."""

import re
from typing import Final

from embit import base58, bech32

from rialto.custody.chains.adapter import InvalidAddress
from rialto.custody.chains.bitcoin.parameters import CHAINS, Parameters

LENGTH_MAX: Final = 160
_PROGRAM_LENGTH_V1: Final = 32
_HASH_LENGTH: Final = 20
_TAPROOT: Final = 1
_OP_1: Final = 0x51
_ELSEWHERE_BASE58: Final = {0x1E: "Dogecoin", 0x41: "TRON", 0x4C: "Dash"}
_ELSEWHERE: Final = (
    (re.compile(r"0x[0-9a-fA-F]{40}"), "an EVM network such as Ethereum"),
    (re.compile(r"(?:bitcoincash:)?[qp][02-9ac-hj-np-z]{41}"), "Bitcoin Cash"),
    (re.compile(r"r[1-9A-HJ-NP-Za-km-z]{24,34}"), "the XRP Ledger"),
    (re.compile(r"addr1[02-9ac-hj-np-z]{50,110}"), "Cardano"),
)
_BASE58: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]+")
_SOLANA_LENGTHS: Final = range(32, 45)


def canonical(address: str, parameters: Parameters) -> str:
    """Spell an address as we compare and store it. Errors: `InvalidAddress`."""
    script_of(address, parameters)
    return address.lower() if _bech32_prefix(address) == parameters.bech32 else address


def script_of(address: str, parameters: Parameters) -> bytes:
    """Return the script that an address stands for. Errors: `InvalidAddress`."""
    if not address or len(address) > LENGTH_MAX or not address.isascii() or not address.isprintable():
        raise InvalidAddress(f"this is not an address of {parameters.title}: give one as your wallet shows it")
    prefix = _bech32_prefix(address)
    if prefix is not None:
        return _witness_script(address, prefix, parameters)
    for pattern, network in _ELSEWHERE:
        if pattern.fullmatch(address):
            raise InvalidAddress(f"{address} is an address of {network}, not of {parameters.title}")
    return _base58_script(address, parameters)


def address_of(script: bytes, parameters: Parameters) -> str | None:
    """Spell the address that pays a script; None for a script that has none, or none that we pay."""
    match script[:2], len(script):
        case (b"\x00\x14", 22) | (b"\x00\x20", 34):
            return _spell(parameters, 0, script)
        case b"\x51\x20", 34:
            return _spell(parameters, _TAPROOT, script)
        case b"\x76\xa9", 25 if script[2] == _HASH_LENGTH and script[23:] == b"\x88\xac":
            return str(base58.encode_check(bytes([parameters.p2pkh]) + script[3:23]))
        case b"\xa9\x14", 23 if script[22:] == b"\x87":
            return str(base58.encode_check(bytes([parameters.p2sh]) + script[2:22]))
    return None


def _spell(parameters: Parameters, version: int, script: bytes) -> str:
    return str(bech32.encode(parameters.bech32, version, list(script[2:])))


def _bech32_prefix(address: str) -> str | None:
    """Tell which chain's prefix an address begins with."""
    before, one, _ = address.lower().rpartition("1")
    known = {each.bech32 for each in CHAINS.values()} | {each.mweb for each in CHAINS.values()}
    if one and before in known:
        return before
    # What follows the prefix may hold a 1 by mistake; it is then a damaged address of that chain all the same.
    return next((each for each in known if each is not None and address.lower().startswith(each + "1")), None)


def _witness_script(address: str, prefix: str, parameters: Parameters) -> bytes:
    mweb = next((each for each in CHAINS.values() if each.mweb == prefix), None)
    if mweb is not None:
        raise InvalidAddress(
            f"{address[:20]}… is an MWEB address of {mweb.title}: its payments are confidential and are not made here; "
            f"give an address that begins with {parameters.bech32}1"
        )
    if prefix != parameters.bech32:
        titles = [each.title for each in CHAINS.values() if each.bech32 == prefix]
        raise InvalidAddress(f"{address} is an address of {titles[0]}, not of {parameters.title}")
    try:
        version, program = bech32.decode(prefix, address)
    except IndexError:
        version, program = None, None
    if version is None or program is None:
        raise InvalidAddress(f"{address} is damaged: its checksum does not fit; copy it again from your wallet")
    if version > _TAPROOT or (version == _TAPROOT and len(program) != _PROGRAM_LENGTH_V1):
        raise InvalidAddress(f"{address} is of a kind that no wallet can spend from yet (witness version {version})")
    return bytes([_OP_1 - 1 + version if version else 0, len(program)]) + bytes(program)


def _base58_script(address: str, parameters: Parameters) -> bytes:
    if not _BASE58.fullmatch(address):
        raise InvalidAddress(f"{address} is not an address of {parameters.title}: it has characters that none has")
    try:
        decoded: bytes = base58.decode_check(address)
    except (ValueError, IndexError) as error:
        if len(address) in _SOLANA_LENGTHS and len(base58.decode(address)) == _PROGRAM_LENGTH_V1:
            raise InvalidAddress(f"{address} is an address of Solana, not of {parameters.title}") from error
        raise InvalidAddress(
            f"{address} is not an address of {parameters.title}, or damaged: its checksum does not fit; "
            "copy it again from your wallet"
        ) from error
    if len(decoded) != 1 + _HASH_LENGTH:
        raise InvalidAddress(f"{address} is not an address of {parameters.title}: its length does not fit")
    version, hashed = decoded[0], decoded[1:]
    if version == parameters.p2pkh:
        return b"\x76\xa9\x14" + hashed + b"\x88\xac"
    if version == parameters.p2sh:
        return b"\xa9\x14" + hashed + b"\x87"
    if version == parameters.p2sh_old:
        modern = base58.encode_check(bytes([parameters.p2sh]) + hashed)
        raise InvalidAddress(
            f"{address} is spelled as an address of Bitcoin; if it is one of {parameters.title}, give it as {modern}"
        )
    raise InvalidAddress(f"{address} is an address of {_owner_of(version)}, not of {parameters.title}")


def _owner_of(version: int) -> str:
    for each in CHAINS.values():
        if version in (each.p2pkh, each.p2sh):
            return each.title
    return _ELSEWHERE_BASE58.get(version, "another network")
