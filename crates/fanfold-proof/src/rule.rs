//! The rules by name: what each is called, why it marks, whether it runs unless asked.
//!
//! Owns the table and the choice of rules. What a rule looks for stands in the module of its
//! group.

/// What a mark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// `"I know." She said.`
    TagPeriod,
    /// `"Who?" She asked.`
    TagCapital,
    /// `"Who?" lantern`
    StrayScrap,
    /// A quote that is opened and never closed, or closed and never opened.
    UnbalancedQuotes,
    /// `"Come here love."`
    VocativeComma,
    /// `He shrugged, "I know."`
    CommaBeforeQuote,
    /// `She asked, looking up, "Where?"` behind a question that is complete.
    CommaAfterTag,
    /// `the the`
    DoubledWord,
    /// `a hour`, `an cat`
    Article,
    /// `head board`
    Compound,
    /// `tried to breath`
    Confusion,
    /// `—` here and `--` there.
    MixedDashes,
    /// `“` here and `"` there.
    MixedQuotes,
    /// `…` here and `...` there.
    MixedEllipses,
    /// `Yes , she said`
    SpaceBeforePunctuation,
}

/// What a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// How speech is written down.
    Dialogue,
    /// Which words stand there.
    Words,
    /// Dashes, quotes, ellipses, spaces.
    Typography,
}

impl Group {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Group::Dialogue => "Dialogue",
            Group::Words => "Words",
            Group::Typography => "Typography",
        }
    }
}

/// A line of the table of rules.
struct Row {
    rule: Rule,
    key: &'static str,
    group: Group,
    name: &'static str,
    why: &'static str,
}

const fn row(
    rule: Rule,
    key: &'static str,
    group: Group,
    name: &'static str,
    why: &'static str,
) -> Row {
    Row { rule, key, group, name, why }
}

use Group::{Dialogue, Typography, Words};

/// Every rule. A key is a promise: what a writer silenced for good is stored by it.
const ROWS: [Row; 15] = [
    row(
        Rule::TagPeriod,
        "tag-period",
        Dialogue,
        "full stop before “she said”",
        "The tag belongs to the sentence that is spoken, so a comma comes before it and it begins \
         small.",
    ),
    row(
        Rule::TagCapital,
        "tag-capital",
        Dialogue,
        "capital in “She asked” after a quote",
        "The tag goes on with the sentence that is spoken, so it begins small.",
    ),
    row(
        Rule::StrayScrap,
        "stray-scrap",
        Dialogue,
        "stray word after a quote",
        "A small word without a full stop stands alone behind the closing quote; it looks left \
         over from an edit.",
    ),
    row(
        Rule::UnbalancedQuotes,
        "unbalanced-quotes",
        Dialogue,
        "quote without its partner",
        "This quotation mark has no partner in its paragraph, and the next paragraph does not go \
         on with the speech.",
    ),
    row(
        Rule::VocativeComma,
        "vocative-comma",
        Dialogue,
        "endearment without a comma",
        "Whoever is spoken to stands between commas: “Come here, love.”",
    ),
    row(
        Rule::CommaBeforeQuote,
        "comma-before-quote",
        Dialogue,
        "comma where the sentence ends before a quote",
        "Nobody speaks in this sentence, so it ends with a full stop before the quote begins.",
    ),
    row(
        Rule::CommaAfterTag,
        "comma-after-tag",
        Dialogue,
        "comma between a tag and a new sentence",
        "The first quote is complete, so the tag ends with a full stop before the next begins.",
    ),
    row(
        Rule::DoubledWord,
        "doubled-word",
        Words,
        "word twice in a row",
        "The same word stands here twice.",
    ),
    row(
        Rule::Article,
        "article",
        Words,
        "“a” or “an”",
        "“An” stands before a sound that is a vowel, “a” before all others.",
    ),
    row(
        Rule::Compound,
        "compound",
        Words,
        "one word written as two",
        "This is written as one word, or with a hyphen.",
    ),
    row(
        Rule::Confusion,
        "confusion",
        Words,
        "word that sounds like another",
        "Another word that sounds or looks alike fits here.",
    ),
    row(
        Rule::MixedDashes,
        "mixed-dashes",
        Typography,
        "dashes of two kinds",
        "The text mostly uses another dash; this is the first of the rarer kind.",
    ),
    row(
        Rule::MixedQuotes,
        "mixed-quotes",
        Typography,
        "straight and curly quotes",
        "The text mostly uses the other quotes; this is the first of the rarer kind.",
    ),
    row(
        Rule::MixedEllipses,
        "mixed-ellipses",
        Typography,
        "ellipses of two kinds",
        "The text mostly uses the other ellipsis; this is the first of the rarer kind.",
    ),
    row(
        Rule::SpaceBeforePunctuation,
        "space-before-punctuation",
        Typography,
        "space before punctuation",
        "No space stands before this sign.",
    ),
];

impl Rule {
    /// Every rule, in the order of their groups.
    pub const ALL: [Rule; ROWS.len()] = {
        let mut all = [Rule::TagPeriod; ROWS.len()];
        let mut at = 0;
        while at < ROWS.len() {
            all[at] = ROWS[at].rule;
            at += 1;
        }
        all
    };

    fn row(self) -> &'static Row {
        // A test holds that the table stands in the order of the enum.
        ROWS.get(self as usize).unwrap_or(&ROWS[0])
    }

    /// A stable name for settings and data.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// The rule of a [`Rule::key`].
    pub fn parse(key: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.key() == key)
    }

    /// What it belongs to.
    pub fn group(self) -> Group {
        self.row().group
    }

    /// What it finds, in a writer's words.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Why that is marked, in a sentence.
    pub fn why(self) -> &'static str {
        self.row().why
    }

    /// Whether it compares the whole text, and marks at most once.
    pub fn looks_at_all(self) -> bool {
        matches!(self, Rule::MixedDashes | Rule::MixedQuotes | Rule::MixedEllipses)
    }
}

/// The rules that a writer does not want to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silenced(u32);

impl Silenced {
    /// Every rule speaks.
    pub const NONE: Silenced = Silenced(0);

    /// The same, and this rule silent.
    #[must_use]
    pub fn with(self, rule: Rule) -> Silenced {
        Silenced(self.0 | 1 << rule as u32)
    }

    /// The same, and this rule heard.
    #[must_use]
    pub fn without(self, rule: Rule) -> Silenced {
        Silenced(self.0 & !(1 << rule as u32))
    }

    /// Whether a rule is silent.
    pub fn contains(self, rule: Rule) -> bool {
        self.0 & (1 << rule as u32) != 0
    }

    /// The rules that are silent.
    pub fn rules(self) -> impl Iterator<Item = Rule> {
        Rule::ALL.into_iter().filter(move |rule| self.contains(*rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_rules() {
        for (at, row) in ROWS.iter().enumerate() {
            assert_eq!(row.rule as usize, at, "{}", row.key);
            assert_eq!(Rule::parse(row.key), Some(row.rule));
        }
        assert!(ROWS.is_sorted_by_key(|row| row.group), "groups stand together");
    }

    #[test]
    fn rules_are_silenced_one_by_one() {
        for rule in Rule::ALL {
            assert!(!Silenced::NONE.contains(rule));
            let one = Silenced::NONE.with(rule);
            assert_eq!(one.rules().collect::<Vec<_>>(), [rule]);
            assert_eq!(one.without(rule), Silenced::NONE);
        }
    }
}
