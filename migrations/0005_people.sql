-- Accounts with passwords and pen names, and works that only some may see. Words in braces are those
-- of 0001.

-- Those whom the owner of a work names: they see it whatever its audience, once it is posted.
CREATE TABLE work_readers (
    work BIGINT NOT NULL REFERENCES works (id),
    account BIGINT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (work, account)
) {LINK};
CREATE INDEX work_readers_by_account ON work_readers (account, work);

-- BLAKE3 of the secret in a work's link; none for a work without one.
ALTER TABLE works ADD COLUMN link_hash {BLOB};
CREATE UNIQUE INDEX works_by_link ON works (link_hash) WHERE link_hash IS NOT NULL;
-- Works that not everyone sees: few, and none in many archives.
CREATE INDEX works_apart ON works (id)
    WHERE audience > 0 OR posted_at IS NULL OR binned_at IS NOT NULL;
CREATE INDEX work_media_by_name ON work_media (name, work);

-- waiting (for somebody to approve), open or closed
ALTER TABLE accounts ADD COLUMN state {KEYTEXT} NOT NULL DEFAULT 'open';
-- what the applicant said to whoever approves
ALTER TABLE accounts ADD COLUMN said TEXT NOT NULL DEFAULT '';
-- a second factor (RFC 6238): the secret, and the last step whose code was used
ALTER TABLE accounts ADD COLUMN totp_secret {BLOB};
ALTER TABLE accounts ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
CREATE TABLE recovery_codes (
    account BIGINT NOT NULL REFERENCES accounts (id),
    code_hash {BLOB} NOT NULL,
    PRIMARY KEY (account, code_hash)
) {STRICT};

-- The names under which an account writes. Nobody else may take them.
CREATE TABLE pseuds (
    id {ID},
    account BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    name_key {KEYTEXT} NOT NULL UNIQUE,
    made_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX pseuds_by_account ON pseuds (account, id);

-- 1 for a link that lets its holder choose a new password, 0 for one that signs in
ALTER TABLE sign_in_links ADD COLUMN resets BIGINT NOT NULL DEFAULT 0;

-- Links that let one person make an account.
CREATE TABLE invitations (
    id {ID},
    token_hash {BLOB} NOT NULL UNIQUE,
    made_by BIGINT NOT NULL REFERENCES accounts (id),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) {STRICT};

-- What the owner of the archive chose on the site; what a flag, the environment or fanfold.toml
-- says wins.
CREATE TABLE choices (
    name {KEYTEXT} NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) {STRICT};
