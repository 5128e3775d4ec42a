//! The base: every work of the archive at one moment, in a file that is mapped and never changed.
//!
//! Owns the file's layout: a head, then sections of numbers, each begun at a multiple of 64 bytes
//! and with its own checksum. Works are numbered without gaps ("docs"), those of a fandom side by
//! side, so that the sets of its tags are dense in few chunks. Terms are numbered by how many works
//! they have ("tids"), so that what is counted most lies together. Numbers are in the machine's
//! own byte order; a file from another kind of machine is refused and made anew.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::IndexFault;
use super::mapped::Mapped;
use super::model::{Audience, Column, Flag, Kind, Sort, Term};
use super::set::SetView;

/// Begins a file; the last byte is the version of the layout.
const MAGIC: u64 = u64::from_le_bytes(*b"fanfilt\x06");
/// Says that there is nothing.
pub(super) const NONE: u32 = u32::MAX;
/// Tids below this stand in cells and are counted from them. Tests are short of tags.
pub(super) const HOT: u32 = if cfg!(test) { 16 } else { PAD as u32 };

/// The hot tids of a work, ascending: as much as the processor fetches at once. Places that are
/// left hold [`PAD`] and the place, each a number of its own: so a cell is counted without asking
/// how many there are, and without waiting for the place before. Where there are more, the last
/// place holds [`MORE`], and they stand in front of the work's rest.
pub(super) type Cell = [u16; CELL];
const CELL: usize = if cfg!(test) { 4 } else { 32 };
pub(super) const PAD: u16 = MORE - 32;
pub(super) const MORE: u16 = u16::MAX;

/// Docs whose cells are asked for at once.
const TOGETHER: usize = 32;
/// Classes of a column's numbers, so that most can be judged by a byte.
pub(super) const CLASSES: usize = 256;

/// The parts of the file, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Section {
    /// `i64` of each doc: its work.
    Works,
    /// Docs in the order of their works.
    ByWork,
    /// Numbers of each doc, column after column.
    Columns,
    /// The same in a byte each: which of 256 classes a number is of; and where each class begins.
    Classes,
    ClassBegins,
    /// Of each doc, where its title stands among all titles; likewise its creator.
    TitleRanks,
    CreatorRanks,
    /// Docs in the order of each [`Sort`] with a place, one after another.
    Orders,
    /// Distinct titles in order: where each begins, and their bytes; likewise creators.
    TitleEnds,
    TitleBytes,
    CreatorEnds,
    CreatorBytes,
    /// Of each doc, the tid that stands first of this kind.
    FirstRelationships,
    FirstCharacters,
    /// Of each doc, its [`Cell`].
    Cells,
    /// Tids that are in no cell, ascending; of each doc, where its own begin, and an end.
    RestBegins,
    Rest,
    /// Of each tid.
    TermKinds,
    TermIds,
    /// Tids in the order of their terms.
    ByTerm,
    /// Pairs of tids, by the first: a synonym and its canonical, and the other way round; a tag and
    /// the metatag right above it, and the other way round.
    Canonicals,
    Synonyms,
    Metas,
    Subs,
    /// Works of each tid with its synonyms.
    DirectCounts,
    /// Where the set of each tid's own works begins in `Sets`.
    OwnSets,
    /// Pairs of a tid and where the set with its synonyms begins, and with all that is below it;
    /// only of those where that is another set.
    DirectSets,
    AllSets,
    /// Where the hot tids of each kind begin, and an end; then the same of the others.
    KindBegins,
    /// Tids of each kind that have subtags, most works with these first; where each kind begins;
    /// and how many works.
    UmbrellaBegins,
    Umbrellas,
    UmbrellaCounts,
    /// Where the sets of each [`Audience`] and [`Flag`] begin.
    AudienceSets,
    FlagSets,
    /// Where the sets of works with anything of each [`Kind`] begin.
    KindSets,
    /// `u64`: sets, one after another.
    Sets,
}

/// How many sections there are.
pub(super) const SECTIONS: usize = Section::Sets as usize + 1;

