//! Ticket numbers as people and mails write them.

/// What tickets are called, before their number.
const NAMES: [&str; 6] = ["ticket", "тикет", "заявка", "工单", "チケット", "티켓"];

/// What may stand between the name and the number, beside separators.
const LABELS: [&str; 10] =
    ["s", "number", "nummer", "numéro", "número", "num", "no", "nr", "id", "号"];

const SEPARATORS: &[char] =
    &[' ', '\u{a0}', '\t', '#', '＃', '№', ':', '：', '.', '-', '_', '/', '='];

/// The number in `42`, `#42`, `ticket no. 42`, in a link as `/tickets/42`, or in the reference of a
/// mail: `Re: [Acme #42] printer`, `[Acme 42]`.
pub fn parse_ticket_number(text: &str) -> Option<i64> {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "()[]【】.,:;!?".contains(c));
    bare.parse().ok().or_else(|| {
        let text = text.to_lowercase();
        let signed = text.split(['#', '＃', '№']).skip(1);
        let signed = signed.map(|rest| rest.trim_start_matches(SEPARATORS));
        signed.chain(after_names(&text)).find_map(leading_number).or_else(|| in_brackets(&text))
    })
}

/// What follows the names of tickets, without labels.
fn after_names(text: &str) -> impl Iterator<Item = &str> {
    let ends = NAMES.iter().flat_map(|name| {
        text.match_indices(name).filter(|(start, _)| {
            let before = text[..*start].chars().next_back();
            !before.is_some_and(|c| c.is_ascii_alphanumeric())
        })
    });
    ends.map(|(start, name)| without_labels(&text[start + name.len()..]))
}

fn without_labels(text: &str) -> &str {
    let mut rest = text.trim_start_matches(SEPARATORS);
    while let Some(after) = LABELS.iter().find_map(|label| {
        let after = rest.strip_prefix(label)?;
        (!after.starts_with(char::is_alphabetic)).then_some(after)
    }) {
        rest = after.trim_start_matches(SEPARATORS);
    }
    rest
}

/// The last word of `[Acme 42]`.
fn in_brackets(text: &str) -> Option<i64> {
    let groups = text.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    groups.filter_map(|(group, _)| group.split_whitespace().next_back()).find_map(leading_number)
}

/// The number at the beginning of a text, unless letters follow it.
fn leading_number(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn ticket_numbers_are_read_as_people_and_mails_write_them() {
        for text in [
            "371",
            "371.",
            "(371)",
            "#371",
            "№ 371",
            "ticket 371",
            "ticket no. 371",
            "Ticket number 371",
            "Ticket-371",
            "Ticket: 371",
            "Re: Ticket 371",
            "Fwd: Ticket 371: Loose castor",
            "(Ticket 371)",
            "Re: [Acme #371] printer",
            "Re: [Acme 371] printer",
            "[Ticket#: 371]",
            "[Ticket-ID: 371]",
            "Ticketnummer 371",
            "https://help.acme.example/tickets/371",
            "工单371",
            "工单号：371",
        ] {
            assert_eq!(parse_ticket_number(text), Some(371), "{text}");
        }
        for text in
            ["", "371 printers", "ticket", "ticket 37b", "#37b", "[Acme]", "tickets for 371"]
        {
            assert_eq!(parse_ticket_number(text), None, "{text}");
        }
    }
}
