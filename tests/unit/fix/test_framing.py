"""Messages as the API's documentation shows them, cut and checked; and bytes that are none."""

import pytest

from rialto.fix.framing import BODY_BYTES_MAX, Framer, framed
from rialto.fix.refusals import Garbled

DOCUMENTED = (
    "8=FIX.4.4|9=55|35=5|34=3|49=GhQHzrLR|52=20240611-09:44:25.543|56=SPOT|10=249|",
    "8=FIX.4.4|9=84|35=5|34=4|49=SPOT|52=20240611-09:44:25.544001|56=GhQHzrLR|58=Logout acknowledgment.|10=212|",
    (
        "8=FIX.4.4|9=113|35=A|34=1|49=SPOT|52=20240612-08:52:21.636837|56=5JQmUOsm|98=0|108=30"
        "|25037=4392a152-3481-4499-921a-6d42c50702e2|10=051|"
    ),
    (
        "8=FIX.4.4|9=0000113|35=B|49=SPOT|56=OE|34=4|52=20240924-21:07:35.773537"
        "|148=Your connection is about to be closed. Please reconnect.|10=165|"
    ),
)


def wired(text: str) -> bytes:
    return text.replace("|", "\x01").encode()


def cut(data: bytes) -> list[bytes]:
    framer = Framer()
    framer.feed(data)
    found = []
    while (body := framer.next()) is not None:
        found.append(body)
    return found


@pytest.mark.parametrize("text", DOCUMENTED)
def test_documented_messages_are_whole(text: str) -> None:
    (body,) = cut(wired(text))
    assert body.startswith(b"35=")
    # Lengths may be written with zeros before them; ours are not.
    assert framed(body)[-7:] == wired(text)[-7:] or b"9=0" in wired(text)


def test_messages_come_in_any_pieces() -> None:
    framer, found = Framer(), []
    for byte in b"".join(wired(text) for text in DOCUMENTED):
        framer.feed(bytes([byte]))
        body = framer.next()
        if body is not None:
            found.append(body)
    assert len(found) == len(DOCUMENTED)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"hello", "`BeginString (8)` is not the first tag in a message."),
        (b"8=FIX.4.2\x019=5\x01", "`BeginString (8)` is not the first tag in a message."),
        (b"8=FIX.4.4\x0135=5\x01", "`BodyLength (9)` does not contain the correct byte count."),
        (b"8=FIX.4.4\x019=x\x01", "`BodyLength (9)` does not contain the correct byte count."),
        (b"8=FIX.4.4\x019=12345678901234", "`BodyLength (9)` does not contain the correct byte count."),
        (b"8=FIX.4.4\x019=%d\x01" % (BODY_BYTES_MAX + 1), "`BodyLength (9)` does not contain the correct byte count."),
        (b"8=FIX.4.4\x019=4\x0135=5\x0110=000\x01", "`BodyLength (9)` does not contain the correct byte count."),
        (b"8=FIX.4.4\x019=5\x0135=5\x0110=000\x01", "`CheckSum(10)` contains an incorrect value."),
        (framed(b"34=1\x0135=5\x01"), "`MsgType (35)` is not the third tag in a message."),
    ],
)
def test_what_is_no_message_is_told_apart(data: bytes, message: str) -> None:
    with pytest.raises(Garbled) as caught:
        cut(data)
    assert caught.value.error.message == message
