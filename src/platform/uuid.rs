//! New ids.

use pgrx::Uuid;
use pgrx::prelude::*;

/// A UUIDv7 (RFC 9562), so that rows created together are close in an index. Postgres has it built
/// in only from 18 on.
#[pg_extern(volatile, parallel_safe)]
fn uuid_generate_v7() -> Uuid {
    new_id()
}

pub fn new_id() -> Uuid {
    Uuid::from_bytes(*uuid::Uuid::now_v7().as_bytes())
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn uuid_new_ids_ascend_and_are_version_7() {
        let ids: Vec<_> =
            (0..1000).map(|_| ::uuid::Uuid::from_bytes(*new_id().as_bytes())).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }
}
