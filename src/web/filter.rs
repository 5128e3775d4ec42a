//! The form of the panel: what stands in its fields for a question, and which question its fields
//! ask. `/filter` takes the form and sends the reader on to the address of the question.
//!
//! Owns the names of the fields. It looks nothing up: names of tags stay as they were written.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use fanfold_index::ask::{
    self, Ask, Clause, DateField, Fact, Mistake, Number, Order, Panel, Picks, SortBy, TagField,
    When, Words,
};
use fanfold_index::filter::{Column, Kind};

use super::Site;
use super::error::Error;
use super::library::{self, Address};
use super::page::number;
use super::visitor::Guest;

/// The most fields that a form may bring. The panel with fifty values of each kind has fewer.
const MOST_FIELDS: usize = 2_000;

/// What can be asked of a reader's own reading, and its words in the form.
pub(super) const READING: [(Fact, &str); 4] = [
    (Fact::Unread, "unread"),
    (Fact::Started, "started"),
    (Fact::Read, "read"),
    (Fact::Updated, "updated"),
];

/// The names of tags' fields in the form: `in-ship`, `not-ship`, `add-ship`, `any-ship`.
pub(super) const TAGS: [(TagField, &str); 15] = [
    (TagField::Of(Kind::Rating), "rating"),
    (TagField::Of(Kind::Warning), "warning"),
    (TagField::Of(Kind::Category), "category"),
    (TagField::Of(Kind::Fandom), "fandom"),
    (TagField::Of(Kind::Relationship), "ship"),
    (TagField::Of(Kind::Character), "character"),
    (TagField::Of(Kind::Freeform), "additional"),
    (TagField::PrimaryShip, "primary-ship"),
    (TagField::PrimaryCharacter, "primary-character"),
    (TagField::Of(Kind::Media), "media"),
    (TagField::Of(Kind::Language), "language"),
    (TagField::Of(Kind::Author), "author"),
    (TagField::Of(Kind::Series), "series"),
    (TagField::Of(Kind::Collection), "collection"),
    (TagField::Any, "tag"),
];

/// The names of numbers' fields, each with `-from` and `-to`.
pub(super) const NUMBERS: [(Number, &str); 8] = [
    (Number::Words, "words"),
    (Number::Minutes, "minutes"),
    (Number::Chapters, "chapters"),
    (Number::Hits, "hits"),
    (Number::Kudos, "kudos"),
    (Number::Comments, "comments"),
    (Number::Bookmarks, "bookmarks"),
    (Number::Warmth, "warmth"),
];

/// The names of dates' fields, each with `-from` and `-to`.
pub(super) const DATES: [(DateField, &str); 2] =
    [(DateField::Updated, "updated"), (DateField::Posted, "posted")];

/// The fields of which "listed first" can be asked: the kind, and what it is then.
const FIRST: [(TagField, TagField); 2] = [
    (TagField::Of(Kind::Relationship), TagField::PrimaryShip),
    (TagField::Of(Kind::Character), TagField::PrimaryCharacter),
];

/// The kinds of which "listed first" can be asked.
pub(super) const FIRST_KINDS: [Kind; 2] = [Kind::Relationship, Kind::Character];

/// By what a list can be sorted: word in the form, words on the page.
pub(super) const SORTS: [(SortBy, &str, &str); 13] = [
    (SortBy::Best, "relevance", "Best match"),
    (SortBy::By(Column::Updated), "updated", "Date updated"),
    (SortBy::By(Column::Posted), "posted", "Date posted"),
    (SortBy::By(Column::Words), "words", "Words"),
    (SortBy::By(Column::Chapters), "chapters", "Chapters"),
    (SortBy::By(Column::Kudos), "kudos", "Kudos"),
    (SortBy::By(Column::Hits), "hits", "Hits"),
    (SortBy::By(Column::Comments), "comments", "Comments"),
    (SortBy::By(Column::Bookmarks), "bookmarks", "Bookmarks"),
    (SortBy::By(Column::Warmth), "warmth", "Kudos for hits"),
    (SortBy::Title, "title", "Title"),
    (SortBy::Author, "author", "Author"),
    (SortBy::Random(None), "random", "Shuffled"),
];

