//! Postgres's functions for text search, called on one tsvector that is read only once.

use pgrx::prelude::*;
use pgrx::{AnyElement, direct_function_call};

/// A tsvector that is neither compressed nor stored elsewhere.
pub struct TsVector(pg_sys::Datum);

impl TsVector {
    /// None if it is of another type.
    pub fn read(value: AnyElement) -> Option<TsVector> {
        (value.oid() == pg_sys::TSVECTOROID).then(|| {
            // SAFETY: a tsvector has a length header.
            let whole = unsafe { pg_sys::pg_detoast_datum(value.datum().cast_mut_ptr()) };
            TsVector(pg_sys::Datum::from(whole))
        })
    }

    /// `ts_rank(weights, self, tsquery, normalization)`; None if `tsquery` is of another type.
    pub fn rank(&self, weights: [f32; 4], tsquery: AnyElement, normalization: i32) -> Option<f32> {
        let weights = weights.to_vec().into_datum();
        let normalization = normalization.into_datum();
        let args = [weights, Some(self.0), tsquery_of(tsquery), normalization];
        // SAFETY: the arguments have the types that the function expects.
        args[2].and_then(|_| unsafe { direct_function_call(pg_sys::ts_rank_wttf, &args) })
    }

    /// `self @@ tsquery`; None if `tsquery` is of another type.
    pub fn matches(&self, tsquery: AnyElement) -> Option<bool> {
        let args = [Some(self.0), tsquery_of(tsquery)];
        // SAFETY: as above.
        args[1].and_then(|_| unsafe { direct_function_call(pg_sys::ts_match_vq, &args) })
    }
}

/// Whether two tsqueries are the same, word by word; false if one is of another type.
pub fn are_same_tsqueries(a: AnyElement, b: AnyElement) -> bool {
    let bytes = |value| {
        let datum = tsquery_of(value)?;
        // SAFETY: a tsquery has a length header and lives as long as the call. Arguments of a
        // statement are neither compressed nor stored elsewhere; others only seem to differ.
        let whole = unsafe {
            let start = datum.cast_mut_ptr::<pg_sys::varlena>();
            std::slice::from_raw_parts(start.cast::<u8>(), pgrx::varsize_any(start))
        };
        Some(whole)
    };
    matches!((bytes(a), bytes(b)), (Some(a), Some(b)) if a == b)
}

fn tsquery_of(value: AnyElement) -> Option<pg_sys::Datum> {
    (value.oid() == pg_sys::TSQUERYOID).then(|| value.datum())
}
