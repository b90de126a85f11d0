//! Tables as Diesel sees them, the same on both backends. Every key starts with `group_id`.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Hotel groups: the tenants.
    groups (group_id) {
        group_id -> Id,
        code -> Text,
        name -> Text,
        is_demo -> Bool,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What is looked up before the group is known: login e-mails and group codes.
    directory (kind, key) {
        kind -> Text,
        key -> Text,
        group_id -> Id,
        subject_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Hotels of a group.
    hotels (group_id, id) {
        group_id -> Id,
        id -> Id,
        code -> Text,
        names -> Doc,
        time_zone -> Text,
        currency -> Text,
        default_language -> Text,
        status -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Departments of a hotel.
    departments (group_id, id) {
        group_id -> Id,
        id -> Id,
        hotel_id -> Id,
        code -> Text,
        names -> Doc,
        status -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Staff accounts.
    staff (group_id, id) {
        group_id -> Id,
        id -> Id,
        email -> Text,
        display_name -> Text,
        language -> Text,
        status -> Text,
        password_hash -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What a staff account may do, and where.
    memberships (group_id, id) {
        group_id -> Id,
        id -> Id,
        staff_id -> Id,
        hotel_id -> Nullable<Id>,
        department_id -> Nullable<Id>,
        role -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Logins: each a family of refresh tokens, of which only the newest generation is good.
    sessions (group_id, id) {
        group_id -> Id,
        id -> Id,
        staff_id -> Id,
        generation -> BigInt,
        rotated_at -> Instant,
        created_at -> Instant,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
        revoked_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Guest profiles. `search_terms` is what the term index was made from.
    guests (group_id, id) {
        group_id -> Id,
        id -> Id,
        version -> BigInt,
        status -> Text,
        merged_into -> Nullable<Id>,
        private_to_hotel_id -> Nullable<Id>,
        owner_id -> Nullable<Id>,
        display_name -> Text,
        sort_key -> Text,
        vip_level -> Nullable<Text>,
        nationality -> Nullable<Text>,
        restricted -> Bool,
        profile -> Doc,
        restriction -> Nullable<Doc>,
        search_terms -> Text,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// External references of live guests.
    guest_refs (group_id, system, external_id) {
        group_id -> Id,
        system -> Text,
        external_id -> Text,
        guest_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Exact-match keys of guests: e-mails, phones, opaque keys, tags and the keys that find likely duplicates.
    guest_keys (group_id, kind, value, guest_id) {
        group_id -> Id,
        kind -> Text,
        value -> Text,
        guest_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Search terms of guests.
    guest_terms (group_id, term, guest_id) {
        group_id -> Id,
        term -> Text,
        guest_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Notes on guests. `origin_guest_id` is the guest the note was written for; a merge moves `guest_id` only.
    guest_notes (group_id, id) {
        group_id -> Id,
        id -> Id,
        guest_id -> Id,
        origin_guest_id -> Id,
        hotel_id -> Nullable<Id>,
        class -> Text,
        title -> Nullable<Text>,
        text -> Text,
        confidential -> Bool,
        action_on -> Nullable<Date>,
        status -> Text,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Links between guests, read from either end. The `origin_*` columns keep the ends as first recorded.
    guest_relationships (group_id, id) {
        group_id -> Id,
        id -> Id,
        guest_id -> Id,
        other_guest_id -> Id,
        origin_guest_id -> Id,
        origin_other_id -> Id,
        relation -> Text,
        inverse_relation -> Text,
        travels_together -> Bool,
        comment -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Merges of guests, with what unmerging needs to restore both.
    guest_merges (group_id, id) {
        group_id -> Id,
        id -> Id,
        survivor_id -> Id,
        merged_id -> Id,
        status -> Text,
        survivor_before -> Doc,
        merged_before -> Doc,
        survivor_after -> Doc,
        version -> BigInt,
        merged_at -> Instant,
        merged_by -> Id,
        undone_at -> Nullable<Instant>,
        undone_by -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Pairs of guests that may be one person; `score` in thousandths.
    guest_duplicates (group_id, id) {
        group_id -> Id,
        id -> Id,
        guest_id -> Id,
        other_guest_id -> Id,
        score -> Integer,
        fields -> Doc,
        status -> Text,
        version -> BigInt,
        found_at -> Instant,
        decided_at -> Nullable<Instant>,
        decided_by -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Background jobs.
    jobs (group_id, id) {
        group_id -> Id,
        id -> Id,
        kind -> Text,
        status -> Text,
        hotel_id -> Nullable<Id>,
        params -> Doc,
        progress -> Doc,
        checkpoint -> Doc,
        failure -> Nullable<Text>,
        cancel_requested -> Bool,
        lease_owner -> Nullable<Id>,
        lease_until -> Nullable<Instant>,
        attempts -> Integer,
        retry_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        finished_at -> Nullable<Instant>,
        rows_pruned_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// The uploaded body of a job, in pieces.
    job_chunks (group_id, job_id, seq) {
        group_id -> Id,
        job_id -> Id,
        seq -> Integer,
        bytes -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What became of each row of an import.
    job_rows (group_id, job_id, line) {
        group_id -> Id,
        job_id -> Id,
        line -> BigInt,
        outcome -> Text,
        guest_id -> Nullable<Id>,
        stay_id -> Nullable<Id>,
        faults -> Doc,
        complaint_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Answers kept under an idempotency key.
    idempotency_keys (group_id, actor_id, target, key) {
        group_id -> Id,
        actor_id -> Id,
        target -> Text,
        key -> Text,
        fingerprint -> Text,
        status -> Integer,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        body -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// The audit log. `position` and `hash` are given after commit by the sequencer.
    audit_entries (group_id, id) {
        group_id -> Id,
        id -> Id,
        at -> Instant,
        actor_kind -> Text,
        actor_id -> Id,
        request_id -> Text,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Id,
        subject_version -> BigInt,
        hotel_id -> Nullable<Id>,
        before -> Nullable<Doc>,
        after -> Nullable<Doc>,
        position -> Nullable<BigInt>,
        hash -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// The change feed. `position` is given after commit by the sequencer.
    events (group_id, id) {
        group_id -> Id,
        id -> Id,
        at -> Instant,
        event_type -> Text,
        subject_kind -> Text,
        subject_id -> Id,
        subject_version -> BigInt,
        hotel_id -> Nullable<Id>,
        data -> Doc,
        position -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Where the sequencer of a group stands, and who runs it now.
    sequencer_heads (group_id) {
        group_id -> Id,
        event_position -> BigInt,
        audit_position -> BigInt,
        audit_hash -> Text,
        lease_owner -> Nullable<Id>,
        lease_until -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Signed statements of how far the audit chain of a group went. `previous` is the position of the one before.
    audit_anchors (group_id, position) {
        group_id -> Id,
        position -> BigInt,
        hash -> Text,
        previous -> BigInt,
        made_at -> Instant,
        key_id -> Text,
        signature -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Business partners.
    partners (group_id, id) {
        group_id -> Id,
        id -> Id,
        kind -> Text,
        code -> Nullable<Text>,
        status -> Text,
        merged_into -> Nullable<Id>,
        display_name -> Text,
        sort_key -> Text,
        profile -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Ids of partners in other systems.
    partner_refs (group_id, system, external_id) {
        group_id -> Id,
        system -> Text,
        external_id -> Text,
        partner_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Search terms of partners.
    partner_terms (group_id, term, partner_id) {
        group_id -> Id,
        term -> Text,
        partner_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What a group changed of the preference catalogue.
    preference_definitions (group_id, id) {
        group_id -> Id,
        id -> Id,
        kind -> Text,
        code -> Text,
        definition -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Consents of guests.
    guest_consents (group_id, id) {
        group_id -> Id,
        id -> Id,
        guest_id -> Id,
        origin_guest_id -> Id,
        hotel_id -> Nullable<Id>,
        purpose -> Text,
        channel -> Nullable<Text>,
        status -> Text,
        given_at -> Instant,
        withdrawn_at -> Nullable<Instant>,
        expires_on -> Nullable<Date>,
        record -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Versions of guests' whole sets of preferences.
    guest_preference_sets (group_id, guest_id) {
        group_id -> Id,
        guest_id -> Id,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Preferences of guests.
    guest_preferences (group_id, id) {
        group_id -> Id,
        id -> Id,
        guest_id -> Id,
        origin_guest_id -> Id,
        category -> Text,
        code -> Nullable<Text>,
        polarity -> Text,
        need_class -> Nullable<Text>,
        sensitive -> Bool,
        hotels -> Nullable<Text>,
        consent_id -> Nullable<Id>,
        status -> Text,
        valid_from -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        details -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Stays.
    stays (group_id, id) {
        group_id -> Id,
        id -> Id,
        hotel_id -> Id,
        status -> Text,
        guest_id -> Nullable<Id>,
        origin_guest_id -> Nullable<Id>,
        guest_name -> Nullable<Text>,
        arrival_on -> Date,
        departure_on -> Date,
        nights -> Integer,
        rooms -> Integer,
        lead_days -> Nullable<Integer>,
        room -> Nullable<Text>,
        room_type -> Nullable<Text>,
        channel -> Nullable<Text>,
        segment -> Nullable<Text>,
        agent_id -> Nullable<Id>,
        company_id -> Nullable<Id>,
        currency -> Text,
        revenue_room -> BigInt,
        revenue_food_beverage -> BigInt,
        revenue_other -> BigInt,
        source_version -> Nullable<BigInt>,
        source_at -> Nullable<Instant>,
        record -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Ids of stays in other systems.
    stay_refs (group_id, system, external_id) {
        group_id -> Id,
        system -> Text,
        external_id -> Text,
        stay_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Who stays with the main guest.
    stay_companions (group_id, stay_id, seq) {
        group_id -> Id,
        stay_id -> Id,
        seq -> Integer,
        guest_id -> Nullable<Id>,
        origin_guest_id -> Nullable<Id>,
        name -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What was planned for a stay, and what came of it.
    plan_items (group_id, id) {
        group_id -> Id,
        id -> Id,
        stay_id -> Id,
        hotel_id -> Id,
        guest_id -> Id,
        origin_guest_id -> Id,
        preference_id -> Id,
        category -> Text,
        code -> Nullable<Text>,
        department -> Nullable<Text>,
        due_on -> Date,
        status -> Text,
        reason -> Nullable<Text>,
        decided_at -> Nullable<Instant>,
        decided_by -> Nullable<Id>,
        sensitive -> Bool,
        wish -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Complaints.
    complaints (group_id, id) {
        group_id -> Id,
        id -> Id,
        hotel_id -> Id,
        number -> Text,
        status -> Text,
        on_hold -> Bool,
        escalation_level -> Integer,
        guest_id -> Nullable<Id>,
        origin_guest_id -> Nullable<Id>,
        stay_id -> Nullable<Id>,
        partner_id -> Nullable<Id>,
        room -> Nullable<Text>,
        channel -> Text,
        category -> Nullable<Text>,
        cause_category -> Nullable<Text>,
        department -> Nullable<Text>,
        handling_department -> Nullable<Text>,
        severity -> Nullable<Text>,
        priority -> Nullable<Text>,
        owner_id -> Nullable<Id>,
        received_at -> Instant,
        next_due_at -> Instant,
        next_warn_at -> Instant,
        next_alert_at -> Nullable<Instant>,
        resolved_at -> Nullable<Instant>,
        closed_at -> Nullable<Instant>,
        cost_minor -> BigInt,
        description -> Text,
        record -> Doc,
        version -> BigInt,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What reports count of complaints.
    complaint_figures (group_id, complaint_id) {
        group_id -> Id,
        complaint_id -> Id,
        asset -> Nullable<Text>,
        sub_cause -> Nullable<Text>,
        currency -> Text,
        response_seconds -> Nullable<BigInt>,
        resolution_seconds -> Nullable<BigInt>,
        response_in_time -> Nullable<Bool>,
        resolution_in_time -> Nullable<Bool>,
        finished_count -> Integer,
        reopen_count -> Integer,
        rating -> Nullable<Integer>,
        satisfied -> Nullable<Bool>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Id;

    /// Departments that are told of a complaint which others handle.
    complaint_informed (group_id, complaint_id, department) {
        group_id -> Id,
        complaint_id -> Id,
        department -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Who follows complaints.
    complaint_watchers (group_id, complaint_id, staff_id) {
        group_id -> Id,
        complaint_id -> Id,
        staff_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Id;

    /// Terms by which complaints are found.
    complaint_terms (group_id, term, complaint_id) {
        group_id -> Id,
        term -> Text,
        complaint_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Id;

    /// Words of complaints, one a line, that searches are checked against.
    complaint_words (group_id, complaint_id) {
        group_id -> Id,
        complaint_id -> Id,
        words -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// The last number given to a complaint, a hotel and year.
    complaint_numbers (group_id, hotel_id, year) {
        group_id -> Id,
        hotel_id -> Id,
        year -> Integer,
        last -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Ids of complaints in other systems.
    complaint_refs (group_id, system, external_id) {
        group_id -> Id,
        system -> Text,
        external_id -> Text,
        complaint_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What is done for guests who complained.
    complaint_solutions (group_id, id) {
        group_id -> Id,
        id -> Id,
        complaint_id -> Id,
        hotel_id -> Id,
        #[sql_name = "type"]
        kind -> Text,
        status -> Text,
        amount_minor -> BigInt,
        estimated_cost_minor -> BigInt,
        actual_cost_minor -> Nullable<BigInt>,
        currency -> Text,
        details -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
        awaits_role -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What is said about complaints.
    complaint_messages (group_id, id) {
        group_id -> Id,
        id -> Id,
        complaint_id -> Id,
        visibility -> Text,
        author -> Text,
        channel -> Nullable<Text>,
        language -> Nullable<Text>,
        body -> Text,
        created_at -> Instant,
        created_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Limits of authority that groups set instead of the shipped ones.
    authority_limits (group_id) {
        group_id -> Id,
        rules -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What people granted at a hotel on one of its days.
    authority_uses (group_id, staff_id, hotel_id, used_on, currency) {
        group_id -> Id,
        staff_id -> Id,
        hotel_id -> Id,
        used_on -> Date,
        currency -> Text,
        used -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Budgets, with what is reserved and spent of each.
    budgets (group_id, id) {
        group_id -> Id,
        id -> Id,
        hotel_id -> Id,
        department -> Text,
        category -> Text,
        month -> Text,
        currency -> Text,
        amount -> BigInt,
        reserved -> BigInt,
        spent -> BigInt,
        bookings -> BigInt,
        enforcement -> Text,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What was set aside for a subject, and what became of it.
    cost_reservations (group_id, subject_kind, subject_id) {
        group_id -> Id,
        subject_kind -> Text,
        subject_id -> Id,
        hotel_id -> Id,
        department -> Nullable<Text>,
        category -> Text,
        month -> Text,
        booked_on -> Date,
        currency -> Text,
        amount -> BigInt,
        spent -> Nullable<BigInt>,
        status -> Text,
        budgets -> Doc,
        reserved_at -> Instant,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// The cost ledger: every step of every cost.
    cost_entries (group_id, id) {
        group_id -> Id,
        id -> Id,
        at -> Instant,
        actor_id -> Id,
        hotel_id -> Id,
        department -> Nullable<Text>,
        category -> Text,
        month -> Text,
        booked_on -> Date,
        currency -> Text,
        kind -> Text,
        amount -> BigInt,
        budget_id -> Nullable<Id>,
        subject_kind -> Text,
        subject_id -> Id,
        tallied -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What groups changed of the settings of complaints.
    complaint_settings (group_id, id) {
        group_id -> Id,
        id -> Id,
        kind -> Text,
        code -> Text,
        setting -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// A group's own calendars, and what it changed of those that come with the program.
    service_calendars (group_id, id) {
        group_id -> Id,
        id -> Id,
        code -> Text,
        calendar -> Doc,
        deleted_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// A group's own rules of service levels.
    service_level_policies (group_id) {
        group_id -> Id,
        rules -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Who is on duty as what, from when to when.
    duty_shifts (group_id, id) {
        group_id -> Id,
        id -> Id,
        hotel_id -> Id,
        staff_id -> Id,
        role -> Text,
        starts_at -> Instant,
        ends_at -> Instant,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Id, Instant};

    /// Contents that the store outside of the database has, is about to have, or is to lose.
    attachment_blobs (group_id, sha256) {
        group_id -> Id,
        sha256 -> Text,
        size_bytes -> BigInt,
        arriving -> Integer,
        touched_at -> Instant,
        removing_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Id, Instant};

    /// Files added to complaints, without their contents.
    complaint_attachments (group_id, id) {
        group_id -> Id,
        id -> Id,
        complaint_id -> Id,
        visibility -> Text,
        file_name -> Text,
        media_type -> Text,
        size_bytes -> BigInt,
        sha256 -> Text,
        created_at -> Instant,
        created_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What comes back.
    problems (group_id, id) {
        group_id -> Id,
        id -> Id,
        hotel_id -> Id,
        status -> Text,
        title -> Text,
        kind -> Text,
        repeat_key -> Text,
        room -> Nullable<Text>,
        asset -> Nullable<Text>,
        cause_category -> Nullable<Text>,
        sub_cause -> Nullable<Text>,
        department -> Nullable<Text>,
        owner_id -> Nullable<Id>,
        complaint_count -> BigInt,
        first_seen_at -> Nullable<Instant>,
        last_seen_at -> Nullable<Instant>,
        reopen_count -> Integer,
        details -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Keys under which complaints come back.
    recurrence_keys (group_id, hotel_id, repeat_key) {
        group_id -> Id,
        hotel_id -> Id,
        repeat_key -> Text,
        since -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// The keys of complaints that count.
    recurrences (group_id, complaint_id, repeat_key) {
        group_id -> Id,
        hotel_id -> Id,
        repeat_key -> Text,
        complaint_id -> Id,
        received_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Where complaints belong.
    problem_complaints (group_id, complaint_id) {
        group_id -> Id,
        complaint_id -> Id,
        problem_id -> Id,
        standing -> Text,
        counts -> Bool,
        received_at -> Instant,
        since -> Instant,
        by_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What is done about problems.
    corrective_actions (group_id, id) {
        group_id -> Id,
        id -> Id,
        problem_id -> Id,
        hotel_id -> Id,
        #[sql_name = "type"]
        kind -> Text,
        status -> Text,
        description -> Text,
        department -> Text,
        owner_id -> Nullable<Id>,
        due_on -> Date,
        overdue_at -> Instant,
        details -> Doc,
        version -> BigInt,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// Who was told of an improvement.
    problem_notices (group_id, problem_id, round, complaint_id) {
        group_id -> Id,
        problem_id -> Id,
        round -> Integer,
        complaint_id -> Id,
        message_id -> Id,
        told_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Doc, Id, Instant};

    /// What complaints have to do with each other.
    complaint_links (group_id, id) {
        group_id -> Id,
        id -> Id,
        first_id -> Id,
        second_id -> Id,
        #[sql_name = "type"]
        kind -> Text,
        forward -> Bool,
        created_at -> Instant,
        created_by -> Id,
    }
}

diesel::allow_tables_to_appear_in_same_query!(guests, guest_terms, guest_keys, guest_refs);
diesel::allow_tables_to_appear_in_same_query!(guests, guest_merges);
diesel::allow_tables_to_appear_in_same_query!(guests, guest_duplicates);
diesel::allow_tables_to_appear_in_same_query!(sessions, staff, memberships);
diesel::allow_tables_to_appear_in_same_query!(partners, partner_terms, partner_refs);
diesel::allow_tables_to_appear_in_same_query!(stays, stay_companions, stay_refs);
diesel::allow_tables_to_appear_in_same_query!(stays, plan_items);
diesel::allow_tables_to_appear_in_same_query!(guests, guest_preferences, guest_consents);
diesel::allow_tables_to_appear_in_same_query!(
    complaints,
    complaint_figures,
    complaint_refs,
    complaint_solutions,
    complaint_watchers,
    complaint_informed,
    complaint_terms,
    stays
);
diesel::allow_tables_to_appear_in_same_query!(attachment_blobs, complaint_attachments);
diesel::allow_tables_to_appear_in_same_query!(complaints, problem_complaints);