/// The word of a tag's field in the form.
pub(super) fn key(field: TagField) -> &'static str {
    TAGS.iter().find(|row| row.0 == field).map_or("tag", |row| row.1)
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The field's name.
    pub field: String,
    /// What is wrong, and with which part of the text.
    pub mistake: Mistake,
}

/// The fields of the form, as they are sent: names with values, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field that holds anything, else "".
    pub(super) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every value of a field that holds anything.
    pub(super) fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        let own = self.0.iter().filter(move |(field, _)| field == name);
        own.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether a box is ticked.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    // ---- from a question ----------------------------------------------------------------------

    /// What stands in the form for a question. Nothing is lost: what has no field of its own is
    /// in the box for words.
    pub(super) fn of(ask: &Ask) -> Fields {
        let panel = Panel::of(ask);
        let mut fields = Fields::default();
        let mut rest = vec![panel.rest.clone()];
        for (field, picks) in &panel.tags {
            fields.put_picks(&panel, *field, picks);
        }
        for (kind, so) in &panel.has {
            let has = Clause::Has(*kind);
            rest.push(if *so { has } else { has.negated() });
        }
        let boxed = |number: &Number| NUMBERS.iter().any(|(own, _)| own == number);
        for (number, (low, high)) in panel.numbers.iter().filter(|(number, _)| !boxed(number)) {
            rest.push(Clause::Number(*number, *low, *high));
        }
        for (bounded, name) in NUMBERS {
            let Some((low, high)) = panel.numbers.get(&bounded).copied() else { continue };
            if (bounded, low, high) == (Number::Chapters, 1, 1) {
                fields.put("oneshot", "1");
                continue;
            }
            if low > 0 {
                fields.put(format!("{name}-from"), number(low.into()));
            }
            if high < u32::MAX {
                fields.put(format!("{name}-to"), number(high.into()));
            }
        }
        for (date, name) in DATES {
            if let Some(when) = panel.dates.get(&date) {
                fields.put_when(name, *when);
            }
        }
        for (fact, so) in &panel.facts {
            let is = |yes: &'static str, no: &'static str| if *so { yes } else { no };
            match fact {
                Fact::Complete => fields.put("complete", is("yes", "no")),
                Fact::Crossover => fields.put("crossover", is("only", "exclude")),
                Fact::OnePairing if *so => fields.put("otp", "1"),
                other if *so && !fields.has("reading") && READING.iter().any(|r| r.0 == *other) => {
                    let row = READING.iter().find(|row| row.0 == *other);
                    row.into_iter().for_each(|row| fields.put("reading", row.1));
                }
                other if *so => rest.push(Clause::Is(*other)),
                other => rest.push(Clause::Is(*other).negated()),
            }
        }
        match &panel.title {
            Some(Words::Prefix(stem)) => fields.put("title", format!("{stem}*")),
            Some(Words::Phrase(text)) => fields.put("title", text),
            None => {}
        }
        let rest = Clause::All(rest).simplified();
        if rest != Clause::default() {
            fields.put("within", rest.to_string());
        }
        fields.put_sort(panel.sort);
        fields
    }

    fn put_picks(&mut self, panel: &Panel, field: TagField, picks: &Picks) {
        let single = picks.include.len() == 1 && picks.exclude.is_empty();
        let plain = FIRST.iter().find(|row| row.1 == field).map(|row| row.0);
        let shared = plain.is_some_and(|plain| {
            panel.tags.get(&plain).is_some_and(|picks| !picks.include.is_empty())
        });
        let name = match plain {
            // Nothing else of the kind is asked for: one switch says it of all.
            Some(plain) if !shared && !picks.include.is_empty() => {
                self.put(format!("first-{}", key(plain)), "1");
                key(plain)
            }
            _ => key(field),
        };
        for value in &picks.include {
            let own = matches!(field, TagField::Of(Kind::Language | Kind::Author));
            match own && single {
                true => self.put(name, value),
                false => self.put(format!("in-{name}"), value),
            }
        }
        if picks.any {
            self.put(format!("any-{name}"), "1");
        }
        for value in &picks.exclude {
            self.put(format!("not-{}", key(field)), value);
        }
    }

    fn put_when(&mut self, name: &str, when: When) {
        let (from, to) = (format!("{name}-from"), format!("{name}-to"));
        let When::Between(first, last) = when else { return self.put(from, when.to_string()) };
        let bare = |when: When| when.to_string().trim_start_matches(['<', '>', '=']).to_owned();
        if first > 0 {
            self.put(from, bare(When::Between(first, u32::MAX)));
        }
        if last < u32::MAX {
            self.put(to, bare(When::Between(0, last)));
        }
    }

    fn put_sort(&mut self, sort: Option<Order>) {
        let Some(order) = sort else { return };
        let bare = Order::usual(order.by).to_string();
        self.put("sort", bare.trim_start_matches("sort:"));
        if order.descending != Order::usual(order.by).descending {
            self.put("turned", "1");
        }
    }

    // ---- to a question ------------------------------------------------------------------------

    /// The question that the fields ask, and what is wrong with those that were left out of it.
    pub(super) fn question(&self) -> (Ask, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut panel = Panel { tags: self.tags(), ..Panel::default() };
        for (number, name) in NUMBERS {
            match self.number(number, name) {
                Ok(Some(range)) => drop(panel.numbers.insert(number, range)),
                Ok(None) => {}
                Err(mistake) => faults.push(Fault { field: name.to_owned(), mistake }),
            }
        }
        for (date, name) in DATES {
            match self.when(name) {
                Ok(Some(when)) => drop(panel.dates.insert(date, when)),
                Ok(None) => {}
                Err(mistake) => faults.push(Fault { field: name.to_owned(), mistake }),
            }
        }
        let facts = [
            (Fact::Complete, "complete", "yes", "no"),
            (Fact::Crossover, "crossover", "only", "exclude"),
            (Fact::OnePairing, "otp", "1", "0"),
        ];
        for (fact, name, yes, no) in facts {
            let said = self.get(name);
            if said == yes || said == no {
                panel.facts.insert(fact, said == yes);
            }
        }
        let reading = READING.iter().find(|row| row.1 == self.get("reading"));
        panel.facts.extend(reading.map(|row| (row.0, true)));
        panel.title = self.title();
        panel.sort = self.sort(&mut faults);
        let within = self.get("within");
        match Ask::parse(within) {
            Ok(more) => {
                panel.sort = more.sort.or(panel.sort);
                panel.rest = more.clause;
            }
            Err(mistake) => faults.push(Fault { field: "within".to_owned(), mistake }),
        }
        let ask = panel.ask();
        match Ask::parse(&ask.to_string()) {
            Ok(ask) => (ask, faults),
            Err(mistake) => {
                faults.push(Fault { field: "q".to_owned(), mistake });
                (Ask::default(), faults)
            }
        }
    }

    fn tags(&self) -> BTreeMap<TagField, Picks> {
        let mut tags: BTreeMap<TagField, Picks> = BTreeMap::new();
        for (field, name) in TAGS {
            let several = |text: &str| -> Vec<String> {
                text.split(',').map(|name| name.trim().to_owned()).collect()
            };
            let mut include: Vec<String> =
                self.all(&format!("in-{name}")).map(str::to_owned).collect();
            let mut exclude: Vec<String> =
                self.all(&format!("not-{name}")).map(str::to_owned).collect();
            self.all(&format!("add-{name}")).for_each(|text| include.extend(several(text)));
            self.all(&format!("leave-{name}")).for_each(|text| exclude.extend(several(text)));
            if matches!(field, TagField::Of(Kind::Language | Kind::Author)) {
                include.extend(self.all(name).map(str::to_owned));
            }
            // A work has one rating: "all of" two of them is nothing.
            let one_each = matches!(field, TagField::Of(Kind::Rating | Kind::Language));
            let any = one_each || self.has(&format!("any-{name}"));
            let first = FIRST.iter().find(|row| row.0 == field).map(|row| row.1);
            let first = first.filter(|_| self.has(&format!("first-{name}")));
            let included = tags.entry(first.unwrap_or(field)).or_default();
            included.include.extend(include);
            included.any |= any;
            tags.entry(field).or_default().exclude.extend(exclude);
        }
        tags
    }

    fn number(&self, number: Number, name: &str) -> Result<Option<(u32, u32)>, Mistake> {
        let from = self.get(&format!("{name}-from"));
        let to = self.get(&format!("{name}-to"));
        match (from, to) {
            ("", "") if number == Number::Chapters && self.has("oneshot") => Ok(Some((1, 1))),
            ("", "") => Ok(None),
            ("", to) => number.read(&format!("..{to}")).map(Some),
            (from, "") => {
                // "10k-50k" and ">1k" may as well stand in the one box.
                let (low, high) = number.read(from)?;
                Ok(Some(if low == high { (low, u32::MAX) } else { (low, high) }))
            }
            (from, to) => number.read(&format!("{from}..{to}")).map(Some),
        }
    }

    fn when(&self, name: &str) -> Result<Option<When>, Mistake> {
        let from = self.get(&format!("{name}-from"));
        let to = self.get(&format!("{name}-to"));
        let (first, last) = match (from, to) {
            ("", "") => return Ok(None),
            (from, "") => (Some(When::parse(from)?), None),
            ("", to) => (None, Some(When::parse(to)?)),
            (from, to) => (Some(When::parse(from)?), Some(When::parse(to)?)),
        };
        let mixed = |text: &str| Mistake {
            at: 0..text.len(),
            say: "Write a day, a month or a year into both boxes; a time like “<7 days” stands \
                  alone in the first."
                .to_owned(),
            instead: None,
        };
        match (first, last) {
            (Some(When::Between(first, u32::MAX)), None) => {
                Ok(Some(When::Between(first, u32::MAX)))
            }
            // A range, or "in May": from the first moment of it on, unless it has an end itself.
            (Some(When::Between(first, last)), None) if is_range(from) => {
                Ok(Some(When::Between(first, last)))
            }
            (Some(When::Between(first, _)), None) => Ok(Some(When::Between(first, u32::MAX))),
            (Some(when), None) => Ok(Some(when)),
            (None, Some(When::Between(_, last))) => Ok(Some(When::Between(0, last))),
            (Some(When::Between(first, _)), Some(When::Between(_, last))) if first <= last => {
                Ok(Some(When::Between(first, last)))
            }
            (Some(When::Between(..)), Some(When::Between(..))) => Err(Mistake {
                at: 0..from.len(),
                say: format!("The earlier time comes first: from {to} to {from}."),
                instead: None,
            }),
            _ => Err(mixed(from)),
        }
    }

    fn title(&self) -> Option<Words> {
        let text = self.get("title");
        let one_word =
            |stem: &str| stem.chars().count() > 1 && stem.chars().all(char::is_alphanumeric);
        match text.strip_suffix('*') {
            _ if text.is_empty() => None,
            Some(stem) if one_word(stem) => Some(Words::Prefix(stem.to_owned())),
            _ => Some(Words::Phrase(text.to_owned())),
        }
    }

    fn sort(&self, faults: &mut Vec<Fault>) -> Option<Order> {
        let turned = self.has("turned");
        let mut order = match self.get("sort") {
            "" if turned => Order::usual(SortBy::By(Column::Updated)),
            "" => return None,
            text => match Order::parse(text) {
                Ok(order) => order,
                Err(mistake) => {
                    faults.push(Fault { field: "sort".to_owned(), mistake });
                    return None;
                }
            },
        };
        order.descending ^= turned;
        Some(order)
    }
}

