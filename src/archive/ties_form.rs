//! The part of a work's form that ties it: gifts, what it comes from, who may comment; and the one
//! check of it.
//!
//! A line of words, as files have them, stays one until an address makes it a link.

use super::limits::{Over, WorkLimits};
use super::line::one_line;
use super::ties::{Comments, GIFT, Kind, Origin, Place, SOURCES, Source, Ties, named, place};
use super::work::{Facts, WorkId};

/// Something that a work comes from, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceRow {
    /// Its address; empty for a line of words.
    pub at: String,
    /// Its title, or the line of words.
    pub title: String,
    /// Who wrote it.
    pub author: String,
}

/// The fields, as they were filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TiesForm {
    /// Names for whom it is a gift, one a line or with commas between.
    pub gifts: String,
    /// What a file says of that in words, one a line.
    pub gift_words: String,
    /// What it comes from, for each of [`Kind::ALL`].
    pub sources: [Vec<SourceRow>; 2],
    /// Who may comment.
    pub comments: String,
}

/// What the check of addresses needs to know.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The work itself.
    pub work: WorkId,
    /// Under which origins this archive is known.
    pub origins: &'a [&'a str],
    /// Whether a work is there for whoever fills the form in.
    pub sees: &'a dyn Fn(WorkId) -> bool,
}

impl std::fmt::Debug for Ground<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ground").field("work", &self.work).finish_non_exhaustive()
    }
}

impl TiesForm {
    /// The fields of a work as it is.
    pub fn of(facts: &Facts) -> TiesForm {
        let words = |label: &str| {
            let own = facts.other.iter().filter(|other| other.0 == label);
            own.map(|other| other.1.clone()).collect::<Vec<String>>()
        };
        let rows = |kind: Kind| {
            let own = facts.ties.sources.iter().filter(|source| source.kind == kind);
            let links = own.map(|source| match &source.origin {
                Origin::Here(work) => {
                    SourceRow { at: format!("/works/{work}"), ..SourceRow::default() }
                }
                Origin::Elsewhere { url, title, author } => SourceRow {
                    at: url.as_str().to_owned(),
                    title: title.clone(),
                    author: author.clone(),
                },
            });
            let words = words(kind.label()).into_iter();
            links.chain(words.map(|title| SourceRow { title, ..SourceRow::default() })).collect()
        };
        TiesForm {
            gifts: facts.ties.gifts.join("\n"),
            gift_words: words(GIFT).join("\n"),
            sources: Kind::ALL.map(rows),
            comments: facts.ties.comments.word().to_owned(),
        }
    }

    /// Puts the fields into what is said about a work; what is wrong goes to `errors`.
    pub(super) fn check(
        &self,
        facts: &mut Facts,
        ground: &Ground<'_>,
        limits: &WorkLimits,
        errors: &mut Over,
    ) {
        let before = facts.ties.clone();
        let own = |label: &str| label == GIFT || Kind::ALL.iter().any(|kind| kind.label() == label);
        facts.other.retain(|other| !own(&other.0));
        let mut line = |label: &str, text: String| {
            if !text.is_empty() {
                facts.other.push((label.to_owned(), text));
            }
        };
        self.gift_words.lines().for_each(|text| line(GIFT, one_line(text)));
        let gifts = self.gifts(&before, limits, errors);
        let mut sources = Vec::new();
        for (kind, rows) in Kind::ALL.into_iter().zip(&self.sources) {
            for row in rows {
                let (title, author) = (one_line(&row.title), one_line(&row.author));
                if row.at.trim().is_empty() {
                    line(kind.label(), named(&title, &author));
                    continue;
                }
                errors.line(kind.word(), &title, limits.title_chars);
                errors.line(kind.word(), &author, limits.name_chars);
                let kept = |id| before.sources.iter().any(|old| old.origin == Origin::Here(id));
                let sees = |id| (ground.sees)(id) || kept(id);
                let origin = match place(&row.at, ground.origins, sees) {
                    Place::Here(id) => Origin::Here(id),
                    Place::Elsewhere(url) => Origin::Elsewhere { url, title, author },
                    Place::Nothing => {
                        let text = format!("there is no work at “{}” here", row.at.trim());
                        errors.add(kind.word(), text);
                        continue;
                    }
                    Place::NoAddress => {
                        let text = format!(
                            "“{}” is no address; write it as https://… or, for a work here, as \
                             /works/12",
                            row.at.trim()
                        );
                        errors.add(kind.word(), text);
                        continue;
                    }
                };
                if origin == Origin::Here(ground.work) {
                    errors.add(kind.word(), "a work does not come from itself".to_owned());
                }
                let source = Source { kind, origin };
                if !sources.contains(&source) {
                    sources.push(source);
                }
            }
        }
        if sources.len() > SOURCES {
            let text = format!("a work comes from at most {SOURCES} others");
            errors.add(Kind::Inspired.word(), text);
        }
        let comments = Comments::parse(&self.comments).unwrap_or(before.comments);
        facts.ties = Ties { gifts, sources, comments };
    }

    fn gifts(&self, before: &Ties, limits: &WorkLimits, errors: &mut Over) -> Vec<String> {
        let mut gifts: Vec<String> = Vec::new();
        for typed in self.gifts.lines().flat_map(|text| text.split(',')) {
            let name = one_line(typed);
            if name.is_empty() || gifts.contains(&name) {
                continue;
            }
            if !before.gifts.contains(&name) {
                errors.line("gifts", &name, limits.gift_chars);
            }
            gifts.push(name);
        }
        let (count, most) = (gifts.len(), limits.gifts);
        if count > most && count > before.gifts.len() {
            errors.add("gifts", format!("these are {count} names; a work has at most {most}"));
        }
        gifts
    }
}

