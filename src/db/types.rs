//! Own SQL types: native on each backend, one in Rust. Ids are `uuid` / `BLOB`, instants `timestamptz` /
//! integer microseconds, documents `jsonb` / `TEXT`.

use std::io::Write;

use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, HasSqlType, Jsonb, SqlOrd, SqlType, Text, Timestamptz};
use diesel::sqlite::Sqlite;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::MultiBackend;
use crate::kit::clock;
use crate::kit::ids;

/// SQL type of identifiers.
#[derive(Debug, Clone, Copy, Default, diesel::query_builder::QueryId, SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Id;

/// SQL type of instants.
#[derive(Debug, Clone, Copy, Default, diesel::query_builder::QueryId, SqlType)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct Instant;

/// SQL type of JSON documents.
#[derive(Debug, Clone, Copy, Default, diesel::query_builder::QueryId, SqlType)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Doc;

impl SqlOrd for Instant {}
impl SqlOrd for Id {}

/// Makes an own SQL type known to the backend that is either of the two.
macro_rules! known_to_both {
    ($($sql:ty),+) => { $(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                Self::lookup_sql_type::<$sql>(lookup)
            }
        }
    )+ };
}
known_to_both!(Id, Instant, Doc);

/// Binds and reads an id newtype of the kit.
macro_rules! sql_ids {
    ($($name:ident),+) => { $(
        const _: () = {
            use ids::$name;

            #[derive(AsExpression, FromSqlRow)]
            #[diesel(sql_type = Id)]
            #[diesel(foreign_derive)]
            #[expect(dead_code, reason = "the derive needs the shape of the foreign type")]
            struct Proxy($name);

            impl ToSql<Id, Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    out.write_all(self.0.as_bytes())?;
                    Ok(IsNull::No)
                }
            }
            impl ToSql<Id, Sqlite> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                    <[u8] as ToSql<Binary, Sqlite>>::to_sql(self.0.as_bytes(), out)
                }
            }
            impl ToSql<Id, MultiBackend> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                    out.set_value((Id, self));
                    Ok(IsNull::No)
                }
            }
            impl FromSql<Id, Pg> for $name {
                fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                    Ok(Self(uuid::Uuid::from_slice(value.as_bytes())?))
                }
            }
            impl FromSql<Id, Sqlite> for $name {
                fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
                    Ok(Self(uuid::Uuid::from_slice(&bytes)?))
                }
            }
            impl FromSql<Id, MultiBackend> for $name {
                fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    value.from_sql::<Self, Id>()
                }
            }
        };
    )+ };
}
sql_ids!(
    GroupId,
    HotelId,
    DepartmentId,
    StaffId,
    MembershipId,
    SessionId,
    GuestId,
    NoteId,
    RelationshipId,
    MergeId,
    DuplicateId,
    PartnerId,
    DefinitionId,
    ConsentId,
    PreferenceId,
    StayId,
    PlanItemId,
    ComplaintId,
    SolutionId,
    ComplaintLinkId,
    ProblemId,
    CorrectiveActionId,
    MessageId,
    AttachmentId,
    BudgetId,
    CostEntryId,
    SubjectId,
    ComplaintSettingId,
    ServiceCalendarId,
    DutyShiftId,
    JobId,
    AuditId,
    EventId,
    ActorId,
    WorkerId
);

const _: () = {
    use clock::Instant as At;

    #[derive(AsExpression, FromSqlRow)]
    #[diesel(sql_type = Instant)]
    #[diesel(foreign_derive)]
    #[expect(dead_code, reason = "the derive needs the shape of the foreign type")]
    struct Proxy(At);

    impl ToSql<Instant, Pg> for At {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            <DateTime<Utc> as ToSql<Timestamptz, Pg>>::to_sql(&self.to_utc(), &mut out.reborrow())
        }
    }
    impl ToSql<Instant, Sqlite> for At {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.micros());
            Ok(IsNull::No)
        }
    }
    impl ToSql<Instant, MultiBackend> for At {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
            out.set_value((Instant, self));
            Ok(IsNull::No)
        }
    }
    impl FromSql<Instant, Pg> for At {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            Ok(<DateTime<Utc> as FromSql<Timestamptz, Pg>>::from_sql(value)?.into())
        }
    }
    impl FromSql<Instant, Sqlite> for At {
        fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            Ok(Self::from_micros(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?))
        }
    }
    impl FromSql<Instant, MultiBackend> for At {
        fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            value.from_sql::<Self, Instant>()
        }
    }
};

/// A value kept as one JSON document.
#[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Doc)]
pub struct Json<T: std::fmt::Debug + Send + Sync>(pub T);

impl<T: Serialize + std::fmt::Debug + Send + Sync> ToSql<Doc, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let value = serde_json::to_value(&self.0)?;
        <serde_json::Value as ToSql<Jsonb, Pg>>::to_sql(&value, &mut out.reborrow())
    }
}
impl<T: Serialize + std::fmt::Debug + Send + Sync> ToSql<Doc, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
impl<T: Serialize + std::fmt::Debug + Send + Sync + 'static> ToSql<Doc, MultiBackend> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Doc, self));
        Ok(IsNull::No)
    }
}
impl<T: DeserializeOwned + std::fmt::Debug + Send + Sync> FromSql<Doc, Pg> for Json<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let value = <serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?;
        Ok(Self(serde_json::from_value(value)?))
    }
}
impl<T: DeserializeOwned + std::fmt::Debug + Send + Sync> FromSql<Doc, Sqlite> for Json<T> {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}
impl<T: DeserializeOwned + std::fmt::Debug + Send + Sync> FromSql<Doc, MultiBackend> for Json<T> {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Doc>()
    }
}
