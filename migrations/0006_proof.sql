-- Rules of the proofreader that somebody wants to hear no more of. Words in braces are those of
-- 0001.
CREATE TABLE silenced_rules (
    reader BIGINT NOT NULL REFERENCES readers (id),
    rule {KEYTEXT} NOT NULL,
    PRIMARY KEY (reader, rule)
) {LINK};
