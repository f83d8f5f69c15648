"""Watching an exchange: figures for Prometheus, whether it lives and may take traffic, and what an operator must hear.

Stands above every part it looks at and below the composition root; nothing that serves a client imports it. It reads
the plain numbers that the parts keep, decides nothing for them, and what goes wrong in here stays in here.
"""
