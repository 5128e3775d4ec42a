//! PostgreSQL as a filter engine: one row for a work, its tags in an array under a GIN index.
//!
//! Owns the table and the statements. Tuned as somebody would who had only this: arrays expanded
//! by everything above each tag, indexes on what is sorted by, fresh statistics, enough memory for
//! sorting, no compilation of statements and no second process, since the others use one core.

use std::fmt::Write as _;
use std::io::Write as _;

use fanfold_index::filter::{Answer, Audience, Column, Counts, Filter, Flag, Kind, Request, Sort};
use postgres::{Client, NoTls};

use crate::archive::{Archive, empty_row};
use crate::peers::{Known, Outcome, Peer, number, term, unknown};

/// Numbers that are kept, by their names there.
const NUMBERS: [&str; Column::GIVEN] =
    ["words", "chapters", "hits", "kudos", "comments", "bookmarks", "posted", "updated", "planned"];

/// PostgreSQL with an archive in it.
pub struct Postgres {
    client: Client,
    version: String,
}

impl Postgres {
    /// Tells it the whole archive, in a table of its own (`fanfold_scale`), which is dropped
    /// first. `address` is a URL or a list of settings, as `psql` takes it.
    pub fn build(archive: &Archive, address: &str) -> Outcome<Postgres> {
        let mut client = Client::connect(address, NoTls)?;
        client.batch_execute(
            "SET client_min_messages = warning;
             SET work_mem = '256MB';
             SET maintenance_work_mem = '1GB';
             SET max_parallel_workers_per_gather = 0;
             SET jit = off;
             SET random_page_cost = 1.1;
             SET effective_cache_size = '8GB';
             DROP TABLE IF EXISTS fanfold_scale;
             CREATE TABLE fanfold_scale (
               id bigint NOT NULL, words int NOT NULL, chapters int NOT NULL, hits int NOT NULL,
               kudos int NOT NULL, comments int NOT NULL, bookmarks int NOT NULL,
               posted bigint NOT NULL, updated bigint NOT NULL, planned int NOT NULL,
               complete boolean NOT NULL,
               audience smallint NOT NULL, tags int[] NOT NULL, counted int[] NOT NULL)",
        )?;
        let mut copy = client.copy_in("COPY fanfold_scale FROM STDIN")?;
        let (mut row, mut known, mut line) = (empty_row(), Known::default(), String::new());
        for at in 0..archive.len() {
            archive.work(at, &mut row);
            known.read(archive, &row);
            line.clear();
            write!(line, "{}", row.work)?;
            for value in row.numbers {
                write!(line, "\t{}", value.min(i32::MAX as u32))?;
            }
            write!(line, "\t{}\t{}", if row.complete { "t" } else { "f" }, row.audience as u8)?;
            // Only what a panel counts is worth being counted.
            known.counted.retain(|term| Kind::PANEL.contains(&term.kind));
            for terms in [&known.found_by, &known.counted] {
                line.push_str("\t{");
                for (place, term) in terms.iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    write!(line, "{comma}{}", number(*term))?;
                }
                line.push('}');
            }
            line.push('\n');
            copy.write_all(line.as_bytes())?;
        }
        copy.finish()?;
        client.batch_execute(
            "ALTER TABLE fanfold_scale ADD PRIMARY KEY (id);
             ALTER TABLE fanfold_scale ALTER COLUMN tags SET STATISTICS 1000;
             CREATE INDEX ON fanfold_scale USING gin (tags) WITH (fastupdate = off);",
        )?;
        for name in NUMBERS {
            client.batch_execute(&format!("CREATE INDEX ON fanfold_scale ({name}, id)"))?;
        }
        client.batch_execute("VACUUM ANALYZE fanfold_scale")?;
        let version: String = client.query_one("SHOW server_version", &[])?.get(0);
        let version = version.split(' ').next().unwrap_or_default().to_owned();
        Ok(Postgres { client, version })
    }

    /// The statement for a question: the total, the page and the counts in one go.
    pub fn statement(request: &Request) -> Outcome<String> {
        let condition = condition(&request.filter)?;
        let condition = match request.viewer.sees {
            Audience::Members | Audience::Hidden => condition,
            Audience::Everyone => format!("({condition}) AND audience = 0"),
        };
        let Sort::By(column) = request.sort else { return Err(unknown("that order")) };
        let order = name(column)?;
        let way = if request.descending { "DESC" } else { "ASC" };
        Ok(if request.facets.is_empty() {
            format!(
                "WITH hit AS MATERIALIZED (SELECT id, {order} AS o FROM fanfold_scale \
                 WHERE {condition}) \
                 SELECT 0, count(*), array(SELECT id FROM hit ORDER BY o {way}, id {way} \
                 LIMIT {} OFFSET {}) FROM hit",
                request.limit, request.offset
            )
        } else {
            let kinds: Vec<String> = request
                .facets
                .iter()
                .map(|facet| format!("({}, {})", facet.kind as u8, facet.top))
                .collect();
            // A top ten by kind: sorting all the counts at once takes a third longer.
            format!(
                "WITH hit AS MATERIALIZED (SELECT counted FROM fanfold_scale WHERE {condition}), \
                 counts AS MATERIALIZED (SELECT tag, count(*) AS n \
                 FROM (SELECT unnest(counted) AS tag FROM hit) AS uses GROUP BY tag) \
                 SELECT -1, count(*), '{{}}'::bigint[] FROM hit UNION ALL \
                 SELECT best.tag, best.n, '{{}}' FROM (VALUES {}) AS facet (kind, top), \
                 LATERAL (SELECT tag, n FROM counts \
                 WHERE tag >= kind << 27 AND tag < (kind + 1) << 27 \
                 ORDER BY n DESC, tag LIMIT top) AS best",
                kinds.join(", ")
            )
        })
    }
}

