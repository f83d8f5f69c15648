"""The edge over HTTP: takes a request, weighs it, checks who sent it, reads it, has it done, answers.

Flow: `server` (sockets) → `application` (ASGI) → `dispatcher` → a handler of a family package (`spot`) → core and
history.
Between `application` and the handlers everything speaks `request.Request` and `Response` and knows no transport.
"""
