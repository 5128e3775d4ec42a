//! What is found again is the very same words, or nothing.

use proptest::prelude::*;

use super::*;

fn text(paragraphs: &[&str]) -> Vec<String> {
    paragraphs.iter().map(|text| (*text).to_owned()).collect()
}

fn sought(old: &[String], passage: &Passage, new: &[String]) -> Option<Passage> {
    find(&Text::of(old.to_vec()), passage, &Text::of(new.to_vec()))
}

/// A text in which something was replaced, and where a passage stands in it.
fn later(
    old: &[String],
    passage: &Passage,
    by: &[(Passage, &str)],
) -> Option<(Vec<String>, Passage)> {
    let own = |(at, instead): &(Passage, &str)| (at.clone(), (*instead).to_owned());
    let by: Vec<(Passage, String)> = by.iter().map(own).collect();
    Some((replaced(old, &by)?, moved(passage, &by)?))
}

/// The passage of these words, of which there is one.
fn passage(paragraphs: &[String], words: &str) -> Passage {
    let mut found = paragraphs.iter().enumerate().filter_map(|(paragraph, text)| {
        let start = text.find(words)?;
        Some(Passage { paragraph, bytes: start..start + words.len() })
    });
    found.next().unwrap_or_else(|| panic!("{words:?} in {paragraphs:?}"))
}

const OLD: [&str; 4] = [
    "The lamp went out at nine, and the keeper counted the boats again.",
    "“No,” she said.",
    "There was one too few. The tide had turned an hour before, and nobody had seen it turn.",
    "“No,” she said, and took the stairs two at a time.",
];

fn found(old: &[&str], words: &str, new: &[&str]) -> Option<String> {
    let (old, new) = (text(old), text(new));
    let place = sought(&old, &passage(&old, words), &new)?;
    let around = new.get(place.paragraph)?;
    assert_eq!(around.get(place.bytes.clone()), Some(words));
    Some(format!("{}: {}", place.paragraph, around.get(..place.bytes.end)?))
}

#[test]
fn words_are_found_where_they_went() {
    let words = "an hour before";
    let [a, b, c, d] = OLD;
    assert!(found(&OLD, words, &OLD).is_some_and(|at| at.starts_with("2: ")));
    assert!(found(&OLD, words, &[c, a, b, d]).is_some_and(|at| at.starts_with("0: ")));
    let near = "There were two too few. The tide had turned an hour before, and no one saw it.";
    assert!(found(&OLD, words, &[a, near, d]).is_some_and(|at| at.starts_with("1: ")));
    // One side is enough where there is enough of it.
    let cut = "It had turned an hour before, and nobody had seen it turn.";
    assert!(found(&OLD, words, &[a, cut]).is_some());
    let split = [
        "There was one too few.",
        "The tide had turned an hour before, and nobody had seen it turn.",
    ];
    assert!(found(&OLD, words, &[a, split[0], split[1]]).is_some_and(|at| at.starts_with("2: ")));
}

#[test]
fn what_is_not_certain_is_not_found() {
    let words = "an hour before";
    let [a, b, c, d] = OLD;
    for new in [
        &[][..],
        &[""],
        &[a, b, d],
        &[c, c],
        &[a, "The tide had turned two hours before, and nobody had seen it turn."],
        &[a, "The tide had turned an hour  before, and nobody had seen it turn."],
        &[a, "Long ago, an hour before supper."],
        &[a, "an hour before"],
        &[a, "The tide had turned an hour beforehand, nobody knew."],
        // The words are there, but cut by the end of a paragraph.
        &[a, "The tide had turned an", "hour before, and nobody had seen it turn."],
    ] {
        assert_eq!(found(&OLD, words, new), None, "{new:?}");
    }
    // What begins like it comes into its place.
    let doubles = [a, "“No,” she said again, and again.", "“No,” she said again, to nobody."];
    assert_eq!(found(&doubles, "“No,” she said again, and", &[a, doubles[2]]), None);
    assert_eq!(found(&OLD, "“No,” she said.", &[a, d]), None);
    let [p, q] = ["“I do not know,” he said.", "“I do not know,” he said."];
    assert_eq!(found(&[a, p, q, d], "know", &[a, q, d]), None);
    // A word that stood twice, and was taken out meanwhile, is not taken out again.
    let doubled = ["There was the the keeper of the lamp, who counted the boats again."];
    let mended = ["There was the keeper of the lamp, who counted the boats again."];
    let second = Passage { paragraph: 0, bytes: 14..18 };
    for place in [second, Passage { paragraph: 0, bytes: 10..14 }] {
        assert_eq!(sought(&text(&doubled), &place, &text(&mended)), None);
    }
    // Of two that look alike it must be told which one is left.
    let one = Passage { paragraph: 1, bytes: 0..3 };
    let old = text(&["Yes.", "No.", "Yes.", "No.", "Yes."]);
    assert_eq!(sought(&old, &one, &text(&["Yes.", "No.", "Yes."])), None);
    assert_eq!(sought(&old, &one, &old), Some(one));
    for bad in [Passage { paragraph: 9, bytes: 0..1 }, Passage { paragraph: 0, bytes: 0..99 }] {
        assert_eq!(sought(&old, &bad, &text(&["Yes."])), None);
    }
    let none = Passage { paragraph: 0, bytes: 1..1 };
    assert_eq!(sought(&old, &none, &old), None, "no words are nowhere");
}

