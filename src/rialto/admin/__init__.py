"""The back office: what operators do (`actions`), who must agree (`desk`, `proposals`), what they look at (`reads`).

    session ─▶ Gate ─▶ Desk ─▶ proposal, line in the log ─▶ agreed ─▶ Action.perform ─▶ core, custody, people

And the operator's channel: the same from the machine the exchange runs on, by who owns its data.

    rialto market … ─▶ control.sock ─▶ ControlChannel ─▶ command ─▶ core
    rialto operator propose | look … ─▶ control.sock ─▶ ControlChannel ─▶ Desk, reads

Whoever may read the data directory may do anything to the exchange already, so the channel is a socket file in there,
open to the owner alone, and asks for no password. What is asked becomes commands in the journal like anyone else's.
"""
