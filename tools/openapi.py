"""Write the OpenAPI document of every declared call to standard output: `python -m tools.openapi`."""

import sys

import msgspec

import rialto
from rialto.bootstrap.families.declarations import ENDPOINTS
from rialto.gateway.documentation import TITLE
from rialto.wire import openapi


def document() -> bytes:
    """Return the document as JSON."""
    return msgspec.json.encode(openapi.document(ENDPOINTS, title=TITLE, version=rialto.__version__))


if __name__ == "__main__":
    sys.stdout.buffer.write(document())
