//! A driver for tests of the site: the real program on a free port over a folder of its own.
//!
//! Owns starting, asking and ending. It knows nothing of what pages say; that is for the tests.

#![allow(clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use ureq::http::{HeaderMap, Method, Request};

use crate::schema::Schema;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Fanfold; it ends with this value.
pub struct Site {
    program: Child,
    origin: String,
    /// The path of the link that signs the owner in.
    link: String,
    /// The cookie of the owner, once signed in.
    owner: OnceLock<String>,
    agent: ureq::Agent,
    folder: TempDir,
    data: TempDir,
    /// Where everything is kept, if not in the data folder: all tests of pages are run on
    /// PostgreSQL where `FANFOLD_TEST_PAGES_ON` says `postgres`.
    schema: Option<Schema>,
    /// Settings besides the usual ones.
    environment: Vec<(&'static str, String)>,
}

/// An answer of the site.
#[derive(Debug)]
pub struct Answer {
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Site {
    /// Starts over a folder with these files, and waits until they are in.
    pub fn with(files: &[(&str, &str)]) -> Site {
        Site::set(files, &[])
    }

    /// The same with settings, as environment variables.
    pub fn set(files: &[(&str, &str)], environment: &[(&'static str, String)]) -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        let data = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            write(folder.path(), name, text);
        }
        let on_server = std::env::var("FANFOLD_TEST_PAGES_ON").is_ok_and(|on| on == "postgres");
        let schema = on_server.then(|| Schema::new().expect("a server"));
        let environment = environment.to_vec();
        let (program, origin, link) =
            started(data.path(), folder.path(), schema.as_ref(), &environment);
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            // A form that is refused before it was read ends its connection; nobody uses it again.
            .max_idle_connections(0)
            .build();
        let owner = OnceLock::new();
        let agent = config.into();
        Site { program, origin, link, owner, agent, folder, data, schema, environment }
    }

    /// Puts another file into the folder that is watched.
    pub fn import(&self, name: &str, text: &str) {
        write(self.folder.path(), name, text);
    }

    /// Puts one of the repository's files into the folder that is watched.
    pub fn import_file(&self, path: &str) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let name = from.file_name().expect("a name");
        std::fs::copy(&from, self.folder.path().join(name)).expect("copied");
    }

    /// Asks without going on to where the answer leads.
    pub fn ask_plainly(&self, path: &str) -> Answer {
        let request = Request::builder().uri(format!("{}{path}", self.origin)).body(());
        let request = self.agent.configure_request(request.expect("a request"));
        let request = request.max_redirects(0).max_redirects_will_error(false).build();
        self.take(path, self.agent.run(request).expect("an answer"))
    }

    /// Asks for a page as a plain browser does.
    pub fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[])
    }

