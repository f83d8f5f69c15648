# @version ^0.3.9
# A contract that takes no coins.
@external
def nothing():
    pass
