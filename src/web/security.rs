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
