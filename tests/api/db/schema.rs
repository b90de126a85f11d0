//! Both migration folders make the same tables, keep the rules of keys, and can be taken back.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use hospes::db::tables::{Kind, TABLES};
use hospes::db::{Db, DbUrl, migrate};

use crate::harness::Backend;
use crate::harness::database::TestDatabase;

#[derive(Debug, PartialEq, Eq, Default)]
struct Table {
    /// Column, class of its type, whether it may be null.
    columns: BTreeSet<(String, &'static str, bool)>,
    /// Column lists of primary and unique keys.
    keys: BTreeSet<Vec<String>>,
    /// Column lists of foreign keys with what they point at.
    references: BTreeSet<(Vec<String>, String)>,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    columns: String,
    #[diesel(sql_type = Nullable<Text>)]
    target: Option<String>,
}

fn class(kind: &str) -> &'static str {
    match kind.to_lowercase().as_str() {
        "uuid" | "bytea" | "blob" => "bytes",
        "timestamp with time zone" | "bigint" => "long",
        "jsonb" | "text" => "text",
        "integer" => "integer",
        "boolean" => "boolean",
        "date" => "date",
        other => panic!("a type that no class is known for: {other}"),
    }
}

fn list(columns: &str) -> Vec<String> {
    columns.split(',').map(str::to_owned).collect()
}

fn collect(columns: Vec<Column>, keys: Vec<Key>, references: Vec<Key>) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for column in columns {
        let table = tables.entry(column.table_name).or_default();
        table.columns.insert((column.column_name, class(&column.kind), column.nullable));
    }
    for key in keys {
        tables.entry(key.table_name).or_default().keys.insert(list(&key.columns));
    }
    for key in references {
        tables
            .entry(key.table_name)
            .or_default()
            .references
            .insert((list(&key.columns), key.target.unwrap()));
    }
    tables
}

fn postgres(url: &str) -> BTreeMap<String, Table> {
    let mut conn = PgConnection::establish(url).unwrap();
    let columns = sql_query(
        "SELECT c.table_name::text, c.column_name::text, c.data_type::text AS kind, c.is_nullable = 'YES' AS nullable \
         FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\\_\\_%'",
    )
    .load(&mut conn)
    .unwrap();
    let keys = |kinds: &str| {
        format!(
            "SELECT t.relname::text AS table_name, (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM \
             unnest(c.conkey) WITH ORDINALITY k(col, n) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.col) \
             AS columns, f.relname::text AS target FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
             LEFT JOIN pg_class f ON f.oid = c.confrelid WHERE c.contype IN ({kinds}) AND t.relname NOT LIKE '\\_\\_%' \
             AND t.relnamespace = 'public'::regnamespace"
        )
    };
    let unique = sql_query(keys("'p', 'u'")).load(&mut conn).unwrap();
    let foreign = sql_query(keys("'f'")).load(&mut conn).unwrap();
    collect(columns, unique, foreign)
}

fn sqlite(path: &str) -> BTreeMap<String, Table> {
    let mut conn = SqliteConnection::establish(path).unwrap();
    let tables = "(SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%')";
    let columns = sql_query(format!(
        "SELECT m.name AS table_name, c.name AS column_name, c.type AS kind, c.\"notnull\" = 0 AS nullable \
         FROM {tables} m, pragma_table_info(m.name) c"
    ))
    .load(&mut conn)
    .unwrap();
    let unique = sql_query(format!(
        "SELECT m.name AS table_name, (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) \
         AS columns, NULL AS target FROM {tables} m, pragma_index_list(m.name) i WHERE i.\"unique\" = 1 \
         AND i.partial = 0"
    ))
    .load(&mut conn)
    .unwrap();
    let foreign = sql_query(format!(
        "SELECT m.name AS table_name, group_concat(f.\"from\", ',') AS columns, f.\"table\" AS target \
         FROM {tables} m, pragma_foreign_key_list(m.name) f GROUP BY m.name, f.id"
    ))
    .load(&mut conn)
    .unwrap();
    collect(columns, unique, foreign)
}

fn introspect(database: &TestDatabase) -> BTreeMap<String, Table> {
    match &database.url {
        DbUrl::Postgres(url) => postgres(url),
        DbUrl::Sqlite(path) => sqlite(path),
    }
}

#[test]
fn both_folders_make_the_same_schema() {
    let folders = |backend: &str| {
        let path = format!("{}/migrations/{backend}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name()).collect::<BTreeSet<_>>()
    };
    assert_eq!(folders("postgres"), folders("sqlite"));
    let (first, second) =
        (introspect(&TestDatabase::new(Backend::Postgres)), introspect(&TestDatabase::new(Backend::Sqlite)));
    for (name, table) in &first {
        assert_eq!(Some(table), second.get(name), "{name}");
    }
    assert_eq!(first.len(), second.len());
}

#[test]
fn every_table_is_classified_and_every_key_starts_with_the_group() {
    let schema = introspect(&TestDatabase::new(Backend::Postgres));
    let known: BTreeSet<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(schema.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
    for (name, kind) in TABLES {
        let table = &schema[name];
        assert!(!table.keys.is_empty(), "{name} has no key");
        match kind {
            Kind::Tenant => {
                for key in table.keys.iter().chain(table.references.iter().map(|(columns, _)| columns)) {
                    assert_eq!(key[0], "group_id", "{name} {key:?}");
                }
                assert!(table.columns.contains(&("group_id".into(), "bytes", false)), "{name}");
            }
            Kind::Directory => assert!(table.references.is_empty(), "{name} points at a tenant table"),
        }
    }
}

#[test]
fn no_triggers_rules_or_actions_that_distribution_forbids() {
    for backend in ["postgres", "sqlite"] {
        for name in migrate::names() {
            let text = std::fs::read_to_string(format!(
                "{}/migrations/{backend}/{name}/up.sql",
                env!("CARGO_MANIFEST_DIR")
            ))
            .unwrap();
            for banned in [
                "CREATE TRIGGER",
                "CREATE RULE",
                "SET NULL",
                "SET DEFAULT",
                "ON UPDATE",
                "SERIAL",
                "IDENTITY",
                "AUTOINCREMENT",
                "DEFERRABLE",
            ] {
                assert!(!text.to_uppercase().contains(banned), "{backend} {name}: {banned}");
            }
        }
    }
}

#[test]
fn every_step_goes_down_and_up_again() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let database = TestDatabase::new(backend);
        let before = introspect(&database);
        let db = Db::open(&database.url, None, 1).unwrap();
        let all = migrate::names();
        for expected in all.iter().rev() {
            assert_eq!(migrate::down(&db).unwrap().as_ref(), Some(expected));
        }
        assert_eq!(migrate::down(&db).unwrap(), None);
        assert!(introspect(&database).is_empty());
        assert_eq!(migrate::up(&db).unwrap(), all);
        assert_eq!(introspect(&database), before);
    }
}
