use sqlx::{
    AssertSqlSafe, SqlSafeStr as _, SqlitePool,
    migrate::{MigrationType, Migrator},
};

use crate::SqlError;

/// One step of a schema, applied once, in order of `version`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Rises by one per step.
    pub version: i64,
    /// What the step does, for the operator.
    pub name: &'static str,
    /// The statements; run in one transaction.
    pub sql: &'static str,
}

/// Brings the schema to the last of `steps`. A second run changes nothing.
///
/// # Errors
/// [`SqlError::Migrate`] when a statement fails, an applied step was edited, or the file is newer than `steps`.
pub async fn migrate(pool: &SqlitePool, steps: &[Migration]) -> Result<(), SqlError> {
    let steps = steps
        .iter()
        .map(|step| {
            let sql = AssertSqlSafe(step.sql).into_sql_str();
            sqlx::migrate::Migration::new(
                step.version,
                step.name.into(),
                MigrationType::Simple,
                sql,
                false,
            )
        })
        .collect();
    Migrator::with_migrations(steps)
        .run(pool)
        .await
        .map_err(SqlError::Migrate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open_in_memory;

    const ONE: Migration = Migration {
        version: 1,
        name: "first",
        sql: "CREATE TABLE a (v INTEGER); CREATE TABLE b (v INTEGER);",
    };
    const TWO: Migration = Migration {
        version: 2,
        name: "second",
        sql: "ALTER TABLE a ADD COLUMN w TEXT",
    };

    #[tokio::test]
    async fn steps_run_once_and_in_order() {
        let pool = open_in_memory().await.unwrap();
        migrate(&pool, &[ONE]).await.unwrap();
        migrate(&pool, &[ONE, TWO]).await.unwrap();
        migrate(&pool, &[ONE, TWO]).await.unwrap();
        sqlx::query("INSERT INTO a (v, w) VALUES (1, 'x')")
            .execute(&pool)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn an_edited_step_and_a_newer_file_are_refused() {
        let pool = open_in_memory().await.unwrap();
        migrate(&pool, &[ONE, TWO]).await.unwrap();
        let edited = Migration {
            sql: "CREATE TABLE a (v TEXT)",
            ..ONE
        };
        assert!(matches!(
            migrate(&pool, &[edited, TWO]).await,
            Err(SqlError::Migrate(_))
        ));
        assert!(matches!(
            migrate(&pool, &[ONE]).await,
            Err(SqlError::Migrate(_))
        ));
    }

    #[tokio::test]
    async fn a_failing_step_leaves_nothing_behind() {
        let pool = open_in_memory().await.unwrap();
        let broken = Migration {
            version: 1,
            name: "broken",
            sql: "CREATE TABLE a (v INTEGER); CREATE TABLE a (v INTEGER);",
        };
        assert!(migrate(&pool, &[broken]).await.is_err());
        migrate(&pool, &[ONE]).await.unwrap();
    }
}
