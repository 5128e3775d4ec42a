//! The images that come with a text.
//!
//! Owns what may be kept as an image: the kind is told by the bytes, never by a name or a header,
//! and each image is kept once.

use std::collections::HashSet;

use imagesize::ImageType;

use crate::document::{Href, ImageSource, MediaKind, MediaName};
use crate::imported::Media;
use crate::limits::Limits;

/// Width and height of an image, pixels, as its header says.
pub fn image_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::blob_size(bytes).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// The images of one work while it is read.
#[derive(Debug)]
pub(crate) struct Images<'a> {
    limits: &'a Limits,
    known: HashSet<MediaName>,
    media: Vec<Media>,
}

impl<'a> Images<'a> {
    /// No images yet.
    pub(crate) fn new(limits: &'a Limits) -> Images<'a> {
        Images { limits, known: HashSet::new(), media: Vec::new() }
    }

    /// Keeps an image; `None` for bytes that are none, or one too large.
    pub(crate) fn keep(&mut self, bytes: Vec<u8>) -> Option<MediaName> {
        if bytes.len() > self.limits.image_bytes {
            return None;
        }
        let kind = match imagesize::image_type(&bytes).ok()? {
            ImageType::Png => MediaKind::Png,
            ImageType::Jpeg => MediaKind::Jpeg,
            ImageType::Gif => MediaKind::Gif,
            ImageType::Webp => MediaKind::Webp,
            _ => return None,
        };
        let size = imagesize::blob_size(&bytes).ok()?;
        let most = self.limits.image_side_pixels;
        if size.width > most || size.height > most {
            return None;
        }
        let name = MediaName::of(&bytes, kind);
        if self.known.contains(&name) {
            return Some(name);
        }
        if self.media.len() >= self.limits.images {
            return None;
        }
        self.known.insert(name.clone());
        let (width_pixels, height_pixels) = (size.width as u32, size.height as u32);
        self.media.push(Media { name: name.clone(), kind, bytes, width_pixels, height_pixels });
        Some(name)
    }

    /// The image of an address that needs no other file: `data:` and other servers'.
    pub(crate) fn of_address(&mut self, address: &str) -> Option<ImageSource> {
        let address = address.trim();
        if address.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
            let longest = self.limits.image_bytes.saturating_mul(2);
            let bytes = data(address.get(5..)?, longest)?;
            return self.keep(bytes).map(ImageSource::Kept);
        }
        Href::parse(address)
            .filter(|href| href.as_str().starts_with("http"))
            .map(ImageSource::Remote)
    }

    /// Everything that was kept, in the order in which it came.
    pub(crate) fn into_media(self) -> Vec<Media> {
        self.media
    }
}

/// The bytes of a `data:` address (RFC 2397), without its scheme.
fn data(address: &str, longest: usize) -> Option<Vec<u8>> {
    if address.len() > longest {
        return None;
    }
    let (kind, data) = address.split_once(',')?;
    let raw = percent_decode(data);
    if kind.trim_end().to_ascii_lowercase().ends_with(";base64") { base64(&raw) } else { Some(raw) }
}

/// Undoes percent-encoding.
pub(crate) fn percent_decode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(first);
                rest = after;
            }
        }
    }
    out
}

/// Reads base64 (RFC 4648, either alphabet), spaces left out of account.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.iter().copied().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

/// Writes base64 (RFC 4648).
pub(crate) fn to_base64(bytes: &[u8], out: &mut String) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    out.reserve(bytes.len() / 3 * 4 + 4);
    for group in bytes.chunks(3) {
        let at = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4 {
            let value = (bits >> (18 - 6 * i)) & 63;
            let letter = LETTERS.get(value as usize).copied().unwrap_or(b'A');
            out.push(if i <= group.len() { char::from(letter) } else { '=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_goes_round() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|i| i.wrapping_mul(67) ^ length).collect();
            let mut text = String::new();
            to_base64(&bytes, &mut text);
            assert_eq!(text.len() % 4, 0);
            assert_eq!(base64(text.as_bytes()), Some(bytes));
        }
    }

    #[test]
    fn only_images_are_kept() {
        let limits = Limits::default();
        let mut images = Images::new(&limits);
        let gif = "data:image/png;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
        let Some(ImageSource::Kept(name)) = images.of_address(gif) else {
            unreachable!("a picture of one pixel is kept")
        };
        assert_eq!(name.kind(), MediaKind::Gif);
        let bad = [
            "data:image/svg+xml,<svg onload='alert(1)'/>",
            "data:text/html,<script>alert(1)</script>",
            "data:image/png;base64,????",
            "javascript:alert(1)",
            "ftp://example.org/x.png",
            "x.png",
        ];
        for address in bad {
            assert_eq!(images.of_address(address), None, "{address}");
        }
        assert_eq!(images.into_media().len(), 1);
    }
}
