"""The core as a cluster: NATS JetStream is the journal, replicas apply it, gateways see it through one of them.

    gateways ─▶ COMMANDS ─▶ every replica ─▶ OUTPUTS (the active one's) ─▶ gateways
                (numbers,   (journals,        (each outcome once,
                 times)      applies)          fenced)

Nothing here decides who is right by itself: JetStream orders commands, refuses a stale writer's outputs and grants the
lease; replicas come to the same state because they apply the same log.
"""
