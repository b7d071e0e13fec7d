"""The studio: a page, an API and jobs that survive anything, on this machine.

    browser, command line ─► guard ─► api ─┬─► library   (items, tags, trash)  ─┐
                                           ├─► ledger    (jobs, leases, events) ─┼─► database (SQLite, WAL)
                                           └─► uploads   (tus, resumable)        │   files    (contents by hash)
    supervisor ─ claims a job ─► worker process in a sandbox ─► finished file ───┘

    database, schema   one SQLite file, its tables and their versions
    ledger             what is to be done, who does it, what happened
    files, library     contents by their hash; what people call them
    uploads            files on their way in
    sandbox, worker    where everything that came from outside is decoded
    supervisor         starts, watches and ends workers; reserve: room to write down that there is none
    guard              who may speak to the server
    pages/             one folder a page: its script, its texts, its part of the API, its kinds of job
    web/               the shell around the pages
    server, client     the two ends of the API

Nothing here is imported by the rooms below; the command line talks to a running studio through `client`.
"""
