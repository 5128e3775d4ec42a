-- Passkeys, and addresses for mail. Words in braces are those of 0001.

-- What authenticators know an account by: random, and the same for all of its passkeys.
ALTER TABLE accounts ADD COLUMN passkey_handle {BLOB};
CREATE TABLE passkeys (
    id {ID},
    account BIGINT NOT NULL REFERENCES accounts (id),
    -- the authenticator's name for it
    credential {BLOB} NOT NULL UNIQUE,
    -- as a COSE key (RFC 8152)
    public_key {BLOB} NOT NULL,
    -- how often it was used, where the authenticator counts; else 0
    counter BIGINT NOT NULL,
    -- what its holder calls it
    name TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT
) {STRICT};
CREATE INDEX passkeys_by_account ON passkeys (account, id);

-- Where mail for an account goes: an address that its holder confirmed, and its key, by which it is
-- found. Several accounts may have the same.
ALTER TABLE accounts ADD COLUMN address TEXT;
ALTER TABLE accounts ADD COLUMN address_key {KEYTEXT};
CREATE INDEX accounts_by_address ON accounts (address_key) WHERE address_key IS NOT NULL;
-- Addresses that wait to be confirmed: BLAKE3 of the secret in the link that was mailed.
CREATE TABLE address_links (
    token_hash {BLOB} NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES accounts (id),
    address TEXT NOT NULL,
    expires_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX address_links_by_account ON address_links (account);
