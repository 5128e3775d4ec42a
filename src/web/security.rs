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
/// could otherwise point a name of its own at it and read the library (DNS rebinding). `public` is
/// the origin under which a proxy serves it.
pub(super) fn is_own_host(headers: &HeaderMap, uri: &Uri, public: Option<&str>) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let own = |host: &str| is_loopback(host) || public.is_some_and(|public| is_host(public, host));
    let named = host.to_str().is_ok_and(own);
    named && uri.authority().is_none_or(|authority| own(authority.as_str()))
}

/// Who sent a request, for counting how often: the other end of the connection; behind a proxy, the
/// address that the proxy says it heard from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Client(pub IpAddr);

impl Client {
    /// `proxied` says that a proxy on this machine passes requests on: only then is it believed.
    pub(super) fn of(headers: &HeaderMap, peer: IpAddr, proxied: bool) -> Client {
        let peer = peer.to_canonical();
        if !proxied || !peer.is_loopback() {
            return Client(peer);
        }
        // The last one was written by the proxy itself; whatever stands before may be made up.
        let line = headers.get_all("x-forwarded-for").iter().next_back();
        let last = line.and_then(|line| line.to_str().ok()?.rsplit(',').next());
        Client(last.and_then(|last| last.trim().parse().ok()).unwrap_or(peer))
    }

    /// What requests are counted by: of the newer addresses (IPv6) the network, because whoever has
    /// one has 2^64 of them.
    pub(super) fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                IpAddr::V6(network.into())
            }
            address => address,
        }
    }
}

/// Whether a form was sent by one of the site's own pages and by no other one that is open in the
/// same browser (cross-site request forgery): the browser says that the request comes from this
/// very origin, or from `public`, as which a proxy serves it. Our pages send no referrer, and then
/// browsers say `Origin: null` of their forms; but all that are of this decade also say
/// `Sec-Fetch-Site`, which no page can forge. A request without either is refused.
pub(super) fn is_same_origin(headers: &HeaderMap, public: Option<&str>) -> bool {
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
        let named = rest.is_some_and(|own| !own.is_empty() && own.eq_ignore_ascii_case(host));
        named || public.is_some_and(|public| public.eq_ignore_ascii_case(origin))
    };
    match (site, origin) {
        (Some("same-origin"), None | Some("null")) => true,
        (Some("same-origin") | None, Some(origin)) => is_own(origin),
        _ => false,
    }
}

/// Whether an origin is that of a host.
fn is_host(origin: &str, host: &str) -> bool {
    origin.split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(host))
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

    fn map(headers: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            map.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        map
    }

    fn sent(headers: &[(&str, &str)]) -> bool {
        is_same_origin(&map(headers), None)
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
            assert!(sent(headers), "{headers:?}");
        }
        for headers in [
            &[host][..],
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
            &[("origin", "http://")],
            &[host, ("origin", "https://stories.example")],
        ] {
            assert!(!sent(headers), "{headers:?}");
        }
    }

    #[test]
    fn a_proxy_has_an_origin_of_its_own() {
        let public = Some("https://stories.example");
        let headers = [("host", "127.0.0.1:8080"), ("origin", "https://stories.example")];
        assert!(is_same_origin(&map(&headers), public));
        for origin in ["https://stories.example.evil", "http://stories.example", "https://"] {
            let headers = [("host", "127.0.0.1:8080"), ("origin", origin)];
            assert!(!is_same_origin(&map(&headers), public), "{origin}");
        }
        let uri = Uri::from_static("/");
        assert!(is_own_host(&map(&[("host", "Stories.example")]), &uri, public));
        assert!(!is_own_host(&map(&[("host", "evil.example")]), &uri, public));
        assert!(!is_own_host(&map(&[("host", "stories.example")]), &uri, None));
    }

    #[test]
    fn only_a_proxy_of_this_machine_is_believed() {
        let of = |said: &str, peer: &str, proxied| {
            let peer = peer.parse().expect("an address");
            Client::of(&map(&[("x-forwarded-for", said)]), peer, proxied).0.to_string()
        };
        assert_eq!(of("10.0.0.1", "127.0.0.1", false), "127.0.0.1");
        assert_eq!(of("1.2.3.4, 10.0.0.1", "127.0.0.1", true), "10.0.0.1");
        assert_eq!(of("nonsense", "::1", true), "::1");
        assert_eq!(of("10.0.0.1", "192.168.0.9", true), "192.168.0.9");
        assert_eq!(of("10.0.0.1", "::ffff:192.168.0.9", true), "192.168.0.9");
        let [one, two, other] = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
            .map(|text| Client(text.parse().expect("an address")).network());
        assert!(one == two && one != other);
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
