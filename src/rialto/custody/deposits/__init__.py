"""Deposits: seen in blocks, credited once they are deep enough, taken back when their block is gone for good.

    following ─▶ sightings (what the best chain holds now) ─▶ rules ─▶ Record (custody ─▶ owner) ─▶ deposits

What is seen can be undone and lies in a table; what is credited is in the journal, on a stream for each credit on a
chain, named by network, transaction and index: nothing can be credited twice.

Invariants, of each network and asset: the custody account is minus what was credited, held and not taken back; what the
ledger cannot hold of an amount is a remainder that the deposit's event states; what could not be taken back is a
shortfall that it states too.
"""
