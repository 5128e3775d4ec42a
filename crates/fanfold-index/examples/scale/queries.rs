//! The questions of the bench: about fifty of a sort, found by trying.
//!
//! Owns which questions are asked. It draws a sample of the archive, combines tags of works in it,
//! and keeps the questions whose share of the sample lies near what is wanted, so that they mean
//! the same at every size of an archive. Answers none.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use fanfold_index::filter::{
    Audience, Column, FacetRequest, Filter, Kind, Request, Sort, Term, Viewer,
};

use crate::archive::{Archive, empty_row};
use crate::draw::Random;

/// Works in the sample.
const SAMPLE: u32 = 200_000;
/// Questions of each sort.
const EACH: usize = 50;
/// Tries for each sort.
const TRIES: usize = 60_000;
/// How far from the share that was wanted a question may be.
const NEAR: f64 = 0.3;
/// Works on a page.
const PAGE: usize = 25;
/// The archive whose results the shares are given for.
const FULL: f64 = 17_000_000.0;

/// Questions of one sort.
#[derive(Debug)]
pub struct QuerySet {
    /// What they are, with the results they would have among 17 M works.
    pub name: &'static str,
    /// What is asked.
    pub requests: Vec<Request>,
}

/// What a question should find.
#[derive(Clone, Copy)]
enum Wanted {
    /// This part of all works.
    Share(f64),
    /// So many works, from and to, however many there are.
    Works(f64, f64),
}

/// All of them, for an archive; the same for the same seed.
pub fn query_sets(archive: &Archive, seed: u64) -> Vec<QuerySet> {
    let sample = Sample::new(archive);
    let mut random = Random::new(seed, 0x9E57);
    let mut set = |name, wanted, maker: Maker| {
        let requests = sample.requests(wanted, maker, &mut random);
        QuerySet { name, requests }
    };
    vec![
        set("and 3, not 1, words; 250,000", Wanted::Share(250_000.0 / FULL), Sample::filter),
        set("and 3, not 1, words; 64,000", Wanted::Share(64_000.0 / FULL), Sample::filter),
        set("and 3, not 1, words; under 1,000", Wanted::Works(1.0, 1_000.0), Sample::filter),
        set("one tag; 3.6 M", Wanted::Share(3.6 / 17.0), Sample::one_tag),
        set("facets; 7 M", Wanted::Share(7.0 / 17.0), Sample::facets),
        set("facets; 480,000", Wanted::Share(0.48 / 17.0), Sample::facets),
        set("facets; 5,000 to 10,000", Wanted::Works(5_000.0, 10_000.0), Sample::facets),
    ]
}

/// Makes up a question, or none where it did not work out.
type Maker = fn(&Sample, &mut Random) -> Option<Request>;

/// Some of the works, with what each is found by.
struct Sample {
    /// Of how many works one was taken.
    each: f64,
    works: Vec<Vec<Term>>,
    words: Vec<u32>,
    /// Where each term occurs, by the place in the sample, rising.
    posts: HashMap<Term, Vec<u32>>,
    /// The same for the frequent ones, a bit for each work.
    bits: HashMap<Term, Vec<u64>>,
}