#[test]
fn what_was_accepted_before_is_known() {
    let old = text(&OLD);
    let [lamp, nine, keeper] = ["lamp", "nine", "keeper"].map(|words| passage(&old, words));
    let done = [(nine.clone(), "ten o’clock"), (lamp.clone(), "")];
    let (now, place) = later(&old, &keeper, &done).expect("not touched");
    assert_eq!(now[0], "The  went out at ten o’clock, and the keeper counted the boats again.");
    assert_eq!(&now[0][place.bytes.clone()], "keeper");
    assert_eq!(later(&old, &nine, &done), None, "it was replaced itself");
    assert_eq!(later(&old, &passage(&old, "at nine"), &done), None);
    let (_, place) = later(&old, &passage(&old, "tide"), &done).expect("elsewhere");
    assert_eq!(place, passage(&old, "tide"));
    let bad = Passage { paragraph: 0, bytes: 500..501 };
    assert_eq!(later(&old, &keeper, &[(bad, "x")]), None);
}

#[test]
fn a_word_again_and_again_is_looked_through_in_bounded_time() {
    let again = |many: usize| "a ".repeat(many);
    let long = again(450_000);
    let ends = format!("{long}b");
    let middle = Passage { paragraph: 0, bytes: 450_000..450_001 };
    let last = Passage { paragraph: 0, bytes: 900_000..900_001 };
    let alone = Passage { paragraph: 1, bytes: 0..1 };
    let short: Vec<String> = (0..100_000).map(|_| "a a a".to_owned()).collect();
    let shorter = short.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default();
    let begun = std::time::Instant::now();
    let here = |bytes| Some(Passage { paragraph: 0, bytes });
    for (old, at, new, want) in [
        // One of them went, and nobody can tell which; with other words at an end it can be told.
        (vec![long.clone()], &middle, vec![again(449_999)], None),
        (vec![long.clone()], &middle, vec![ends.clone()], here(450_000..450_001)),
        (vec![ends.clone()], &middle, vec![format!("c {ends}")], here(450_002..450_003)),
        (vec![ends.clone()], &last, vec![format!("c {ends}")], here(900_002..900_003)),
        (vec![long, "a".to_owned()], &alone, vec![ends, "a".to_owned()], None),
        (short, &alone, shorter, None),
    ] {
        assert_eq!(sought(&old, at, &new), want);
    }
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

/// A word with a number that it keeps wherever it goes.
type Word = (usize, String);
/// Paragraphs of them.
type Prose = Vec<Vec<Word>>;

#[derive(Clone, Debug)]
enum Edit {
    Delete(usize, usize),
    Change(usize, usize),
    Insert(usize, usize, usize),
    DropParagraph(usize),
    Move(usize, usize),
    Split(usize, usize),
    Join(usize),
    Repeat(usize, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = || (any::<usize>(), any::<usize>());
    prop_oneof![
        place().prop_map(|(p, w)| Edit::Delete(p, w)),
        place().prop_map(|(p, w)| Edit::Change(p, w)),
        (any::<usize>(), any::<usize>(), 0_usize..40).prop_map(|(p, w, n)| Edit::Insert(p, w, n)),
        any::<usize>().prop_map(Edit::DropParagraph),
        place().prop_map(|(p, q)| Edit::Move(p, q)),
        place().prop_map(|(p, w)| Edit::Split(p, w)),
        any::<usize>().prop_map(Edit::Join),
        place().prop_map(|(p, q)| Edit::Repeat(p, q)),
    ]
}

/// Makes an edit. Words that are new have numbers of their own.
fn make(text: &mut Prose, edit: &Edit, next: &mut usize) {
    if text.is_empty() {
        return;
    }
    let paragraph = |p: usize| p % text.len();
    let mut fresh = |word: String| {
        *next += 1;
        (*next, word)
    };
    match *edit {
        Edit::Delete(p, w) | Edit::Change(p, w) | Edit::Insert(p, w, _) | Edit::Split(p, w) => {
            let p = paragraph(p);
            let own = &mut text[p];
            if own.is_empty() {
                return;
            }
            let w = w % own.len();
            match *edit {
                Edit::Delete(..) => drop(own.remove(w)),
                Edit::Change(..) => own[w] = fresh("other".to_owned()),
                Edit::Insert(_, _, n) => own.insert(w, fresh(word(n))),
                _ => {
                    let rest = own.split_off(w);
                    text.insert(p + 1, rest);
                }
            }
        }
        Edit::DropParagraph(p) => drop(text.remove(paragraph(p))),
        Edit::Move(p, q) => {
            let own = text.remove(paragraph(p));
            let to = q % (text.len() + 1);
            text.insert(to, own);
        }
        Edit::Join(p) => {
            let p = paragraph(p);
            if p + 1 < text.len() {
                let mut more = text.remove(p + 1);
                text[p].append(&mut more);
            }
        }
        Edit::Repeat(p, q) => {
            let own = text[paragraph(p)].clone();
            let again = own.into_iter().map(|(_, word)| fresh(word)).collect();
            let to = q % (text.len() + 1);
            text.insert(to, again);
        }
    }
}

fn word(n: usize) -> String {
    const WORDS: [&str; 12] = [
        "tide", "lamp", "a", "the", "kettle", "boats", "gull", "and", "stairs", "went", "out", "é",
    ];
    match WORDS.get(n) {
        Some(word) => (*word).to_owned(),
        None => format!("{}{n}", WORDS[n % WORDS.len()]),
    }
}

fn said(text: &[Vec<Word>]) -> Vec<String> {
    let line = |words: &Vec<Word>| {
        words.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(" ")
    };
    text.iter().map(line).collect()
}

/// The numbers of the words that a passage covers, if it covers whole words.
fn numbers(text: &[Vec<Word>], passage: &Passage) -> Option<Vec<usize>> {
    let mut at = 0;
    let mut numbers = Vec::new();
    for (number, word) in text.get(passage.paragraph)? {
        let own = at..at + word.len();
        if own.start >= passage.bytes.start && own.end <= passage.bytes.end {
            numbers.push(*number);
        }
        at = own.end + 1;
    }
    Some(numbers)
}

/// Edits a made-up text; the old one, the passage and the new one, each word with its number.
fn edited(
    shape: &[Vec<usize>],
    (p, w, many): (usize, usize, usize),
    edits: &[Edit],
) -> Option<(Prose, Passage, Prose)> {
    let mut next = 0;
    let mut number = || {
        next += 1;
        next
    };
    let old: Prose =
        shape.iter().map(|own| own.iter().map(|n| (number(), word(*n))).collect()).collect();
    let p = p % old.len();
    let own = &old[p];
    let from = w % own.len();
    let to = (from + many).min(own.len());
    let length = |words: &[Word]| words.iter().map(|(_, word)| word.len() + 1).sum::<usize>();
    let start = length(&own[..from]);
    let end = start + length(&own[from..to]) - 1;
    let mut new = old.clone();
    let mut next = 1_000_000;
    for edit in edits {
        make(&mut new, edit, &mut next);
    }
    (!new.is_empty()).then_some((old, Passage { paragraph: p, bytes: start..end }, new))
}

/// Whether words stand near themselves.
fn stammers(text: &Prose) -> bool {
    let near = |own: &[Word]| {
        let first = own.first().map(|(_, word)| word);
        own.iter().skip(1).any(|(_, word)| Some(word) == first)
    };
    text.iter().any(|own| (0..own.len()).any(|at| near(&own[at..own.len().min(at + 4)])))
}

fn holds(shape: &[Vec<usize>], place: (usize, usize, usize), edits: &[Edit]) -> Result<(), String> {
    let Some((old, passage, new)) = edited(shape, place, edits) else { return Ok(()) };
    // Of words in a row that are the same, nobody can tell which one went.
    if [&old, &new].iter().any(|text| stammers(text)) {
        return Ok(());
    }
    // A copy of the same words is the passage, too, once the passage itself is gone.
    let copied = edits.iter().any(|edit| matches!(edit, Edit::Repeat(..)));
    let Some(found) = sought(&said(&old), &passage, &said(&new)) else { return Ok(()) };
    let (was, is) = (numbers(&old, &passage), numbers(&new, &found));
    // Paragraphs that say the same may have changed places: nobody can tell, and nobody minds.
    let doubles = |text: &Prose, at: &Passage| {
        let all = said(text);
        let own = all[at.paragraph].clone();
        (all.iter().filter(|other| **other == own).count(), at.bytes.clone(), own)
    };
    if doubles(&old, &passage) == doubles(&new, &found) {
        return Ok(());
    }
    if was == is || copied && is.is_some_and(|is| is.iter().all(|number| *number > 1_000_000)) {
        return Ok(());
    }
    Err(format!("{:?} of {:?} was taken for {found:?} of {:?}", passage, said(&old), said(&new)))
}

/// Paragraphs of words out of so many.
fn shape(words: usize) -> impl Strategy<Value = Vec<Vec<usize>>> {
    prop::collection::vec(prop::collection::vec(0..words, 4..25), 1..9)
}

/// Short paragraphs of few words.
fn short() -> impl Strategy<Value = Vec<Vec<usize>>> {
    prop::collection::vec(prop::collection::vec(0..12_usize, 4..8), 1..9)
}

proptest! {
    #[test]
    fn what_is_found_are_the_same_words(
        shape in shape(60),
        place in (any::<usize>(), any::<usize>(), 1_usize..6),
        edits in prop::collection::vec(edit(), 0..12),
    ) {
        prop_assert_eq!(holds(&shape, place, &edits), Ok(()));
    }

    /// Texts that say the same again and again.
    #[test]
    fn nor_are_they_mistaken_for_others_like_them(
        shape in short(),
        place in (any::<usize>(), any::<usize>(), 1_usize..3),
        edits in prop::collection::vec(edit(), 0..4),
    ) {
        prop_assert_eq!(holds(&shape, place, &edits), Ok(()));
    }

    /// What nobody touched is found: the paragraph stayed whole, and others changed.
    #[test]
    fn an_untouched_paragraph_is_found(
        shape in shape(400),
        place in (any::<usize>(), any::<usize>(), 1_usize..6),
        moves in prop::collection::vec((any::<usize>(), any::<usize>()), 0..6),
    ) {
        let edits: Vec<Edit> = moves.into_iter().map(|(p, q)| Edit::Move(p, q)).collect();
        let (old, passage, new) = edited(&shape, place, &edits).expect("nothing went");
        let own = said(&old)[passage.paragraph].clone();
        prop_assume!(said(&old).iter().filter(|other| **other == own).count() == 1);
        prop_assume!(letters(&own) >= OF_PARAGRAPH);
        let found = sought(&said(&old), &passage, &said(&new)).expect("found");
        prop_assert_eq!(numbers(&old, &passage), numbers(&new, &found));
    }

    #[test]
    fn nothing_makes_it_panic(
        old in prop::collection::vec("[aé \n]{0,9}", 0..4),
        new in prop::collection::vec("[aé \n]{0,9}", 0..4),
        paragraph in 0_usize..5,
        from in 0_usize..12,
        to in 0_usize..12,
    ) {
        let passage = Passage { paragraph, bytes: from..to };
        if let Some(found) = sought(&old, &passage, &new) {
            let words = old[paragraph].get(from..to);
            prop_assert_eq!(new[found.paragraph].get(found.bytes), words);
        }
        let _ = later(&old, &passage, &[(Passage { paragraph: 0, bytes: to..from }, "x")]);
    }
}
