//! What each rule marks and what it leaves alone, and how texts are looked at as a whole.

#![allow(clippy::expect_used)] // a test may fail

use fanfold_doc::document::{Document, Lang};
use fanfold_doc::limits::Limits;
use fanfold_proof::{
    Dialogue, Manner, Mark, Paragraph, Rule, Silenced, apply, proof, proof_paragraph,
};

/// A paragraph that makes a text one with double quotes.
const SPOKEN: &str = "\"Good evening,\" said the heron.";

/// A document from HTML.
fn from_html(text: &str) -> Document {
    Document::from_html(text, &Limits::default()).expect("HTML").0
}

fn marks(text: &str) -> Vec<Mark> {
    let document = Document::plain(&format!("{text}\n{SPOKEN}\n{SPOKEN}"));
    let manner = Manner::of([&document], None);
    proof(&document, &manner, &Silenced::NONE)
}

/// The words that a rule marks, each with its first replacement.
fn found(rule: Rule, text: &str) -> Vec<(String, String)> {
    let own = marks(text).into_iter().filter(|mark| mark.rule == rule);
    own.map(|mark| (mark.words, mark.replacements.first().cloned().unwrap_or_default())).collect()
}

#[track_caller]
fn marked(rule: Rule, text: &str, words: &str, instead: &str) {
    let expected = [(words.to_owned(), instead.to_owned())];
    assert_eq!(found(rule, text), expected, "{text}");
}

#[track_caller]
fn clean(rule: Rule, texts: &[&str]) {
    for text in texts {
        assert_eq!(found(rule, text), [], "{text}");
    }
}

