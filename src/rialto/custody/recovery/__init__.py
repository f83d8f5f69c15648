"""Recovery of mis-sent deposits: a person asks, an operator settles.

    filed ─▶ settled (the deposit's own stream says so, and moves the money)
          └▶ refused

What is recovered is a deposit that is held: no tag or a wrong one, an asset that is not listed, less than the minimum.
Settling is recorded on the deposit's stream, together with the money; the request is answered by that same record.
"""
