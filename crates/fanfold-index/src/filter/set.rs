//! Sets of works, 65,536 works at a time: few of them as a list, many as bits, all as nothing.
//!
//! Owns the layout in which sets lie in memory and on disk, which is the same: 64-bit words.
//! The first word holds the number of works (low half) and of chunks (high half); one word for
//! each chunk follows: its number (16 bits), its works less one (16 bits), and where its words
//! begin among those behind (32 bits). A chunk of one work has that work in place of the begin, one
//! of up to [`LIST_MAX`] is a list of 16-bit numbers, a larger one 1,024 words of bits, a whole one
//! has no words. What lies on disk may be
//! torn: reading it gives wrong works at worst, never a fault.

use zerocopy::{FromBytes, IntoBytes};

use super::lanes::{self, Bits, WORDS};

/// Works in a chunk.
pub(super) const CHUNK: usize = 1 << 16;
/// The most works that are kept as a list. Measured: at this size a list is counted against bits
/// as fast as bits are.
const LIST_MAX: usize = 2048;

/// With more works than this in a chunk, all of it is looked at instead of each.
const MANY: u32 = 2_000;

/// The works of one chunk, their numbers counted from the chunk's first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Chunk<'a> {
    Empty,
    /// Ascending, each once.
    List(&'a [u16]),
    Bits(&'a Bits),
    Full,
}

impl Chunk<'_> {
    /// Whether the work of this number is among them.
    pub fn has(&self, low: u16) -> bool {
        match self {
            Chunk::Empty => false,
            Chunk::List(list) => list.binary_search(&low).is_ok(),
            Chunk::Bits(bits) => bit(bits, low),
            Chunk::Full => true,
        }
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        match self {
            Chunk::Empty => 0,
            Chunk::List(list) => list.len() as u32,
            Chunk::Bits(bits) => lanes::count(bits),
            Chunk::Full => CHUNK as u32,
        }
    }

    /// How many are in both; `other` as bits.
    pub fn count_both(&self, other: &Bits) -> u32 {
        match self {
            Chunk::Empty => 0,
            Chunk::List(list) => list.iter().map(|low| u32::from(bit(other, *low))).sum(),
            Chunk::Bits(bits) => lanes::count_both(bits, other),
            Chunk::Full => lanes::count(other),
        }
    }
}

#[inline]
fn bit(bits: &Bits, low: u16) -> bool {
    bits[usize::from(low >> 6)] >> (low & 63) & 1 == 1
}

/// Calls with each number whose bit is set, ascending.
pub(super) fn each_bit(bits: &Bits, mut call: impl FnMut(u16)) {
    for (at, word) in bits.iter().enumerate() {
        let mut word = *word;
        while word != 0 {
            call((at << 6) as u16 | word.trailing_zeros() as u16);
            word &= word - 1;
        }
    }
}

/// A set as it lies in memory or in a mapped file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SetView<'a> {
    count: u32,
    heads: &'a [u64],
    words: &'a [u64],
}

impl<'a> SetView<'a> {
    /// The set that begins with the first of these words; the empty one where they are torn.
    pub fn new(words: &'a [u64]) -> SetView<'a> {
        let Some((first, rest)) = words.split_first() else { return SetView::default() };
        let chunks = (*first >> 32) as usize;
        let Some((heads, words)) = rest.split_at_checked(chunks) else {
            return SetView::default();
        };
        SetView { count: *first as u32, heads, words }
    }

    /// Works in the set.
    pub fn count(&self) -> u32 {
        self.count
    }

    fn at(&self, head: &'a u64) -> Chunk<'a> {
        if *head as u32 >> 16 == 0 {
            // The one work stands in the head itself.
            let parts = <[u16]>::ref_from_bytes(head.as_bytes()).unwrap_or_default();
            let upper = if cfg!(target_endian = "little") { 2..3 } else { 1..2 };
            return parts.get(upper).map_or(Chunk::Empty, Chunk::List);
        }
        let count = (head >> 16) as u16 as usize + 1;
        let begin = (head >> 32) as usize;
        if count == CHUNK {
            return Chunk::Full;
        }
        if count > LIST_MAX {
            let bits = self.words.get(begin..).and_then(|words| words.first_chunk());
            return bits.map_or(Chunk::Empty, Chunk::Bits);
        }
        let words = self.words.get(begin..begin + count.div_ceil(4)).unwrap_or_default();
        let list = <[u16]>::ref_from_bytes(words.as_bytes()).unwrap_or_default();
        list.get(..count).map_or(Chunk::Empty, Chunk::List)
    }

    /// How many chunks have works.
    pub fn chunk_count(&self) -> usize {
        self.heads.len()
    }

    /// The chunks that have works, ascending.
    pub fn chunks(self) -> impl Iterator<Item = (u16, Chunk<'a>)> {
        self.heads.iter().map(move |head| (*head as u16, self.at(head)))
    }

    /// The chunk of this number.
    pub fn chunk(&self, number: u16) -> Chunk<'a> {
        let found = self.heads.binary_search_by_key(&number, |head| *head as u16);
        found.ok().and_then(|at| self.heads.get(at)).map_or(Chunk::Empty, |head| self.at(head))
    }

    /// Whether the work is in the set.
    pub fn has(&self, doc: u32) -> bool {
        self.chunk((doc >> 16) as u16).has(doc as u16)
    }

    /// Calls with each work, ascending.
    pub fn each(self, mut call: impl FnMut(u32)) {
        for (number, chunk) in self.chunks() {
            let base = u32::from(number) << 16;
            match chunk {
                Chunk::Empty => {}
                Chunk::List(list) => list.iter().for_each(|low| call(base | u32::from(*low))),
                Chunk::Bits(bits) => each_bit(bits, |low| call(base | u32::from(low))),
                Chunk::Full => (0..=u16::MAX).for_each(|low| call(base | u32::from(low))),
            }
        }
    }
}

/// A set of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    words: Vec<u64>,
}

