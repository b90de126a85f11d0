//! A fresh, migrated database for each test: a copy of a template made once for the schema at hand.

use std::path::PathBuf;

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use hospes::db::{Db, DbUrl, migrate};
use hospes::kit::ids::{Ids, TimeOrderedIds};

/// The backend a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A database that goes away with the test.
pub struct TestDatabase {
    pub url: DbUrl,
    /// Keeps the folder of an SQLite file.
    _folder: Option<tempfile::TempDir>,
    name: Option<String>,
}

/// Names the schema at hand, so that a stale template is never used.
fn schema_name() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for backend in ["postgres", "sqlite"] {
        let mut folders: Vec<_> =
            std::fs::read_dir(root.join(backend)).unwrap().map(|e| e.unwrap().path()).collect();
        folders.sort();
        for folder in folders {
            std::fs::read_to_string(folder.join("up.sql")).unwrap().hash(&mut hasher);
        }
    }
    format!("hospes_template_{:016x}", hasher.finish())
}

pub fn admin_url() -> String {
    std::env::var("HOSPES_TEST_POSTGRES_URL")
        .expect("HOSPES_TEST_POSTGRES_URL names no PostgreSQL server: run scripts/test, which starts one")
}

fn with_database(url: &str, name: &str) -> String {
    let (head, _) = url.rsplit_once('/').unwrap();
    format!("{head}/{name}")
}

impl TestDatabase {
    pub fn new(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::sqlite(),
            Backend::Postgres => Self::postgres(),
        }
    }

    fn sqlite() -> Self {
        let template = std::env::temp_dir().join(format!("{}.db", schema_name()));
        let folder = tempfile::tempdir().unwrap();
        if !template.exists() {
            // Made under another name and moved: a test beside this one never copies half a file.
            let draft = folder.path().join("template.db");
            let db = Db::open(&DbUrl::Sqlite(draft.display().to_string()), None, 1).unwrap();
            migrate::up(&db).unwrap();
            drop(db);
            let whole = folder.path().join("whole.db");
            let mut conn = diesel::SqliteConnection::establish(&draft.display().to_string()).unwrap();
            sql_query(format!("VACUUM INTO '{}'", whole.display())).execute(&mut conn).unwrap();
            std::fs::copy(&whole, template.with_extension(std::process::id().to_string())).unwrap();
            std::fs::rename(template.with_extension(std::process::id().to_string()), &template).unwrap();
        }
        let file = folder.path().join("test.db");
        std::fs::copy(&template, &file).unwrap();
        Self { url: DbUrl::Sqlite(file.display().to_string()), _folder: Some(folder), name: None }
    }

    fn postgres() -> Self {
        let admin = admin_url();
        let mut conn =
            PgConnection::establish(&admin).expect("the PostgreSQL server for tests does not answer");
        let template = schema_name();
        // Tests run in processes of their own: one makes the template, the others wait.
        sql_query("SELECT pg_advisory_lock(721)").execute(&mut conn).unwrap();
        let exists = sql_query(format!("SELECT 1 FROM pg_database WHERE datname = '{template}'"))
            .execute(&mut conn)
            .unwrap()
            > 0;
        if !exists {
            let draft = format!("draft_{}", TimeOrderedIds.next().simple());
            sql_query(format!("CREATE DATABASE {draft}")).execute(&mut conn).unwrap();
            let db = Db::open(&DbUrl::Postgres(with_database(&admin, &draft)), None, 1).unwrap();
            migrate::up(&db).unwrap();
            drop(db);
            sql_query(format!("ALTER DATABASE {draft} RENAME TO {template}")).execute(&mut conn).unwrap();
        }
        let name = format!("test_{}", TimeOrderedIds.next().simple());
        sql_query(format!("CREATE DATABASE {name} TEMPLATE {template}")).execute(&mut conn).unwrap();
        sql_query("SELECT pg_advisory_unlock(721)").execute(&mut conn).unwrap();
        Self { url: DbUrl::Postgres(with_database(&admin, &name)), _folder: None, name: Some(name) }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(name) = &self.name
            && let Ok(mut conn) = PgConnection::establish(&admin_url())
        {
            drop(sql_query(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).execute(&mut conn));
        }
    }
}
