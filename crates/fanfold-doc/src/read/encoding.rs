//! Bytes into text, whatever encoding they are in.
//!
//! Owns the choice of the encoding and the mending of text that was encoded twice; also the words
//! for what a file seems to be where it is no text. Knows nothing of what a text says.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::imported::{Place, Warning, WarningKind};
use crate::limits::{Limit, Limits, ReadError};

/// A text with the name of the encoding that it was in and what deserves a look.
pub(crate) type Decoded = (String, &'static str, Vec<Warning>);

/// How many bytes the guess looks at: enough for any statistics, cheap for any file.
const GUESS_BYTES: usize = 1 << 20;
/// How many bytes are looked at to tell text from binary data.
const LOOK_BYTES: usize = 16 << 10;
/// A part of this many bytes is decoded at a time, so that a limit is seen before it is passed.
const CHUNK_BYTES: usize = 64 << 10;

/// Decodes a text that says nothing about its encoding.
///
/// # Errors
/// [`ReadError::TooLarge`] for a text over [`Limits::text_bytes`].
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, ReadError> {
    decode_with(bytes, None, limits)
}

/// Decodes a text that may name its encoding, as HTML and XML do. A byte order mark and bytes that
/// can only be UTF-8 count for more than the name: it is wrong often enough.
///
/// # Errors
/// [`ReadError::TooLarge`] for a text over [`Limits::text_bytes`].
pub(crate) fn decode_with(
    bytes: &[u8],
    label: Option<&str>,
    limits: &Limits,
) -> Result<Decoded, ReadError> {
    let most = limits.text_bytes;
    if let Some((wide, rest)) = utf32(bytes) {
        let text = decode_utf32(rest, wide, most)?;
        return finish(text, "UTF-32", Vec::new());
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(length..).unwrap_or_default();
        let (text, damaged) = run(encoding, rest, most)?;
        return finish(text, encoding.name(), damaged_warning(damaged, encoding));
    }
    let declared = label.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    if let Some(encoding) = utf16_pattern(bytes) {
        let (text, damaged) = run(encoding, bytes, most)?;
        return finish(text, encoding.name(), damaged_warning(damaged, encoding));
    }
    let stateful = declared.is_some_and(|encoding| !encoding.is_ascii_compatible());
    let wide = declared.is_some_and(|encoding| encoding == UTF_16LE || encoding == UTF_16BE);
    if let Some(encoding) = declared.filter(|_| stateful && !wide) {
        let (text, damaged) = run(encoding, bytes, most)?;
        return finish(text, encoding.name(), damaged_warning(damaged, encoding));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if text.len() > most {
            return Err(ReadError::TooLarge(Limit::TextBytes(most)));
        }
        // ISO-2022-JP is made of ASCII bytes and escapes.
        if !bytes.contains(&0x1b) || !text.is_ascii() {
            return finish(text.to_owned(), UTF_8.name(), Vec::new());
        }
    } else if nearly_utf8(bytes) {
        let (text, damaged) = run(UTF_8, bytes, most)?;
        return finish(text, UTF_8.name(), damaged_warning(damaged, UTF_8));
    }
    if let Some(encoding) = declared.filter(|encoding| !wide && *encoding != UTF_8) {
        let (text, damaged) = run(encoding, bytes, most)?;
        if !damaged {
            return finish(text, encoding.name(), Vec::new());
        }
    }
    let encoding = guess(bytes);
    let (text, damaged) = run(encoding, bytes, most)?;
    let mut warnings = damaged_warning(damaged, encoding);
    if !text.is_ascii() && warnings.is_empty() {
        let name = encoding.name();
        let said = format!(
            "the file does not say how its letters are written; {name} fits best: look whether \
             accents and quotes are right"
        );
        warnings.push(warning(said));
    }
    finish(text, encoding.name(), warnings)
}

fn warning(text: String) -> Warning {
    Warning { kind: WarningKind::Encoding, place: Place::Whole, text }
}

fn damaged_warning(damaged: bool, encoding: &'static Encoding) -> Vec<Warning> {
    let name = encoding.name();
    let text = format!("some bytes are no letters in {name}; each stands as \u{fffd}");
    if damaged { vec![warning(text)] } else { Vec::new() }
}

/// The encoding that letter statistics speak for.
fn guess(bytes: &[u8]) -> &'static Encoding {
    // Text often opens with plain letters only: begin where the others begin.
    let first = bytes.iter().position(|b| !b.is_ascii() || *b == 0x1b).unwrap_or(0);
    let from = first.saturating_sub(1 << 10);
    let end = bytes.len().min(from.saturating_add(GUESS_BYTES));
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    // The cut may fall inside a letter, so the end is only told where it is one.
    detector.feed(bytes.get(from..end).unwrap_or_default(), end == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// Decodes piece by piece; tells whether bytes had to be replaced.
fn run(
    encoding: &'static Encoding,
    bytes: &[u8],
    most: usize,
) -> Result<(String, bool), ReadError> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut out = String::with_capacity(bytes.len().min(most));
    let mut damaged = false;
    let mut chunks = bytes.chunks(CHUNK_BYTES).peekable();
    while let Some(mut chunk) = chunks.next() {
        let last = chunks.peek().is_none();
        loop {
            let room = decoder.max_utf8_buffer_length(chunk.len()).unwrap_or(chunk.len() * 3 + 16);
            out.reserve(room);
            let (result, read, bad) = decoder.decode_to_string(chunk, &mut out, last);
            damaged |= bad;
            chunk = chunk.get(read..).unwrap_or_default();
            if out.len() > most {
                return Err(ReadError::TooLarge(Limit::TextBytes(most)));
            }
            if result == encoding_rs::CoderResult::InputEmpty {
                break;
            }
        }
    }
    Ok((out, damaged))
}

/// Whether the bytes are UTF-8 but for a few that were damaged.
fn nearly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
        if bad > 10_000 {
            break;
        }
    }
    good >= 5 && good >= bad * 10
}

