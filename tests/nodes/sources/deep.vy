# @version ^0.3.9
# Calls itself as deep as it is asked to, and pays from the bottom.
interface Deep:
    def dive(depth: uint256, to: address): payable

@external
@payable
def dive(depth: uint256, to: address):
    if depth == 0:
        raw_call(to, b"", value=self.balance)
    else:
        Deep(self).dive(depth - 1, to)
