"""The words the Python side shares with the core: commands, events, queries and answers, frozen and typed.

Stands between the core and everything derived from it. Owns no state. Each class mirrors, field by field and in the
same order, a definition of the Rust crate `types`; a test decodes one of every kind to hold the two together. Amounts,
prices and quantities are decimal strings with eight places; times are microseconds since the Unix epoch.
"""