/// The byte order of UTF-32, where its mark stands first, and what follows the mark.
fn utf32(bytes: &[u8]) -> Option<(bool, &[u8])> {
    let wide = bytes.len().is_multiple_of(4);
    match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] if wide => Some((false, rest)),
        [0, 0, 0xfe, 0xff, rest @ ..] if wide => Some((true, rest)),
        _ => None,
    }
}

fn decode_utf32(bytes: &[u8], big: bool, most: usize) -> Result<String, ReadError> {
    let mut out = String::with_capacity((bytes.len() / 4).min(most));
    for unit in bytes.chunks_exact(4) {
        let unit: [u8; 4] = unit.try_into().unwrap_or_default();
        let code = if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
        if out.len() > most {
            return Err(ReadError::TooLarge(Limit::TextBytes(most)));
        }
    }
    Ok(out)
}

/// UTF-16 without a mark: the upper halves of plain letters and spaces are NUL, all on one side.
fn utf16_pattern(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(LOOK_BYTES) & !1)?;
    let mut zeros = [0_usize; 2];
    for (at, byte) in sample.iter().enumerate() {
        if *byte == 0 {
            // `at % 2` is 0 or 1.
            zeros[at % 2] += 1;
        }
    }
    let [even, odd] = zeros;
    let (encoding, many, few) =
        if even > odd { (UTF_16BE, even, odd) } else { (UTF_16LE, odd, even) };
    if many == 0 || many * 50 < sample.len() / 2 || few * 20 > many {
        return None;
    }
    let (text, damaged) = run(encoding, sample, LOOK_BYTES * 2).ok()?;
    let letters = text.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()).count();
    let all = text.chars().count();
    (!damaged && letters * 10 >= all * 7).then_some(encoding)
}

/// Drops what no text holds and mends what was encoded twice.
fn finish(
    mut text: String,
    name: &'static str,
    mut warnings: Vec<Warning>,
) -> Result<Decoded, ReadError> {
    if let Some(mended) = mend(&text) {
        let said = "letters were encoded twice (like “Ã©” for “é”) and have been mended";
        warnings.push(warning(said.to_owned()));
        text = mended;
    }
    let bad = |b: u8| matches!(b, 0..=8 | 0x0b | 0x0e..=0x1f | 0x7f);
    // C1 controls are 0xC2 0x80..0x9F in UTF-8.
    let bytes = text.as_bytes();
    let c1 = || bytes.windows(2).any(|pair| matches!(pair, [0xc2, 0x80..=0x9f]));
    if bytes.iter().any(|b| bad(*b)) || (!text.is_ascii() && c1()) {
        let unwanted = |c: char| (c.is_control() && !"\n\r\t\u{c}".contains(c)) || c == '\u{feff}';
        text.retain(|c| !unwanted(c));
    }
    Ok((text, name, warnings))
}

