//! One test for each rule of the tag model that readers of large archives know, on a few works.

use super::model::*;
use super::shelf::{Shelf, letters};

fn all(filters: impl IntoIterator<Item = Filter>) -> Filter {
    Filter::All(filters.into_iter().collect())
}

fn any(filters: impl IntoIterator<Item = Filter>) -> Filter {
    Filter::Any(filters.into_iter().collect())
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

/// Fluff with a synonym; under it a subtag, itself with a synonym and a subtag.
fn fluff() -> Shelf {
    Shelf::of(
        "= freeform:fluffy freeform:Fluff
         = freeform:tooth-rot freeform:Sweet
         < freeform:Sweet freeform:Fluff
         < freeform:Sweetest freeform:Sweet
         a freeform:Fluff
         b freeform:fluffy
         c freeform:Sweet
         d freeform:tooth-rot
         e freeform:Sweetest
         f freeform:Angst
         g",
    )
}

#[test]
fn a_canonical_finds_itself_its_synonyms_its_subtags_and_their_synonyms() {
    assert_eq!(fluff().tagged("freeform:Fluff"), "abcde");
}

#[test]
fn a_subtag_finds_what_is_below_it_and_nothing_above() {
    let mut shelf = fluff();
    assert_eq!(shelf.tagged("freeform:Sweet"), "cde");
    assert_eq!(shelf.tagged("freeform:Sweetest"), "e");
}

#[test]
fn a_synonym_asks_for_its_canonical() {
    let mut shelf = fluff();
    assert_eq!(shelf.tagged("freeform:fluffy"), "abcde");
    assert_eq!(shelf.tagged("freeform:tooth-rot"), "cde");
}

#[test]
fn excluding_removes_exactly_what_including_finds() {
    let mut shelf = fluff();
    for (name, others) in
        [("freeform:Fluff", "fg"), ("freeform:Sweet", "abfg"), ("freeform:fluffy", "fg")]
    {
        let has = shelf.has(name);
        assert_eq!(shelf.finds(not(has.clone())), others, "{name}");
        assert_eq!(shelf.finds(all([has.clone(), not(has.clone())])), "");
        assert_eq!(shelf.finds(any([has.clone(), not(has)])), "abcdefg");
    }
}

#[test]
fn a_tag_that_nobody_wrangled_finds_its_own_works_alone() {
    let mut shelf = Shelf::of("a freeform:fluff\n b freeform:FLUFF\n c freeform:fluff-ish");
    assert_eq!(shelf.tagged("freeform:fluff"), "a");
    assert_eq!(shelf.tagged("freeform:FLUFF"), "b");
}

#[test]
fn a_tag_that_nobody_uses_finds_nothing_and_excludes_nothing() {
    let mut shelf = fluff();
    assert_eq!(shelf.tagged("freeform:Never"), "");
    let never = shelf.has("freeform:Never");
    assert_eq!(shelf.finds(not(never)), "abcdefg");
}

#[test]
fn a_metatag_without_works_of_its_own_finds_those_below() {
    let mut shelf = Shelf::of(
        "< ship:A/B ship:A/Everyone
         < ship:A/C ship:A/Everyone
         a ship:A/B
         b ship:A/C
         c ship:B/C",
    );
    assert_eq!(shelf.tagged("ship:A/Everyone"), "ab");
}

#[test]
fn a_tag_may_stand_under_several_metatags_and_a_work_counts_once_for_each() {
    let mut shelf = Shelf::of(
        "< character:Cat character:Small
         < character:Cat character:Furred
         < character:Small character:Animal
         < character:Furred character:Animal
         a character:Cat
         b character:Small
         c character:Furred character:Small",
    );
    assert_eq!(shelf.tagged("character:Small"), "abc");
    assert_eq!(shelf.tagged("character:Furred"), "ac");
    assert_eq!(shelf.tagged("character:Animal"), "abc");
    let counted = "Small 3, Animal 3, Furred 2, Cat 1";
    assert_eq!(sorted(&shelf.counts(Kind::Character, true)), sorted(counted));
}

fn sorted(counts: &str) -> Vec<&str> {
    let mut counts: Vec<&str> = counts.split(", ").collect();
    counts.sort_unstable();
    counts
}

#[test]
fn a_fandom_does_not_pull_its_characters_nor_a_character_its_ships() {
    // Who belongs to whom is for browsing and completing; a condition is about tags on the work.
    let mut shelf = Shelf::of(
        "a fandom:Tower character:Ada ship:Ada/Bo
         b character:Ada
         c ship:Ada/Bo",
    );
    assert_eq!(shelf.tagged("fandom:Tower"), "a");
    assert_eq!(shelf.tagged("character:Ada"), "ab");
    assert_eq!(shelf.tagged("ship:Ada/Bo"), "ac");
}

#[test]
fn one_name_in_two_kinds_is_two_tags() {
    let mut shelf = Shelf::of(
        "= freeform:swan freeform:Swan
         a character:Swan
         b freeform:Swan
         c freeform:swan
         d character:swan",
    );
    assert_eq!(shelf.tagged("character:Swan"), "a");
    assert_eq!(shelf.tagged("freeform:Swan"), "bc");
    assert_eq!(shelf.tagged("character:swan"), "d");
}

#[test]
fn romantic_and_platonic_ships_are_two_tags_that_mean_nothing_to_each_other() {
    let mut shelf = Shelf::of("a ship:A/B\n b ship:A&B\n c ship:A/B ship:A&B");
    assert_eq!(shelf.tagged("ship:A/B"), "ac");
    assert_eq!(shelf.tagged("ship:A&B"), "bc");
}

#[test]
fn includes_must_all_hold_and_none_of_the_excludes() {
    let mut shelf = Shelf::of(
        "a freeform:X freeform:Y
         b freeform:X
         c freeform:Y
         d freeform:X freeform:Y freeform:Z",
    );
    let [x, y, z] = ["freeform:X", "freeform:Y", "freeform:Z"].map(|name| shelf.has(name));
    assert_eq!(shelf.finds(all([x.clone(), y.clone()])), "ad");
    assert_eq!(shelf.finds(all([x.clone(), y.clone(), not(z.clone())])), "a");
    assert_eq!(shelf.finds(all([not(x), not(z)])), "c");
}

#[test]
fn any_of_some_tags_is_enough_where_the_reader_says_so() {
    let mut shelf = fluff();
    let (sweet, angst) = (shelf.has("freeform:Sweet"), shelf.has("freeform:Angst"));
    assert_eq!(shelf.finds(any([sweet.clone(), angst.clone()])), "cdef");
    assert_eq!(shelf.finds(all([sweet.clone(), angst.clone()])), "");
    assert_eq!(shelf.finds(not(any([sweet, angst]))), "abg", "none of them");
    assert_eq!(shelf.finds(any([])), "", "one of nothing");
    assert_eq!(shelf.finds(all([])), "abcdefg", "all of nothing");
}

#[test]
fn a_work_has_one_rating_so_only_any_of_two_finds_something() {
    let mut shelf = Shelf::of("a rating:Teen\n b rating:Mature\n c rating:NotRated\n d");
    let [teen, mature] = ["rating:Teen", "rating:Mature"].map(|name| shelf.has(name));
    assert_eq!(shelf.finds(all([teen.clone(), mature.clone()])), "");
    assert_eq!(shelf.finds(any([teen, mature])), "ab");
}

#[test]
fn not_rated_is_a_rating_and_not_the_lack_of_one() {
    let mut shelf = Shelf::of("a rating:Teen\n b rating:NotRated\n c");
    assert_eq!(shelf.tagged("rating:NotRated"), "b");
    assert_eq!(shelf.finds(not(Filter::HasKind(Kind::Rating))), "c");
}

#[test]
fn not_to_warn_is_a_warning_of_its_own() {
    // Who leaves out a death still finds works that chose not to warn of anything.
    let mut shelf = Shelf::of(
        "a warning:Death
         b warning:ChoseNotTo
         c warning:NoneApply
         d warning:Death warning:Violence",
    );
    let death = shelf.has("warning:Death");
    assert_eq!(shelf.finds(death.clone()), "ad", "others besides do no harm");
    assert_eq!(shelf.finds(not(death)), "bc");
    assert_eq!(shelf.tagged("warning:NoneApply"), "c");
}

#[test]
fn two_categories_are_not_multi() {
    let mut shelf = Shelf::of(
        "a category:M/M category:F/F
         b category:Multi
         c category:Gen",
    );
    assert_eq!(shelf.tagged("category:Multi"), "b");
    let both = ["category:M/M", "category:F/F"].map(|name| shelf.has(name));
    assert_eq!(shelf.finds(all(both)), "a");
}

#[test]
fn a_crossover_is_of_fandoms_that_share_no_metatag_at_any_height() {
    let shelf = Shelf::of(
        "= fandom:tower fandom:Tower
         < fandom:Tower fandom:Stones
         < fandom:Bridge fandom:Stones
         < fandom:Bridge-Film fandom:Bridge
         a fandom:Tower
         b fandom:Tower fandom:tower
         c fandom:Tower fandom:Bridge
         d fandom:tower fandom:Bridge-Film
         e fandom:Tower fandom:Stones
         f fandom:Tower fandom:Sea
         g fandom:Tower fandom:Bridge fandom:Sea
         h",
    );
    assert_eq!(shelf.finds(Filter::Is(Flag::Crossover)), "fg");
    assert_eq!(shelf.finds(not(Filter::Is(Flag::Crossover))), "abcdeh");
}

#[test]
fn a_crossover_is_none_any_more_when_its_fandoms_are_merged() {
    let mut shelf = Shelf::of("a fandom:Tower fandom:Sea\n b fandom:Tower fandom:Hill");
    assert_eq!(shelf.finds(Filter::Is(Flag::Crossover)), "ab");
    shelf.now("= fandom:Sea fandom:Tower");
    assert_eq!(shelf.finds(Filter::Is(Flag::Crossover)), "b");
    shelf.now("< fandom:Hill fandom:Land\n < fandom:Tower fandom:Land");
    assert_eq!(shelf.finds(Filter::Is(Flag::Crossover)), "");
    shelf.now("! fandom:Sea\n ! fandom:Hill");
    assert_eq!(shelf.finds(Filter::Is(Flag::Crossover)), "ab");
}

#[test]
fn one_pairing_counts_relationships_with_synonyms_as_one() {
    let mut shelf = Shelf::of(
        "= ship:B/A ship:A/B
         < ship:A/B ship:A/Everyone
         a ship:A/B
         b ship:A/B ship:B/A
         c ship:A/B ship:A/C
         d ship:A/B ship:A/Everyone
         e character:A",
    );
    let one = || Filter::Is(Flag::OnePairing);
    assert_eq!(shelf.finds(one()), "ab");
    let pairing = shelf.has("ship:B/A");
    assert_eq!(shelf.finds(all([pairing, one()])), "ab");
    shelf.now("= ship:A/C ship:A/B");
    assert_eq!(shelf.finds(one()), "abc");
}

#[test]
fn first_listed_means_the_tag_or_what_is_below_it_before_others_of_its_kind() {
    let mut shelf = Shelf::of(
        "= ship:B/A ship:A/B
         < ship:A/B ship:A/Everyone
         a ship:A/B ship:C/D
         b ship:C/D ship:A/B
         c character:A ship:B/A ship:C/D
         d ship:A/Everyone ship:A/B",
    );
    let mut first = |name: &str| {
        let term = shelf.term(name);
        shelf.finds(Filter::First(term))
    };
    assert_eq!(first("ship:A/B"), "ac");
    assert_eq!(first("ship:B/A"), "ac");
    assert_eq!(first("ship:A/Everyone"), "acd");
    assert_eq!(first("ship:C/D"), "b");
    assert_eq!(first("character:A"), "c");
}

#[test]
fn a_kind_at_all_or_not_at_all() {
    let mut shelf = Shelf::of(
        "= character:ada character:Ada
         a character:Ada ship:A/B
         b character:ada
         c ship:A/B
         d",
    );
    let has = Filter::HasKind;
    assert_eq!(shelf.finds(has(Kind::Character)), "ab");
    assert_eq!(shelf.finds(not(has(Kind::Character))), "cd");
    assert_eq!(shelf.finds(all([has(Kind::Relationship), not(has(Kind::Character))])), "c");
    shelf.now("! character:ada\n = character:Ada character:Bo");
    assert_eq!(shelf.finds(has(Kind::Character)), "ab", "a merge takes no tag away");
}

#[test]
fn counts_are_of_canonicals_without_their_metatags() {
    let shelf = fluff();
    assert_eq!(
        sorted(&shelf.counts(Kind::Freeform, false)),
        sorted("Fluff 2, Sweet 2, Sweetest 1, Angst 1")
    );
}

#[test]
fn counts_with_metatags_are_what_a_click_would_find() {
    let mut shelf = fluff();
    let counts = shelf.counts(Kind::Freeform, true);
    assert_eq!(sorted(&counts), sorted("Fluff 5, Sweet 3, Sweetest 1, Angst 1"));
    for count in counts.split(", ") {
        let (name, works) = count.split_once(' ').expect("a name and a number");
        assert_eq!(shelf.tagged(&format!("freeform:{name}")).len().to_string(), works);
    }
}

#[test]
fn a_work_with_a_canonical_and_its_synonym_counts_once() {
    let shelf = Shelf::of(
        "= freeform:fluffy freeform:Fluff
         a freeform:Fluff freeform:fluffy freeform:Fluff",
    );
    assert_eq!(shelf.counts(Kind::Freeform, false), "Fluff 1");
    assert_eq!(shelf.counts(Kind::Freeform, true), "Fluff 1");
}

#[test]
fn a_merge_takes_along_works_subtags_and_synonyms() {
    let mut shelf = fluff();
    // As the store tells it: what hung on Sweet hangs on Sugar now.
    shelf.now(
        "h freeform:Sugar
         = freeform:Sweet freeform:Sugar
         = freeform:tooth-rot freeform:Sugar
         ! freeform:Sweetest
         < freeform:Sweetest freeform:Sugar
         < freeform:Sugar freeform:Fluff",
    );
    let shelf = &mut shelf.with('h', |_| ());
    assert_eq!(shelf.tagged("freeform:Sugar"), "cdeh");
    assert_eq!(shelf.tagged("freeform:Sweet"), "cdeh");
    assert_eq!(shelf.tagged("freeform:Fluff"), "abcdeh");
    assert_eq!(
        sorted(&shelf.counts(Kind::Freeform, false)),
        sorted("Sugar 3, Fluff 2, Sweetest 1, Angst 1")
    );
}

#[test]
fn a_split_gives_the_author_s_own_tag_its_works_back() {
    let mut shelf = fluff();
    shelf.now("! freeform:fluffy\n ! freeform:tooth-rot");
    assert_eq!(shelf.tagged("freeform:Fluff"), "ace");
    assert_eq!(shelf.tagged("freeform:fluffy"), "b");
    assert_eq!(shelf.tagged("freeform:tooth-rot"), "d");
}

#[test]
fn a_subtag_that_is_moved_takes_all_below_it_along() {
    let mut shelf = fluff();
    shelf.now("! freeform:Sweet\n < freeform:Sweet freeform:Angst");
    assert_eq!(shelf.tagged("freeform:Fluff"), "ab");
    assert_eq!(shelf.tagged("freeform:Angst"), "cdef");
}

#[test]
fn ranges_include_both_ends_and_upside_down_find_nothing() {
    let mut shelf = Shelf::of("a\n b\n c");
    for (work, words) in [('a', 999), ('b', 1_000), ('c', u32::MAX)] {
        shelf = shelf.with(work, |row| row.numbers[Column::Words as usize] = words);
    }
    let words = |low, high| Filter::Range(Column::Words, low, high);
    assert_eq!(shelf.finds(words(999, 1_000)), "ab");
    assert_eq!(shelf.finds(words(1_000, u32::MAX)), "bc");
    assert_eq!(shelf.finds(words(1_000, 999)), "");
    assert_eq!(shelf.finds(not(words(1_000, 999))), "abc");
}

#[test]
fn unknown_plans_are_a_plan_of_none() {
    let shelf = Shelf::of("a\n b").with('b', |row| row.numbers[Column::Planned as usize] = 12);
    assert_eq!(shelf.finds(Filter::Range(Column::Planned, 0, 0)), "a");
    assert_eq!(shelf.finds(Filter::Range(Column::Planned, 1, 12)), "b");
}

#[test]
fn what_is_muted_is_in_no_total_page_or_count_but_is_told() {
    let mut shelf = fluff();
    let (filter, muted) = (shelf.has("freeform:Fluff"), shelf.has("freeform:Sweet"));
    let facets = vec![FacetRequest { kind: Kind::Freeform, top: 10, with_metas: true }];
    let sort = Sort::Title;
    let request =
        Request { filter, muted, facets, sort, descending: false, ..Request::everything() };
    let answer = shelf.answer(&request);
    assert_eq!((answer.total, answer.muted), (2, 3));
    assert_eq!(letters(&answer.works), "ab");
    assert_eq!(answer.facets[0].iter().map(|(_, count)| *count).collect::<Vec<_>>(), [2]);
}

/// A work for each audience, all with the same tag and one of its own.
fn locked() -> Shelf {
    Shelf::of(
        "a freeform:Same freeform:Open
         b freeform:Same freeform:Locked
         c freeform:Same freeform:Secret",
    )
    .with('b', |row| row.audience = Audience::Members)
    .with('c', |row| row.audience = Audience::Hidden)
}

#[test]
fn what_somebody_may_not_see_is_not_there_for_them() {
    let mut shelf = locked();
    let (filter, muted) = (shelf.has("freeform:Same"), shelf.has("freeform:Secret"));
    let facets = vec![FacetRequest { kind: Kind::Freeform, top: 10, with_metas: false }];
    let also = |works: &[char]| works.iter().map(|work| i64::from(u32::from(*work))).collect();
    for (sees, shared, found) in [
        (Audience::Everyone, vec![], "a"),
        (Audience::Members, vec![], "ab"),
        (Audience::Hidden, vec![], "abc"),
        (Audience::Everyone, vec!['b'], "ab"),
        (Audience::Everyone, vec!['c', 'z'], "ac"),
        (Audience::Members, vec!['c', 'a'], "abc"),
    ] {
        let viewer = Viewer { sees, also: also(&shared) };
        for sort in [Sort::Title, Sort::Shuffled(7), Sort::By(Column::Kudos)] {
            let (filter, facets) = (filter.clone(), facets.clone());
            let request = Request {
                filter,
                facets,
                sort,
                descending: false,
                viewer: viewer.clone(),
                ..Request::everything()
            };
            let answer = shelf.answer(&request);
            let mut works = answer.works.clone();
            works.sort_unstable();
            assert_eq!((letters(&works).as_str(), answer.muted), (found, 0), "{viewer:?}");
            assert_eq!(answer.total, found.len() as u64);
            // The tag of all, and one for each work that is seen: no other name is told.
            assert_eq!(answer.facets[0].len(), found.len() + 1, "{:?}", answer.facets);
            assert_eq!(answer.facets[0][0].1, found.len() as u64);
            let muting = shelf.answer(&Request { muted: muted.clone(), ..request });
            assert_eq!(muting.muted, u64::from(found.contains('c')));
        }
    }
}

#[test]
fn nobody_in_particular_sees_what_is_for_everyone() {
    let shelf = locked();
    assert_eq!(letters(&shelf.answer(&Request::everything()).works), "a");
    let negated = Request { filter: not(any([])), ..Request::everything() };
    assert_eq!(letters(&shelf.answer(&negated).works), "a");
    let named = Filter::In([i64::from(u32::from('c'))].into());
    assert_eq!(shelf.answer(&Request { filter: named, ..Request::everything() }).total, 0);
}
