# @version ^0.3.9
# A plain ERC-20 whose decimals are chosen; what it moves may be less than what it is asked to, by a fee it keeps.
event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    amount: uint256

decimals: public(uint8)
fee_percent: uint256
keeper: address
balanceOf: public(HashMap[address, uint256])

@external
def __init__(places: uint8, fee_percent: uint256, supply: uint256):
    self.decimals = places
    self.fee_percent = fee_percent
    self.keeper = msg.sender
    self.balanceOf[msg.sender] = supply
    log Transfer(empty(address), msg.sender, supply)

@external
def transfer(to: address, amount: uint256) -> bool:
    fee: uint256 = amount * self.fee_percent / 100
    self.balanceOf[msg.sender] -= amount
    self.balanceOf[to] += amount - fee
    self.balanceOf[self.keeper] += fee
    # Some that take a fee say they moved the whole.
    log Transfer(msg.sender, to, amount)
    return True
