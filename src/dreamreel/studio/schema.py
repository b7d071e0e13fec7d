"""The tables of the studio's database and their versions, as data. Plain SQL that PostgreSQL takes too.

    job      a recipe and an output, and how far it is      event     what happened, in order; pages follow it
    item     a photo, a result, a draft                     tag       words on items
    upload   a file on its way in                           setting   what the owner chose

Times are seconds since 1970 (UTC). Flags are 0 or 1. Columns that hold JSON say so.
"""

from __future__ import annotations

from typing import Final

__all__ = ["MIGRATIONS", "VERSION"]

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """create table job (
            id text primary key,
            kind text not null,
            title text not null,
            request text not null,
            recipe text not null,
            output text not null,
            photo text,
            batch text,
            draft integer not null default 0,
            state text not null default 'queued',
            wanted text,
            reason text,
            priority integer not null default 0,
            position double precision not null,
            created double precision not null,
            started double precision,
            finished double precision,
            owner text,
            lease double precision,
            token integer not null default 0,
            attempts integer not null default 0,
            progress text,
            error text,
            result text,
            idempotency text unique
        )""",
        "create index job_next on job (state, priority, position)",
        "create index job_batch on job (batch)",
        """create table event (
            seq integer primary key autoincrement,
            topic text not null,
            subject text not null,
            kind text not null,
            at double precision not null,
            data text not null
        )""",
        "create index event_subject on event (subject, seq)",
        """create table item (
            id text primary key,
            role text not null,
            kind text not null,
            sha256 text not null,
            bytes bigint not null,
            media_type text not null,
            suffix text not null,
            name text not null,
            title text not null,
            width integer,
            height integer,
            duration text,
            fps text,
            facts text not null,
            request text,
            photo text,
            job text,
            batch text,
            created double precision not null,
            favourite integer not null default 0,
            rating integer not null default 0,
            note text not null default '',
            trashed double precision,
            state text not null default 'ok'
        )""",
        "create index item_created on item (created, id)",
        "create index item_photo on item (photo)",
        "create index item_sha256 on item (sha256)",
        """create table tag (
            item text not null references item (id) on delete cascade,
            name text not null,
            primary key (item, name)
        )""",
        """create table upload (
            id text primary key,
            name text not null,
            length bigint not null,
            sha256 text,
            created double precision not null,
            item text,
            error text
        )""",
        "create table setting (name text primary key, value text not null)",
    ),
)
"""Statements that lead from version n to n + 1, in order; what has been released is never changed.

SQLite's `autoincrement` is PostgreSQL's `generated always as identity`: numbers of events are never given twice.
"""

VERSION: Final = len(MIGRATIONS)
"""The version that this program writes."""
