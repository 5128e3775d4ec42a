//! tantivy as a filter engine: its own filters, sorts and aggregations over the same archive.
//!
//! Owns the schema that serves it best: all that a work is found by in one indexed field without
//! frequencies or positions, numbers as fast fields, what is counted as a fast field for each
//! kind, and one segment, which also makes its counts exact. One thread answers.

use std::ops::Bound;
use std::path::Path;

use fanfold_index::filter::{
    Answer, Audience, Column, Counts, Filter, Flag, Kind, Request, Sort, Term,
};
use tantivy::aggregation::agg_req::{Aggregation, AggregationVariants, Aggregations};
use tantivy::aggregation::agg_result::{AggregationResult, AggregationResults, BucketResult};
use tantivy::aggregation::bucket::TermsAggregation;
use tantivy::aggregation::{AggContextParams, AggregationCollector, AggregationLimitsGuard, Key};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, EmptyQuery, Occur, Query, RangeQuery, TermQuery};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema};
use tantivy::{Index, IndexWriter, Order, Searcher, TantivyDocument};

use crate::archive::{Archive, empty_row};
use crate::peers::{Known, Outcome, Peer, number, term, unknown};

/// What the writer may use, bytes.
const MEMORY: usize = 1_000_000_000;
/// Numbers that are kept, by their names there.
const NUMBERS: [&str; Column::GIVEN] =
    ["words", "chapters", "hits", "kudos", "comments", "bookmarks", "posted", "updated", "planned"];

/// tantivy with an archive in it.
#[derive(Debug)]
pub struct Tantivy {
    searcher: Searcher,
    found_by: Field,
    complete: Field,
    audience: Field,
    numbers: Vec<Field>,
}

impl Tantivy {
    /// Tells it the whole archive; the folder must be empty.
    pub fn build(archive: &Archive, folder: &Path) -> Outcome<Tantivy> {
        let mut schema = Schema::builder();
        let key = schema.add_u64_field("key", FAST);
        let found_by = schema.add_u64_field("found_by", INDEXED);
        let complete = schema.add_u64_field("complete", INDEXED);
        let audience = schema.add_u64_field("audience", INDEXED);
        let numbers = NUMBERS.map(|name| schema.add_u64_field(name, FAST));
        let counted: Vec<Field> = Kind::ALL
            .into_iter()
            .map(|kind| schema.add_u64_field(&counted_name(kind), FAST))
            .collect();
        let index = Index::create_in_dir(folder, schema.build())?;
        let mut writer: IndexWriter = index.writer_with_num_threads(1, MEMORY)?;
        let (mut row, mut known) = (empty_row(), Known::default());
        for at in 0..archive.len() {
            archive.work(at, &mut row);
            known.read(archive, &row);
            let mut document = TantivyDocument::new();
            document.add_u64(key, row.work as u64);
            for term in &known.found_by {
                document.add_u64(found_by, number(*term).into());
            }
            for term in known.counted.iter().filter(|term| Kind::PANEL.contains(&term.kind)) {
                document.add_u64(counted[term.kind as usize], term.id.into());
            }
            document.add_u64(complete, row.complete.into());
            document.add_u64(audience, row.audience as u64);
            for (field, value) in numbers.iter().zip(row.numbers) {
                document.add_u64(*field, value.into());
            }
            writer.add_document(document)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let mut writer: IndexWriter = index.writer_with_num_threads(1, MEMORY)?;
        let segments = index.searchable_segment_ids()?;
        if segments.len() > 1 {
            writer.merge(&segments).wait()?;
        }
        writer.garbage_collect_files().wait()?;
        writer.wait_merging_threads()?;
        let numbers = numbers.to_vec();
        Ok(Tantivy { searcher: index.reader()?.searcher(), found_by, complete, audience, numbers })
    }

    /// The filter in its words.
    fn query(&self, filter: &Filter) -> Outcome<Box<dyn Query>> {
        Ok(match filter {
            Filter::Has(term) => exactly(self.found_by, number(*term).into()),
            Filter::Range(column, from, to) => {
                let field = self.numbers.get(*column as usize);
                let field = *field.ok_or_else(|| unknown("the ratio of kudos"))?;
                let bound = |value: &u32| {
                    Bound::Included(tantivy::Term::from_field_u64(field, (*value).into()))
                };
                Box::new(RangeQuery::new(bound(from), bound(to)))
            }
            Filter::Is(Flag::Complete) => exactly(self.complete, 1),
            Filter::All(parts) if parts.is_empty() => Box::new(AllQuery),
            Filter::Any(parts) if parts.is_empty() => Box::new(EmptyQuery),
            Filter::All(parts) => {
                let mut clauses = Vec::with_capacity(parts.len() + 1);
                for part in parts {
                    clauses.push(match part {
                        Filter::Not(part) => (Occur::MustNot, self.query(part)?),
                        part => (Occur::Must, self.query(part)?),
                    });
                }
                if parts.iter().all(|part| matches!(part, Filter::Not(_))) {
                    clauses.push((Occur::Must, Box::new(AllQuery)));
                }
                Box::new(BooleanQuery::new(clauses))
            }
            Filter::Any(parts) => {
                let clauses: Outcome<Vec<_>> =
                    parts.iter().map(|part| Ok((Occur::Should, self.query(part)?))).collect();
                Box::new(BooleanQuery::new(clauses?))
            }
            Filter::Not(part) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, Box::new(AllQuery)),
                (Occur::MustNot, self.query(part)?),
            ])),
            Filter::First(_) => return Err(unknown("what stands first")),
            Filter::HasKind(_) => return Err(unknown("whole kinds")),
            Filter::Is(_) => return Err(unknown("crossovers and single pairings")),
            Filter::In(_) => return Err(unknown("given works")),
        })
    }

    /// The question with what may be seen; none of an archive's works is hidden.
    fn visible(&self, request: &Request) -> Outcome<Box<dyn Query>> {
        let query = self.query(&request.filter)?;
        Ok(match request.viewer.sees {
            Audience::Members | Audience::Hidden => query,
            Audience::Everyone => Box::new(BooleanQuery::new(vec![
                (Occur::Must, query),
                (Occur::Must, exactly(self.audience, Audience::Everyone as u64)),
            ])),
        })
    }
}

