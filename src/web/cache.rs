//! Finished pages: made once, kept while the store does not change, sent as they are.
//!
//! Owns what an HTML answer looks like on the wire: its entity tag, its compressed form, `304 Not
//! Modified`. A page is good as long as the library's state is the one that it was made from,
//! so nothing ever has to be thrown out by name.

use std::io::Write;
use std::sync::{Arc, OnceLock};

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::security;

/// Memory that kept pages may take, bytes.
const CAPACITY: u64 = 32 << 20;
/// About how many pages that is.
const PAGES: usize = 2_000;
/// Addresses longer than this are not worth keeping, bytes.
const ADDRESS_LONGEST: usize = 512;
/// Bodies shorter than this are sent as they are, bytes: one packet holds them anyway.
const ZIP_SHORTEST: usize = 1_024;

/// A finished page. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Page(Arc<Made>);

#[derive(Debug)]
struct Made {
    status: StatusCode,
    media_type: &'static str,
    /// The store's generation that it was made from.
    generation: u64,
    plain: Form,
    zipped: OnceLock<Option<Form>>,
}

/// A page in one encoding, ready to be sent.
#[derive(Debug)]
struct Form {
    tag: HeaderValue,
    headers: HeaderMap,
    body: Bytes,
}

/// How a browser wants its page.
#[derive(Clone, Debug)]
pub(super) struct Wants {
    gzip: bool,
    known: Option<HeaderValue>,
}

impl Wants {
    pub(super) fn of(headers: &HeaderMap) -> Wants {
        let gzip = headers.get(ACCEPT_ENCODING).is_some_and(accepts_gzip);
        Wants { gzip, known: headers.get(IF_NONE_MATCH).cloned() }
    }
}

/// Whether gzip is among the accepted encodings and not refused by `q=0` (RFC 9110, 12.5.3).
fn accepts_gzip(value: &HeaderValue) -> bool {
    let Ok(value) = value.to_str() else { return false };
    value.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = |part: &str| part.strip_prefix("q=").map(str::to_owned);
        let refused = parts.filter_map(weight).any(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
        named && !refused
    })
}

impl Page {
    /// An HTML page with this text, made from this generation of the store.
    pub(super) fn new(html: String, status: StatusCode, generation: u64) -> Page {
        Page::of_type("text/html; charset=utf-8", html, status, generation)
    }

    /// The same of another media type.
    pub(super) fn of_type(
        media_type: &'static str,
        text: String,
        status: StatusCode,
        generation: u64,
    ) -> Page {
        let hash = blake3::hash(text.as_bytes()).to_hex();
        let tag = format!("\"{}\"", hash.get(..24).unwrap_or_default());
        let plain = Form::new(&tag, media_type, Bytes::from(text), false);
        Page(Arc::new(Made { status, media_type, generation, plain, zipped: OnceLock::new() }))
    }

    /// Whether [`Page::answer`] has nothing left to compute.
    pub(super) fn is_ready(&self, wants: &Wants) -> bool {
        !wants.gzip || self.0.zipped.get().is_some()
    }

    /// The answer to a request. The first one that wants it compressed takes a millisecond or more,
    /// see [`Page::is_ready`].
    pub(super) fn answer(&self, wants: &Wants) -> Response {
        let made = &*self.0;
        let zipped = if wants.gzip { made.zipped() } else { None };
        let form = zipped.unwrap_or(&made.plain);
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = form.headers.clone();
        let known = wants.known.as_ref().is_some_and(|known| is_known(known, &form.tag));
        if known && made.status == StatusCode::OK {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            for name in [CONTENT_LENGTH, CONTENT_TYPE, CONTENT_ENCODING] {
                response.headers_mut().remove(name);
            }
        } else {
            *response.status_mut() = made.status;
            *response.body_mut() = Body::from(form.body.clone());
        }
        response
    }
}

impl Made {
    fn zipped(&self) -> Option<&Form> {
        let zip = || {
            let body = &self.plain.body;
            let zipped = (body.len() >= ZIP_SHORTEST).then(|| zip(body))?.ok()?;
            let tag = self.plain.tag.to_str().ok()?.trim_end_matches('"');
            let tag = format!("{tag}-gz\"");
            Some(Form::new(&tag, self.media_type, Bytes::from(zipped), true))
        };
        self.zipped.get_or_init(zip).as_ref()
    }
}

