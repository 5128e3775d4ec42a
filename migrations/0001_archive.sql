-- The archive. Written once for both databases; `src/store/migrate.rs` puts their own words in:
--   {ID}       a key given by the database, never given twice
--   {BLOB}     bytes
--   {KEYTEXT}  text that is compared and sorted byte by byte
--   BIGINT     every number; SQLite's strict tables call it INTEGER
--   {STRICT}   ends a table
--   {LINK}     ends a table that is nothing but its key and little more
-- Times are milliseconds since 1970 UTC. Truth values are 0 and 1. Texts in HTML are printed by
-- version `doc_version` of the printer; rows of an older version are parsed anew when read.
-- A column ending in `_key` is made from its neighbour in Rust and short enough for any index.

CREATE TABLE works (
    id {ID},
    title TEXT NOT NULL,
    title_key {KEYTEXT} NOT NULL,
    title_is_provisional BIGINT NOT NULL,
    byline_key {KEYTEXT} NOT NULL,
    language TEXT,
    published_at BIGINT,
    updated_at BIGINT,
    -- updated, else published, else added: what the shelf is sorted by
    fresh_at BIGINT NOT NULL,
    complete BIGINT,
    chapters_expected BIGINT,
    source_site TEXT,
    source_url TEXT,
    source_key {KEYTEXT} UNIQUE,
    added_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- of the current revision, so that a list needs nothing else
    words BIGINT NOT NULL,
    chapter_count BIGINT NOT NULL,
    -- the current revision; no reference, because work and revision need each other to exist
    revision_id BIGINT NOT NULL,
    -- 1 if a person should have a look: provisional title, warnings or proposals
    attention BIGINT NOT NULL
) {STRICT};
CREATE INDEX works_by_title ON works (title_key, id);
CREATE INDEX works_by_author ON works (byline_key, title_key, id);
CREATE INDEX works_by_freshness ON works (fresh_at, id);
CREATE INDEX works_by_words ON works (words, id);

-- One row, kept right by every write of a work: counting millions of rows takes too long.
CREATE TABLE totals (
    id BIGINT NOT NULL PRIMARY KEY,
    works BIGINT NOT NULL,
    words BIGINT NOT NULL,
    attention BIGINT NOT NULL
) {STRICT};
INSERT INTO totals (id, works, words, attention) VALUES (1, 0, 0, 0);

-- An author is a name with a page or without one: `author_key` is both.
CREATE TABLE authors (
    id {ID},
    author_key {KEYTEXT} NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key {KEYTEXT} NOT NULL,
    url TEXT
) {STRICT};
CREATE TABLE work_authors (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    author BIGINT NOT NULL REFERENCES authors (id),
    PRIMARY KEY (work, position)
) {LINK};

CREATE TABLE tags (
    id {ID},
    kind {KEYTEXT} NOT NULL,
    name {KEYTEXT} NOT NULL,
    UNIQUE (name, kind)
) {STRICT};
CREATE TABLE work_tags (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    tag BIGINT NOT NULL REFERENCES tags (id),
    PRIMARY KEY (work, position)
) {LINK};

-- A series is known by its page, else by its title and the authors who tell it.
CREATE TABLE series (
    id {ID},
    series_key {KEYTEXT} NOT NULL UNIQUE,
    title TEXT NOT NULL,
    url TEXT
) {STRICT};
CREATE TABLE work_series (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    series BIGINT NOT NULL REFERENCES series (id),
    part BIGINT,
    PRIMARY KEY (work, position)
) {LINK};

CREATE TABLE collections (
    id {ID},
    name_key {KEYTEXT} NOT NULL UNIQUE,
    name TEXT NOT NULL
) {STRICT};
CREATE TABLE work_collections (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    collection BIGINT NOT NULL REFERENCES collections (id),
    PRIMARY KEY (work, position)
) {LINK};

-- Header lines that have no field of their own.
CREATE TABLE work_other (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    label TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (work, position)
) {STRICT};

-- Tags that a rule read out of a text; `place` as in `src/store/notices.rs`.
CREATE TABLE proposals (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    rule TEXT NOT NULL,
    place TEXT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (work, position)
) {STRICT};
CREATE TABLE warnings (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (work, position)
) {STRICT};

