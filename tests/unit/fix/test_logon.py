"""The signature of a Logon<A>, by the key and the message that the documentation shows."""

import base64

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from rialto.identity.signatures import KeyType, read_public_key

DOCUMENTED_KEY = "MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u"
SIGNATURE = "4MHXelVVcpkdwuLbl6n73HQUXUf1dse2PCgT1DYqW9w8AVZ1RACFGM+5UdlGPrQHrgtS3CvsRURC1oj73j8gCA=="


def test_the_documented_signature_is_the_documented_keys() -> None:
    public = load_der_private_key(base64.b64decode(DOCUMENTED_KEY), None).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    kind, _, verifier = read_public_key(pem)
    payload = b"A\x01EXAMPLE\x01SPOT\x011\x0120240627-11:17:25.223"
    assert kind is KeyType.ED25519
    assert verifier.verify(payload, SIGNATURE)
    assert not verifier.verify(payload + b"\x01", SIGNATURE)
