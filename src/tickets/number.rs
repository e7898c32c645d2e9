//! Ticket numbers as people and mails write them.

/// The number in `42`, `#42`, `ticket 42`, or in the reference of a mail: `Re: [Acme #42] printer`.
pub fn parse_ticket_number(text: &str) -> Option<i64> {
    let text = text.trim();
    let lower = text.to_lowercase();
    let bare = lower.strip_prefix("ticket").unwrap_or(&lower).trim_start();
    if let Ok(number) = bare.parse() {
        return Some(number);
    }
    text.split(['#', '＃', '№'])
        .skip(1)
        .map(str::trim_start)
        .map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default())
        .find_map(|digits| digits.parse().ok())
}
