//! Mail: what is sent to whom and when, what nobody learns by it, and servers that misbehave.

use std::process::Command;
use std::time::{Duration, Instant};

use fanfold::archive::mail::{Address, Letter};
use fanfold::mail::{Mail, Security, Sender, Server};

use crate::mail_server::{CERTIFICATE, MailServer, Manner};
use crate::people::{PASSWORD, account, join, secret, see, send, sign_in};
use crate::site::Site;

pub fn settings(port: u16) -> [(&'static str, String); 2] {
    [
        ("FANFOLD_SMTP", format!("smtp://127.0.0.1:{port}")),
        ("FANFOLD_MAIL_FROM", "archive@stories.example".to_owned()),
    ]
}

/// A site that sends mail, and somebody with an account there.
fn site(server: &MailServer) -> (Site, String, String) {
    let site = Site::set(&[("a.txt", "The tide was out.")], &settings(server.port));
    let owner = site.sign_in();
    let ann = join(&site, &owner, "Ann");
    (site, owner, ann)
}

fn ask_address(site: &Site, cookie: &str, address: &str) -> u16 {
    let fields = [("act", "address"), ("address", address), ("old", PASSWORD)];
    send(site, "/you", cookie, &fields).status
}

/// Gives Ann an address; the number of letters so far is `before`.
fn with_address(site: &Site, server: &MailServer, ann: &str, address: &str) {
    let before = server.count();
    assert_eq!(ask_address(site, ann, address), 303);
    send(site, &server.letter(before).path(), "", &[]).is(303);
}

#[test]
fn without_a_server_nothing_speaks_of_mail() {
    let site = Site::with(&[("a.txt", "The tide was out.")]);
    let owner = site.sign_in();
    see(&site, "/you", "").is(200).sees_no("/forgot").sees_no("E-mail");
    see(&site, "/you", &owner).is(200).sees_no("E-mail").sees_no("Your address");
    site.get("/forgot").is(404);
    let ann = join(&site, &owner, "Ann");
    assert_eq!(ask_address(&site, &ann, "ann@host.example"), 404);
    let (well, said) = site.beside_output(&["mail-test", "ann@host.example"]);
    assert!(!well && said.contains("smtps://name@host:465"), "{said}");
}

#[test]
fn an_address_is_used_once_its_holder_said_yes() {
    let server = MailServer::new(Manner::Takes);
    let (site, _, ann) = site(&server);
    let wrong = [("act", "address"), ("address", "ann@host.example"), ("old", "wrong")];
    send(&site, "/you", &ann, &wrong).is(422);
    for bad in ["ann", "ann@host.example\nBcc: all@host.example", "a@b.example,c@d.example"] {
        assert_eq!(ask_address(&site, &ann, bad), 422, "{bad}");
    }
    assert_eq!(ask_address(&site, &ann, "ann@host.example"), 303);
    let letter = server.letter(0);
    assert!(letter.envelope.contains("MAIL FROM:<archive@stories.example>"), "{letter:?}");
    assert!(letter.envelope.contains("RCPT TO:<ann@host.example>"), "{letter:?}");
    let head = letter.text.split("\r\n\r\n").next().expect("a head").to_lowercase();
    for line in ["to: ann@host.example", "from: \"fanfold\"", "auto-submitted: auto-generated"] {
        assert!(head.contains(line) || head.contains(&line.replace('"', "")), "{line} in {head}");
    }
    for name in [
        "mime-version: 1.0",
        "date: ",
        "message-id: <",
        "subject: is this your address?",
        "text/plain",
    ] {
        assert!(head.contains(name), "{name} in {head}");
    }
    assert!(letter.body().contains("“Ann”"), "{}", letter.body());
    // Until then it waits, and looking at the link is not saying yes.
    see(&site, "/you", &ann).is(200).sees("on its way to ann@host.example");
    let path = letter.path();
    for _ in 0..2 {
        site.get(&path).is(200).sees("Is this your address?").sees("ann@host.example");
    }
    send(&site, "/forgot", "", &[("who", "ann@host.example")]).is(303);
    // A second letter is worth more than the first.
    assert_eq!(ask_address(&site, &ann, "ann2@host.example"), 303);
    let second = server.letter(1).path();
    send(&site, &path, "", &[]).is(410);
    send(&site, &second, "", &[]).is(303);
    send(&site, &second, "", &[]).is(410);
    see(&site, "/you", &ann)
        .is(200)
        .sees("<strong>ann2@host.example</strong>")
        .sees_no("on its way");
    // The address that was is told, and the new one is not bothered.
    with_address(&site, &server, &ann, "ann3@host.example");
    let told = server.letter(3);
    assert!(told.envelope.contains("<ann2@host.example>"), "{told:?}");
    assert!(told.body().contains("does not go to this address any more"), "{}", told.body());
    let gone = [("act", "no address"), ("old", PASSWORD)];
    send(&site, "/you", &ann, &gone).is(303);
    assert!(server.letter(4).envelope.contains("<ann3@host.example>"));
    see(&site, "/you", &ann).is(200).sees_no("ann3@host.example");
    assert_eq!(server.count(), 5, "nothing else was sent");
}

#[test]
fn whoever_forgot_a_password_gets_a_link_and_nobody_learns_who_that_is() {
    let server = MailServer::new(Manner::Takes);
    let (site, owner, ann) = site(&server);
    join(&site, &owner, "Ben");
    with_address(&site, &server, &ann, "ann@host.example");
    let ask = |who: &str| {
        let begin = Instant::now();
        let answer = send(&site, "/forgot", "", &[("who", who)]).is(303);
        (answer.header("location").to_owned(), answer.body, begin.elapsed())
    };
    let known = ask("Ann");
    for unknown in ["Zoe", "Ben", "zoe@host.example"] {
        let unknown = ask(unknown);
        assert_eq!((&known.0, &known.1), (&unknown.0, &unknown.1));
        println!("known {:?}, unknown {:?}", known.2, unknown.2);
    }
    let link = server.letter(1);
    assert!(link.envelope.contains("<ann@host.example>"), "{link:?}");
    let path = link.path();
    site.get(&path).is(200).sees("Choose a password").sees("Ann");
    let fields = [("password", "yet another one"), ("again", "yet another one")];
    send(&site, &path, "", &fields).is(303);
    send(&site, &path, "", &fields).is(410);
    sign_in(&site, "Ann", PASSWORD, "").is(403);
    sign_in(&site, "Ann", "yet another one", "").is(303);
    assert!(server.letter(2).body().contains("The password of your account was changed."));
    // However the name is spelled: one link for a while.
    ask("ÁNN");
    ask("ann@HOST.example");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(server.count(), 3, "one link for a while, and none for anybody else");
    // And not often for one spelling, there or not.
    for who in ["Ann", "Zoe"] {
        let last = (0..4).map(|_| send(&site, "/forgot", "", &[("who", who)]).status).last();
        assert_eq!(last, Some(429), "{who}");
    }
    send(&site, "/forgot", "", &[("who", "")]).is(400);
    send(&site, "/forgot", "", &[("who", &"x".repeat(300))]).is(400);
}

#[test]
fn answers_take_as_long_whoever_is_asked_about() {
    let server = MailServer::new(Manner::Slow(Duration::from_millis(300)));
    let (site, _, ann) = site(&server);
    with_address(&site, &server, &ann, "ann@host.example");
    let time = |who: &str| {
        let begin = Instant::now();
        send(&site, "/forgot", "", &[("who", who)]).is(303);
        begin.elapsed()
    };
    let times = (time("Ann"), time("Zoe"));
    assert!(times.0 < Duration::from_millis(250), "{times:?}: nobody waits for the mail server");
    server.letter(1);
}

/// Sets up an authenticator.
#[expect(clippy::disallowed_methods, reason = "codes are made by the clock on the wall")]
pub fn factor_on(site: &Site, cookie: &str, password: &str) {
    let text = secret(&send(site, "/you", cookie, &[("act", "factor")]).is(200));
    let bytes = fanfold::credential::from_base32(&text).expect("a secret");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let code = fanfold::credential::totp_code(&bytes, now.expect("a time").as_secs() / 30);
    let fields = [("act", "factor-on"), ("secret", &text), ("code", &code), ("old", password)];
    send(site, "/you", cookie, &fields).is(200);
}

#[test]
fn a_new_password_ends_what_waits_for_an_address() {
    let server = MailServer::new(Manner::Takes);
    let (site, owner, ann) = site(&server);
    // Somebody who knows the password asks for mail to an address of their own.
    assert_eq!(ask_address(&site, &ann, "mallory@host.example"), 303);
    let path = server.letter(0).path();
    let key = account(&site, &owner, "Ann").to_string();
    let link = secret(&send(&site, "/people", &owner, &[("act", "link"), ("account", &key)]));
    let fields = [("password", "yet another one"), ("again", "yet another one")];
    send(&site, &link, "", &fields).is(303);
    send(&site, &path, "", &[]).is(410);
}

#[test]
fn changes_are_told_to_the_address() {
    let server = MailServer::new(Manner::Takes);
    let (site, owner, ann) = site(&server);
    with_address(&site, &server, &ann, "ann@host.example");
    let new = [("act", "password"), ("old", PASSWORD), ("password", "another long one")];
    send(&site, "/you", &ann, &new).is(303);
    let told = |number: usize, words: &str| {
        let body = server.letter(number).body();
        assert!(body.contains(words) && body.contains("Hello Ann"), "{body}");
    };
    told(1, "The password of your account was changed.");
    // What failed or changed nothing is not told.
    let off = [("act", "factor-off"), ("old", "another long one")];
    send(&site, "/you", &ann, &[off[0], ("old", "wrong")]).is(422);
    send(&site, "/you", &ann, &off).is(303);
    factor_on(&site, &ann, "another long one");
    told(2, "takes a code from now on");
    send(&site, "/you", &ann, &off).is(303);
    told(3, "takes no code any more");
    factor_on(&site, &ann, "another long one");
    told(4, "takes a code from now on");
    let key = account(&site, &owner, "Ann").to_string();
    for act in ["no passkeys", "no factor", "no factor"] {
        send(&site, "/people", &owner, &[("act", act), ("account", &key)]).is(303);
    }
    told(5, "takes no code any more");
    let link = secret(&send(&site, "/people", &owner, &[("act", "link"), ("account", &key)]));
    let fields = [("password", "yet another one"), ("again", "yet another one")];
    send(&site, &link, "", &fields).is(303);
    told(6, "The password of your account was changed.");
    // Whoever leaves is forgotten here, too.
    let ann = sign_in(&site, "Ann", "yet another one", "").is(303);
    let ann = ann.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let leave = [("act", "delete"), ("name", "Ann"), ("old", "yet another one"), ("works", "keep")];
    send(&site, "/you", &ann, &leave).is(303);
    send(&site, "/forgot", "", &[("who", "ann@host.example")]).is(303);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.count(), 7);
}

