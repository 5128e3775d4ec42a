//! A question in a reader's words: each of its parts as a chip that can be taken away.

use fanfold_index::ask::{
    Ask, Clause, DateField, Fact, Number, Order, SortBy, TagField, TextField,
};
use fanfold_index::filter::{Column, Kind};

use super::library::Address;
use super::page::number;

/// A part of a question.
pub(super) struct Chip {
    /// What it says.
    pub label: String,
    /// Whether it leaves works out.
    pub excludes: bool,
    /// The question without it.
    pub without: String,
}

/// The parts of a question, in its order.
pub(super) fn chips(ask: &Ask, address: &Address) -> Vec<Chip> {
    let chip = |part: &Clause| Chip {
        label: words(part),
        excludes: matches!(part, Clause::Not(inner) if !matches!(**inner, Clause::Is(_))),
        without: address.asking(&ask.clone().without(part)),
    };
    ask.clause.parts().iter().map(chip).collect()
}

/// A part of a question in words.
pub(super) fn words(part: &Clause) -> String {
    match part {
        Clause::Tag(TagField::Any, name) => name.clone(),
        Clause::Tag(field, name) => format!("{}: {name}", kind(*field)),
        Clause::Has(of) => format!("any {}", kind(TagField::Of(*of))),
        Clause::Words(words) => format!("“{}”", words.text()),
        Clause::In(place, words) => {
            let place = match place {
                TextField::Title => "in the title",
                TextField::Notes => "in the notes",
                TextField::Body => "in the text",
            };
            format!("“{}” {place}", words.text())
        }
        Clause::Number(which, low, high) => range(*which, *low, *high),
        Clause::Date(field, when) => {
            let word = match field {
                DateField::Posted => "posted",
                DateField::Updated => "updated",
            };
            format!("{word} {when}")
        }
        Clause::Is(fact) => said(*fact, true).to_owned(),
        Clause::Any(parts) if parts.is_empty() => "no work".to_owned(),
        Clause::Any(parts) => joined(parts, " or "),
        Clause::All(parts) => joined(parts, " and "),
        Clause::Not(inner) => match inner.as_ref() {
            Clause::Is(fact) => said(*fact, false).to_owned(),
            Clause::Has(of) => format!("no {}", kind(TagField::Of(*of))),
            group @ (Clause::All(_) | Clause::Any(_)) => format!("not ({})", words(group)),
            other => format!("not {}", words(other)),
        },
    }
}

fn joined(parts: &[Clause], between: &str) -> String {
    // Of one field, the field is named once: "fandom: A or B".
    let first = parts.iter().filter_map(|part| match part {
        Clause::Tag(field, _) => Some(*field),
        _ => None,
    });
    let field = first.clone().next().filter(|field| *field != TagField::Any);
    let alike = first.clone().count() == parts.len() && first.clone().all(|f| Some(f) == field);
    let one = |part: &Clause| match part {
        Clause::Tag(_, name) if alike => name.clone(),
        Clause::All(_) | Clause::Any(_) => format!("({})", words(part)),
        other => words(other),
    };
    let list = parts.iter().map(one).collect::<Vec<_>>().join(between);
    match field {
        Some(field) if alike => format!("{}: {list}", kind(field)),
        _ => list,
    }
}

/// A kind of tag as a word.
pub(super) fn kind(field: TagField) -> &'static str {
    match field {
        TagField::Any => "tag",
        TagField::PrimaryShip => "first relationship",
        TagField::PrimaryCharacter => "first character",
        TagField::Of(kind) => match kind {
            Kind::Rating => "rating",
            Kind::Warning => "warning",
            Kind::Category => "category",
            Kind::Fandom => "fandom",
            Kind::Relationship => "relationship",
            Kind::Character => "character",
            Kind::Freeform => "tag",
            Kind::Media => "medium",
            Kind::Language => "language",
            Kind::Author => "author",
            Kind::Series => "series",
            Kind::Collection => "collection",
        },
    }
}

fn range(which: Number, low: u32, high: u32) -> String {
    let (one, many) = match which {
        Number::Words => ("word", "words"),
        Number::Minutes => ("minute", "minutes"),
        Number::Chapters => ("chapter", "chapters"),
        Number::Planned if (low, high) == (0, 0) => return "length not known yet".to_owned(),
        Number::Planned => ("planned chapter", "planned chapters"),
        Number::Hits => ("hit", "hits"),
        Number::Kudos => ("kudos", "kudos"),
        Number::Comments => ("comment", "comments"),
        Number::Bookmarks => ("bookmark", "bookmarks"),
        Number::Warmth => ("kudos for 10,000 hits", "kudos for 10,000 hits"),
    };
    let unit = if high == 1 { one } else { many };
    let say = |bound: u32| number(bound.into());
    match (low, high) {
        (low, high) if low == high => format!("{} {unit}", say(low)),
        (0, high) => format!("at most {} {unit}", say(high)),
        (low, u32::MAX) => format!("{} {} or more", say(low), if low == 1 { one } else { many }),
        (low, high) => format!("{} to {} {unit}", say(low), say(high)),
    }
}

