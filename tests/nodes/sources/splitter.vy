# @version ^0.3.9
# Passes on the coins that it is paid: to addresses in halves, or to one through a call that then fails.
interface Splitter:
    def pay_and_fail(to: address): payable

@external
@payable
def split(first: address, second: address):
    raw_call(first, b"", value=msg.value / 2)
    raw_call(second, b"", value=msg.value - msg.value / 2)

@external
@payable
def pay_and_fail(to: address):
    raw_call(to, b"", value=msg.value)
    raise "no"

@external
@payable
def pay_in_vain(to: address):
    success: bool = raw_call(
        self, _abi_encode(to, method_id=method_id("pay_and_fail(address)")), value=msg.value, revert_on_failure=False
    )
    assert not success

@external
@payable
def vanish(to: address):
    selfdestruct(to)