-- A state of a work's texts. Rows are added and never changed.
CREATE TABLE revisions (
    id {ID},
    work BIGINT NOT NULL REFERENCES works (id),
    number BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    why TEXT NOT NULL,
    words BIGINT NOT NULL,
    chapter_count BIGINT NOT NULL,
    -- of the texts in this row and in its chapters, but for their bodies
    doc_version BIGINT NOT NULL,
    summary TEXT NOT NULL,
    notes_before TEXT NOT NULL,
    disclaimer TEXT NOT NULL,
    notes_after TEXT NOT NULL,
    UNIQUE (work, number)
) {STRICT};

-- Bodies, each once: a chapter that a revision leaves as it was costs nothing.
CREATE TABLE texts (
    id {ID},
    -- BLAKE3 of `html`
    hash {BLOB} NOT NULL UNIQUE,
    words BIGINT NOT NULL,
    doc_version BIGINT NOT NULL,
    html TEXT NOT NULL
) {STRICT};
CREATE TABLE revision_chapters (
    revision BIGINT NOT NULL REFERENCES revisions (id),
    -- from 1
    position BIGINT NOT NULL,
    words BIGINT NOT NULL,
    text_id BIGINT NOT NULL REFERENCES texts (id),
    title TEXT,
    summary TEXT NOT NULL,
    notes_before TEXT NOT NULL,
    notes_after TEXT NOT NULL,
    PRIMARY KEY (revision, position)
) {LINK};

-- Files as they came, by the hash of their bytes. `kept` is 0 for one over the size limit.
CREATE TABLE originals (
    id {ID},
    hash {BLOB} NOT NULL UNIQUE,
    size_bytes BIGINT NOT NULL,
    format TEXT NOT NULL,
    kept BIGINT NOT NULL,
    added_at BIGINT NOT NULL
) {STRICT};
CREATE TABLE work_originals (
    work BIGINT NOT NULL REFERENCES works (id),
    original BIGINT NOT NULL REFERENCES originals (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL REFERENCES revisions (id),
    PRIMARY KEY (work, original)
) {STRICT};
CREATE INDEX work_originals_by_original ON work_originals (original, work);

-- Images, by the hash of their bytes and their kind.
CREATE TABLE media (
    name {KEYTEXT} NOT NULL PRIMARY KEY,
    size_bytes BIGINT NOT NULL
) {STRICT};
-- No reference to media: a text may show an image that was too large to be kept.
CREATE TABLE work_media (
    work BIGINT NOT NULL REFERENCES works (id),
    position BIGINT NOT NULL,
    name {KEYTEXT} NOT NULL,
    PRIMARY KEY (work, position)
) {LINK};

-- Sketches of the texts, and the keys under which like texts are found.
CREATE TABLE fingerprints (
    work BIGINT NOT NULL PRIMARY KEY REFERENCES works (id),
    sketch {BLOB} NOT NULL
) {STRICT};
CREATE TABLE work_bands (
    band BIGINT NOT NULL,
    work BIGINT NOT NULL REFERENCES works (id),
    PRIMARY KEY (band, work)
) {LINK};

-- Folders that were imported, and every file seen in them with what became of it. Paths can be
-- longer than a key of an index, so their hash is the key.
CREATE TABLE folders (
    id {ID},
    path_hash {BLOB} NOT NULL UNIQUE,
    path TEXT NOT NULL
) {STRICT};
CREATE TABLE sources (
    folder BIGINT NOT NULL REFERENCES folders (id),
    path_hash {BLOB} NOT NULL,
    path {KEYTEXT} NOT NULL,
    size_bytes BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    hash {BLOB},
    reader BIGINT NOT NULL,
    work BIGINT REFERENCES works (id),
    -- read, problem, gone or ignored
    state TEXT NOT NULL,
    problem TEXT,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (folder, path_hash)
) {STRICT};
CREATE INDEX sources_with_problems ON sources (folder, path_hash) WHERE state = 'problem';

-- Every write of a work, in the order in which the writes became visible.
CREATE TABLE changes (
    id {ID},
    work BIGINT NOT NULL REFERENCES works (id),
    at BIGINT NOT NULL
) {STRICT};
