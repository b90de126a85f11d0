DROP TABLE complaint_attachments;
DROP TABLE attachment_blobs;
