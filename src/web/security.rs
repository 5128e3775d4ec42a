//! What every answer says to the browser about itself, and which names this machine answers to.
//!
//! Owns the content security policy. Pages load the site's own style sheet, script and images and
//! nothing else: nothing inline, no frame, no font or image from anybody else.

use std::net::IpAddr;

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Uri};

/// The headers of every answer, unless the answer has stricter ones.
static HEADERS: [(HeaderName, HeaderValue); 7] = [
    // A browser may keep it for its "back" button but asks before it shows it again.
    (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; \
             script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
        ),
    ),
];

/// Adds the headers that are not there yet.
pub(super) fn secure(headers: &mut HeaderMap) {
    for (name, value) in &HEADERS {
        headers.entry(name).or_insert_with(|| value.clone());
    }
}

/// Whether a request names this machine. Where only this machine is listened to, a page elsewhere
/// could otherwise point a name of its own at it and read the library (DNS rebinding).
pub(super) fn is_own_host(headers: &HeaderMap, uri: &Uri) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let named = host.to_str().is_ok_and(is_loopback);
    named && uri.authority().is_none_or(|authority| is_loopback(authority.as_str()))
}

/// Whether a request was sent from this very machine, and by no proxy for somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FromHere(pub bool);

impl FromHere {
    pub(super) fn of(headers: &HeaderMap, uri: &Uri, peer: IpAddr) -> FromHere {
        let here = peer.to_canonical().is_loopback() && is_own_host(headers, uri);
        let forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
        FromHere(here && !forwarded)
    }
}

/// What proxies add to requests that they pass on.
const FORWARDED: [&str; 5] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/// Whether a form was sent by one of the site's own pages and by no other one that is open in the
/// same browser (cross-site request forgery): the browser says that it comes from this very origin.
/// Our pages send no referrer, and then browsers say `Origin: null` of their forms; but all that
/// are of this decade also say `Sec-Fetch-Site`, which no page can forge. A request without either
/// is refused.
pub(super) fn is_same_origin(headers: &HeaderMap) -> bool {
    let one = |name: &str| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value.to_str().unwrap_or("unreadable")),
            (None, _) => None,
            (Some(_), Some(_)) => Some("several"),
        }
    };
    let host = one("host").unwrap_or_default();
    let (site, origin) = (one("sec-fetch-site"), one("origin"));
    let is_own = |origin: &str| {
        let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        rest.is_some_and(|own| own.eq_ignore_ascii_case(host))
    };
    match (site, origin) {
        (Some("same-origin"), None | Some("null")) => true,
        (Some("same-origin") | None, Some(origin)) => is_own(origin),
        _ => false,
    }
}

/// Whether a host with an optional port is this machine's own loopback.
fn is_loopback(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => (address, port),
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let digits = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let port_good = port.is_empty() || port.strip_prefix(':').is_some_and(digits);
    let own = name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    port_good && own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_are_own() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:80"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "[::1",
            ":80",
            "127.0.0.1:",
            "127.0.0.1:80@evil.example",
            "0.0.0.0",
            "192.168.0.1",
            "[::1]evil",
            "user@localhost",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    fn sent(headers: &[(&str, &str)], peer: &str) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            map.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        let (uri, peer) = (Uri::from_static("/tags/act"), peer.parse().expect("an address"));
        is_same_origin(&map) && FromHere::of(&map, &uri, peer) == FromHere(true)
    }

    #[test]
    fn forms_are_taken_from_own_pages() {
        let host = ("host", "127.0.0.1:8080");
        let own = ("origin", "http://127.0.0.1:8080");
        let same = ("sec-fetch-site", "same-origin");
        for headers in [
            &[host, same][..],
            &[host, same, own],
            &[host, same, ("origin", "null")],
            &[host, own],
            &[("host", "LOCALHOST:1"), ("origin", "http://localhost:1")],
        ] {
            assert!(sent(headers, "127.0.0.1"), "{headers:?}");
            assert!(sent(headers, "::ffff:127.0.0.1"), "{headers:?}");
            assert!(!sent(headers, "192.168.0.7"), "{headers:?} from another machine");
        }
        for headers in [
            &[host][..],
            &[same],
            &[host, ("origin", "null")],
            &[host, ("origin", "http://127.0.0.1:8081")],
            &[host, ("origin", "http://127.0.0.1")],
            &[host, ("origin", "http://127.0.0.1:8080.evil.example")],
            &[host, ("origin", "https://evil.example")],
            &[host, same, ("origin", "https://evil.example")],
            &[host, own, ("sec-fetch-site", "same-site")],
            &[host, own, ("sec-fetch-site", "cross-site")],
            &[host, own, ("sec-fetch-site", "none")],
            &[host, own, own],
            &[host, same, same],
            &[host, host, same],
            &[("host", "evil.example"), ("origin", "http://evil.example")],
            &[("host", "evil.example"), same],
            &[host, same, ("x-forwarded-for", "10.0.0.1")],
            &[host, same, ("via", "1.1 proxy")],
        ] {
            assert!(!sent(headers, "127.0.0.1"), "{headers:?}");
        }
    }

    #[test]
    fn stricter_headers_stay() {
        let mut headers = HeaderMap::new();
        let sandbox = HeaderValue::from_static("sandbox");
        headers.insert(header::CONTENT_SECURITY_POLICY, sandbox.clone());
        secure(&mut headers);
        assert_eq!(headers.get(header::CONTENT_SECURITY_POLICY), Some(&sandbox));
        assert_eq!(headers.len(), HEADERS.len());
    }
}
