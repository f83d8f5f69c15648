"""What is known of people: what they agreed to, copies of it for them, its end, and what the law may ask for.

Which tables hold personal data, and what becomes of each column, stands in one place: `classified`. Exports, erasure
and retention all follow it, and a test refuses a table or column that is not there.
"""
