-- Beta readers: private links to one revision of a work, and what is said of it there. Words in
-- braces are those of 0001.

CREATE TABLE betas (
    id {ID},
    work BIGINT NOT NULL REFERENCES works (id),
    -- what is read; saves are never folded into it from now on
    revision BIGINT NOT NULL REFERENCES revisions (id),
    -- what its writer calls it
    name TEXT NOT NULL,
    -- BLAKE3 of the secret in the link
    link_hash {BLOB} NOT NULL UNIQUE,
    -- 0 where the link leads nowhere any more
    opened BIGINT NOT NULL,
    made_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX betas_by_work ON betas (work, id);
CREATE INDEX betas_by_revision ON betas (revision);

CREATE TABLE beta_remarks (
    id {ID},
    beta BIGINT NOT NULL REFERENCES betas (id),
    -- the passage in the revision: the chapter's number within the work, the paragraph from 0 as
    -- the proofreader counts, and bytes of that paragraph's plain text
    chapter BIGINT NOT NULL,
    paragraph BIGINT NOT NULL,
    from_byte BIGINT NOT NULL,
    to_byte BIGINT NOT NULL,
    -- the words that stand there
    quoted TEXT NOT NULL,
    -- what is said of them
    said TEXT NOT NULL,
    -- of a suggestion: what to write instead; none for a comment
    instead TEXT,
    -- who says so: a name, and the account, or the hash of the browser's cookie
    who TEXT NOT NULL,
    account BIGINT REFERENCES accounts (id),
    hand {BLOB},
    made_at BIGINT NOT NULL,
    -- 0 open, 1 accepted, 2 declined, or done with if it is a comment
    state BIGINT NOT NULL DEFAULT 0,
    -- what the writer says to it
    answer TEXT NOT NULL DEFAULT ''
) {STRICT};
CREATE INDEX beta_remarks_by_beta ON beta_remarks (beta, chapter, paragraph, from_byte, id);
CREATE INDEX beta_remarks_by_account ON beta_remarks (account) WHERE account IS NOT NULL;