/// One condition, ready to be tested on a work of the sample.
enum Test<'a> {
    Bits(&'a [u64], bool),
    Post(&'a [u32], bool),
    Words(&'a [u32], u32, u32),
}

impl Test<'_> {
    fn holds(&self, work: u32) -> bool {
        match self {
            Test::Bits(bits, wanted) => {
                (bits[work as usize / 64] >> (work % 64) & 1 == 1) == *wanted
            }
            Test::Post(post, wanted) => post.binary_search(&work).is_ok() == *wanted,
            Test::Words(words, from, to) => (*from..=*to).contains(&words[work as usize]),
        }
    }
}

impl Sample {
    fn new(archive: &Archive) -> Sample {
        let size = archive.len().min(SAMPLE);
        let each = f64::from(archive.len()) / f64::from(size.max(1));
        let (mut works, mut words) = (Vec::new(), Vec::new());
        let mut posts: HashMap<Term, Vec<u32>> = HashMap::new();
        let mut row = empty_row();
        for place in 0..size {
            archive.work((f64::from(place) * each) as u32, &mut row);
            let mut terms = Vec::with_capacity(24);
            for term in row.terms.iter().filter(|term| Kind::PANEL.contains(&term.kind)) {
                archive.closure(*term, &mut terms);
            }
            // A reader picks from what was made canonical.
            terms.retain(|term| archive.is_canonical(*term));
            for term in &terms {
                posts.entry(*term).or_default().push(place);
            }
            works.push(terms);
            words.push(row.numbers[Column::Words as usize]);
        }
        let frequent = posts.iter().filter(|(_, post)| post.len() * 200 > works.len());
        let bits = frequent.map(|(term, post)| {
            let mut bits = vec![0_u64; works.len().div_ceil(64)];
            post.iter().for_each(|work| bits[*work as usize / 64] |= 1 << (work % 64));
            (*term, bits)
        });
        Sample { each, bits: bits.collect(), works, words, posts }
    }

    /// Some of the questions that find as much as is wanted, each once.
    fn requests(&self, wanted: Wanted, make: Maker, random: &mut Random) -> Vec<Request> {
        let (mut requests, mut tried) = (Vec::new(), HashSet::new());
        let (least, most) = self.bounds(wanted);
        for _ in 0..TRIES {
            if requests.len() == EACH {
                break;
            }
            let Some(request) = make(self, random) else { continue };
            let filter = &request.filter;
            if self.most(filter) >= least
                && tried.insert(format!("{filter:?} {:?}", request.sort))
                && (least..=most).contains(&(self.count(filter) as f64))
            {
                requests.push(request);
            }
        }
        requests
    }

    /// Between which numbers of works in the sample a question is what is wanted.
    fn bounds(&self, wanted: Wanted) -> (f64, f64) {
        let size = self.works.len() as f64;
        match wanted {
            Wanted::Share(share) => ((1.0 - NEAR) * share * size, (1.0 + NEAR) * share * size),
            // At least one was met, and some room is left for chance.
            Wanted::Works(from, to) => ((1.1 * from / self.each).max(1.0), 0.8 * to / self.each),
        }
    }

    /// No more than this many works of the sample are found by a filter.
    fn most(&self, filter: &Filter) -> f64 {
        let parts = match filter {
            Filter::All(parts) => parts.as_slice(),
            filter => std::slice::from_ref(filter),
        };
        let posts = parts.iter().filter_map(|part| self.post(part)).map(<[u32]>::len).min();
        posts.unwrap_or(self.works.len()) as f64
    }

    fn post(&self, filter: &Filter) -> Option<&[u32]> {
        match filter {
            Filter::Has(term) => Some(self.posts.get(term).map_or(&[], Vec::as_slice)),
            _ => None,
        }
    }

    /// How often a filter of tags and numbers holds in the sample.
    fn count(&self, filter: &Filter) -> usize {
        let parts = match filter {
            Filter::All(parts) => parts.as_slice(),
            filter => std::slice::from_ref(filter),
        };
        let tests: Vec<Test> = parts.iter().map(|part| self.test(part, true)).collect();
        let holds = |work: &u32| tests.iter().all(|test| test.holds(*work));
        match parts.iter().filter_map(|part| self.post(part)).min_by_key(|post| post.len()) {
            Some(post) => post.iter().filter(|work| holds(work)).count(),
            None => (0..self.works.len() as u32).filter(holds).count(),
        }
    }

    fn test<'a>(&'a self, filter: &Filter, wanted: bool) -> Test<'a> {
        match filter {
            Filter::Has(term) => match self.bits.get(term) {
                Some(bits) => Test::Bits(bits, wanted),
                None => Test::Post(self.post(filter).unwrap_or_default(), wanted),
            },
            Filter::Not(part) => self.test(part, !wanted),
            Filter::Range(Column::Words, from, to) => Test::Words(&self.words, *from, *to),
            _ => Test::Post(&[], true),
        }
    }

    /// Terms of one work of the sample, different ones, in no order.
    fn some(&self, count: usize, random: &mut Random) -> Option<Vec<Term>> {
        let work = &self.works[random.below(self.works.len() as u32) as usize];
        let mut terms = Vec::with_capacity(count);
        for _ in 0..count * 4 {
            let term = *work.get(random.below(work.len() as u32) as usize)?;
            if terms.len() < count && !terms.contains(&term) {
                terms.push(term);
            }
        }
        (terms.len() == count).then_some(terms)
    }

    /// A range of words as readers ask for it.
    fn words(random: &mut Random) -> Filter {
        let from = [500, 1_000, 2_000, 5_000][random.below(4) as usize];
        let to = [10_000, 20_000, 50_000, 200_000][random.below(4) as usize];
        Filter::Range(Column::Words, from, to)
    }

    /// All of three tags, not a fourth that is not rare, and a range of words.
    fn filter(&self, random: &mut Random) -> Option<Request> {
        let terms = self.some(3, random)?;
        let fixed = |term: &&Term| term.kind < Kind::Fandom;
        if terms.iter().filter(fixed).count() > 1 {
            return None;
        }
        let not = self.some(1, random)?.first().copied()?;
        let often = self.posts.get(&not).map_or(0, Vec::len);
        if terms.contains(&not) || often * 100 < self.works.len() {
            return None;
        }
        let mut parts: Vec<Filter> = terms.into_iter().map(Filter::Has).collect();
        parts.push(Filter::Not(Box::new(Filter::Has(not))));
        parts.push(Sample::words(random));
        Some(request(Filter::All(parts), Sort::By(Column::Kudos), true))
    }

    /// One tag, sorted by something.
    fn one_tag(&self, random: &mut Random) -> Option<Request> {
        let term = self.some(1, random)?.first().copied()?;
        let columns = [
            Column::Kudos,
            Column::Hits,
            Column::Updated,
            Column::Posted,
            Column::Words,
            Column::Comments,
            Column::Bookmarks,
        ];
        let column = columns[random.below(columns.len() as u32) as usize];
        Some(request(Filter::Has(term), Sort::By(column), !random.chance(0.2)))
    }

    /// What else there is: the ten most frequent of each kind, for one tag or two (perhaps without
    /// one of them), perhaps with a range of words.
    fn facets(&self, random: &mut Random) -> Option<Request> {
        let count = 1 + random.below(2) as usize;
        let mut parts: Vec<Filter> =
            self.some(count, random)?.into_iter().map(Filter::Has).collect();
        if random.chance(0.2) {
            let last = parts.pop();
            parts.extend(last.map(|last| Filter::Not(Box::new(last))));
        }
        if random.chance(0.4) {
            parts.push(Sample::words(random));
        }
        let mut request = request(Filter::All(parts), Sort::By(Column::Updated), true);
        request.limit = 0;
        request.facets = Kind::PANEL
            .into_iter()
            .map(|kind| FacetRequest { kind, top: 10, with_metas: false })
            .collect();
        Some(request)
    }
}

fn request(filter: Filter, sort: Sort, descending: bool) -> Request {
    Request {
        filter,
        muted: Filter::Any(Vec::new()),
        viewer: Viewer::of(Audience::Members),
        sort,
        descending,
        offset: 0,
        limit: PAGE,
        facets: Vec::new(),
        patience: Duration::from_secs(60),
    }
}
