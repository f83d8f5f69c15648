"""What a schema file may say."""

import xml.etree.ElementTree as ET
from importlib import resources

import pytest

from rialto.wire.sbe.schema import UnsupportedSchema, parse_schema, read_schema

TEXT = resources.files("rialto.wire.sbe").joinpath("schemas", "stream_1_0.xml").read_text("utf-8")


def test_the_files_are_read_whole() -> None:
    spot, streams = read_schema("spot_3_5.xml"), read_schema("stream_1_0.xml")
    assert ((spot.id, spot.version), (streams.id, streams.version)) == ((3, 5), (1, 0))
    for schema, file in ((spot, "spot_3_5.xml"), (streams, "stream_1_0.xml")):
        text = resources.files("rialto.wire.sbe").joinpath("schemas", file).read_text("utf-8")
        assert len(schema.messages) == text.count("<sbe:message ")
        assert len({message.number for message in schema.messages.values()}) == len(schema.messages)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('byteOrder="littleEndian"', 'byteOrder="bigEndian"'),
        ('<type name="schemaId" primitiveType="uint16"/>', ""),
        ('id="2" name="bookUpdateId" type="updateId"', 'id="2" name="bookUpdateId" type="updateId" offset="16"'),
        ('name="BestBidAskStreamEvent" id="10001"', 'name="BestBidAskStreamEvent" id="10001" blockLength="64"'),
        ('name="bookUpdateId" type="updateId"', 'name="bookUpdateId" type="varString8"'),
        ('<type name="updateId" primitiveType="int64"/>', '<type name="updateId" primitiveType="uint8" length="3"/>'),
    ],
)
def test_what_would_be_laid_out_wrongly_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    ET.fromstring(TEXT.replace(old, new))
    with pytest.raises(UnsupportedSchema):
        parse_schema(TEXT.replace(old, new))
