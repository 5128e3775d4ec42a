-- Who reads and who writes, and who may see what. Words in braces are those of 0001.

-- Whoever reads: an account where there is one, else a browser. All that a reader keeps hangs here.
CREATE TABLE readers (
    id {ID},
    made_at BIGINT NOT NULL
) {STRICT};

-- A browser that holds a reader's cookie. Of the cookie's value only the BLAKE3 is kept. With the
-- reader of an account it is a session: signed in.
CREATE TABLE browsers (
    id {ID},
    token_hash {BLOB} NOT NULL UNIQUE,
    reader BIGINT NOT NULL REFERENCES readers (id),
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- what it calls itself, shortened; shown to its own reader only
    agent TEXT NOT NULL
) {STRICT};
CREATE INDEX browsers_by_reader ON browsers (reader, id);

CREATE TABLE accounts (
    id {ID},
    reader BIGINT NOT NULL UNIQUE REFERENCES readers (id),
    name TEXT NOT NULL,
    name_key {KEYTEXT} NOT NULL UNIQUE,
    -- owner, moderator, wrangler or member
    role {KEYTEXT} NOT NULL,
    -- in PHC string format; none where nothing but links signs in
    password TEXT,
    made_at BIGINT NOT NULL
) {STRICT};

-- Links that sign a browser in, once.
CREATE TABLE sign_in_links (
    token_hash {BLOB} NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES accounts (id),
    expires_at BIGINT NOT NULL
) {STRICT};

-- Questions that a reader keeps under a name.
CREATE TABLE saved_filters (
    reader BIGINT NOT NULL REFERENCES readers (id),
    name_key {KEYTEXT} NOT NULL,
    name TEXT NOT NULL,
    question TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (reader, name_key)
) {STRICT};

-- What every work must answer to be shown to a reader: all works, or (`fandom`, a tag) those of
-- one fandom; 0 stands for all.
CREATE TABLE default_filters (
    reader BIGINT NOT NULL REFERENCES readers (id),
    fandom BIGINT NOT NULL,
    question TEXT NOT NULL,
    PRIMARY KEY (reader, fandom)
) {STRICT};

-- What a reader does not want to meet.
CREATE TABLE mutes (
    reader BIGINT NOT NULL REFERENCES readers (id),
    -- tag, author or work
    what {KEYTEXT} NOT NULL,
    target BIGINT NOT NULL,
    muted_at BIGINT NOT NULL,
    PRIMARY KEY (reader, what, target)
) {LINK};

-- How far a reader is.
CREATE TABLE reading (
    reader BIGINT NOT NULL REFERENCES readers (id),
    work BIGINT NOT NULL REFERENCES works (id),
    -- the chapter, and in it the paragraph, that was last looked at; both from 1
    chapter BIGINT NOT NULL,
    paragraph BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    -- when the reader was through with all that there was, or said so
    finished_at BIGINT,
    PRIMARY KEY (reader, work)
) {LINK};
CREATE INDEX reading_by_look ON reading (reader, looked_at);

-- Whose a work is; none for what came out of a folder.
ALTER TABLE works ADD COLUMN owner BIGINT REFERENCES accounts (id);
-- 0 everyone, 1 members, 2 whoever has its link, 3 its owner and those whom the owner names
ALTER TABLE works ADD COLUMN audience BIGINT NOT NULL DEFAULT 0;
-- when it was posted; none for one that never was
ALTER TABLE works ADD COLUMN posted_at BIGINT;
-- when it is to be posted
ALTER TABLE works ADD COLUMN post_at BIGINT;
-- when it was put into the bin
ALTER TABLE works ADD COLUMN binned_at BIGINT;
UPDATE works SET posted_at = added_at;
CREATE INDEX works_by_owner ON works (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX works_to_post ON works (post_at) WHERE post_at IS NOT NULL;
CREATE INDEX works_in_the_bin ON works (binned_at) WHERE binned_at IS NOT NULL;
