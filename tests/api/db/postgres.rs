//! What becomes of pooled connections when the server behind them goes away.

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use hospes::db::{Db, DbError, Reads};

use crate::harness::Backend;
use crate::harness::database::{TestDatabase, admin_url};

/// Ends every connection to a database, as a restart of the server does.
fn end_connections(database: &str) {
    let mut conn = PgConnection::establish(&admin_url()).unwrap();
    let ended = sql_query(format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database}'"
    ));
    assert!(ended.execute(&mut conn).unwrap() > 0, "there was no connection to end");
}

async fn ask(db: &Db) -> Result<usize, DbError> {
    db.read(|r| Ok::<_, DbError>(sql_query("SELECT 1").execute(r.conn())?)).await
}

#[actix_web::test]
async fn connections_that_broke_while_they_rested_cost_nobody_an_answer() {
    let database = TestDatabase::new(Backend::Postgres);
    let hospes::db::DbUrl::Postgres(url) = &database.url else { panic!("not on PostgreSQL") };
    let name = url.rsplit('/').next().unwrap().to_owned();
    let db = Db::open(&database.url, None, 4).unwrap();
    for round in 0..3 {
        let many = (0..4)
            .map(|_| db.read(|r| Ok::<_, DbError>(sql_query("SELECT pg_sleep(0.1)").execute(r.conn())?)));
        for answer in futures_util::future::join_all(many).await {
            answer.unwrap();
        }
        end_connections(&name);
        for _ in 0..6 {
            ask(&db).await.unwrap_or_else(|error| panic!("a read of round {round}: {error}"));
        }
        end_connections(&name);
        let wrote = db.write(|tx| Ok::<_, DbError>(sql_query("SELECT 1").execute(tx.conn())?)).await;
        wrote.unwrap_or_else(|error| panic!("a write of round {round}: {error}"));
    }
}

#[actix_web::test]
async fn a_connection_that_breaks_in_use_is_an_outage_and_not_used_again() {
    let database = TestDatabase::new(Backend::Postgres);
    let db = Db::open(&database.url, None, 1).unwrap();
    let broken = db.write(|tx| {
        let end = sql_query("SELECT pg_terminate_backend(pg_backend_pid())").execute(tx.conn());
        end.map_err(DbError::from)
    });
    assert!(matches!(broken.await, Err(DbError::Unavailable(_))));
    ask(&db).await.unwrap();
}
