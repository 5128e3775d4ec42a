//! Names that look like the same tag: rules for proposals to merge, learned from nothing but the
//! archive's own names.
//!
//! Every rule takes something away from a name; tags whose names leave the same [`Names::family`]
//! are alike. So all likenesses of a million tags are found by grouping, never by comparing pairs.
//! "A/B" and "A & B" are different things and never alike, nor are tags of different kinds.

use std::collections::HashMap;

use super::tag::{Kind, folded};

/// What may be different between two names of the same tag, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Case, accents, punctuation, spaces: "Hurt / comfort" and "Hurt/Comfort".
    Spelling,
    /// Who is named first: "B/A" and "A/B".
    Order,
    /// "Potter, Harry" and "Harry Potter".
    Surname,
    /// A word more that only says the kind or the fandom: "Sherlock - Fandom", "Jack (Titanic)".
    Suffix,
    /// One or many: "Dragons" and "Dragon", "Original Character(s)".
    Plural,
    /// Words written together: "Slowburn" and "Slow Burn".
    Spacing,
}

impl Rule {
    /// Every rule, the surest first.
    pub const ALL: [Rule; 6] =
        [Rule::Spelling, Rule::Order, Rule::Surname, Rule::Suffix, Rule::Plural, Rule::Spacing];

    /// Every rule but [`Rule::Spelling`], which always holds, the least sure first.
    const MORE: [Rule; 5] = [Rule::Spacing, Rule::Plural, Rule::Suffix, Rule::Surname, Rule::Order];

    /// The word for it, as people type it.
    pub fn word(self) -> &'static str {
        match self {
            Rule::Spelling => "spelling",
            Rule::Order => "order",
            Rule::Surname => "surname",
            Rule::Suffix => "suffix",
            Rule::Plural => "plural",
            Rule::Spacing => "spacing",
        }
    }

    /// The rule of a [`Rule::word`].
    pub fn parse(word: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.word() == word)
    }
}

/// The rules by which names are looked at.
type Rules<'r> = &'r [Rule];

/// The shortest name that is looked at as if its words were written together, bytes: among short
/// ones such likenesses are chance.
const JOINED: usize = 7;

/// Names as the rules see them, given the fandoms of the archive.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The folded names of fandoms, with and without what stands in brackets behind them, and the
    /// keys under which the caller knows them.
    fandoms: HashMap<String, Vec<i64>>,
}

impl Names {
    /// Knows no fandom yet.
    pub fn new() -> Names {
        Names::default()
    }

    /// Makes a fandom known, by a key that the caller understands.
    pub fn add_fandom(&mut self, name: &str, key: i64) {
        let mut add = |name: &str| {
            let keys = self.fandoms.entry(folded(name)).or_default();
            if keys.last() != Some(&key) {
                keys.push(key);
            }
        };
        add(name);
        if let Some((stem, _)) = bracketed(name) {
            add(stem);
        }
    }

    /// What tags have in common that may be the same.
    pub fn family(&self, kind: Kind, name: &str) -> String {
        self.form(kind, name, &Rule::MORE)
    }

    /// By which rules two names of one family are the same: no fewer would do.
    pub fn rules(&self, kind: Kind, one: &str, two: &str) -> Vec<Rule> {
        let mut rules = Rule::MORE.to_vec();
        for rule in Rule::MORE {
            let without: Vec<Rule> = rules.iter().copied().filter(|own| *own != rule).collect();
            if self.form(kind, one, &without) == self.form(kind, two, &without) {
                rules = without;
            }
        }
        if rules.is_empty() {
            rules.push(Rule::Spelling);
        }
        rules.sort_unstable();
        rules
    }

