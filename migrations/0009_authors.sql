-- Works that belong to several: those who write along, gifts, and works that come from others. Words
-- in braces are those of 0001.

-- Those who write a work with its owner.
CREATE TABLE work_writers (
    work BIGINT NOT NULL REFERENCES works (id),
    account BIGINT NOT NULL REFERENCES accounts (id),
    -- the pen name that they chose for it
    name TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (work, account)
) {LINK};
CREATE INDEX work_writers_by_account ON work_writers (account, work);

-- Those who were asked to, by the name that they were asked by. A name that is nobody's is kept
-- like any other, so that asking tells nothing.
CREATE TABLE writers_asked (
    id {ID},
    work BIGINT NOT NULL REFERENCES works (id),
    name TEXT NOT NULL,
    name_key {KEYTEXT} NOT NULL,
    -- whose name it was then; none if nobody's
    account BIGINT REFERENCES accounts (id),
    asked_at BIGINT NOT NULL,
    declined BIGINT NOT NULL DEFAULT 0,
    UNIQUE (work, name_key)
) {STRICT};
CREATE INDEX writers_asked_by_account ON writers_asked (account, work) WHERE account IS NOT NULL;

-- For whom a work is a gift, as it is posted.
CREATE TABLE work_gifts (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_key {KEYTEXT} NOT NULL,
    -- whose name it was when the work was posted; none if nobody's
    account BIGINT REFERENCES accounts (id),
    PRIMARY KEY (work, position)
) {LINK};
CREATE INDEX work_gifts_by_account ON work_gifts (account, work) WHERE account IS NOT NULL;
-- Names that are not to be named so. They stay when a work is posted anew, and when whoever said so
-- has the name no more.
CREATE TABLE gifts_declined (
    work BIGINT NOT NULL REFERENCES works (id),
    name_key {KEYTEXT} NOT NULL,
    -- who said so and may say otherwise; none once the name, or the account, is gone
    account BIGINT REFERENCES accounts (id),
    PRIMARY KEY (work, name_key)
) {LINK};
CREATE INDEX gifts_declined_by_account ON gifts_declined (account) WHERE account IS NOT NULL;

-- The works that a work comes from, as it is posted: here (`parent`), or elsewhere.
CREATE TABLE work_relations (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    -- inspired or translation
    kind {KEYTEXT} NOT NULL,
    parent BIGINT REFERENCES works (id),
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    url TEXT,
    PRIMARY KEY (work, position)
) {STRICT};
CREATE INDEX work_relations_by_parent ON work_relations (parent, work) WHERE parent IS NOT NULL;
-- What whoever owns the parent says to being named as one: 1 yes, 0 no; no row while nobody said.
CREATE TABLE relation_answers (
    work BIGINT NOT NULL REFERENCES works (id),
    parent BIGINT NOT NULL REFERENCES works (id),
    answer BIGINT NOT NULL,
    PRIMARY KEY (work, parent)
) {LINK};

-- who may comment, once there are comments: 0 everyone, 1 members, 2 nobody
ALTER TABLE works ADD COLUMN comments BIGINT NOT NULL DEFAULT 1;