impl Set {
    /// The set of these works, ascending, each once.
    pub fn of(docs: &[u32]) -> Set {
        let mut words = Vec::new();
        write(docs, &mut words);
        Set { words }
    }

    /// A look at it.
    pub fn view(&self) -> SetView<'_> {
        SetView::new(&self.words)
    }

    /// All works of these sets.
    pub fn union(sets: &[SetView<'_>]) -> Set {
        let mut chunks: Vec<_> = sets.iter().flat_map(|set| set.chunks()).collect();
        chunks.sort_by_key(|(number, _)| *number);
        let (mut maker, mut scratch) = (SetMaker::default(), Scratch::default());
        for same in chunks.chunk_by(|one, other| one.0 == other.0) {
            scratch.set(Chunk::Empty);
            same.iter().for_each(|(_, chunk)| scratch.add(*chunk));
            maker.push(same[0].0, &mut scratch);
        }
        maker.finish()
    }

    /// The words as they lie on disk.
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}

/// Appends the set of these works, ascending, each once.
pub(super) fn write(docs: &[u32], out: &mut Vec<u64>) {
    let chunks = docs.chunk_by(|one, other| one >> 16 == other >> 16);
    let start = out.len();
    out.push(docs.len() as u64);
    let heads = chunks.clone().count();
    out[start] |= (heads as u64) << 32;
    out.resize(start + 1 + heads, 0);
    let first_word = out.len();
    for (at, same) in chunks.enumerate() {
        let begin = (out.len() - first_word) as u64;
        let place = if let [one] = same { u64::from(*one as u16) } else { begin };
        let head = u64::from(same[0] >> 16) | (same.len() as u64 - 1) << 16 | place << 32;
        out[start + 1 + at] = head;
        if same.len() == 1 {
            continue;
        }
        if same.len() <= LIST_MAX {
            out.extend(same.chunks(4).map(|four| {
                four.iter().rev().fold(0, |word, doc| word << 16 | u64::from(*doc as u16))
            }));
        } else if same.len() < CHUNK {
            let base = out.len();
            out.resize(base + WORDS, 0);
            for doc in same {
                out[base + (*doc as u16 >> 6) as usize] |= 1 << (doc & 63);
            }
        }
    }
}

/// Makes a set chunk by chunk.
#[derive(Debug, Default)]
pub(super) struct SetMaker {
    count: u64,
    heads: Vec<u64>,
    words: Vec<u64>,
}

impl SetMaker {
    /// Adds a chunk, which must come behind those that are there. Returns its works.
    pub fn push(&mut self, number: u16, scratch: &mut Scratch) -> u32 {
        let count = scratch.settle();
        if count == 0 {
            return 0;
        }
        let view = scratch.view();
        let place = match view {
            Chunk::List([one]) => u64::from(*one),
            _ => self.words.len() as u64,
        };
        self.heads.push(u64::from(number) | (u64::from(count) - 1) << 16 | place << 32);
        self.count += u64::from(count);
        match view {
            Chunk::Empty | Chunk::Full | Chunk::List([_]) => {}
            Chunk::List(list) => {
                let begin = self.words.len();
                self.words.resize(begin + list.len().div_ceil(4), 0);
                let bytes = self.words[begin..].as_mut_bytes();
                bytes[..list.len() * 2].copy_from_slice(list.as_bytes());
            }
            Chunk::Bits(bits) => self.words.extend_from_slice(bits),
        }
        count
    }

