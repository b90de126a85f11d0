//! The list of all tables and what kind each is, for distributing the database by hotel group. A test holds the
//! schema to it.

/// How a table would be spread over the nodes of a distributed PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Belongs to a group: `group_id` is the first column of every key.
    Tenant,
    /// Looked up before the group is known; no foreign keys to tenant tables.
    Directory,
}

/// Every table the migrations make.
pub const TABLES: [(&str, Kind); 52] = [
    ("groups", Kind::Tenant),
    ("directory", Kind::Directory),
    ("hotels", Kind::Tenant),
    ("departments", Kind::Tenant),
    ("staff", Kind::Tenant),
    ("memberships", Kind::Tenant),
    ("sessions", Kind::Tenant),
    ("idempotency_keys", Kind::Tenant),
    ("audit_entries", Kind::Tenant),
    ("events", Kind::Tenant),
    ("sequencer_heads", Kind::Tenant),
    ("audit_anchors", Kind::Tenant),
    ("jobs", Kind::Tenant),
    ("job_chunks", Kind::Tenant),
    ("job_rows", Kind::Tenant),
    ("guests", Kind::Tenant),
    ("guest_refs", Kind::Tenant),
    ("guest_keys", Kind::Tenant),
    ("guest_terms", Kind::Tenant),
    ("guest_notes", Kind::Tenant),
    ("guest_relationships", Kind::Tenant),
    ("guest_merges", Kind::Tenant),
    ("guest_duplicates", Kind::Tenant),
    ("partners", Kind::Tenant),
    ("partner_refs", Kind::Tenant),
    ("partner_terms", Kind::Tenant),
    ("preference_definitions", Kind::Tenant),
    ("guest_consents", Kind::Tenant),
    ("guest_preference_sets", Kind::Tenant),
    ("guest_preferences", Kind::Tenant),
    ("stays", Kind::Tenant),
    ("stay_refs", Kind::Tenant),
    ("stay_companions", Kind::Tenant),
    ("plan_items", Kind::Tenant),
    ("complaints", Kind::Tenant),
    ("complaint_figures", Kind::Tenant),
    ("complaint_numbers", Kind::Tenant),
    ("complaint_refs", Kind::Tenant),
    ("complaint_solutions", Kind::Tenant),
    ("complaint_messages", Kind::Tenant),
    ("complaint_watchers", Kind::Tenant),
    ("attachment_blobs", Kind::Tenant),
    ("complaint_attachments", Kind::Tenant),
    ("authority_limits", Kind::Tenant),
    ("authority_uses", Kind::Tenant),
    ("budgets", Kind::Tenant),
    ("cost_reservations", Kind::Tenant),
    ("cost_entries", Kind::Tenant),
    ("complaint_settings", Kind::Tenant),
    ("service_calendars", Kind::Tenant),
    ("service_level_policies", Kind::Tenant),
    ("duty_shifts", Kind::Tenant),
];