    /// The status of an answer, wherever it leads.
    pub fn status(&self, path: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::builder().uri(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = self.agent.configure_request(request.body(()).expect("a request"));
        let request = request.max_redirects(0).max_redirects_will_error(false).build();
        self.agent.run(request).expect("an answer").status().as_u16()
    }

    /// Asks in a way of one's own.
    pub fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).expect("a request");
        self.take(path, self.agent.run(request).expect("an answer"))
    }

    /// Sends a form, as the site's own pages do unless the headers say otherwise.
    pub fn send(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request =
            Request::builder().method(Method::POST).uri(format!("{}{path}", self.origin));
        let kind = ("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers.iter().chain([&kind]) {
            request = request.header(*name, *value);
        }
        let request = request.body(form.to_owned()).expect("a request");
        // Where it leads to is a part of the answer.
        let request = self.agent.configure_request(request).max_redirects(0).build();
        self.take(path, self.agent.run(request).expect("an answer"))
    }

    /// The same, while the program may be killed: no answer then.
    pub fn try_send(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Option<Answer> {
        let mut request =
            Request::builder().method(Method::POST).uri(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.whole(path, request.body(form.to_owned()).expect("a request"))
    }

    /// A page, unless the program is gone meanwhile.
    pub fn try_get(&self, path: &str, headers: &[(&str, &str)]) -> Option<Answer> {
        let mut request = Request::builder().uri(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.whole(path, request.body(()).expect("a request"))
    }

    /// An answer that came whole.
    fn whole(&self, path: &str, request: Request<impl ureq::AsSendBody>) -> Option<Answer> {
        let mut response = self.agent.run(request).ok()?;
        let body = response.body_mut().read_to_vec().ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some(Answer { path: path.to_owned(), status, headers, body })
    }

    /// Kills the program without a word.
    pub fn kill(&self) {
        let pid = self.program.id().to_string();
        let killed = Command::new("kill").args(["-9", &pid]).status().expect("kill runs");
        assert!(killed.success(), "it was not running");
    }

    /// Starts it again over the same data, at another address.
    pub fn start_again(&mut self) {
        let _ = self.program.wait();
        let (data, folder) = (self.data.path(), self.folder.path());
        let (program, origin, link) =
            started(data, folder, self.schema.as_ref(), &self.environment);
        (self.program, self.origin, self.link) = (program, origin, link);
    }

    /// Ends it and starts it again with other variables of the environment.
    pub fn start_again_in(&mut self, environment: &[(&'static str, String)]) {
        self.kill();
        self.environment = environment.to_vec();
        self.start_again();
        self.owner = OnceLock::new();
    }

    /// Runs a command beside the site; whether all was well, and what it said.
    pub fn beside_output(&self, arguments: &[&str]) -> (bool, String) {
        let output = fanfold(self.schema.as_ref())
            .args(arguments)
            .arg("--data")
            .arg(self.data.path())
            .output()
            .expect("the program runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Runs a command beside the site with settings of the site and something typed; what it said,
    /// to both outputs, in the order in which it did.
    pub fn beside_typed(&self, arguments: &[&str], typed: &str) -> String {
        let (mut said, output) = std::io::pipe().expect("a pipe");
        let mut command = fanfold(self.schema.as_ref());
        command.args(arguments).arg("--data").arg(self.data.path());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(output.try_clone().expect("a pipe")).stderr(output);
        let mut child = command.spawn().expect("the program runs");
        // It keeps the writing ends, which would hold the pipe open.
        drop(command);
        let mut input = child.stdin.take().expect("an input");
        input.write_all(typed.as_bytes()).expect("typed");
        drop(input);
        let mut text = String::new();
        said.read_to_string(&mut text).expect("a text");
        assert!(child.wait().expect("it ends").success(), "{arguments:?}: {text}");
        text
    }

    /// The path of the link that signs the owner in.
    pub fn link(&self) -> &str {
        &self.link
    }

    /// Sends files as a form with a file box does.
    pub fn upload(&self, path: &str, files: &[(&str, &[u8])], headers: &[(&str, &str)]) -> Answer {
        self.try_upload(path, files, headers).expect("an answer")
    }

    /// The same, while the program may be killed: no answer then.
    pub fn try_upload(
        &self,
        path: &str,
        files: &[(&str, &[u8])],
        headers: &[(&str, &str)],
    ) -> Option<Answer> {
        const EDGE: &str = "edge-7f3a9c";
        let mut body = Vec::new();
        for (name, bytes) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; \
                 filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
        let mut request =
            Request::builder().method(Method::POST).uri(format!("{}{path}", self.origin));
        let kind = format!("multipart/form-data; boundary={EDGE}");
        for (name, value) in headers.iter().chain([&("content-type", kind.as_str())]) {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        self.whole(path, request)
    }

    /// Signs a browser in as the owner of the archive; returns the cookie to send from then on. It
    /// works once for each running site.
    pub fn sign_in(&self) -> String {
        let answer = self.send(&self.link, "", &[("sec-fetch-site", "same-origin")]).is(303);
        answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }

    /// The cookie of the owner of the archive, signed in when it is first asked for.
    pub fn owner(&self) -> &str {
        self.owner.get_or_init(|| self.sign_in())
    }

    /// Asks for a page as the owner of the archive does.
    pub fn owner_gets(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[("cookie", self.owner())])
    }

    /// The site's origin, e.g. `http://127.0.0.1:8080`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    fn take(&self, path: &str, mut response: ureq::http::Response<ureq::Body>) -> Answer {
        let body = response.body_mut().read_to_vec().expect("a body");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { path: path.to_owned(), status, headers, body }
    }

    /// Runs a command of the program beside the site, over the same data.
    pub fn beside(&self, arguments: &[&str]) {
        let output = fanfold(self.schema.as_ref())
            .args(arguments)
            .arg("--data")
            .arg(self.data.path())
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }

    /// The status of an answer, and where it leads.
    pub fn redirect(&self, path: &str) -> (u16, String) {
        let request = Request::builder().uri(format!("{}{path}", self.origin)).body(());
        let request = self.agent.configure_request(request.expect("a request"));
        let request = request.max_redirects(0).max_redirects_will_error(false).build();
        let response = self.agent.run(request).expect("an answer");
        let place = response.headers().get("location").and_then(|value| value.to_str().ok());
        (response.status().as_u16(), place.unwrap_or_default().to_owned())
    }

    /// The status of the answer to an address of so many bytes.
    pub fn status_of_long(&self, bytes: usize) -> u16 {
        let address = self.origin.strip_prefix("http://").expect("an origin");
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        let head = format!("GET /?q={} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(bytes));
        // The site may have heard enough before the end.
        let _ = stream.write_all(head.as_bytes());
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("an answer");
        line.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }

    /// Asks until the answer is as hoped: what is imported or indexed comes in its own time.
    pub fn get_until(&self, path: &str, hoped: impl Fn(&Answer) -> bool) -> Answer {
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path);
            if hoped(&answer) {
                return answer;
            }
            assert!(Instant::now() < end, "{path} still says:\n{}", answer.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The address of the work with this title, as the library links it.
    pub fn work(&self, title: &str) -> String {
        let library = self.get("/?sort=title");
        let text = library.text();
        let end =
            text.find(&format!("\">{title}</a>")).unwrap_or_else(|| panic!("{title}: {text}"));
        let start = text[..end].rfind('"').expect("an attribute") + 1;
        text[start..end].to_owned()
    }
}

/// The program, told where everything is kept.
fn fanfold(schema: Option<&Schema>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fanfold"));
    command.envs(schema.map(|schema| ("FANFOLD_DATABASE", schema.url())));
    command
}

/// Starts the program; its address, and the path of its link that signs in.
fn started(
    data: &Path,
    folder: &Path,
    schema: Option<&Schema>,
    environment: &[(&'static str, String)],
) -> (Child, String, String) {
    let mut program = fanfold(schema)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .args([data, folder])
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let lines = BufReader::new(program.stdout.take().expect("its output")).lines();
    // Printed when the import is done.
    let mut addresses = lines
        .map_while(Result::ok)
        .filter_map(|line| line.find("http://").map(|at| line[at..].to_owned()));
    let origin = addresses.next().expect("it prints its address");
    let origin = origin.trim_end_matches('/').to_owned();
    let link = addresses.next().expect("it prints a link that signs in");
    // Behind the public address, where one is set.
    let link = link.get(link.find("/sign-in/").expect("its path")..).expect("a path").to_owned();
    (program, origin, link)
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's text, "" where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Holds the answer to a status.
    pub fn is(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}: {}", self.path, self.text());
        self
    }

    /// Holds the answer to saying something.
    pub fn sees(self, part: &str) -> Answer {
        assert!(self.text().contains(part), "“{part}” on {}:\n{}", self.path, self.text());
        self
    }

    /// Holds the answer to not saying something.
    pub fn sees_no(self, part: &str) -> Answer {
        assert!(!self.text().contains(part), "“{part}” on {}:\n{}", self.path, self.text());
        self
    }
}