    /// The set.
    pub fn finish(self) -> Set {
        let mut words = Vec::with_capacity(1 + self.heads.len() + self.words.len());
        words.push(self.count | (self.heads.len() as u64) << 32);
        words.extend(self.heads);
        words.extend(self.words);
        Set { words }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Empty,
    List,
    Bits,
    Full,
}

/// A chunk that is being worked out.
#[derive(Debug)]
pub(super) struct Scratch {
    form: Form,
    list: Vec<u16>,
    bits: Box<Bits>,
}

impl Default for Scratch {
    fn default() -> Scratch {
        Scratch { form: Form::Empty, list: Vec::new(), bits: Box::new([0; WORDS]) }
    }
}

impl Scratch {
    /// What has been worked out.
    pub fn view(&self) -> Chunk<'_> {
        match self.form {
            Form::Empty => Chunk::Empty,
            Form::List => Chunk::List(&self.list),
            Form::Bits => Chunk::Bits(&self.bits),
            Form::Full => Chunk::Full,
        }
    }

    /// Whether nothing can be left.
    pub fn is_empty(&self) -> bool {
        self.form == Form::Empty
    }

    /// Begins anew with these.
    pub fn set(&mut self, chunk: Chunk<'_>) {
        self.form = match chunk {
            Chunk::Empty => Form::Empty,
            Chunk::List(list) => {
                self.list.clear();
                self.list.extend_from_slice(list);
                Form::List
            }
            Chunk::Bits(bits) => {
                self.bits.copy_from_slice(bits);
                Form::Bits
            }
            Chunk::Full => Form::Full,
        };
    }

    /// Keeps what the other has too.
    pub fn keep(&mut self, other: Chunk<'_>) {
        match (self.form, other) {
            (Form::Empty, _) | (_, Chunk::Full) => {}
            (_, Chunk::Empty) => self.form = Form::Empty,
            (Form::Full, other) => self.set(other),
            (Form::List, Chunk::List(other)) => self.list_with(other, true),
            (Form::List, Chunk::Bits(other)) => keep_in_list(&mut self.list, |low| bit(other, low)),
            (Form::Bits, Chunk::List(other)) => {
                let Scratch { list, bits, .. } = self;
                list.clear();
                list.extend_from_slice(other);
                keep_in_list(list, |low| bit(bits, low));
                self.form = Form::List;
            }
            (Form::Bits, Chunk::Bits(other)) => lanes::and(&mut self.bits, other),
        }
        self.notice_empty();
    }

    /// Drops what the other has.
    pub fn drop(&mut self, other: Chunk<'_>) {
        if self.form == Form::Full && matches!(other, Chunk::List(_) | Chunk::Bits(_)) {
            self.bits.fill(u64::MAX);
            self.form = Form::Bits;
        }
        match (self.form, other) {
            (Form::Empty, _) | (_, Chunk::Empty) => {}
            (_, Chunk::Full) => self.form = Form::Empty,
            (Form::List, Chunk::List(other)) => self.list_with(other, false),
            (Form::List, Chunk::Bits(other)) => {
                keep_in_list(&mut self.list, |low| !bit(other, low));
            }
            (_, Chunk::List(other)) => {
                for low in other {
                    self.bits[usize::from(low >> 6)] &= !(1 << (low & 63));
                }
            }
            (_, Chunk::Bits(other)) => lanes::and_not(&mut self.bits, other),
        }
        self.notice_empty();
    }

    /// Adds what the other has.
    pub fn add(&mut self, other: Chunk<'_>) {
        match (self.form, other) {
            (Form::Full, _) | (_, Chunk::Empty) => {}
            (_, Chunk::Full) => self.form = Form::Full,
            (Form::Empty, other) => self.set(other),
            (Form::List, Chunk::List(other)) if self.list.len() + other.len() <= LIST_MAX => {
                self.list.extend_from_slice(other);
                self.list.sort_unstable();
                self.list.dedup();
            }
            (_, other) => {
                self.spread();
                match other {
                    Chunk::List(other) => set_bits(&mut self.bits, other),
                    Chunk::Bits(other) => lanes::or(&mut self.bits, other),
                    Chunk::Empty | Chunk::Full => {}
                }
            }
        }
    }