#[test]
fn full_stops_before_tags() {
    let rule = Rule::TagPeriod;
    marked(rule, r#""I know." She said."#, r#"." She"#, r#"," she"#);
    marked(rule, r#""I know." He whispered softly."#, r#"." He"#, r#"," he"#);
    marked(rule, r#""I know." Marian muttered, and left."#, r#".""#, r#",""#);
    marked(rule, r#""I know." Mr. Pell said."#, r#".""#, r#",""#);
    marked(rule, r#""I know." the old man said."#, r#".""#, r#",""#);
    marked(rule, r#""I know." The baker replied with a sigh."#, r#"." The"#, r#"," the"#);
    marked(rule, r#""I know." said Marian."#, r#".""#, r#",""#);
    marked(rule, r#""I know." I said."#, r#".""#, r#",""#);
    marked(rule, "“I know.” She said to him.", ".” She", ",” she");
    clean(
        rule,
        &[
            r#""I know," she said."#,
            r#""I know." She said nothing."#,
            r#""I know." He asked her to sit."#,
            r#""I know." She smiled."#,
            r#""I know." He answered the telephone."#,
            r#""I know..." She said."#,
            r#""I saw Dr." he said."#,
            r#""I know." Her sister, who said little, left."#,
            r#""I know." "He said so.""#,
        ],
    );
}

#[test]
fn capitals_of_tags() {
    let rule = Rule::TagCapital;
    marked(rule, r#""Who?" She asked."#, "She", "she");
    marked(rule, r#""I wonder…" He murmured, half asleep."#, "He", "he");
    marked(rule, r#""I know," She said."#, "She", "she");
    marked(rule, r#""Who?" The captain asked."#, "The", "the");
    let texts =
        [r#""Who?" She turned."#, r#""Who?" Marian asked."#, r#""Who?" She asked it again."#];
    clean(rule, &texts);
}

#[test]
fn scraps() {
    let rule = Rule::StrayScrap;
    marked(rule, r#""Whose boat?" lantern"#, "lantern", "");
    marked(rule, r#""Whose boat?" of course"#, "of course", "");
    let texts = [
        r#""Whose boat?" he said"#,
        r#""Whose boat?" Marian"#,
        r#""Whose boat?" asked one."#,
        r#"It was "the boat" again"#,
    ];
    clean(rule, &texts);
}

#[test]
fn quotes_without_partners() {
    let rule = Rule::UnbalancedQuotes;
    marked(rule, r#""I know, she said. "Go home.""#, "\"", "");
    marked(rule, r#"I know," she said and went."#, "\"", "");
    marked(rule, r#""I know, she said."#, "\"", "");
    let long = "\"It began in the year of the great flood, when my mother was young and nobody on \
                the hill had ever seen a boat, let alone a heron that could talk and would not stop.";
    clean(rule, &[long, r#"He was 5'10" tall."#, r#""I--" "What?""#]);
    let last = Paragraph::plain(long);
    let document = Document::plain(SPOKEN);
    let manner = Manner::of([&document], None);
    let own = proof_paragraph(&last, None, &manner, &Silenced::NONE);
    assert!(own.iter().any(|mark| mark.rule == rule), "nothing follows that goes on with it");
}

#[test]
fn endearments() {
    let rule = Rule::VocativeComma;
    marked(rule, r#""Come here sweetheart.""#, "here sweetheart", "here, sweetheart");
    marked(rule, r#""Is it not plain love?""#, "plain love", "plain, love");
    marked(rule, r#""I give it to you love, all of it.""#, "you love", "you, love");
    let texts = [
        r#""Come here, love.""#,
        r#""She is my high school sweetheart.""#,
        r#""I fell in love.""#,
        r#""It was true love.""#,
        r#""Yes, I love you.""#,
        r#""You love, and I stay.""#,
        "Come here sweetheart.",
        r#""Do come, Ann dear.""#,
    ];
    clean(rule, &texts);
}

#[test]
fn commas_before_quotes() {
    let text = r#""No?" He laid the oar across his knees, "Then swim.""#;
    marked(Rule::CommaBeforeQuote, text, ", \"", ". \"");
    let text = r#""Where to?" she asked, picking up the oar, "Say it again.""#;
    marked(Rule::CommaAfterTag, text, ", \"", ". \"");
    let texts = [
        r#"He turned to her and said, "Then swim.""#,
        r#"She held up the sign she had made, "No fishing.""#,
        r#""No," he said, "Ann never came.""#,
    ];
    clean(Rule::CommaBeforeQuote, &texts);
}

#[test]
fn words_twice() {
    let rule = Rule::DoubledWord;
    marked(rule, "He saw the the boat.", "the the", "the");
    marked(rule, "The boat drifted drifted away.", "drifted drifted", "drifted");
    let texts = [
        "He had had enough.",
        "He knew that that was all.",
        "\"No no no,\" she said.",
        "New York, New York.",
        "It was a long long time.",
        "One line ends here.\nHere another begins.",
    ];
    clean(rule, &texts);
}

#[test]
fn articles() {
    let rule = Rule::Article;
    for (text, wrong, right) in [
        ("It was a old boat.", "a old", "an old"),
        ("A old boat.", "A old", "An old"),
        ("She had an boat.", "an boat", "a boat"),
        ("This is a AU.", "a AU", "an AU"),
        ("He waited a hour.", "a hour", "an hour"),
        ("An university stood there.", "An university", "A university"),
        ("She is a honest heron.", "a honest", "an honest"),
        ("He needed a umbrella.", "a umbrella", "an umbrella"),
        ("In an European town.", "an European", "a European"),
        ("It took a 8th try.", "a 8th", "an 8th"),
    ] {
        marked(rule, text, wrong, right);
    }
    let texts = [
        "A one-eyed man of a useful sort, a European, waited an hour.",
        "An FBI agent and a NASA engineer.",
        "It was an unexpected, an uneven, an uninteresting tale.",
        "An historic hotel, an X-ray, a U-turn.",
        "She got an A and a B.",
        "Vitamin A is good for you.",
        "The letter a is first.",
    ];
    clean(rule, &texts);
}

#[test]
fn compounds() {
    let rule = Rule::Compound;
    marked(rule, "It hit the head board.", "head board", "headboard");
    marked(rule, "An ear piercing cry.", "ear piercing", "ear-piercing");
    marked(rule, "He lost every thing.", "every thing", "everything");
    clean(rule, &["Her heart beat faster.", "With one shot he hit it.", "The head-board creaked."]);
    // Who writes so all the time means it so.
    clean(rule, &["Every thing is well, and every thing was well; any thing may be."]);
}

#[test]
fn confusions() {
    let rule = Rule::Confusion;
    for (text, wrong, right) in [
        ("She tried to breath again.", "breath", "breathe"),
        ("Do not loose your way.", "loose", "lose"),
        ("You could of told me.", "of", "have"),
        ("I would rather go then stay; rather then stay.", "then", "than"),
        ("I think its a heron.", "its", "it's"),
        ("Your a heron.", "Your", "You're"),
        ("It has it's own boat.", "it's", "its"),
        ("She walked passed the boat.", "passed", "past"),
        ("It was way to late.", "to", "too"),
        ("A sneak peak of it.", "peak", "peek"),
    ] {
        marked(rule, text, wrong, right);
    }
    let texts = [
        "From breath to breath he waited.",
        "Turn loose the hounds, and let the rope hang loose.",
        "She could of course have told me.",
        "More and then more, and other things then.",
        "Its boat lay there; your boat, your right hand.",
        "It went to many places and led to much talk.",
    ];
    clean(rule, &texts);
}

#[test]
fn spaces_before_punctuation() {
    let rule = Rule::SpaceBeforePunctuation;
    marked(rule, "Yes , he left.", " ,", ",");
    marked(rule, "Is it so ?", " ?", "?");
    clean(rule, &["He left ... and .45 was it.", "So . . . it ended :) well."]);
}

#[test]
fn mixed_forms_are_marked_once() {
    let text = "It was—so—long.\nIt was -- perhaps -- longer.\nAnd—so—on.";
    marked(Rule::MixedDashes, text, " -- ", "—");
    marked(Rule::MixedEllipses, "So... and... so…", "…", "...");
    let text = "“One,” he said.\n“Two,” he said. “Three.”";
    let own = found(Rule::MixedQuotes, text);
    assert_eq!(own.len(), 1, "{own:?}");
    clean(Rule::MixedDashes, &["It was—so—long, from 1990–95, and well-known.", "- a\n- b"]);
}

#[test]
fn other_manners_keep_silent() {
    let single = "‘I know.’ She said.\n‘Who?’ She asked.\n‘Nobody.’";
    let dash = "— I know. She said.\n— Who? She asked.\nHe read \"Emma.\" She said.";
    for text in [single, dash] {
        let document = Document::plain(text);
        let manner = Manner::of([&document], None);
        assert_ne!(manner.dialogue(), Dialogue::Double, "{text}");
        assert_eq!(proof(&document, &manner, &Silenced::NONE), [], "{text}");
    }
    let german = Document::plain("\"Das the the.\" She said. Ein a old Boot.");
    let manner = Manner::of([&german], Lang::parse("de").as_ref());
    assert_eq!(proof(&german, &manner, &Silenced::NONE), []);
    let french = Document::plain("Il dit non ! Vraiment ? Oui ; bien sûr : oui.");
    let manner = Manner::of([&french], Lang::parse("fr-CA").as_ref());
    assert_eq!(proof(&french, &manner, &Silenced::NONE), []);
}

#[test]
fn code_and_other_languages_are_left_alone() {
    let html = "<p>It ran <code>the the</code> and <i lang=\"fr\">a a a ami a old</i>.</p>\
                <pre>the the</pre><p lang=\"es\">la la a old</p><p>And the the end.</p>";
    let document = from_html(html);
    let manner = Manner::of([&document], None);
    let marks = proof(&document, &manner, &Silenced::NONE);
    let places: Vec<usize> = marks.iter().map(|mark| mark.place.paragraph).collect();
    assert_eq!(places, [3], "{marks:?}");
}

#[test]
fn names_are_found_and_never_marked() {
    let text = "Then Marian met Klaus. They saw Marian's boat, and Klaus' oar. The rain fell on \
                Marian. Rain fell on Love Love Lane. Marian Marian.";
    let document = Document::plain(text);
    let manner = Manner::of([&document], None);
    let names: Vec<&str> = manner.names().iter().collect();
    assert_eq!(names.first(), Some(&"Marian"), "{names:?}");
    assert!(manner.names().contains("Klaus’") && manner.names().contains("Marian's"));
    assert!(!manner.names().contains("Rain") && !manner.names().contains("Then"));
    assert_eq!(proof(&document, &manner, &Silenced::NONE), []);
}

#[test]
fn places_count_as_browsers_do() {
    let text = "😀 é the the.";
    let mark = marks(text).into_iter().find(|mark| mark.rule == Rule::DoubledWord).expect("one");
    assert_eq!(text.get(mark.place.bytes.clone()), Some("the the"));
    let units: Vec<u16> = text.encode_utf16().collect();
    let own = units.get(mark.place.utf16.clone()).expect("inside");
    assert_eq!(String::from_utf16_lossy(own), "the the");
}

#[test]
fn what_is_accepted_keeps_emphasis_links_and_notes() {
    let html = "<p>\"<em>I know.</em>\" <strong>She</strong> said, at \
                <a href=\"https://example.org/\">a old</a> boat.</p>";
    let document = from_html(html);
    let manner = Manner::of([&document], None);
    let marks = proof(&document, &manner, &Silenced::NONE);
    let edits: Vec<_> = marks.iter().filter_map(|mark| mark.accept(0)).collect();
    assert_eq!(edits.len(), 2, "{marks:?}");
    let changed = apply(&document, &edits).to_html();
    let expected = "<p>&quot;<em>I know,</em>&quot; <strong>she</strong> said, at \
                    <a href=\"https://example.org/\">an old</a> boat.</p>";
    assert_eq!(changed.as_str().trim(), expected);
    // The same edits again do not fit any more.
    let once = apply(&document, &edits);
    assert_eq!(apply(&once, &edits), once);
}
