-- Identifiers of 256 bits are 32-byte blobs, addresses 20-byte blobs, times seconds since 1970.

CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint TEXT NOT NULL,
    first_block INTEGER NOT NULL,
    genesis BLOB
) STRICT;

-- Headers of the blocks that can be taken back, and the one below them.
CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    parent BLOB NOT NULL,
    time INTEGER NOT NULL
) STRICT;

-- What each row was before a block; NULL when it was not there.
CREATE TABLE undo (
    block INTEGER NOT NULL,
    position INTEGER NOT NULL,
    row_table TEXT NOT NULL,
    row_key TEXT NOT NULL,
    row_before TEXT,
    PRIMARY KEY (block, position)
) STRICT, WITHOUT ROWID;

-- Logs of our contracts that no layout describes, raw, for a later decoder.
CREATE TABLE unknown_logs (
    block INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    block_hash BLOB NOT NULL,
    tx_hash BLOB NOT NULL,
    address BLOB NOT NULL,
    topics BLOB NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (block, log_index)
) STRICT;

CREATE TABLE manufacturers (
    token BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL, owner BLOB NOT NULL, minted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE vehicles (
    token BLOB PRIMARY KEY NOT NULL, owner BLOB NOT NULL, manufacturer BLOB, definition_id TEXT NOT NULL,
    storage_node BLOB, minted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX vehicles_by_owner ON vehicles (owner);

CREATE TABLE attributes (
    kind INTEGER NOT NULL, token BLOB NOT NULL, name TEXT NOT NULL, info TEXT NOT NULL,
    PRIMARY KEY (kind, token, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE aftermarket_devices (
    token BLOB PRIMARY KEY NOT NULL, manufacturer BLOB, address BLOB, owner BLOB NOT NULL, beneficiary BLOB,
    claimed_at INTEGER, vehicle BLOB, paired_at INTEGER, minted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE synthetic_devices (
    token BLOB PRIMARY KEY NOT NULL, connection BLOB, vehicle BLOB, address BLOB, owner BLOB NOT NULL,
    consent_required INTEGER NOT NULL, minted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE banned_devices (
    device BLOB PRIMARY KEY NOT NULL, reason BLOB NOT NULL, since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE connections (
    token BLOB PRIMARY KEY NOT NULL, address BLOB, owner BLOB NOT NULL, name TEXT NOT NULL, minted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE storage_nodes (
    token BLOB PRIMARY KEY NOT NULL, address BLOB, owner BLOB NOT NULL, label TEXT NOT NULL, uri TEXT NOT NULL,
    minted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE developer_licenses (
    token BLOB PRIMARY KEY NOT NULL, owner BLOB NOT NULL, client_id BLOB, alias TEXT NOT NULL, stake BLOB NOT NULL,
    frozen INTEGER NOT NULL, minted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE developer_signers (
    token BLOB NOT NULL, signer BLOB NOT NULL, enabled_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    PRIMARY KEY (token, signer)
) STRICT, WITHOUT ROWID;

CREATE TABLE redirect_uris (
    token BLOB NOT NULL, uri TEXT NOT NULL, enabled_at INTEGER NOT NULL, PRIMARY KEY (token, uri)
) STRICT, WITHOUT ROWID;

CREATE TABLE provider_licenses (
    token BLOB PRIMARY KEY NOT NULL, holder BLOB NOT NULL, suspended_for BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE provider_stakes (
    holder BLOB PRIMARY KEY NOT NULL, staked BLOB NOT NULL, required_min BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_versions (
    contract BLOB NOT NULL, token BLOB NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (contract, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    asset BLOB NOT NULL, token BLOB NOT NULL, version INTEGER NOT NULL, grantee BLOB NOT NULL,
    permissions BLOB NOT NULL, expires_at INTEGER NOT NULL, template BLOB NOT NULL, source TEXT NOT NULL,
    set_at INTEGER NOT NULL, PRIMARY KEY (asset, token, version, grantee)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_by_grantee ON grants (grantee);

CREATE TABLE privileges (
    contract BLOB NOT NULL, token BLOB NOT NULL, version INTEGER NOT NULL, privilege INTEGER NOT NULL,
    grantee BLOB NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (contract, token, version, privilege, grantee)
) STRICT, WITHOUT ROWID;

CREATE TABLE templates (
    token BLOB PRIMARY KEY NOT NULL, creator BLOB NOT NULL, asset BLOB NOT NULL, permissions BLOB NOT NULL,
    cid TEXT NOT NULL, active INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE parameters (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
