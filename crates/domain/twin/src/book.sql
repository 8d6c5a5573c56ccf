-- Licences of the book, what is staked for them, and what their holders owe a court.

CREATE TABLE licenses (
    license BLOB PRIMARY KEY NOT NULL, kind INTEGER NOT NULL, holder BLOB NOT NULL, state INTEGER NOT NULL,
    raised BLOB NOT NULL, base_at_approval BLOB NOT NULL, grace_until INTEGER NOT NULL,
    grace_requirement BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stakes (
    license BLOB PRIMARY KEY NOT NULL, own BLOB NOT NULL, partner BLOB NOT NULL, loan BLOB NOT NULL,
    loan_due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE court_debts (
    court BLOB NOT NULL, holder BLOB NOT NULL, owed BLOB NOT NULL, PRIMARY KEY (court, holder)
) STRICT, WITHOUT ROWID;
