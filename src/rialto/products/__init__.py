"""Products: one package each, all of one shape.

    model.py       frozen state, commands, events
    rules.py       pure decisions: state and command ─▶ event and postings, or a refusal
    projection.py  events ─▶ tables
    service.py     load, decide, record, again when someone was quicker
    routes.py      endpoints

`model` and `rules` import no clock, no database, no web framework: time comes in as data. Products never import each
other.
"""
