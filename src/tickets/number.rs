//! Ticket numbers as people write them.

/// The number in `42` or `#42`.
pub fn parse_ticket_number(text: &str) -> Option<i64> {
    let text = text.trim();
    text.strip_prefix('#').unwrap_or(text).parse().ok()
}