fn said(fact: Fact, so: bool) -> &'static str {
    match (fact, so) {
        (Fact::Complete, true) => "complete",
        (Fact::Complete, false) => "in progress",
        (Fact::Crossover, true) => "crossovers",
        (Fact::Crossover, false) => "no crossovers",
        (Fact::OnePairing, true) => "one relationship only",
        (Fact::OnePairing, false) => "not one relationship only",
        (Fact::Read, true) => "read",
        (Fact::Read, false) => "not read",
        (Fact::Unread, true) => "unread",
        (Fact::Unread, false) => "not unread",
        (Fact::Started, true) => "half read",
        (Fact::Started, false) => "not half read",
        (Fact::Updated, true) => "updated since you looked",
        (Fact::Updated, false) => "not updated since you looked",
    }
}

/// An order in words.
pub(super) fn order(order: Order) -> &'static str {
    match (order.by, order.descending) {
        (SortBy::Best, _) => "best match first",
        (SortBy::Random(_), _) => "shuffled",
        (SortBy::Title, false) => "by title",
        (SortBy::Title, true) => "by title, Z first",
        (SortBy::Author, false) => "by author",
        (SortBy::Author, true) => "by author, Z first",
        (SortBy::By(Column::Updated), true) => "latest update first",
        (SortBy::By(Column::Updated), false) => "oldest update first",
        (SortBy::By(Column::Posted), true) => "newest first",
        (SortBy::By(Column::Posted), false) => "oldest first",
        (SortBy::By(Column::Words), true) => "longest first",
        (SortBy::By(Column::Words), false) => "shortest first",
        (SortBy::By(Column::Chapters), true) => "most chapters first",
        (SortBy::By(Column::Chapters), false) => "fewest chapters first",
        (SortBy::By(Column::Planned), true) => "most planned chapters first",
        (SortBy::By(Column::Planned), false) => "fewest planned chapters first",
        (SortBy::By(Column::Hits), true) => "most hits first",
        (SortBy::By(Column::Hits), false) => "fewest hits first",
        (SortBy::By(Column::Kudos), true) => "most kudos first",
        (SortBy::By(Column::Kudos), false) => "fewest kudos first",
        (SortBy::By(Column::Comments), true) => "most comments first",
        (SortBy::By(Column::Comments), false) => "fewest comments first",
        (SortBy::By(Column::Bookmarks), true) => "most bookmarks first",
        (SortBy::By(Column::Bookmarks), false) => "fewest bookmarks first",
        (SortBy::By(Column::Warmth), true) => "most kudos for their hits first",
        (SortBy::By(Column::Warmth), false) => "fewest kudos for their hits first",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_said_in_words() {
        for (question, said) in [
            ("fandom:\"Sherlock (TV)\"", "fandom: Sherlock (TV)"),
            ("-ship:A/B", "not relationship: A/B"),
            ("fandom:(A OR B)", "fandom: A or B"),
            ("A OR fandom:B", "“A” or fandom: B"),
            ("-(a b)", "not (“a” and “b”)"),
            ("words:1k-5k", "1,000 to 5,000 words"),
            ("words:>=1", "1 word or more"),
            ("chapters:1", "1 chapter"),
            ("planned:3", "3 planned chapters"),
            ("planned:0", "length not known yet"),
            ("has:ship", "any relationship"),
            ("-has:character", "no character"),
            ("minutes:<=30", "at most 30 minutes"),
            ("complete:no", "in progress"),
            ("updated:\"<7 days\"", "updated <7 days"),
            ("text:\"in the dark\"", "“in the dark” in the text"),
            ("-()", "no work"),
        ] {
            let ask = Ask::parse(question).expect(question);
            assert_eq!(words(&ask.clause), said);
        }
    }

    #[test]
    fn a_chip_leads_to_the_question_without_it() {
        let ask = Ask::parse("fandom:A -ship:B sort:kudos").expect("a question");
        let chips = chips(&ask, &Address { metas: true, ..Address::default() });
        let hrefs: Vec<&str> = chips.iter().map(|chip| chip.without.as_str()).collect();
        assert_eq!(
            hrefs,
            ["/?q=-ship%3AB+sort%3Akudos&metas=1", "/?q=fandom%3AA+sort%3Akudos&metas=1"]
        );
        assert_eq!(chips.iter().map(|chip| chip.excludes).collect::<Vec<_>>(), [false, true]);
    }
}
