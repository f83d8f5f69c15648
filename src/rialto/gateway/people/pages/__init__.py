"""Pages for the links in mails: plain forms that work in any browser, without scripts.

A page is a template and what stands on it (`forms`); what a form sends goes to a call of `/account/v1`, and what comes
of it is told on the page (`site`). Looking at a page changes nothing: mail scanners look at everything.
"""