/// Text in which UTF-8 was taken for Windows-1252 and written as UTF-8 again, put right. `None`
/// where that did not happen beyond doubt.
fn mend(text: &str) -> Option<String> {
    const SIGNS: [&str; 5] = ["Ã", "Â", "â€", "ðŸ", "â€™"];
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let (mut good, mut sure, mut bad) = (0_usize, 0_usize, 0_usize);
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| !c.is_ascii()) {
        let (plain, from) = rest.split_at(start);
        out.push_str(plain);
        let end = from.find(|c: char| c.is_ascii()).unwrap_or(from.len());
        let (letters, after) = from.split_at(end);
        match mend_run(letters) {
            Some(mended) => {
                good += 1;
                sure += usize::from(letters.starts_with(['Ã', 'Â', 'â', 'ð']));
                out.push_str(&mended);
            }
            None => {
                bad += 1;
                out.push_str(letters);
            }
        }
        rest = after;
    }
    out.push_str(rest);
    (sure > 0 && good > bad * 4).then_some(out)
}

/// A run of letters beyond ASCII, read once more as UTF-8.
fn mend_run(letters: &str) -> Option<String> {
    // The last byte of a closing quote is no letter in Windows-1252 and is often lost.
    if letters == "â€" {
        return Some("”".to_owned());
    }
    let (bytes, _, lost) = WINDOWS_1252.encode(letters);
    if lost {
        return None;
    }
    let mended = std::str::from_utf8(&bytes).ok()?;
    (mended.chars().count() < letters.chars().count()).then(|| mended.to_owned())
}

/// Whether bytes are text of some kind: not a known binary format, and few control bytes.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    if magic(bytes).is_some() || bytes.iter().all(u8::is_ascii_whitespace) {
        return false;
    }
    if utf32(bytes).is_some() || Encoding::for_bom(bytes).is_some() {
        return true;
    }
    if utf16_pattern(bytes).is_some() {
        return true;
    }
    let control = |b: &&u8| matches!(**b, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let middle = bytes.len() / 2;
    let parts = [
        bytes.get(..bytes.len().min(LOOK_BYTES)).unwrap_or_default(),
        bytes.get(middle..bytes.len().min(middle + LOOK_BYTES)).unwrap_or_default(),
    ];
    let few = |part: &[u8]| part.iter().filter(control).count() * 10 <= part.len();
    parts.into_iter().all(few)
}

/// What a file seems to be, in plain words for a message.
pub(crate) fn what_it_seems(bytes: &[u8]) -> &'static str {
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return "an empty file";
    }
    match magic(bytes) {
        Some(what) => what,
        None if is_text(bytes) => "a text",
        None => "binary data",
    }
}

/// Formats that say what they are in their first bytes.
const MAGIC: [(&[u8], &str); 31] = [
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "an RTF text"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word document (doc)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\0asm", "a program"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"ITOLITLS", "a Microsoft Reader e-book (lit)"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\x1a\x45\xdf\xa3", "a video"),
    (b"8BPS", "a Photoshop image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"wOFF", "a font"),
    (b"\0\x01\0\0\0", "a font"),
    (b"TPZ", "a Kindle e-book"),
    (b"\x1aE\xdf\xa3", "a video"),
];

fn magic(bytes: &[u8]) -> Option<&'static str> {
    let holds =
        |from: usize, what: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(what));
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(zip_kind(bytes));
    }
    if bytes.starts_with(b"RIFF") {
        return Some(if holds(8, b"WEBP") { "a WebP image" } else { "a sound or video file" });
    }
    if holds(4, b"ftyp") {
        return Some("a video");
    }
    if holds(60, b"BOOKMOBI") || holds(60, b"TEXtREAd") {
        return Some("a Kindle or Palm e-book");
    }
    // Two letters are too few to tell a program from a story that begins with them.
    let program = |name: &[u8]| name != b"MZ" || bytes.iter().take(512).any(|b| *b == 0);
    let printable = |name: &[u8]| {
        let short = name == b"ID3" || name == b"BZh" || name == b"TPZ";
        !short || bytes.iter().take(512).any(|b| *b < 9)
    };
    MAGIC
        .iter()
        .find(|(name, _)| bytes.starts_with(name) && program(name) && printable(name))
        .map(|(_, what)| *what)
}

