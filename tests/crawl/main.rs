//! The crawler beside this file (the example `crawl`) on a site of 300 articles with every kind of copy: killed half way and started
//! again, it ends with the same set.
//!
//! The tests run their own program again as the crawler that is killed: the test [`crawler`] is that process.
#![cfg(all(feature = "cli", feature = "index"))]

#[path = "../support/corpus.rs"]
mod corpus;
#[allow(dead_code, reason = "its main function is not the test's")]
#[path = "crawler.rs"]
mod crawl;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use corpus::Random;
use unspin::Index;
use url::Url;

/// The variable that makes the test program a crawler: the address and the folder.
const CRAWLER: &str = "UNSPIN_TEST_CRAWLER";

/// How many stories there are.
const STORIES: usize = 60;

/// The kinds of page that each story is on.
const KINDS: [&str; 5] = ["story", "session", "mirror", "print", "spun"];

/// Runs the example. Not a test by itself.
#[test]
fn crawler() {
    let Ok(task) = std::env::var(CRAWLER) else { return };
    let (start, folder) = task.split_once(' ').expect("an address and a folder");
    println!();
    let failed = crawl::crawl(Url::parse(start).expect("an address"), Path::new(folder)).expect("a crawl");
    assert_eq!(failed, 0);
}

/// The path of a story's page of one kind.
fn path(kind: &str, story: usize) -> String {
    match kind {
        "session" => format!("/story/{story}?sid={:08x}", unspin::hash::mix(story as u64) as u32),
        "mirror" => format!("/mirror/news-{story}.html"),
        "spun" => format!("/blog/{story}/"),
        kind => format!("/{kind}/{story}"),
    }
}

/// A site: its pages by their paths.
fn site() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for story in 0..STORIES {
        let text = corpus::article(&mut Random::new(story as u64), 200 + story % 100);
        for kind in KINDS {
            let text = if kind == "spun" { corpus::spin(&text, 0.25, story as u64) } else { text.clone() };
            pages.insert(path(kind, story), page(kind, story, &text));
        }
    }
    let lists = STORIES / 10;
    for list in 0..lists {
        let stories = (list * 10..(list + 1) * 10).map(|story| (path("story", story), format!("Story {story}")));
        pages.insert(format!("/list/{list}"), html("News", &nav(stories), ""));
    }
    pages.insert(
        "/".into(),
        html("Home", &nav((0..lists).map(|list| (format!("/list/{list}"), format!("Page {list}")))), ""),
    );
    pages
}

fn html(title: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body>{head}{body}</body></html>"
    )
}

fn nav(links: impl Iterator<Item = (String, String)>) -> String {
    let links = links.fold(String::new(), |mut links, (to, name)| {
        // Writing to memory does not fail.
        let _ = write!(links, "<li><a href='{to}'>{name}</a></li>");
        links
    });
    format!("<nav><ul>{links}</ul></nav>")
}

/// A page of one kind. Each story's page leads to the others of it.
fn page(kind: &str, story: usize, text: &str) -> String {
    let paragraphs = format!("<p>{}</p>", text.replace("\n\n", "</p><p>"));
    let title = format!("Story {story}");
    let others = nav(KINDS.iter().map(|kind| (path(kind, story), (*kind).to_owned())));
    match kind {
        "print" => html(&title, "", &format!("{paragraphs}<a href='{}#top'>Back</a>", path("story", story))),
        "mirror" => html(&title, "", &format!("<table><tr><td><div class=text>{paragraphs}</div></td></tr></table>")),
        "spun" => html(&title, "<header>My blog</header>", &format!("<main>{paragraphs}</main><footer>Free</footer>")),
        _ => html(&title, &others, &format!("<article><h1>{title}</h1>{paragraphs}</article><footer>Imprint</footer>")),
    }
}

/// A server of the site, for as long as the test program runs.
struct Server {
    address: SocketAddr,
    served: Arc<AtomicUsize>,
}

impl Server {
    fn start(pages: BTreeMap<String, String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let (pages, served) = (Arc::new(pages), Arc::new(AtomicUsize::new(0)));
        let counter = Arc::clone(&served);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (pages, counter) = (Arc::clone(&pages), Arc::clone(&counter));
                // A crawler that is killed hangs up: no matter.
                std::thread::spawn(move || answer(stream, &pages).map(|()| counter.fetch_add(1, Ordering::SeqCst)));
            }
        });
        Self { address, served }
    }
}

fn answer(stream: TcpStream, pages: &BTreeMap<String, String>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The request's head has to be read before the stream is closed.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = pages.get(path).map_or(("404 Not Found", ""), |page| ("200 OK", page.as_str()));
    let length = body.len();
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn start(server: &Server, folder: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "crawler", "--nocapture", "--test-threads", "1"])
        .env(CRAWLER, format!("http://{}/ {}", server.address, folder.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process")
}

/// The addresses that a crawler that ran to its end says it saved.
fn saved(child: Child) -> BTreeSet<String> {
    let output = child.wait_with_output().expect("an output");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{said}");
    let addresses = said.lines().filter_map(|line| line.split_once('\t'));
    addresses.map(|(address, _)| address.to_owned()).collect()
}

/// The number of the story at an address: the first in its path.
fn story(address: &str) -> usize {
    let path = Url::parse(address).expect("an address").path().to_owned();
    let digits: String = path.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

#[test]
fn killed_half_way_and_started_again_it_ends_with_the_same_set() {
    let pages = site();
    let articles = STORIES * KINDS.len();
    assert_eq!(articles, 300);
    let server = Server::start(pages);
    let folder = tempfile::tempdir().expect("a folder");
    let [whole, killed] = ["whole", "killed"].map(|name| folder.path().join(name));

    let undisturbed = saved(start(&server, &whole));
    // One page of each story, and each story once.
    let stories: Vec<usize> = undisturbed.iter().map(|address| story(address)).collect();
    assert_eq!(stories.len(), STORIES);
    assert_eq!(stories.iter().collect::<BTreeSet<_>>().len(), STORIES);

    let before = server.served.load(Ordering::SeqCst);
    let mut child = start(&server, &killed);
    while server.served.load(Ordering::SeqCst) < before + articles / 2 {
        assert!(child.try_wait().expect("a process").is_none(), "it ended early");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    let stored = |folder: &Path| Index::open_read_only(folder).and_then(|index| Ok(index.stats()?.articles));
    let half = stored(&killed).expect("it opens by itself");
    assert!((1..articles as u64).contains(&half), "{half} articles were stored");

    assert_eq!(saved(start(&server, &killed)), undisturbed);
    assert_eq!(stored(&killed).expect("open"), articles as u64);
    assert_eq!(stored(&whole).expect("open"), articles as u64);
}