#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct Span {
    begin: u64,
    bytes: u64,
    checksum: u64,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct Head {
    magic: u64,
    docs: u64,
    terms: u64,
    position: i64,
    tag_position: i64,
    spans: [Span; SECTIONS],
    checksum: u64,
}

impl Head {
    fn sum(&self) -> u64 {
        let bytes = self.as_bytes();
        u64::from(crc32fast::hash(&bytes[..bytes.len() - 8]))
    }
}

/// Whether the sections that have something for each work or term have it for as many as the
/// head says: what is worked out for all works takes no more memory than the file is long.
fn sections_fit(head: &Head) -> bool {
    let columns = Column::ALL.len() as u64;
    let of_docs = [
        (Section::Works, 8),
        (Section::ByWork, 4),
        (Section::Columns, 4 * columns),
        (Section::Classes, columns),
        (Section::TitleRanks, 4),
        (Section::CreatorRanks, 4),
        (Section::Orders, 4 * (columns + 2)),
        (Section::FirstRelationships, 4),
        (Section::FirstCharacters, 4),
        (Section::Cells, size_of::<Cell>() as u64),
    ];
    let of_terms = [
        (Section::TermKinds, 1),
        (Section::TermIds, 4),
        (Section::ByTerm, 4),
        (Section::DirectCounts, 4),
        (Section::OwnSets, 4),
    ];
    let fit = |sections: &[(Section, u64)], count: u64| {
        let fits = |(section, each): &(Section, u64)| {
            Some(head.spans[*section as usize].bytes) == count.checked_mul(*each)
        };
        sections.iter().all(fits)
    };
    fit(&of_docs, head.docs) && fit(&of_terms, head.terms)
}

/// How far the store's two logs were known when a base was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The last change of a work.
    pub works: i64,
    /// The last change of a tag.
    pub tags: i64,
}

/// Writes a base, section by section.
pub(super) struct BaseWriter {
    file: BufWriter<File>,
    at: u64,
    spans: [Span; SECTIONS],
    next: usize,
}

impl BaseWriter {
    pub fn create(path: &Path) -> io::Result<BaseWriter> {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        let at = size_of::<Head>().next_multiple_of(64) as u64;
        file.write_all(&vec![0; at as usize])?;
        Ok(BaseWriter { file, at, spans: [Span::default(); SECTIONS], next: 0 })
    }

    /// Writes a whole section. Sections must come in their order.
    pub fn put<T: IntoBytes + Immutable>(
        &mut self,
        section: Section,
        data: &[T],
    ) -> io::Result<()> {
        debug_assert_eq!(self.next, section as usize);
        let bytes = data.as_bytes();
        let checksum = u64::from(crc32fast::hash(bytes));
        self.file.write_all(bytes)?;
        let padding = bytes.len().next_multiple_of(64) - bytes.len();
        self.file.write_all(&[0; 64][..padding])?;
        self.spans[section as usize] = Span { begin: self.at, bytes: bytes.len() as u64, checksum };
        self.at += (bytes.len() + padding) as u64;
        self.next += 1;
        Ok(())
    }

