"""Replaying recorded exchange messages through the core, and recording them.

Stands beside the gateway: above the core and the wire's spellings, below bootstrap. A recording is made by `recorder`
from any server's public streams; `session` replays one into an exchange of its own and compares what came out with what
went in; `replayer` does the same into an exchange that others use too.

    recording ─▶ messages ─▶ shaping ─▶ commands ─▶ runtime ─▶ outcomes ─▶ comparison
"""
