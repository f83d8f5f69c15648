"""Read models: what events left behind, as SQL. Everything here can be thrown away and rebuilt from the journal.

Outcomes enter `Projector`, which hands them in batches to `Writer`; `Batch` turns them into rows, and one transaction
writes the rows and the watermark. `History` answers reads. `rebuild` starts over.
"""
