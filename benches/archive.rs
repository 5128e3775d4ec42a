//! What an archive costs: importing, starting, serving. Prints one line for each figure, with the
//! peer of the same run where one is named. `scripts/bench` runs it on generated works.
//!
//! ```text
//! cargo bench --bench archive -- import DIR | serve DATA | page DATA
//! ```

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fanfold::app::App;
use fanfold::archive::work::WorkId;
use fanfold::config::{Config, Given};
use fanfold::transfer::{catch_up, import};

type Failure = Box<dyn std::error::Error>;

/// How long a page is asked for, seconds.
const LOAD_SECONDS: u64 = 8;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["import", folder, data] => import_all(Path::new(folder), Path::new(data)),
        ["serve", data] => start_and_memory(Path::new(data)),
        ["page", data] => page(Path::new(data)),
        _ => {
            println!("archive: import FOLDER DATA | serve DATA | page DATA (see scripts/bench)");
            Ok(())
        }
    }
}

fn app(data: &Path) -> Result<Arc<App>, Failure> {
    let flags = [("data", data.display().to_string())].into_iter().collect();
    let config = Config::resolve(Given { flags, ..Given::default() }, |_| None)?;
    Ok(Arc::new(App::open(config)?))
}

/// Imports a folder into a new archive, full text included, and writes the plain texts beside it
/// for the peer to index.
fn import_all(folder: &Path, data: &Path) -> Result<(), Failure> {
    if data.exists() {
        fs::remove_dir_all(data)?;
    }
    let app = app(data)?;
    let begin = Instant::now();
    let follower = catch_up::follow(Arc::clone(&app))?;
    let report = import::import(&app, folder)?;
    let stored = begin.elapsed();
    let last = app.store.read(|tx| tx.last_change())?;
    while app.index.position() < last.0 {
        std::thread::sleep(Duration::from_millis(2));
    }
    let whole = begin.elapsed();
    app.stop();
    follower.join().map_err(|_| "the index thread panicked")?;
    let bytes = app.progress.snapshot().bytes_done;
    let rate = bytes as f64 / 1e6 / whole.as_secs_f64();
    println!(
        "import: {} files, {:.0} MB, {:.2} s whole ({:.2} s until stored), {rate:.1} MB/s, \
         {} new works, {} problems",
        report.files,
        bytes as f64 / 1e6,
        whole.as_secs_f64(),
        stored.as_secs_f64(),
        report.new,
        report.problems
    );
    let again = Instant::now();
    let second = import::import(&app, folder)?;
    println!("import again: {:.3} s, {} files read", again.elapsed().as_secs_f64(), second.files);
    write_texts(&app, &data.with_extension("texts"))
}

/// Every chapter's plain text, parted by NUL bytes.
fn write_texts(app: &App, path: &Path) -> Result<(), Failure> {
    let mut out = std::io::BufWriter::new(fs::File::create(path)?);
    for work in app.store.read(|tx| tx.work_ids())? {
        for chapter in app.store.read(|tx| tx.archive().chapters(work))? {
            for (_, line) in chapter.body.lines() {
                writeln!(out, "{line}")?;
            }
            out.write_all(b"\0")?;
        }
    }
    Ok(out.flush()?)
}

