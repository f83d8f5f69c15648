# @version ^0.3.9
# A contract that takes coins and spends the payer's gas for its own ends.
written: HashMap[uint256, uint256]

@external
@payable
def __default__():
    for number in range(40):
        self.written[number] = 1
