-- What tags mean to readers: which name is canonical, which are synonyms of it, what stands above
-- it and whose it is. Nothing here touches `works` or `work_tags`: the author's words stay on the
-- work. Words in braces are those of 0001; `src/store/tags.rs` fills in what SQL cannot fold.

-- Folded for matching and for sorting from A to Z: `src/archive/tag.rs`
ALTER TABLE tags ADD COLUMN name_key {KEYTEXT} NOT NULL DEFAULT '';
ALTER TABLE tags ADD COLUMN canonical BIGINT NOT NULL DEFAULT 0;
-- a canonical of the same kind; a canonical has none
ALTER TABLE tags ADD COLUMN synonym_of BIGINT REFERENCES tags (id);
-- works that say this very name
ALTER TABLE tags ADD COLUMN uses BIGINT NOT NULL DEFAULT 0;
-- the same with the uses of its synonyms added
ALTER TABLE tags ADD COLUMN all_uses BIGINT NOT NULL DEFAULT 0;

CREATE INDEX work_tags_by_tag ON work_tags (tag, work);
UPDATE tags SET uses = (SELECT COUNT(DISTINCT l.work) FROM work_tags l WHERE l.tag = tags.id);
UPDATE tags SET all_uses = uses;

CREATE INDEX tags_by_key ON tags (kind, name_key, id);
CREATE INDEX tags_by_use ON tags (kind, all_uses, id);
CREATE INDEX tags_by_canonical ON tags (synonym_of) WHERE synonym_of IS NOT NULL;

-- A canonical stands under another of its kind; as many and as deep as people like, never in a
-- ring.
CREATE TABLE tag_metas (
    sub BIGINT NOT NULL REFERENCES tags (id),
    meta BIGINT NOT NULL REFERENCES tags (id),
    PRIMARY KEY (sub, meta)
) {LINK};
CREATE INDEX tag_metas_by_meta ON tag_metas (meta, sub);

-- Whose a tag is: a medium's fandom, a fandom's characters, a character's relationships.
CREATE TABLE tag_parents (
    child BIGINT NOT NULL REFERENCES tags (id),
    parent BIGINT NOT NULL REFERENCES tags (id),
    PRIMARY KEY (child, parent)
) {LINK};
CREATE INDEX tag_parents_by_parent ON tag_parents (parent, child);

-- Two tags that look alike and that a person said to be two things; the lower key first.
CREATE TABLE tag_apart (
    tag BIGINT NOT NULL REFERENCES tags (id),
    other BIGINT NOT NULL REFERENCES tags (id),
    PRIMARY KEY (tag, other)
) {LINK};

-- Every act of wrangling, and of each what it changed: enough to undo it.
CREATE TABLE wrangling (
    id {ID},
    at BIGINT NOT NULL,
    act TEXT NOT NULL,
    tag BIGINT REFERENCES tags (id),
    other BIGINT REFERENCES tags (id),
    undoes BIGINT REFERENCES wrangling (id),
    undone_by BIGINT REFERENCES wrangling (id)
) {STRICT};
CREATE TABLE wrangled (
    act BIGINT NOT NULL REFERENCES wrangling (id),
    position BIGINT NOT NULL,
    -- canonical, synonym, meta, parent or apart
    fact {KEYTEXT} NOT NULL,
    tag BIGINT NOT NULL,
    -- the canonical, the metatag or the parent; 0 where there is none
    other BIGINT NOT NULL,
    -- 1 if it became so, 0 if it ceased to be so
    made BIGINT NOT NULL,
    PRIMARY KEY (act, position)
) {LINK};
CREATE INDEX wrangled_by_tag ON wrangled (tag, act);

-- Every tag that changed its place among the others, in the order in which that became visible:
-- what `changes` is for works.
CREATE TABLE tag_changes (
    id {ID},
    tag BIGINT NOT NULL REFERENCES tags (id),
    at BIGINT NOT NULL
) {STRICT};