/// The program as people run it.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path) -> Result<Server, Failure> {
        let mut program = std::env::current_exe()?;
        program.pop();
        program.pop();
        let child = Command::new(program.join("fanfold"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut server = Server { child, address: String::new() };
        let out = server.child.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        server.address = address.ok_or("no address printed")?.to_owned();
        Ok(server)
    }

    fn get(&self, path: &str) -> Result<String, Failure> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        )?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        if !text.starts_with("HTTP/1.1 200") {
            return Err(format!("{path}: {}", text.lines().next().unwrap_or_default()).into());
        }
        Ok(text)
    }

    /// CPU time used so far, seconds, and memory in use, MB.
    fn cost(&self) -> Result<(f64, f64), Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
        let ticks = ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0);
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = memory.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
        Ok((ticks / 100.0, kib.unwrap_or(0.0) / 1000.0))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start_and_memory(data: &Path) -> Result<(), Failure> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let begin = Instant::now();
        let server = Server::start(data)?;
        server.get("/")?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let middle = times.get(2).copied().unwrap_or_default();
    println!("start until the first page is answered: {middle:.0} ms (median of 5: {times:.0?})");
    let server = Server::start(data)?;
    for page in 1..40 {
        server.get(&format!("/?page={page}"))?;
        server.get(&format!("/works/{}/chapters/1", page * 50))?;
        server.get("/search?q=the+sea")?;
    }
    let (_, memory) = server.cost()?;
    println!("memory while serving, after 120 pages: {memory:.0} MB");
    Ok(())
}

/// A chapter page of about 40 KB under load, and the same bytes as a file by nginx.
fn page(data: &Path) -> Result<(), Failure> {
    let app = app(data)?;
    let works = app.store.read(|tx| tx.work_ids())?;
    drop(app);
    let server = Server::start(data)?;
    let path = works
        .iter()
        .map(|WorkId(id)| format!("/works/{id}/chapters/1"))
        .find(|path| server.get(path).is_ok_and(|page| (38_000..44_000).contains(&page.len())))
        .ok_or("no chapter page of about 40 KB")?;
    let response = server.get(&path)?;
    let body = response.split_once("\r\n\r\n").map_or("", |parts| parts.1);
    let before = server.cost()?.0;
    let requests = load(&format!("http://{}{path}", server.address))?;
    let spent = server.cost()?.0 - before;
    let ours = requests / spent;
    println!("chapter page of {} bytes: {ours:.0} requests per CPU second", response.len());
    if let Some(peer) = nginx(body)? {
        println!("nginx, the same bytes as a file: {peer:.0}; ratio {:.2}", ours / peer);
    }
    Ok(())
}

fn load(address: &str) -> Result<f64, Failure> {
    let seconds = format!("-d{LOAD_SECONDS}s");
    let output = Command::new("wrk").args(["-t1", "-c16", &seconds, address]).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if text.contains("Non-2xx") {
        return Err(format!("errors under load:\n{text}").into());
    }
    let line = text.lines().find(|line| line.contains("requests in")).ok_or("wrk said nothing")?;
    Ok(line.split_whitespace().next().unwrap_or_default().parse()?)
}

fn nginx(body: &str) -> Result<Option<f64>, Failure> {
    let found =
        ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists());
    let Some(program) = found else { return Ok(None) };
    let folder = tempfile::tempdir()?;
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    fs::write(folder.path().join("page.html"), body)?;
    let config = folder.path().join("nginx.conf");
    let root = folder.path().display();
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    fs::write(
        &config,
        format!(
            "daemon off; worker_processes 1; pid {root}/pid; error_log {root}/error;\n\
             events {{ worker_connections 256; }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000;\n\
             types {{ text/html html; }} open_file_cache max=100;\n\
             server {{ listen 127.0.0.1:{port}; root {root}; }} }}\n"
        ),
    )?;
    let mut child = Command::new(program).arg("-c").arg(&config).spawn()?;
    std::thread::sleep(Duration::from_millis(500));
    let workers = format!("/proc/{0}/task/{0}/children", child.id());
    let worker: u32 =
        fs::read_to_string(workers)?.split_whitespace().next().ok_or("no worker")?.parse()?;
    let cpu = || -> Result<f64, Failure> {
        let stat = fs::read_to_string(format!("/proc/{worker}/stat"))?;
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
        Ok((ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0)
    };
    let before = cpu()?;
    let requests = load(&format!("http://127.0.0.1:{port}/page.html"));
    let spent = cpu()? - before;
    // Killed at once, it would leave its worker behind.
    let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    let _ = child.wait();
    Ok(Some(requests? / spent))
}
