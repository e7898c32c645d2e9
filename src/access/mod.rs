pub mod cache;
pub mod caller;
pub mod claims;
pub mod functions;
pub mod rights;