#[test]
fn a_letter_waits_for_a_server_that_is_away_or_busy() {
    // Nothing listens there, until it does.
    let free = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let site = Site::set(&[("a.txt", "The tide was out.")], &settings(free));
    let owner = site.sign_in();
    let fields = [("act", "address"), ("address", "owner@host.example")];
    send(&site, "/you", &owner, &fields).is(303);
    std::thread::sleep(Duration::from_millis(500));
    let server = MailServer::again(free, Manner::Refuses("RCPT", "451 come again"));
    // It says so for the time being, and is asked again.
    let end = Instant::now() + Duration::from_secs(20);
    while server.seen() == 0 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!((server.seen(), server.count()), (1, 0));
    see(&site, "/you", &owner).is(200).sees("on its way to owner@host.example");
}

#[test]
fn what_a_server_refuses_for_good_is_given_up() {
    let server = MailServer::new(Manner::Refuses("RCPT", "550 nobody here"));
    let (site, _, ann) = site(&server);
    assert_eq!(ask_address(&site, &ann, "ann@host.example"), 303);
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!((server.seen(), server.count()), (1, 0));
    // What comes after it is sent.
    server.behave(Manner::Takes);
    assert_eq!(ask_address(&site, &ann, "ann2@host.example"), 303);
    assert!(server.letter(0).envelope.contains("<ann2@host.example>"));
}