    /// Writes the head and brings all of it to the disk.
    pub fn finish(mut self, docs: u32, terms: u32, position: Position) -> io::Result<()> {
        debug_assert_eq!(self.next, SECTIONS);
        let mut head = Head {
            magic: MAGIC,
            docs: docs.into(),
            terms: terms.into(),
            position: position.works,
            tag_position: position.tags,
            spans: self.spans,
            checksum: 0,
        };
        head.checksum = head.sum();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(head.as_bytes())?;
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

/// An open base.
#[derive(Debug)]
pub(super) struct Base {
    /// One reader at a time: it has one place.
    file: Mutex<File>,
    map: Mapped,
    spans: [Span; SECTIONS],
    docs: u32,
    terms: u32,
    position: Position,
}

impl Base {
    /// Opens a base: looks at its head and its length, not at all of it; see [`Base::verify`].
    pub fn open(path: &Path) -> Result<Base, IndexFault> {
        let torn = |what: &str| IndexFault::Torn(what.to_owned());
        let mut file = File::open(path)?;
        let mut bytes = vec![0; size_of::<Head>()];
        file.read_exact(&mut bytes).map_err(|_| torn("its head is cut off"))?;
        let head = Head::read_from_bytes(&bytes).map_err(|_| torn("its head is cut off"))?;
        if head.magic != MAGIC {
            return Err(torn("it is of another version"));
        }
        if head.checksum != head.sum() {
            return Err(torn("its head does not fit its checksum"));
        }
        let map = Mapped::open(&file)?;
        let fits = |span: &Span| {
            span.begin.is_multiple_of(64)
                && span
                    .begin
                    .checked_add(span.bytes)
                    .is_some_and(|end| end <= map.bytes().len() as u64)
        };
        let (Ok(docs), Ok(terms)) = (u32::try_from(head.docs), u32::try_from(head.terms)) else {
            return Err(torn("it counts more works than there can be"));
        };
        if !head.spans.iter().all(fits) {
            return Err(torn("it is cut off"));
        }
        if !sections_fit(&head) {
            return Err(torn("its parts are not of one archive"));
        }
        let position = Position { works: head.position, tags: head.tag_position };
        Ok(Base { file: Mutex::new(file), map, spans: head.spans, docs, terms, position })
    }

    /// Reads all of it and compares the checksums. It is read beside the mapping, so that what
    /// nobody asks for does not count as memory in use.
    pub fn verify(&self) -> Result<(), IndexFault> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = vec![0; 1 << 20];
        for (at, span) in self.spans.iter().enumerate() {
            file.seek(SeekFrom::Start(span.begin))?;
            let (mut left, mut sum) = (span.bytes, crc32fast::Hasher::new());
            while left > 0 {
                let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                let part = &mut buffer[..most];
                file.read_exact(part)?;
                sum.update(part);
                left -= most as u64;
            }
            if u64::from(sum.finalize()) != span.checksum {
                return Err(IndexFault::Torn(format!("part {at} does not fit its checksum")));
            }
        }
        Ok(())
    }

    /// Whether all sections of two bases are alike.
    #[cfg(test)]
    pub fn same_sections(&self, other: &Base) -> bool {
        (0..SECTIONS).all(|at| self.bytes(at) == other.bytes(at))
    }

    fn bytes(&self, section: usize) -> &[u8] {
        let span = self.spans[section];
        let range = span.begin as usize..(span.begin + span.bytes) as usize;
        self.map.bytes().get(range).unwrap_or_default()
    }

    fn slice<T: FromBytes + Immutable + KnownLayout>(&self, section: Section) -> &[T] {
        <[T]>::ref_from_bytes(self.bytes(section as usize)).unwrap_or_default()
    }

    /// A section of 32-bit numbers.
    pub fn u32s(&self, section: Section) -> &[u32] {
        self.slice(section)
    }

    /// How many works there are.
    pub fn docs(&self) -> u32 {
        self.docs
    }

    /// How many terms there are.
    pub fn terms(&self) -> u32 {
        self.terms
    }

    /// What it knows of the store's logs.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The bytes of the file.
    pub fn size_bytes(&self) -> u64 {
        self.map.bytes().len() as u64
    }

    /// The work of each doc.
    pub fn works(&self) -> &[i64] {
        self.slice(Section::Works)
    }

    /// The doc of a work.
    pub fn doc(&self, work: i64) -> Option<u32> {
        let (works, order) = (self.works(), self.u32s(Section::ByWork));
        let key = |doc: &u32| works.get(*doc as usize).copied().unwrap_or(i64::MAX);
        order.binary_search_by_key(&work, key).ok().and_then(|at| order.get(at)).copied()
    }

    /// The numbers of a column, by doc.
    pub fn column(&self, column: Column) -> &[u32] {
        let docs = self.docs as usize;
        let begin = column as usize * docs;
        self.u32s(Section::Columns).get(begin..begin + docs).unwrap_or_default()
    }

    /// The class of every number of a column, by doc, and where each class begins.
    pub fn classes(&self, column: Column) -> (&[u8], &[u32]) {
        let docs = self.docs as usize;
        let classes: &[u8] = self.slice(Section::Classes);
        let begin = column as usize * docs;
        let begins = self.u32s(Section::ClassBegins);
        let own = column as usize * CLASSES..(column as usize + 1) * CLASSES;
        (classes.get(begin..begin + docs).unwrap_or_default(), begins.get(own).unwrap_or_default())
    }

    /// Docs in ascending order, where that order is kept.
    pub fn order(&self, sort: Sort) -> Option<&[u32]> {
        let place = match sort {
            Sort::By(column) => column as usize,
            Sort::Title => Column::ALL.len(),
            Sort::Creator => Column::ALL.len() + 1,
            Sort::Shuffled(_) => return None,
        };
        let docs = self.docs as usize;
        self.u32s(Section::Orders).get(place * docs..(place + 1) * docs)
    }

    /// The tids of a doc that its cell does not hold, ascending.
    pub fn rest(&self, doc: u32) -> &[u32] {
        self.group(Section::RestBegins, Section::Rest, doc as usize)
    }

    /// Calls with each of these docs and its cell.
    ///
    /// The cells lie far apart, and waiting for one after the other is what takes the time. So a
    /// few are asked for at once, and used when they have come.
    pub fn each_cell(&self, docs: SetView<'_>, mut call: impl FnMut(u32, &Cell)) {
        let cells: &[Cell] = self.slice(Section::Cells);
        let (mut waiting, mut count) = ([0; TOGETHER], 0);
        let mut use_them = |waiting: &[u32]| {
            let near = |doc: &u32| cells.get(*doc as usize).map_or(0, |cell| u32::from(cell[0]));
            std::hint::black_box(waiting.iter().map(near).sum::<u32>());
            for doc in waiting {
                if let Some(cell) = cells.get(*doc as usize) {
                    call(*doc, cell);
                }
            }
        };
        docs.each(|doc| {
            waiting[count] = doc;
            count += 1;
            if count == TOGETHER {
                use_them(&waiting);
                count = 0;
            }
        });
        use_them(&waiting[..count]);
    }

    /// Calls with the rest of each of these docs; as [`Base::each_cell`] it does not wait for each.
    pub fn each_rest(&self, docs: &[u32], mut call: impl FnMut(&[u32])) {
        let (begins, rest) = (self.u32s(Section::RestBegins), self.u32s(Section::Rest));
        for some in docs.chunks(TOGETHER) {
            let mut places = [usize::MAX; TOGETHER];
            for (place, doc) in places.iter_mut().zip(some) {
                *place = begins.get(*doc as usize).map_or(usize::MAX, |begin| *begin as usize);
            }
            let near = places.iter().map(|place| rest.get(*place).copied().unwrap_or(0));
            std::hint::black_box(near.fold(0, u32::wrapping_add));
            some.iter().for_each(|doc| call(self.rest(*doc)));
        }
    }

    /// All tids of a doc, ascending.
    pub fn tids(&self, doc: u32) -> impl Iterator<Item = u32> {
        let cells: &[Cell] = self.slice(Section::Cells);
        let cell = cells.get(doc as usize).into_iter().flatten();
        let hot = cell.take_while(|tid| **tid < PAD).map(|tid| u32::from(*tid));
        hot.chain(self.rest(doc).iter().copied())
    }

    /// The term of a tid.
    pub fn term(&self, tid: u32) -> Option<Term> {
        let kind = *self.slice::<u8>(Section::TermKinds).get(tid as usize)?;
        let id = *self.u32s(Section::TermIds).get(tid as usize)?;
        Some(Term { kind: *Kind::ALL.get(usize::from(kind))?, id })
    }

    /// The kind of each tid, as its number.
    pub fn kinds(&self) -> &[u8] {
        self.slice(Section::TermKinds)
    }

    /// The tid of a term.
    pub fn tid(&self, term: Term) -> Option<u32> {
        let order = self.u32s(Section::ByTerm);
        let (kinds, ids) = (self.kinds(), self.u32s(Section::TermIds));
        let key = |tid: &u32| {
            let at = *tid as usize;
            (kinds.get(at).copied().unwrap_or(u8::MAX), ids.get(at).copied().unwrap_or(NONE))
        };
        let wanted = (term.kind as u8, term.id);
        order.binary_search_by_key(&wanted, key).ok().and_then(|at| order.get(at)).copied()
    }

    /// What stands between the begins of `at` and of the one behind it.
    pub fn group(&self, begins: Section, items: Section, at: usize) -> &[u32] {
        let Some([begin, end, ..]) = self.u32s(begins).get(at..) else { return &[] };
        self.u32s(items).get(*begin as usize..*end as usize).unwrap_or_default()
    }

    /// The tids of a kind, most works first: those that are hot, and the others.
    pub fn of_kind(&self, kind: Kind) -> [Range<u32>; 2] {
        let begins = self.u32s(Section::KindBegins);
        let range = |at: usize| match begins.get(at..) {
            Some([begin, end, ..]) => *begin..(*end).min(self.terms),
            _ => 0..0,
        };
        [range(kind as usize), range(Kind::ALL.len() + 1 + kind as usize)]
    }

    /// The pairs of this section that begin with a tid.
    pub fn pairs(&self, section: Section, tid: u32) -> &[[u32; 2]] {
        let (pairs, _) = self.u32s(section).as_chunks::<2>();
        let begin = pairs.partition_point(|pair| pair[0] < tid);
        let rest = pairs.get(begin..).unwrap_or_default();
        let count = rest.iter().take_while(|pair| pair[0] == tid).count();
        rest.get(..count).unwrap_or_default()
    }

    /// Works with this tid itself.
    pub fn own(&self, tid: u32) -> SetView<'_> {
        self.set(Section::OwnSets, tid as usize)
    }

