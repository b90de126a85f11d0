DROP TABLE complaint_words;
DROP TABLE complaint_terms;
