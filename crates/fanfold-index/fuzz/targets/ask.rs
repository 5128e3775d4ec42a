//! Random text as a question, and as what stands in a form's boxes.
#![no_main]

use fanfold_index::Query;
use fanfold_index::ask::{Ask, Number, Order, Panel, When};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check(&String::from_utf8_lossy(bytes)));

/// It is read or refused with a place; what was read is printed, and read again it is the same,
/// for a form as well.
fn check(text: &str) {
    match Ask::parse_with_hint(text) {
        Ok((ask, hint)) => {
            let printed = ask.to_string();
            assert_eq!(Ask::parse(&printed).as_ref(), Ok(&ask), "printed as {printed}");
            let panel = Panel::of(&ask);
            assert_eq!(Panel::of(&panel.ask()), panel, "of {printed}");
            for part in ask.clause.parts() {
                let alone = part.to_string();
                let read = Ask::parse(&alone).expect("a part is a question");
                assert_eq!(&read.clause, part, "printed as {alone}");
            }
            if let Some(hint) = hint {
                assert!(text.get(hint.at.clone()).is_some(), "{hint:?}");
            }
            let (words, _) = ask.clause.split_text();
            assert!(Query::parse(&words).is_ok(), "{words}");
        }
        Err(mistake) => {
            assert!(text.get(mistake.at.clone()).is_some(), "{mistake:?}");
            assert!(mistake.say.ends_with('.') && mistake.say.len() < 1_000, "{mistake:?}");
            assert_ne!(mistake.instead.as_deref(), Some(text), "no help");
        }
    }
    for number in Number::ALL {
        if let Ok((low, high)) = number.read(text) {
            assert!(low <= high);
        }
    }
    if let Ok(when) = When::parse(text) {
        let printed = when.to_string();
        assert_eq!(When::parse(&printed), Ok(when), "printed as {printed}");
        let (first, last) = when.seconds(1_700_000_000);
        let _ = (first, last);
    }
    if let Ok(order) = Order::parse(text) {
        let printed = order.to_string();
        assert_eq!(Order::parse(printed.trim_start_matches("sort:")), Ok(order));
    }
    let _ = Query::parse(text);
}
