"""Backups of a whole exchange: taken beside it, checked, and restored to any sequence number or time.

A backup is a directory:

    backup.json          what it holds and every file's hash; written last, so that it is whole or not there
    backup.lock          held by whoever writes to it
    segments/            closed segments of the journal, shared by all runs
    run-00000002/        what the newest run copied anew
        journal/         the last segment, as far as it is durable, and the list of the closed ones
        tables/          what only SQL knows, a file a table
        snapshots/       the newest snapshot, if there is one
        rialto.toml      if there is one
        master.key       if it was asked for

A run never touches what `backup.json` names: interrupted at any point, it leaves the backup that was there before.
"""
