-- What complaints are found by. Both tables are made from the complaint's own row and can be made again. A complaint that
-- is there already is found once what is searched of it changes; nothing was released before this, so there are none.
CREATE TABLE complaint_terms (
    group_id BLOB NOT NULL,
    term TEXT NOT NULL,
    complaint_id BLOB NOT NULL,
    -- No foreign key: its check on each of some sixty rows a complaint would cost an import dear.
    CONSTRAINT complaint_terms_pk PRIMARY KEY (group_id, term, complaint_id)
) WITHOUT ROWID;

-- The words a query is checked against, one a line.
CREATE TABLE complaint_words (
    group_id BLOB NOT NULL,
    complaint_id BLOB NOT NULL,
    words TEXT NOT NULL,
    CONSTRAINT complaint_words_pk PRIMARY KEY (group_id, complaint_id),
    CONSTRAINT complaint_words_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