    /// Works with this canonical or a synonym of it.
    pub fn direct(&self, tid: u32) -> SetView<'_> {
        match self.pairs(Section::DirectSets, tid) {
            [[_, begin], ..] => self.set_at(*begin),
            [] if self.pairs(Section::Canonicals, tid).is_empty() => self.own(tid),
            [] => SetView::default(),
        }
    }

    /// Works with this canonical, a synonym, or anything below it.
    pub fn all(&self, tid: u32) -> SetView<'_> {
        match self.pairs(Section::AllSets, tid) {
            [[_, begin], ..] => self.set_at(*begin),
            [] => self.direct(tid),
        }
    }

    /// The set whose place stands at `at` of this section.
    fn set(&self, section: Section, at: usize) -> SetView<'_> {
        let begin = self.u32s(section).get(at).copied().unwrap_or(NONE);
        self.set_at(begin)
    }

    /// The set that begins here.
    fn set_at(&self, begin: u32) -> SetView<'_> {
        let words: &[u64] = self.slice(Section::Sets);
        words.get(begin as usize..).map_or_else(SetView::default, SetView::new)
    }

    /// The works that are for this audience.
    pub fn of_audience(&self, audience: Audience) -> SetView<'_> {
        self.set(Section::AudienceSets, audience as usize)
    }

    /// The works of which this is so.
    pub fn of_flag(&self, flag: Flag) -> SetView<'_> {
        self.set(Section::FlagSets, flag as usize)
    }

    /// The works that have anything of this kind.
    pub fn of_kind_at_all(&self, kind: Kind) -> SetView<'_> {
        self.set(Section::KindSets, kind as usize)
    }

    /// Where this key stands among the distinct keys of titles or creators: how many are smaller,
    /// and whether it is there itself.
    pub fn key_place(&self, ends: Section, bytes: Section, key: &[u8]) -> (u32, bool) {
        let (ends, bytes) = (self.slice::<u64>(ends), self.bytes(bytes as usize));
        let own = |at: usize| {
            let begin = at.checked_sub(1).and_then(|at| ends.get(at)).copied().unwrap_or(0);
            let end = ends.get(at).copied().unwrap_or(begin);
            bytes.get(begin as usize..end as usize).unwrap_or_default()
        };
        let (mut low, mut high) = (0, ends.len());
        while low < high {
            let middle = low.midpoint(high);
            if own(middle) < key { low = middle + 1 } else { high = middle }
        }
        (low as u32, low < ends.len() && own(low) == key)
    }
}