impl Peer for Tantivy {
    fn name(&self) -> String {
        "tantivy 0.27".to_owned()
    }

    fn size_bytes(&mut self) -> Outcome<u64> {
        Ok(self.searcher.space_usage()?.total().get_bytes())
    }

    fn run(&mut self, request: &Request) -> Outcome<Answer> {
        let query = self.visible(request)?;
        let searcher = &self.searcher;
        let mut answer = Answer::default();
        if request.facets.is_empty() {
            let Sort::By(column) = request.sort else { return Err(unknown("that order")) };
            let name = NUMBERS.get(column as usize).ok_or_else(|| unknown("that order"))?;
            let order = if request.descending { Order::Desc } else { Order::Asc };
            let top = TopDocs::with_limit(request.limit.max(1)).and_offset(request.offset);
            let top = top.order_by_fast_field::<u64>(*name, order);
            let (total, page) = searcher.search(&query, &(Count, top))?;
            answer.total = total as u64;
            let keys = searcher.segment_readers().iter().map(|segment| {
                segment.fast_fields().u64("key").map(|column| column.first_or_default_col(0))
            });
            let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
            answer.works = page
                .into_iter()
                .map(|(_, at)| keys[at.segment_ord as usize].get_val(at.doc_id) as i64)
                .collect();
        } else {
            let wanted: Aggregations =
                request.facets.iter().map(|facet| wanted(facet.kind, facet.top)).collect();
            let limits = AggregationLimitsGuard::new(Some(4_000_000_000), Some(10_000_000));
            let context = AggContextParams { limits, ..AggContextParams::default() };
            let collector = AggregationCollector::from_aggs(wanted, context);
            let (total, found) = searcher.search(&query, &(Count, collector))?;
            answer.total = total as u64;
            answer.facets = request.facets.iter().map(|facet| counts(&found, facet.kind)).collect();
        }
        Ok(answer)
    }
}

fn counted_name(kind: Kind) -> String {
    format!("counted_{}", kind as u8)
}

fn exactly(field: Field, value: u64) -> Box<dyn Query> {
    let term = tantivy::Term::from_field_u64(field, value);
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// The largest of a kind. With one segment, more from each would change nothing.
fn wanted(kind: Kind, top: usize) -> (String, Aggregation) {
    let top = u32::try_from(top).unwrap_or(u32::MAX);
    let terms = TermsAggregation {
        field: counted_name(kind),
        size: Some(top),
        segment_size: Some(top),
        ..TermsAggregation::default()
    };
    let agg = AggregationVariants::Terms(terms);
    (counted_name(kind), Aggregation { agg, sub_aggregation: Aggregations::default() })
}

fn counts(found: &AggregationResults, kind: Kind) -> Counts {
    let Some(AggregationResult::BucketResult(BucketResult::Terms { buckets, .. })) =
        found.0.get(&counted_name(kind))
    else {
        return Vec::new();
    };
    let count = |key: &Key, count: u64| {
        let id = match key {
            Key::U64(id) => *id as u32,
            Key::I64(id) => *id as u32,
            Key::F64(id) => *id as u32,
            Key::Str(_) => return None,
        };
        term(number(Term::new(kind, id))).map(|term| (term, count))
    };
    buckets.iter().filter_map(|bucket| count(&bucket.key, bucket.doc_count)).collect()
}
