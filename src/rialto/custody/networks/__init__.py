"""Networks: which there are, how their nodes are reached, and what is open on them now.

networks.toml ─▶ configuration ─▶ registry (an adapter each) ─▶ Holdings
operator      ─▶ switches (deposits and withdrawals open or shut, by network and asset)
"""
