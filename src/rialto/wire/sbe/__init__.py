"""Simple Binary Encoding: the API's answers and events as bytes, laid out by the API's own schema files.

`schema` reads a schema file, `codec` compiles it into encoders (`readers` field by field), `spelling` states where the
documented JSON departs from what the schema says of it, `answers` finds the message of an endpoint's answer, and
`negotiation` reads which schema a client asks for. No layout is written by hand: a new version of the API's schema is a
new file in `schemas`.
"""
