"""What Rialto can do per second, measured: named workloads, each beside a baseline of the same run.

`make bench` runs them all; `python -m benches core --quick` runs one of them, briefly. Every module here that has
`NAME`, `WORKLOAD` and `run(settings)` is a benchmark and is found by `benches.__main__`; what they share is in
`benches.figures`. A benchmark judges nothing: its figures are for people, and no test depends on them.
"""
