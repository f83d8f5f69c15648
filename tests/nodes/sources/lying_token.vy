# @version ^0.3.9
# A token that says it moved what it did not move.
event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    amount: uint256

balanceOf: public(HashMap[address, uint256])

@external
def transfer(to: address, amount: uint256) -> bool:
    log Transfer(msg.sender, to, amount)
    return True

@external
def partly(to: address, amount: uint256, claimed: uint256):
    self.balanceOf[to] += amount
    log Transfer(msg.sender, to, amount)
    log Transfer(msg.sender, to, claimed)