/// What is said about a server that behaves so.
fn trouble(manner: Manner, security: Security) -> (String, bool) {
    let server = MailServer::new(manner);
    let own = Server { host: "127.0.0.1".to_owned(), port: server.port, security, user: None };
    let from = Address::parse("archive@stories.example").expect("an address");
    let mail = Mail { server: own, password: None, from };
    let sender = Sender::patient(&mail, "https://stories.example", Duration::from_millis(400));
    let to = Address::parse("ann@host.example").expect("an address");
    let begin = Instant::now();
    let trouble = sender.expect("a sender").send(&to, &Letter::Test).expect_err("not taken");
    assert!(begin.elapsed() < Duration::from_secs(10), "{trouble}");
    assert_eq!(server.count(), 0);
    (trouble.words, trouble.passing)
}

#[test]
fn servers_that_misbehave_are_named_in_words() {
    let (plain, tls) = (Security::Plain, Security::Tls);
    let many = [b"220-more\r\n".repeat(2_000), b"x\r\n".to_vec()].concat();
    for (manner, security, words, passing) in [
        (Manner::Refuses("MAIL", "550 go away"), plain, "“go away”", false),
        (Manner::Refuses("RCPT", "450 later"), plain, "450", true),
        (Manner::Refuses("CONNECT", "554 no"), plain, "554", false),
        (Manner::Refuses(".", "552 too much"), plain, "552", false),
        (Manner::Silent, plain, "did not answer in time", true),
        (Manner::Silent, tls, "did not answer in time", true),
        (Manner::Slow(Duration::from_millis(900)), plain, "did not answer in time", true),
        (
            Manner::Says(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
            plain,
            "as mail servers do",
            true,
        ),
        (Manner::Says(b"\xff\xfe\x00\r\n".to_vec()), plain, "as mail servers do", true),
        (Manner::Says(many), plain, "as mail servers do", true),
        (Manner::Says(b"220 hello\r\n".to_vec()), tls, "no encrypted connection", true),
        (Manner::Takes, Security::StartTls, "offers no encryption", true),
        (Manner::Encrypted, tls, "no encrypted connection", true),
    ] {
        let shown = format!("{manner:.60?}").chars().take(60).collect::<String>();
        let (said, again) = trouble(manner, security);
        assert!(said.contains(words), "{shown}: {said}");
        assert_eq!(again, passing, "{shown}: {said}");
        assert!(said.len() < 500 && !said.contains('\n'), "{shown}: {said}");
    }
}

/// Sends a letter as `fanfold mail-test` does.
fn mail_test(environment: &[(&str, &str)]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_fanfold"))
        .args(["mail-test", "ann@host.example"])
        .envs(environment.iter().copied())
        .env("FANFOLD_MAIL_FROM", "archive@stories.example")
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_password_given_by_command_is_told_as_given_before_a_letter_is_sent() {
    let server = MailServer::new(Manner::Takes);
    let (site, _, ann) = site(&server);
    with_address(&site, &server, &ann, "ann@host.example");
    server.behave(Manner::Refuses("MAIL", "451 not now"));
    let said = site.beside_typed(&["password", "Ann"], "yet another one\n");
    let (done, failed) = (said.find("Ann signs in with it"), said.find("nobody could be told"));
    assert!(done.is_some() && done < failed, "{said}");
    sign_in(&site, "Ann", "yet another one", "").is(303);
    server.behave(Manner::Takes);
    let said = site.beside_typed(&["password", "Ann"], "a password again\n");
    assert!(said.contains("Ann signs in") && !said.contains("nobody could be told"), "{said}");
    assert!(server.letter(1).body().contains("The password of your account was changed."));
}

#[test]
fn a_test_letter_says_what_went_wrong_and_no_secret() {
    let server = MailServer::new(Manner::Encrypted);
    let smtp = format!("smtps://me@localhost:{}", server.port);
    let secret = ("FANFOLD_SMTP_PASSWORD", "tide-lamp-kettle");
    let (well, said) =
        mail_test(&[("FANFOLD_SMTP", &smtp), secret, ("SSL_CERT_FILE", CERTIFICATE)]);
    assert!(well && said.contains("took a letter to ann@host.example"), "{said}");
    let letter = server.letter(0);
    assert!(letter.envelope.contains("AUTH"), "{letter:?}");
    assert!(letter.body().contains("it arrived"), "{}", letter.body());
    // A certificate that this machine does not trust: not even the name is said.
    let (well, said) = mail_test(&[("FANFOLD_SMTP", &smtp), secret]);
    assert!(!well && said.contains("no encrypted connection"), "{said}");
    assert_eq!(server.count(), 1);
    let (well, said) = mail_test(&[("FANFOLD_SMTP", "smtp://127.0.0.1:1")]);
    assert!(!well && said.contains("nothing listens at 127.0.0.1:1"), "{said}");
    let (well, said) = mail_test(&[("FANFOLD_SMTP", &smtp)]);
    assert!(!well && said.contains("smtp_password"), "{said}");
    // By STARTTLS: the name in capitals is one that only the system knows for this machine's own.
    let late = MailServer::new(Manner::StartTls);
    let smtp_late = format!("smtp://me@LOCALHOST:{}", late.port);
    let late_secret = [("FANFOLD_SMTP", smtp_late.as_str()), secret];
    let (well, said) = mail_test(&[late_secret[0], secret, ("SSL_CERT_FILE", CERTIFICATE)]);
    assert!(well && late.letter(0).envelope.contains("AUTH"), "{said}");
    let (well, said) = mail_test(&late_secret);
    assert!(!well && said.contains("no encrypted connection") && late.count() == 1, "{said}");
    // A password is shown nowhere.
    let output = Command::new(env!("CARGO_BIN_EXE_fanfold"))
        .args(["config", "--log", "trace"])
        .envs([("FANFOLD_SMTP", smtp.as_str()), secret])
        .env("FANFOLD_MAIL_FROM", "archive@stories.example")
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("smtp_password = \"…\"") && !said.contains("kettle"), "{said}");
}
