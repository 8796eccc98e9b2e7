/**
 * The tables, as numbered migrations. Step n brings a database from version n to n + 1 (its user_version). Never
 * change a released step: a new column is a new step at the end.
 */

/** One SQL text per version; all missing steps run in one transaction. */
export const migrations: readonly string[] = [
  `
  -- A channel, or the private conversation of two people, or of one person with themselves.
  CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    -- Folded channel name; or the identities of both sides in order, with a space between.
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- Nobody can see records before this stamp.
    since INTEGER NOT NULL DEFAULT 0,
    -- The channel restricts who can join: a user who creates it again does not see its old messages.
    closed INTEGER NOT NULL DEFAULT 0,
    -- The number of records that the search index contains.
    messages INTEGER NOT NULL DEFAULT 0,
    events INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- The people in a private conversation: an account, or "~…" without one.
  CREATE TABLE side (
    identity TEXT NOT NULL,
    conversation INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (identity, conversation)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX side_conversation ON side (conversation);

  -- All records of one tick in one log; a log is twice its conversation, and one more for events.
  CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    log INTEGER NOT NULL,
    -- Stamp of the first record; the others have their distance to it.
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    records TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX block_place ON block (log, first);

  CREATE VIRTUAL TABLE words USING fts5 (
    keys, text, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
  );

  -- Numbers by name: "followed" is the id of the last block that is in the search index.
  CREATE TABLE progress (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  -- Accounts whose messages up to a stamp are being deleted.
  CREATE TABLE forgetting (identity TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  -- How far an account has read, in milliseconds since 1970.
  CREATE TABLE marker (
    account TEXT NOT NULL,
    target TEXT NOT NULL,
    ms INTEGER NOT NULL,
    PRIMARY KEY (account, target)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- By folded name; a deleted account has no verifier.
  CREATE TABLE account (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- SCRAM-SHA-256 (RFC 5803): it checks a password, but nobody can log in with it.
    verifier TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Why nobody can log in.
    suspended TEXT,
    created_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE kept_channel (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- The name of an account.
    founder TEXT NOT NULL,
    used_ms INTEGER NOT NULL,
    -- Topic, modes, lists and ranks, as JSON.
    state TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE keepsake (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Uploaded files; the content is in the folder "files", with the id as its name.
  CREATE TABLE file (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    -- An account, or "~nick" without one.
    owner TEXT NOT NULL,
    created_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Deleted messages, by stamp: other machines that still have them delete them too.
  CREATE TABLE redaction (stamp INTEGER PRIMARY KEY, conversation INTEGER NOT NULL) STRICT;
  `,
  `
  -- The stamp of the message in which its owner shared the file first.
  ALTER TABLE file ADD COLUMN message INTEGER;
  -- The id of the user, for uploads by token: many people without an account can have one host.
  ALTER TABLE file ADD COLUMN user TEXT;
  `,
  `
  -- The stamp of the deletion, for clients that were offline then; 0 when it is not known.
  ALTER TABLE redaction ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
  -- The account of the person who deleted the message, folded; its reason goes when the account is deleted.
  ALTER TABLE redaction ADD COLUMN account TEXT;
  ALTER TABLE redaction ADD COLUMN record TEXT NOT NULL DEFAULT '';
  ALTER TABLE redaction ADD COLUMN reason TEXT NOT NULL DEFAULT '';
  CREATE INDEX redaction_time ON redaction (conversation, deleted);
  `,
  `
  -- The people of private conversations: the name of the account, or the last nick without one; and the last nick.
  CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    nick TEXT NOT NULL,
    folded TEXT NOT NULL
  ) STRICT;
  CREATE INDEX person_nick ON person (folded, id);
  INSERT INTO person (identity, name, nick, folded)
    SELECT identity, name, name, ltrim(identity, '~') FROM side GROUP BY identity;
  -- The identity of the other side; the own one in a conversation with oneself.
  ALTER TABLE side ADD COLUMN other TEXT NOT NULL DEFAULT '';
  UPDATE side SET other = coalesce(
    (SELECT theirs.identity FROM side AS theirs
      WHERE theirs.conversation = side.conversation AND theirs.identity <> side.identity),
    identity
  );
  CREATE INDEX side_other ON side (identity, other);
  `,
  `
  -- Nicks that a person had before its last one, for clients that did not see the change.
  CREATE TABLE former_nick (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL,
    folded TEXT NOT NULL,
    UNIQUE (identity, folded)
  ) STRICT;
  CREATE INDEX former_nick_folded ON former_nick (folded, id);
  `,
  `
  -- Stamps that were in the future, and the stamps that these records have now (mend_times.ts).
  CREATE TABLE moved_stamp (old INTEGER PRIMARY KEY, stamp INTEGER NOT NULL) STRICT;
  `,
  `
  -- The index is built again: its words are made by Parley (index_words.ts), and belong to sections.
  DROP TABLE words;
  CREATE VIRTUAL TABLE words USING fts5 (keys, text, content = '', columnsize = 0, tokenize = 'ascii');
  DELETE FROM progress WHERE name = 'followed';
  UPDATE conversation SET messages = 0, events = 0;
  -- A section has the words of the records from the block "first" on; see search_sections.ts.
  CREATE TABLE search_section (
    number INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    words INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Acts of server operators, by the stamps of their events (audit.ts).
  CREATE TABLE audit (
    stamp INTEGER PRIMARY KEY,
    act TEXT NOT NULL,
    nick TEXT NOT NULL,
    account TEXT,
    address TEXT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- The address that a file came from, as a keyed hash: files of one address have a common limit.
  ALTER TABLE file ADD COLUMN origin TEXT;
  CREATE INDEX file_owner ON file (owner COLLATE NOCASE, origin, bytes);
  CREATE INDEX file_created ON file (created_ms);
  `,
  `
  -- The stamp of the last event that ended all logins of the account.
  ALTER TABLE account ADD COLUMN epoch INTEGER;
  -- JSON: the closed parts of its history, and what operators did to it (accounts.ts).
  ALTER TABLE account ADD COLUMN closures TEXT;
  ALTER TABLE account ADD COLUMN acts TEXT;
  `,
  `
  -- The logs of the blocks in a section, each plus one, as numbers of 32 bits (search_sections.ts). The index is built
  -- again.
  ALTER TABLE search_section ADD COLUMN logs BLOB;
  `,
  `
  -- JSON: the times for which the history is closed to people, because they were banned (closed_history.ts).
  ALTER TABLE conversation ADD COLUMN periods TEXT NOT NULL DEFAULT '';
  `,
  `
  -- JSON: the client certificates that log in to the account.
  ALTER TABLE account ADD COLUMN certificates TEXT;
  `,
  `
  -- The bytes of the records that the index contains, and of the deletions (history_size.ts).
  ALTER TABLE conversation ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX conversation_bytes ON conversation (bytes);
  `,
  `
  -- The bytes of all records, and of the largest conversation, before there were limits for them (grown_limits.ts).
  INSERT OR REPLACE INTO keepsake (name, value)
    SELECT 'history before limits', sum(bytes) || ' ' || max(bytes)
      FROM (SELECT sum(octet_length(records)) AS bytes FROM block GROUP BY log >> 1) HAVING count(*) > 0;
  -- When limits for copies of the database were added, in milliseconds since 1970 (copies.ts).
  INSERT OR REPLACE INTO keepsake (name, value)
    SELECT 'copies before limits', unixepoch() * 1000 WHERE EXISTS (SELECT 1 FROM conversation);
  `,
  `
  -- Long messages that are being erased: the id of the index entry, and the number of words that the index has lost
  -- (long_erasures.ts).
  CREATE TABLE erasing (entry INTEGER PRIMARY KEY, stamp INTEGER NOT NULL, words INTEGER NOT NULL) STRICT;
  `,
  `
  -- Files of guests that are in no message (uploads.ts).
  CREATE INDEX file_unshared ON file (created_ms)
    WHERE message IS NULL AND owner GLOB '~*' AND origin IS NOT NULL;
  `,
  `
  -- FTS5 merges nothing inside a commit (index_merge.ts).
  INSERT INTO words (words, rank) VALUES ('automerge', 0);
  INSERT INTO words (words, rank) VALUES ('crisismerge', 64);
  `,
  `
  -- What a start needs of the accounts, so that it does not read all of them (accounts.ts, look_alike_rows.ts): the
  -- number of accounts with each number of PBKDF2 rounds, and those with a role or a certificate.
  CREATE TABLE verifier_rounds (rounds INTEGER PRIMARY KEY, accounts INTEGER NOT NULL) STRICT;
  INSERT INTO verifier_rounds (rounds, accounts)
    SELECT CAST(substr(verifier, 15) AS INTEGER), count(*) FROM account
    WHERE substr(verifier, 1, 14) = 'SCRAM-SHA-256$' GROUP BY 1;
  CREATE TRIGGER account_added AFTER INSERT ON account WHEN substr(new.verifier, 1, 14) = 'SCRAM-SHA-256$'
  BEGIN
    INSERT INTO verifier_rounds (rounds, accounts) VALUES (CAST(substr(new.verifier, 15) AS INTEGER), 1)
      ON CONFLICT DO UPDATE SET accounts = accounts + 1;
  END;
  CREATE TRIGGER account_removed AFTER DELETE ON account WHEN substr(old.verifier, 1, 14) = 'SCRAM-SHA-256$'
  BEGIN
    UPDATE verifier_rounds SET accounts = accounts - 1 WHERE rounds = CAST(substr(old.verifier, 15) AS INTEGER);
  END;
  CREATE TRIGGER account_changed AFTER UPDATE OF verifier ON account WHEN old.verifier <> new.verifier
  BEGIN
    UPDATE verifier_rounds SET accounts = accounts - 1
      WHERE rounds = CAST(substr(old.verifier, 15) AS INTEGER) AND substr(old.verifier, 1, 14) = 'SCRAM-SHA-256$';
    INSERT INTO verifier_rounds (rounds, accounts)
      SELECT CAST(substr(new.verifier, 15) AS INTEGER), 1 WHERE substr(new.verifier, 1, 14) = 'SCRAM-SHA-256$'
      ON CONFLICT DO UPDATE SET accounts = accounts + 1;
  END;
  CREATE INDEX account_in_memory ON account (key) WHERE certificates IS NOT NULL OR role <> '';
  -- A key that a name shares with names that look like it, and the folded name.
  CREATE TABLE look_alike (
    shape TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (shape, account)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX look_alike_account ON look_alike (account);
  `,
  `
  -- How many files there are, and their bytes: "all", of each "owner …" (folded), and from each "origin …" (uploads.ts).
  CREATE TABLE file_sum (key TEXT PRIMARY KEY, files INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO file_sum (key, files, bytes)
    SELECT 'owner ' || lower(owner), count(*), sum(bytes) FROM file GROUP BY owner COLLATE NOCASE;
  INSERT INTO file_sum (key, files, bytes)
    SELECT 'all', sum(files), sum(bytes) FROM file_sum HAVING count(*) > 0;
  INSERT INTO file_sum (key, files, bytes)
    SELECT 'origin ' || origin, count(*), sum(bytes) FROM file WHERE origin IS NOT NULL GROUP BY origin;
  CREATE TRIGGER file_added AFTER INSERT ON file
  BEGIN
    INSERT INTO file_sum (key, files, bytes)
      SELECT key, 1, new.bytes
        FROM (SELECT 'all' AS key UNION ALL SELECT 'owner ' || lower(new.owner) UNION ALL SELECT 'origin ' || new.origin)
        WHERE key IS NOT NULL
      ON CONFLICT DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
  END;
  CREATE TRIGGER file_removed AFTER DELETE ON file
  BEGIN
    UPDATE file_sum SET files = files - 1, bytes = bytes - old.bytes
      WHERE key IN ('all', 'owner ' || lower(old.owner), 'origin ' || old.origin);
    DELETE FROM file_sum WHERE files = 0 AND key IN ('owner ' || lower(old.owner), 'origin ' || old.origin);
  END;
  CREATE TRIGGER file_changed AFTER UPDATE OF bytes, owner, origin ON file
    WHEN old.bytes <> new.bytes OR old.owner <> new.owner OR old.origin IS NOT new.origin
  BEGIN
    UPDATE file_sum SET files = files - 1, bytes = bytes - old.bytes
      WHERE key IN ('all', 'owner ' || lower(old.owner), 'origin ' || old.origin);
    INSERT INTO file_sum (key, files, bytes)
      SELECT key, 1, new.bytes
        FROM (SELECT 'all' AS key UNION ALL SELECT 'owner ' || lower(new.owner) UNION ALL SELECT 'origin ' || new.origin)
        WHERE key IS NOT NULL
      ON CONFLICT DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
    DELETE FROM file_sum WHERE files = 0 AND key IN ('owner ' || lower(old.owner), 'origin ' || old.origin);
  END;
  `,
];