impl Peer for Postgres {
    fn name(&self) -> String {
        format!("PostgreSQL {}", self.version)
    }

    fn questions(&self, about: &Request) -> usize {
        if about.facets.is_empty() { 8 } else { 2 }
    }

    fn size_bytes(&mut self) -> Outcome<u64> {
        let sql = "SELECT pg_total_relation_size('fanfold_scale')";
        Ok(self.client.query_one(sql, &[])?.get::<_, i64>(0) as u64)
    }

    fn run(&mut self, request: &Request) -> Outcome<Answer> {
        let mut answer = Answer::default();
        let mut all: Counts = Vec::new();
        for row in self.client.query(&Postgres::statement(request)?, &[])? {
            let (tag, count): (i32, i64) = (row.get(0), row.get(1));
            match u32::try_from(tag) {
                Ok(tag) if tag > 0 => all.extend(term(tag).map(|term| (term, count as u64))),
                _ => {
                    answer.total = count as u64;
                    answer.works = row.get(2);
                }
            }
        }
        all.sort_by_key(|(term, count)| (std::cmp::Reverse(*count), *term));
        let of = |kind| all.iter().filter(|(term, _)| term.kind == kind).copied().collect();
        answer.facets = request.facets.iter().map(|facet| of(facet.kind)).collect();
        Ok(answer)
    }
}

fn name(column: Column) -> Outcome<&'static str> {
    NUMBERS.get(column as usize).copied().ok_or_else(|| unknown("the ratio of kudos"))
}

/// The filter as a condition.
fn condition(filter: &Filter) -> Outcome<String> {
    let joined = |parts: &[Filter], word: &str, none: &str| {
        let parts: Outcome<Vec<String>> = parts.iter().map(condition).collect();
        let parts = parts?;
        Ok(if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(word)) })
    };
    match filter {
        Filter::Has(term) => Ok(format!("tags @> '{{{}}}'", number(*term))),
        Filter::Range(column, from, to) => {
            Ok(format!("{} BETWEEN {from} AND {to}", name(*column)?))
        }
        Filter::Is(Flag::Complete) => Ok("complete".to_owned()),
        Filter::All(parts) => {
            let all: Vec<String> = parts.iter().filter_map(tag_of).collect();
            let others: Vec<Filter> =
                parts.iter().filter(|part| tag_of(part).is_none()).cloned().collect();
            let others = joined(&others, " AND ", "true")?;
            Ok(match (all.is_empty(), others.as_str()) {
                (true, _) => others,
                (false, "true") => format!("tags @> '{{{}}}'", all.join(",")),
                (false, _) => format!("(tags @> '{{{}}}' AND {others})", all.join(",")),
            })
        }
        Filter::Any(parts) if !parts.is_empty() && parts.iter().all(|p| tag_of(p).is_some()) => {
            let any: Vec<String> = parts.iter().filter_map(tag_of).collect();
            Ok(format!("tags && '{{{}}}'", any.join(",")))
        }
        Filter::Any(parts) => joined(parts, " OR ", "false"),
        Filter::Not(part) => Ok(format!("NOT {}", condition(part)?)),
        Filter::First(_) => Err(unknown("what stands first")),
        Filter::HasKind(_) => Err(unknown("whole kinds")),
        Filter::Is(_) => Err(unknown("crossovers and single pairings")),
        Filter::In(_) => Err(unknown("given works")),
    }
}

/// The number of a filter that is one tag.
fn tag_of(filter: &Filter) -> Option<String> {
    match filter {
        Filter::Has(term) => Some(number(*term).to_string()),
        _ => None,
    }
}