/// What a zip holds, by the names in its first and last part.
fn zip_kind(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..bytes.len().min(LOOK_BYTES)).unwrap_or_default();
    let tail = bytes.get(bytes.len().saturating_sub(LOOK_BYTES)..).unwrap_or_default();
    let holds = |what: &[u8]| {
        [head, tail].iter().any(|part| part.windows(what.len()).any(|window| window == what))
    };
    if holds(b"application/vnd.oasis.opendocument.text") {
        "an OpenDocument text"
    } else if holds(b"word/document.xml") || holds(b"word/") {
        "a Word document (docx)"
    } else if holds(b"application/epub+zip") {
        "a damaged EPUB"
    } else if holds(b"xl/workbook.xml") {
        "a spreadsheet"
    } else {
        "a zip archive"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, &'static str, usize) {
        let (text, name, warnings) = decode(bytes, &Limits::default()).expect("decodes");
        (text, name, warnings.len())
    }

    #[test]
    fn marks_and_patterns_tell_unicode() {
        let text = "Grüße, 猫!";
        let utf16 = |big: bool| -> Vec<u8> {
            let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            text.encode_utf16().flat_map(bytes).collect()
        };
        let utf32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let cases: [(Vec<u8>, &str); 6] = [
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), "UTF-8"),
            ([&b"\xff\xfe"[..], &utf16(false)].concat(), "UTF-16LE"),
            ([&b"\xfe\xff"[..], &utf16(true)].concat(), "UTF-16BE"),
            (utf16(false), "UTF-16LE"),
            (utf16(true), "UTF-16BE"),
            ([&b"\xff\xfe\0\0"[..], &utf32].concat(), "UTF-32"),
        ];
        for (bytes, name) in cases {
            assert_eq!(decoded(&bytes), (text.to_owned(), name, 0), "{name}");
        }
    }

    #[test]
    fn declared_names_count_unless_the_bytes_are_utf8() {
        let limits = Limits::default();
        let read = |bytes: &[u8], label: &str| {
            decode_with(bytes, Some(label), &limits).expect("decodes").0
        };
        assert_eq!(read("é".as_bytes(), "iso-8859-1"), "é");
        assert_eq!(read(b"\xe9t\xe9", "latin1"), "été");
        assert_eq!(read(b"\xe9t\xe9", "utf-8"), "été");
        assert_eq!(read(b"\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251"), "Привет");
        assert_eq!(read(b"plain", "utf-16"), "plain");
    }

    #[test]
    fn mends_only_what_was_encoded_twice() {
        assert_eq!(decoded("donâ€™t, cafÃ©".as_bytes()).0, "don’t, café");
        assert_eq!(decoded("â€œHiâ€\u{9d} â€œyesâ€".as_bytes()).0, "“Hi” “yes”");
        for right in ["Île d’Âme", "à la française", "SÃO PAULO, “Ã”", "naïve – café"]
        {
            assert_eq!(decoded(right.as_bytes()), (right.to_owned(), "UTF-8", 0));
        }
    }

    #[test]
    fn limits_hold_before_the_memory_is_taken() {
        let limits = Limits { text_bytes: 100, ..Limits::default() };
        let too_large = Err(ReadError::TooLarge(Limit::TextBytes(100)));
        assert_eq!(decode(&[b'a'; 101], &limits), too_large);
        assert_eq!(decode(&[0xe9; 101], &limits), too_large);
        assert_eq!(
            decode(&[b"\xff\xfe\0\0", &[b'a', 0, 0, 0].repeat(101)[..]].concat(), &limits),
            too_large
        );
    }

    #[test]
    fn binary_is_no_text() {
        for (bytes, what) in [
            (&b"\x89PNG\r\n\x1a\n"[..], "a PNG image"),
            (b"", "an empty file"),
            (b" \r\n\t", "an empty file"),
            (b"PK\x03\x04........word/document.xml", "a Word document (docx)"),
            (b"{\\rtf1 Hi}", "an RTF text"),
            (b"\x01\x02\x03\x04\x05 abc \x06\x07", "binary data"),
            (b"MZ\x90\0\x03\0", "a program"),
        ] {
            assert!(!is_text(bytes), "{what}");
            assert_eq!(what_it_seems(bytes), what);
        }
        for text in [&b"MZ was her name."[..], b"ID3 is no tag here", b"a\0b and more words here"] {
            assert!(is_text(text));
        }
    }
}