#[cfg(test)]
mod tests {
    use fanfold_doc::document::Href;
    use proptest::prelude::*;

    use super::*;

    fn checked(form: &TiesForm, before: &Facts) -> (Facts, Vec<&'static str>) {
        let (mut facts, mut errors) = (before.clone(), Over(Vec::new()));
        let ground =
            Ground { work: WorkId(1), origins: &["http://here.example"], sees: &|work| work.0 < 9 };
        form.check(&mut facts, &ground, &WorkLimits::default(), &mut errors);
        (facts, errors.0.into_iter().map(|error| error.field).collect())
    }

    fn row(at: &str, title: &str, author: &str) -> SourceRow {
        let [at, title, author] = [at, title, author].map(str::to_owned);
        SourceRow { at, title, author }
    }

    #[test]
    fn a_line_of_a_file_stays_a_line_until_an_address_makes_it_a_link() {
        let other = [("Inspired by", "Rain by Wil"), ("Gift for", "Mina, Tom"), ("Beta", "Ann")];
        let other = other.map(|(label, text)| (label.to_owned(), text.to_owned())).to_vec();
        let before = Facts { other: other.clone(), ..Facts::default() };
        let mut form = TiesForm::of(&before);
        let (after, wrong) = checked(&form, &before);
        let mut lines = after.other.clone();
        lines.sort();
        let mut want = other;
        want.sort();
        assert_eq!((lines, wrong, after.ties), (want, Vec::new(), Ties::default()));
        form.sources[0][0].at = "http://here.example/works/7".to_owned();
        form.gift_words.clear();
        form.gifts = "Mina, Tom\nMina".to_owned();
        let (after, wrong) = checked(&form, &before);
        assert_eq!((after.other.len(), wrong), (1, Vec::new()));
        assert_eq!(after.ties.gifts, ["Mina", "Tom"]);
        let source = Source { kind: Kind::Inspired, origin: Origin::Here(WorkId(7)) };
        assert_eq!(after.ties.sources, [source]);
    }

    #[test]
    fn all_mistakes_are_told_and_nothing_else_is_kept() {
        let mut form = TiesForm {
            gifts: (0..11).map(|n| format!("name {n},")).collect(),
            comments: "whoever".to_owned(),
            ..TiesForm::default()
        };
        form.gifts.push_str(&"x".repeat(101));
        let long = "x".repeat(300);
        form.sources = [
            vec![
                row("/works/9", "", ""),
                row("javascript:alert(1)", "a", "b"),
                row("/works/1", "", ""),
            ],
            vec![row("https://x.example/", &long, &long), row("", "words", "Wil")],
        ];
        let (facts, wrong) = checked(&form, &Facts::default());
        let mut want = vec!["gifts"; 2];
        want.extend(["inspired"; 3]);
        want.extend(["translation"; 2]);
        assert_eq!(wrong, want);
        assert_eq!(facts.ties.comments, Comments::Members);
        assert_eq!(facts.other, [("Translation of".to_owned(), "words by Wil".to_owned())]);
    }

    #[test]
    fn a_work_that_was_hidden_since_is_not_lost_by_saving() {
        let source = Source { kind: Kind::Translation, origin: Origin::Here(WorkId(12)) };
        let ties = Ties { sources: vec![source], ..Ties::default() };
        let before = Facts { ties, ..Facts::default() };
        let (after, wrong) = checked(&TiesForm::of(&before), &before);
        assert_eq!((after, wrong), (before, Vec::new()));
    }

    proptest! {
        #[test]
        fn a_form_sent_back_as_it_was_changes_nothing(
            gifts in prop::collection::hash_set("[a-z]{1,9}( [a-z]{1,9})?", 0..9),
            here in prop::collection::vec((any::<bool>(), 2..9_i64), 0..4),
            far in prop::collection::vec((any::<bool>(), "[a-z]{1,6}", ".{0,20}", ".{0,9}"), 0..4),
            comments in 0..3_usize,
        ) {
            let kind = |first: bool| if first { Kind::Inspired } else { Kind::Translation };
            let source = |kind, origin| Source { kind, origin };
            let here = here.into_iter().map(|own| source(kind(own.0), Origin::Here(WorkId(own.1))));
            let far = far.into_iter().map(|(first, path, title, author)| {
                let url = Href::parse(&format!("https://far.example/{path}")).expect("an address");
                let (title, author) = (one_line(&title), one_line(&author));
                source(kind(first), Origin::Elsewhere { url, title, author })
            });
            let mut sources: Vec<Source> = Vec::new();
            for own in here.chain(far) {
                if !sources.contains(&own) {
                    sources.push(own);
                }
            }
            // A form has one kind after the other.
            sources.sort_by_key(|own| own.kind);
            let gifts = gifts.into_iter().collect();
            let ties = Ties { gifts, sources, comments: Comments::ALL[comments] };
            let before = Facts { ties, ..Facts::default() };
            let (after, wrong) = checked(&TiesForm::of(&before), &before);
            prop_assert_eq!(after, before);
            prop_assert!(wrong.is_empty());
        }
    }
}