    /// The fandoms that a name's brackets name, by their keys; empty where there are none.
    pub fn fandoms_in(&self, kind: Kind, name: &str) -> Vec<i64> {
        let mut found = Vec::new();
        for member in members(kind, name).iter().flatten() {
            if let Some((_, keys)) = self.of_fandom(kind, member) {
                found.extend_from_slice(keys);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What is left of a name under these rules.
    fn form(&self, kind: Kind, name: &str, rules: Rules<'_>) -> String {
        let name = if rules.contains(&Rule::Suffix) { without_kind(kind, name) } else { name };
        let mut groups: Vec<Vec<String>> = members(kind, name)
            .iter()
            .map(|group| group.iter().map(|name| self.member(kind, name, rules)).collect())
            .collect();
        if rules.contains(&Rule::Order) {
            groups.iter_mut().for_each(|group| group.sort_unstable());
            groups.sort_unstable();
        }
        let groups: Vec<String> = groups.iter().map(|group| group.join(" / ")).collect();
        groups.join(" & ")
    }

    /// One name of those that a tag holds.
    fn member(&self, kind: Kind, name: &str, rules: Rules<'_>) -> String {
        let has = |rule| rules.contains(&rule);
        let mut name = name.trim();
        if has(Rule::Suffix)
            && let Some((stem, _)) = self.of_fandom(kind, name)
        {
            name = stem;
        }
        let plural = if has(Rule::Plural) { name.replace("(s)", "s") } else { name.to_owned() };
        let turned = match turned(kind, &plural) {
            Some(turned) if has(Rule::Surname) => turned,
            _ => plural,
        };
        let mut form = folded(&turned);
        if form.is_empty() {
            // Nothing but signs: those are the name.
            return name.to_lowercase();
        }
        if has(Rule::Plural) && kind == Kind::Freeform {
            form = form.split(' ').map(singular).collect::<Vec<_>>().join(" ");
        }
        if has(Rule::Spacing) && form.len() >= JOINED {
            form.retain(|c| c != ' ');
        }
        form
    }

    /// A name without the fandom in brackets behind it, and that fandom's keys.
    fn of_fandom<'n>(&self, kind: Kind, name: &'n str) -> Option<(&'n str, &[i64])> {
        if !matches!(kind, Kind::Character | Kind::Relationship | Kind::Freeform) {
            return None;
        }
        let (stem, inside) = bracketed(name)?;
        Some((stem, self.fandoms.get(&folded(inside))?.as_slice()))
    }
}

/// The names in a tag: friends, each of them one or more lovers. All but relationships hold one.
fn members(kind: Kind, name: &str) -> Vec<Vec<&str>> {
    if kind != Kind::Relationship {
        return vec![vec![name]];
    }
    let mut groups = vec![Vec::new()];
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, c) in name.char_indices() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            '/' | '／' | '&' | '＆' if depth == 0 => {
                let part = name.get(start..at).unwrap_or_default();
                groups.last_mut().into_iter().for_each(|group| group.push(part));
                if matches!(c, '&' | '＆') {
                    groups.push(Vec::new());
                }
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    let part = name.get(start..).unwrap_or_default();
    groups.last_mut().into_iter().for_each(|group| group.push(part));
    groups
}

/// "Jack (Titanic)" as "Jack" and "Titanic"; brackets inside the brackets are left alone.
fn bracketed(name: &str) -> Option<(&str, &str)> {
    let name = name.trim();
    let before = name.strip_suffix(')')?;
    let mut depth = 0_usize;
    let opens = |(_, c): &(usize, char)| {
        match c {
            '(' if depth == 0 => return true,
            '(' => depth -= 1,
            ')' => depth += 1,
            _ => {}
        }
        false
    };
    let (open, _) = before.char_indices().rev().find(opens)?;
    let (stem, inside) = (before.get(..open)?.trim_end(), before.get(open + 1..)?.trim());
    (!stem.is_empty() && !inside.is_empty()).then_some((stem, inside))
}

/// A name without the word for its own kind, as AO3 adds it where two kinds have one name:
/// " - Fandom", "(Fandom)".
fn without_kind(kind: Kind, name: &str) -> &str {
    let is = |word: &str| word.trim().eq_ignore_ascii_case(kind.word());
    match (bracketed(name), name.rsplit_once(" - ")) {
        (Some((stem, inside)), _) if is(inside) => stem,
        (_, Some((stem, word))) if is(word) && !stem.trim().is_empty() => stem.trim_end(),
        _ => name,
    }
}

/// "Potter, Harry" as "Harry Potter".
fn turned(kind: Kind, name: &str) -> Option<String> {
    if !matches!(kind, Kind::Character | Kind::Relationship) {
        return None;
    }
    let (surname, given) = name.split_once(',')?;
    let fits = |part: &str| {
        let words = part.split_whitespace().count();
        (1..=3).contains(&words) && !part.contains(|c: char| c == ',' || c.is_ascii_digit())
    };
    (fits(surname) && fits(given)).then(|| format!("{} {}", given.trim(), surname.trim()))
}

/// One of what the word says many of; English only.
fn singular(word: &str) -> &str {
    let cut = |by: usize| word.get(..word.len() - by).unwrap_or(word);
    let one = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if word.len() < 4 || !word.ends_with('s') || one {
        word
    } else if ["sses", "shes", "ches", "xes"].iter().any(|end| word.ends_with(end)) {
        cut(2)
    } else {
        cut(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Rule::{Order, Plural, Spacing, Spelling, Suffix, Surname};
    use super::*;

    fn names() -> Names {
        let mut names = Names::new();
        names.add_fandom("Titanic (1997)", 1);
        names.add_fandom("Sherlock (TV)", 2);
        names.add_fandom("Harry Potter - J. K. Rowling", 3);
        names
    }

    #[test]
    fn what_is_alike_is_alike_by_the_rule_that_says_so() {
        use Kind::{Character, Fandom, Freeform, Relationship};
        let names = names();
        for (kind, one, two, rules) in [
            (Freeform, "Hurt/Comfort", "hurt / comfort", &[Spelling][..]),
            (Character, "Élodie", "elodie", &[Spelling]),
            (Relationship, "A&B", "A & B", &[Spelling]),
            (Relationship, "Harry Potter/Draco Malfoy", "Draco Malfoy/Harry Potter", &[Order]),
            (Relationship, "a / c / b", "C/B/A", &[Order]),
            (Relationship, "A & B", "B & A", &[Order]),
            (Relationship, "A/B & C", "c & b/a", &[Order]),
            (
                Relationship,
                "Potter, Harry/Weasley, Ron",
                "Ron Weasley/Harry Potter",
                &[Order, Surname],
            ),
            (Character, "Potter, Harry", "Harry Potter", &[Surname]),
            (Character, "Jack (Titanic)", "Jack", &[Suffix]),
            (Character, "John (Sherlock (TV))", "john", &[Suffix]),
            (Fandom, "Sherlock - Fandom", "Sherlock", &[Suffix]),
            (Fandom, "Homestuck (Fandom)", "homestuck", &[Suffix]),
            (Freeform, "Dragons", "Dragon", &[Plural]),
            (Freeform, "Friends to Lovers", "Friend to Lover", &[Plural]),
            (Freeform, "Kisses", "Kiss", &[Plural]),
            (Character, "Original Character(s)", "Original Characters", &[Plural]),
            (Freeform, "Slowburn", "Slow Burn", &[Spacing]),
            (Freeform, "slow-burns", "SlowBurn", &[Plural, Spacing]),
        ] {
            assert_eq!(names.family(kind, one), names.family(kind, two), "{one} = {two}");
            assert_eq!(names.rules(kind, one, two), rules, "{one} = {two}");
            assert_eq!(names.rules(kind, two, one), rules, "{two} = {one}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_not() {
        use Kind::{Character, Fandom, Freeform, Relationship};
        let names = names();
        for (kind, one, two) in [
            (Relationship, "A/B", "A & B"),
            (Relationship, "A/B/C", "A/B & C"),
            (Relationship, "A & B/C", "A/B & C"),
            (Relationship, "Ann/Bo", "Ann Bo"),
            (Relationship, "A/A", "A"),
            (Freeform, "Hurt/Comfort", "Comfort/Hurt"),
            (Character, "Jack (Lost)", "Jack"),
            (Character, "Williams", "William"),
            (Fandom, "Alien", "Aliens"),
            (Fandom, "Titanic (1997)", "Titanic (1953)"),
            (Freeform, "C++", "C"),
            (Freeform, "Glass", "Glas"),
            (Freeform, "!!!", "???"),
            (Freeform, "a b", "ab"),
            (Freeform, "(s)", ""),
        ] {
            assert_ne!(names.family(kind, one), names.family(kind, two), "{one} = {two}");
        }
    }

    #[test]
    fn the_fandoms_in_brackets_are_told() {
        let names = names();
        assert_eq!(names.fandoms_in(Kind::Character, "Jack (Titanic)"), [1]);
        assert_eq!(names.fandoms_in(Kind::Relationship, "Jack (Titanic)/John (Sherlock)"), [1, 2]);
        assert!(names.fandoms_in(Kind::Character, "Jack (Nobody)").is_empty());
        assert!(names.fandoms_in(Kind::Fandom, "Jack (Titanic)").is_empty());
    }

    proptest! {
        #[test]
        fn any_name_has_a_family_and_its_own_rules(name in "\\PC{0,40}", kind in 0..8_usize) {
            let names = names();
            let kind = Kind::ALL[kind];
            let family = names.family(kind, &name);
            prop_assert_eq!(&family, &names.family(kind, &format!(" {name} ")));
            prop_assert_eq!(names.rules(kind, &name, &name), [Spelling]);
            if kind == Kind::Relationship {
                let (one, two) = (format!("{name}/Zed"), format!("Zed/{name}"));
                if !name.contains(['(', ')', '（', '）', ',', '&', '＆', '/', '／']) {
                    prop_assert_eq!(names.family(kind, &one), names.family(kind, &two));
                    let friends = format!("{name} & Zed");
                    prop_assert_ne!(names.family(kind, &one), names.family(kind, &friends));
                }
            }
        }
    }
}