fn zip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 2), Compression::new(6));
    encoder.write_all(body)?;
    encoder.finish()
}

impl Form {
    fn new(tag: &str, media_type: &'static str, body: Bytes, zipped: bool) -> Form {
        let text = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
        let tag = text(tag);
        let mut headers = HeaderMap::with_capacity(16);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(ETAG, tag.clone());
        if zipped {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        security::secure(&mut headers);
        Form { tag, headers, body }
    }
}

/// Whether a list of entity tags names this one (RFC 9110, 13.1.2: weak comparison).
fn is_known(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else { return false };
    list.split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// A handler returns a page as it is; the connection turns it into what the browser wants.
impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.0.status;
        response.extensions_mut().insert(self);
        response
    }
}

/// The pages that are kept, by path and query.
#[derive(Debug)]
pub(super) struct Pages(quick_cache::sync::Cache<Box<str>, Page, Weight>);

#[derive(Clone, Debug)]
struct Weight;

impl quick_cache::Weighter<Box<str>, Page> for Weight {
    /// Bytes of the page, with room for its compressed form and the rest of the entry.
    fn weight(&self, address: &Box<str>, page: &Page) -> u64 {
        let body = page.0.plain.body.len() as u64;
        body + body / 2 + address.len() as u64 + 2_048
    }
}

impl Pages {
    pub(super) fn new() -> Pages {
        Pages(quick_cache::sync::Cache::with_weighter(PAGES, CAPACITY, Weight))
    }

    /// The page of an address, if it was made from this generation of the store.
    pub(super) fn get(&self, address: &str, generation: u64) -> Option<Page> {
        if address.len() > ADDRESS_LONGEST {
            return None;
        }
        self.0.get(address).filter(|page| page.0.generation == generation)
    }

    /// Keeps a page.
    pub(super) fn keep(&self, address: &str, page: &Page) {
        if address.len() <= ADDRESS_LONGEST {
            self.0.insert(address.into(), page.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(encoding: &'static str, known: Option<&str>) -> Wants {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(encoding));
        if let Some(known) = known {
            headers.insert(IF_NONE_MATCH, HeaderValue::from_str(known).expect("a tag"));
        }
        Wants::of(&headers)
    }

    #[test]
    fn gzip_is_sent_only_where_it_is_wanted() {
        for (encoding, gzip) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0", false),
            ("identity", false),
            ("x-gzippy", false),
        ] {
            assert_eq!(wants(encoding, None).gzip, gzip, "{encoding}");
        }
    }

    #[test]
    fn each_form_has_a_tag_of_its_own() {
        let page = Page::new("words ".repeat(1_000), StatusCode::OK, 1);
        let tag = |wants: &Wants| page.answer(wants).headers().get(ETAG).cloned().expect("a tag");
        let (plain, zipped) = (tag(&wants("", None)), tag(&wants("gzip", None)));
        assert_ne!(plain, zipped);
        let list = format!("\"other\", W/{}", plain.to_str().expect("text"));
        let status = |encoding| page.answer(&wants(encoding, Some(&list))).status();
        assert_eq!(status(""), StatusCode::NOT_MODIFIED);
        assert_eq!(status("gzip"), StatusCode::OK);
        let absent = Page::new("gone".to_owned(), StatusCode::NOT_FOUND, 1);
        assert_eq!(absent.answer(&wants("", Some("*"))).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_page_of_another_generation_is_no_page() {
        let pages = Pages::new();
        pages.keep("/works/1", &Page::new("old".to_owned(), StatusCode::OK, 1));
        assert!(pages.get("/works/1", 1).is_some());
        assert!(pages.get("/works/1", 2).is_none());
        let long = format!("/?q={}", "x".repeat(ADDRESS_LONGEST));
        pages.keep(&long, &Page::new("long".to_owned(), StatusCode::OK, 1));
        assert!(pages.get(&long, 1).is_none());
    }

    #[test]
    fn the_pages_stay_within_their_memory() {
        let pages = Pages::new();
        for number in 0..3_000 {
            let page = Page::new("x".repeat(40_000), StatusCode::OK, 1);
            pages.keep(&format!("/works/{number}"), &page);
        }
        assert!(pages.0.weight() <= CAPACITY, "{}", pages.0.weight());
    }
}