    /// Keeps works whose class lies between these two; `inside` decides for the two themselves.
    /// `classes` are those of the chunk, or fewer in the last one: works beyond are dropped.
    pub fn keep_classes(
        &mut self,
        classes: &[u8],
        first: u8,
        last: u8,
        inside: impl Fn(u16) -> bool,
    ) {
        let so = |low: u16| {
            classes.get(usize::from(low)).is_some_and(|class| {
                first < *class && *class < last
                    || (*class == first || *class == last) && inside(low)
            })
        };
        let many = match self.form {
            Form::Full => true,
            // A look at every class is quicker than picking out many.
            Form::Bits => {
                let count = lanes::count(&self.bits);
                if count <= MANY {
                    self.list_bits(count);
                }
                count > MANY
            }
            Form::Empty | Form::List => false,
        };
        if !many {
            self.keep_if(so);
            return;
        }
        self.spread();
        let mut ends = Box::new([0; WORDS]);
        lanes::keep_classes(&mut self.bits, &mut ends, classes, first, last);
        each_bit(&ends, |low| {
            if inside(low) {
                self.bits[usize::from(low >> 6)] |= 1 << (low & 63);
            }
        });
        self.notice_empty();
    }

    /// Keeps works for which this is so.
    pub fn keep_if(&mut self, mut so: impl FnMut(u16) -> bool) {
        match self.form {
            Form::Empty => {}
            Form::List => keep_in_list(&mut self.list, so),
            Form::Bits | Form::Full => {
                self.spread();
                for (at, word) in self.bits.iter_mut().enumerate() {
                    let mut left = *word;
                    while left != 0 {
                        let bit = left.trailing_zeros();
                        if !so((at << 6) as u16 | bit as u16) {
                            *word &= !(1 << bit);
                        }
                        left &= left - 1;
                    }
                }
            }
        }
        self.notice_empty();
    }

    /// Keeps the first works of the chunk, so many.
    pub fn keep_first(&mut self, works: usize) {
        if works < CHUNK {
            let last = works as u16;
            if self.form == Form::Full {
                self.spread();
            }
            if self.form == Form::List {
                self.list.retain(|low| *low < last);
            } else if self.form == Form::Bits {
                let whole = usize::from(last >> 6);
                self.bits[whole] &= (1_u64 << (last & 63)) - 1;
                self.bits[whole + 1..].fill(0);
            }
        }
        self.notice_empty();
    }

    /// Turns few bits into a list and all bits into the whole, and counts.
    pub fn settle(&mut self) -> u32 {
        if self.form == Form::Bits {
            let count = lanes::count(&self.bits);
            if count as usize == CHUNK {
                self.form = Form::Full;
            } else if count as usize <= LIST_MAX {
                self.list_bits(count);
            }
            return count;
        }
        self.view().count()
    }

    /// As a list of so many.
    fn list_bits(&mut self, count: u32) {
        let Scratch { list, bits, .. } = self;
        list.clear();
        list.reserve(count as usize);
        each_bit(bits, |low| list.push(low));
        self.form = Form::List;
    }

    /// As bits.
    fn spread(&mut self) {
        match self.form {
            Form::Bits => {}
            Form::Empty => self.bits.fill(0),
            Form::Full => self.bits.fill(u64::MAX),
            Form::List => {
                self.bits.fill(0);
                set_bits(&mut self.bits, &self.list);
            }
        }
        self.form = Form::Bits;
    }

    fn notice_empty(&mut self) {
        if self.form == Form::List && self.list.is_empty() {
            self.form = Form::Empty;
        }
    }

    /// Keeps what is also in the other list, or what is not.
    fn list_with(&mut self, other: &[u16], wanted: bool) {
        let mut rest = other;
        self.list.retain(|low| {
            // The gap is mostly short: look near before halving.
            let near = rest.iter().take(8).position(|other| other >= low);
            let skip = near.unwrap_or_else(|| rest.partition_point(|other| other < low));
            rest = rest.get(skip..).unwrap_or_default();
            (rest.first() == Some(low)) == wanted
        });
    }
}

/// Keeps those of a list for which this is so, without a jump that the processor has to guess.
fn keep_in_list(list: &mut Vec<u16>, mut so: impl FnMut(u16) -> bool) {
    let mut kept = 0;
    for at in 0..list.len() {
        let low = list[at];
        list[kept] = low;
        kept += usize::from(so(low));
    }
    list.truncate(kept);
}

fn set_bits(bits: &mut Bits, list: &[u16]) {
    for low in list {
        bits[usize::from(low >> 6)] |= 1 << (low & 63);
    }
}
