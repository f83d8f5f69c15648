"""Whatever a client sends over FIX is read, rejected or garbled: nothing else comes out."""

from hypothesis import given
from hypothesis import strategies as st

from rialto.fix.dictionary import Group, Layout, market_data_dictionary, order_entry_dictionary
from rialto.fix.framing import Framer, framed
from rialto.fix.order_lists import list_parameters
from rialto.fix.orders import order_parameters
from rialto.fix.refusals import Garbled, Rejected
from rialto.fix.validation import Message, message_type, read_message, sequence_number

ORDERS, MARKET = order_entry_dictionary(), market_data_dictionary()
HEADER = b"34=2\x0149=ME\x0156=SPOT\x0152=20240611-09:01:46.228\x01"
VALUES = ("1", "2", "3", "4", "P", "Y", "N", "0", "-1", "0.5", "BTCUSDT", "a", "x y", "1e5", "\xe4", "9" * 30, "")


def tags_of(layout: Layout) -> set[int]:
    return {*layout.by_tag, *layout.inner_tags}


def in_order(layout: Layout) -> list[int]:
    """Every tag of a message as it may stand, each group with one entry."""
    tags: list[int] = []
    for member in layout.members:
        tags.append(member.tag)
        if isinstance(member, Group):
            tags += in_order(member.layout)
    return tags


@given(st.data())
def test_any_fields_are_read_or_rejected(data: st.DataObject) -> None:
    dictionary = data.draw(st.sampled_from([ORDERS, MARKET]))
    kind = data.draw(st.sampled_from(sorted(dictionary.messages)))
    layout = dictionary.messages[kind]
    known = st.sampled_from(sorted(tags_of(layout) or {112}))
    fields = data.draw(
        st.one_of(
            st.lists(st.tuples(st.one_of(known, st.integers(-1, 30_000)), st.sampled_from(VALUES)), max_size=12),
            st.just([(tag, data.draw(st.sampled_from(VALUES))) for tag in in_order(layout)]),
        )
    )
    body = b"35=%b\x01" % kind.encode() + HEADER + "".join(f"{tag}={value}\x01" for tag, value in fields).encode()
    try:
        message = read_message(body, dictionary)
    except Rejected:
        return
    assert message.type == kind
    if dictionary is ORDERS:
        check_translation(message)


def check_translation(message: Message) -> None:
    try:
        if message.type in ("D", "XCN"):
            assert order_parameters(message, ORDERS)["type"]
        elif message.type == "E":
            path, pairs = list_parameters(message, ORDERS)
            assert path.startswith("/api/v3/orderList/")
            assert pairs["symbol"]
    except Rejected:
        pass


@given(st.binary(max_size=200))
def test_any_bytes_are_messages_or_garbled(data: bytes) -> None:
    for sent in (data, b"8=FIX.4.4\x019=" + data, framed(b"35=D\x01" + data), framed(b"35=" + data)):
        framer = Framer()
        framer.feed(sent)
        try:
            while (body := framer.next()) is not None:
                number = sequence_number(body)
                assert number is None or number >= 0
                assert isinstance(message_type(body), str)
                read_message(b"35=D" + body[body.index(b"\x01") :], ORDERS)
        except (Garbled, Rejected):
            pass