/// Whether a time is written with both of its ends.
fn is_range(text: &str) -> bool {
    text.contains("..") || text.contains(" to ") || text.starts_with(['<', '>', '≤', '≥'])
}

/// `/filter`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Response, Error> {
    let Query(pairs) = query.map_err(|_| Error::Address)?;
    if pairs.len() > MOST_FIELDS || pairs.iter().any(|pair| pair.1.len() > 8 * ask::MAX_CHARS) {
        return Err(Error::Address);
    }
    let fields = Fields(pairs);
    let (ask, faults) = fields.question();
    let address = Address::chosen(&ask, &fields);
    if faults.is_empty() {
        let group = [fields.get("more"), fields.get("fewer")].concat();
        return Ok(Redirect::to(&address.at(&group)).into_response());
    }
    library::mended(site, guest, uri, address, ask, fields, faults)
        .await
        .map(IntoResponse::into_response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    fn asked(pairs: &[(&str, &str)]) -> String {
        let (ask, faults) = fields(pairs).question();
        assert_eq!(faults, [], "{pairs:?}");
        ask.to_string()
    }

    fn refused(pairs: &[(&str, &str)]) -> String {
        let (_, faults) = fields(pairs).question();
        let fault = faults.first().expect("a fault");
        format!("{}: {}", fault.field, fault.mistake.say)
    }

    #[test]
    fn every_field_asks_for_something() {
        for (pairs, question) in [
            (&[("in-fandom", "Isles"), ("in-fandom", "Seas")][..], "fandom:Isles fandom:Seas"),
            (
                &[("in-fandom", "Isles"), ("in-fandom", "Seas"), ("any-fandom", "1")],
                "fandom:(Isles OR Seas)",
            ),
            (&[("in-rating", "Mature"), ("in-rating", "Explicit")], "rating:(Mature OR Explicit)"),
            (&[("not-warning", "Major Character Death")], "-warning:\"Major Character Death\""),
            (&[("add-ship", "A/B, C & D")], "ship:A/B ship:\"C & D\""),
            (&[("leave-character", " A ,")], "-character:A"),
            (
                &[("first-ship", "1"), ("in-ship", "A/B"), ("not-ship", "C/D")],
                "-ship:C/D primary-ship:A/B",
            ),
            (&[("first-character", "1"), ("add-character", "A")], "primary-character:A"),
            (&[("in-tag", "Fluff"), ("not-series", "Long")], "tag:Fluff -series:Long"),
            (&[("language", "Deutsch")], "language:Deutsch"),
            (&[("author", "Moss, W.")], "author:\"Moss, W.\""),
            (&[("title", "Hours")], "title:Hours"),
            (&[("title", "Hou*")], "title:Hou*"),
            (&[("within", "lamp OR lantern")], "lamp OR lantern"),
            (&[("within", "fandom:Isles sort:words")], "fandom:Isles sort:words"),
            (&[("words-from", "1,000"), ("words-to", "5k")], "words:1k-5k"),
            (&[("words-from", "10k-50k")], "words:10k-50k"),
            (&[("words-from", ">1k")], "words:>=1001"),
            (&[("minutes-to", "30")], "minutes:<=30"),
            (&[("chapters-from", "2")], "chapters:>=2"),
            (&[("oneshot", "1")], "chapters:1"),
            (&[("oneshot", "1"), ("chapters-from", "3")], "chapters:>=3"),
            (&[("hits-from", "5"), ("kudos-to", "5")], "hits:>=5 kudos:<=5"),
            (&[("comments-from", "5"), ("bookmarks-to", "5")], "comments:>=5 bookmarks:<=5"),
            (&[("warmth-from", "500")], "warmth:>=500"),
            (&[("complete", "yes")], "complete:yes"),
            (
                &[("complete", "no"), ("crossover", "only"), ("otp", "1")],
                "complete:no crossover:yes otp:yes",
            ),
            (&[("crossover", "exclude")], "crossover:no"),
            (&[("updated-from", "<7 days")], "updated:\"<7 days\""),
            (&[("updated-from", "2024")], "updated:>=2024"),
            (&[("updated-from", "2023"), ("updated-to", "2024")], "updated:2023..2024"),
            (&[("posted-to", "2024-05")], "posted:<=2024-05"),
            (&[("posted-from", "2 weeks ago")], "posted:\"2 weeks ago\""),
            (&[("sort", "kudos")], "sort:kudos"),
            (&[("sort", "kudos"), ("turned", "1")], "sort:kudos-asc"),
            (&[("sort", "title"), ("turned", "1")], "sort:title-desc"),
            (&[("turned", "1")], "sort:updated-asc"),
            (&[("sort", "random")], "sort:random"),
            (&[("in-fandom", ""), ("words-from", " "), ("within", ""), ("sort", "")], ""),
            (&[("nonsense", "x"), ("complete", "x"), ("otp", "x")], ""),
        ] {
            assert_eq!(asked(pairs), question, "{pairs:?}");
        }
    }

    #[test]
    fn a_mistake_stays_in_its_field() {
        for (pairs, field) in [
            (&[("words-from", "abc")][..], "words"),
            (&[("words-from", "50k"), ("words-to", "10k")], "words"),
            (&[("kudos-to", "99999999999999999999")], "kudos"),
            (&[("updated-from", "soon")], "updated"),
            (&[("updated-from", "2024"), ("updated-to", "2023")], "updated"),
            (&[("posted-from", "<7 days"), ("posted-to", "2024")], "posted"),
            (&[("within", "\"never closed")], "within"),
            (&[("within", "fandum:Isles")], "within"),
            (&[("sort", "nonsense")], "sort"),
        ] {
            let said = refused(pairs);
            assert!(said.starts_with(&format!("{field}: ")), "{pairs:?}: {said}");
        }
        let many: Vec<(String, String)> =
            (0..1_000).map(|n| ("in-fandom".to_owned(), n.to_string())).collect();
        assert!(Fields(many).question().1.iter().any(|fault| fault.field == "q"));
        let (ask, faults) = fields(&[("words-from", "abc"), ("in-fandom", "Isles")]).question();
        assert_eq!((ask.to_string().as_str(), faults.len()), ("fandom:Isles", 1));
    }

    #[test]
    fn a_question_fills_the_form_and_comes_back() {
        for question in [
            "",
            "fandom:Isles -ship:A/B",
            "fandom:(Isles OR Seas) rating:(Mature OR Explicit)",
            "primary-ship:A/B",
            "primary-ship:(A/B OR C/D) -ship:E/F",
            "ship:A/B primary-ship:C/D -primary-character:E",
            "language:en",
            "language:(en OR de) author:Moss",
            "-language:en author:(Moss OR Reed)",
            "series:Long -collection:Short media:Books tag:Fluff -tag:Angst",
            "words:1k-5k minutes:<=30 chapters:1 hits:>=5 warmth:3",
            "chapters:2-7",
            "planned:2-7",
            "planned:0 has:ship -has:character",
            "updated:\"<7 days\" posted:2024",
            "updated:2023-05..2024-06-07 posted:>=2020",
            "posted:2024-05-01T12:30",
            "complete:no crossover:yes otp:yes",
            "otp:no is:unread",
            "title:Hours title:Days",
            "title:\"The Keeper of Hours\" lamp (a OR b) text:\"in the dark\"",
            "lamp* -\"Slow Burn\" sort:words-asc",
            "sort:random-7",
            "sort:relevance lamp",
            "fandom:\"Moss, \\\"W.\\\"\"",
            "-()",
        ] {
            let ask = Ask::parse(question).expect(question);
            let (again, faults) = Fields::of(&ask).question();
            assert_eq!(faults, [], "{question}");
            // A form has an order of its own.
            let mut parts: Vec<String> = ask.clause.parts().iter().map(Clause::to_string).collect();
            let mut same: Vec<String> =
                again.clause.parts().iter().map(Clause::to_string).collect();
            parts.sort();
            same.sort();
            assert_eq!((parts, ask.sort), (same, again.sort), "{question}");
        }
    }
}
