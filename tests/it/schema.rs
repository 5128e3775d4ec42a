//! A place of its own on the PostgreSQL server of the tests, gone with its value.
//!
//! `FANFOLD_TEST_POSTGRES` names the server; `FANFOLD_REQUIRE` makes it a must.

use std::sync::atomic::{AtomicU64, Ordering};

/// A schema that nobody else uses.
pub struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// A new one, where there is a server for tests.
    pub fn new() -> Option<Schema> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let Ok(server) = std::env::var("FANFOLD_TEST_POSTGRES") else {
            let must = std::env::var_os("FANFOLD_REQUIRE").is_some();
            assert!(!must, "FANFOLD_TEST_POSTGRES must name a PostgreSQL server for the tests");
            println!("not run on PostgreSQL: FANFOLD_TEST_POSTGRES is not set");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("fanfold_test_{}_{number}", std::process::id());
        let mut client = postgres::Client::connect(&server, postgres::NoTls).expect("reached");
        client.batch_execute(&format!("CREATE SCHEMA {name}")).expect("a schema");
        Some(Schema { server, name })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address under which nothing but this schema is found.
    pub fn url(&self) -> String {
        let mark = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{mark}options=-c%20search_path%3D{}", self.server, self.name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        if let Ok(mut client) = postgres::Client::connect(&self.server, postgres::NoTls) {
            let dropped = client.batch_execute(&format!("DROP SCHEMA {} CASCADE", self.name));
            if let Err(error) = dropped {
                println!("{} is left over: {error}", self.name);
            }
        }
    }
}
