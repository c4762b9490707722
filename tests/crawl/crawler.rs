//! A crawler that skips copies: it follows the links of one site with eight workers, takes the article out of every
//! page, asks the index whether it has seen it, and prints what it saved.
//!
//! ```text
//! cargo run --release --example crawl -- http://127.0.0.1:8000/ seen/
//! ```
//!
//! The index is all that it keeps. Whatever ends it, started again with the same folder it goes on: pages that are
//! stored are read for their links only, and it ends with the same set.

use std::collections::{HashSet, VecDeque};
use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::Duration;
use std::{env, thread};

use dom_query::Document;
use unspin::corpus::Fetched;
use unspin::{Index, Result, Seen};
use ureq::Agent;
use url::Url;

const WORKERS: usize = 8;

/// Pages of fewer words are lists of links, forms and the like.
const SHORTEST: usize = 60;

/// Where a site makes up new addresses without end, the crawl still has one.
const MOST_PAGES: usize = 100_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [start, folder] = &arguments[..] else {
        eprintln!("usage: crawl URL FOLDER");
        return ExitCode::from(2);
    };
    let start = match Url::parse(start) {
        Ok(start) => start,
        Err(error) => {
            eprintln!("crawl: {start}: {error}: give an address such as http://127.0.0.1:8000/");
            return ExitCode::from(2);
        }
    };
    match crawl(start, Path::new(folder)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("crawl: {failed} pages could not be fetched: start it again to try them once more");
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("crawl: {error}");
            ExitCode::from(2)
        }
    }
}

/// Crawls a site, and prints the address and the title of every article that it saved. Gives the number of pages that
/// could not be fetched.
pub(crate) fn crawl(start: Url, folder: &Path) -> Result<usize> {
    let index = Index::options().keep_texts(true).open_or_create(folder)?;
    let crawler =
        Crawler { agent: agent(), frontier: Frontier::new(start), index: &index, failed: AtomicUsize::new(0) };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| crawler.work())).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    index.flush()?;
    print_saved(&index)?;
    Ok(crawler.failed.into_inner())
}

fn agent() -> Agent {
    Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).build().into()
}

/// What the workers share.
struct Crawler<'i> {
    agent: Agent,
    frontier: Frontier,
    index: &'i Index,
    failed: AtomicUsize,
}

impl Crawler<'_> {
    /// Visits pages until there are none left.
    fn work(&self) -> Result<()> {
        while let Some(url) = self.frontier.next() {
            let visited = self.visit(&url);
            self.frontier.done();
            if let Err(error) = visited {
                // No other worker can do better with this index.
                self.frontier.close();
                return Err(error);
            }
        }
        Ok(())
    }

    fn visit(&self, url: &Url) -> Result<()> {
        let Some(page) = self.fetch(url) else { return Ok(()) };
        self.frontier.add(links(url, &page));
        let id = url.as_str();
        if self.index.contains(id)? {
            return Ok(());
        }
        let Fetched { meta, text, .. } = Fetched::of(&page.body, page.charset.as_deref());
        let article = self.index.prepare(&text);
        if article.tokens().len() < SHORTEST {
            return Ok(());
        }
        // One step: of two workers with copies of one article, exactly one is told that it is new. Copies are stored,
        // too, so that copies of copies are known, and nothing is fetched for its text twice.
        match self.index.check_and_insert(id, &article, meta)? {
            Seen::New => eprintln!("new     {id}"),
            Seen::Copy { best, .. } => eprintln!("{:<7} {id} of {}", best.relation.as_str(), best.id),
        }
        Ok(())
    }

    /// A page of HTML, with a few attempts.
    fn fetch(&self, url: &Url) -> Option<Page> {
        const ATTEMPTS: u32 = 3;
        let told = |why: &dyn Display| eprintln!("crawl: {url}: {why}");
        for attempt in 1..=ATTEMPTS {
            match Page::get(&self.agent, url) {
                Ok(page) => return page,
                Err(ureq::Error::StatusCode(code)) if code < 500 => {
                    told(&code);
                    return None;
                }
                Err(error) if attempt == ATTEMPTS => told(&error),
                Err(_) => thread::sleep(Duration::from_millis(100) * attempt),
            }
        }
        self.failed.fetch_add(1, Ordering::Relaxed);
        None
    }
}

/// What a server sent.
struct Page {
    body: Vec<u8>,
    charset: Option<String>,
}

impl Page {
    /// Fetches an address; `None` if something other than HTML is there.
    fn get(agent: &Agent, url: &Url) -> Result<Option<Self>, ureq::Error> {
        let mut response = agent.get(url.as_str()).call()?;
        let body = response.body_mut();
        if body.mime_type().is_some_and(|kind| !kind.contains("html")) {
            return Ok(None);
        }
        let charset = body.charset().map(str::to_owned);
        Ok(Some(Self { body: body.read_to_vec()?, charset }))
    }
}

/// The addresses on the same site that a page links to, without the places in pages.
fn links(base: &Url, page: &Page) -> Vec<Url> {
    let document = Document::from(&*String::from_utf8_lossy(&page.body));
    let anchors = document.select("a[href]");
    let addresses = anchors.iter().filter_map(|anchor| base.join(anchor.attr("href")?.trim()).ok());
    let on_site = addresses.filter(|url| url.origin() == base.origin());
    on_site
        .map(|mut url| {
            url.set_fragment(None);
            url
        })
        .collect()
}

/// The pages that are still to be visited.
struct Frontier {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waiting: VecDeque<Url>,
    known: HashSet<Url>,
    /// How many workers are at a page, which may lead to others.
    busy: usize,
}

impl Frontier {
    fn new(start: Url) -> Self {
        let state = State { waiting: [start.clone()].into(), known: [start].into(), busy: 0 };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// The next page, once there is one; `None` when there will be none.
    fn next(&self) -> Option<Url> {
        let state = self.state.lock().expect("no worker panics with it");
        let waits = |state: &mut State| state.waiting.is_empty() && state.busy > 0;
        let mut state = self.changed.wait_while(state, waits).expect("no worker panics with it");
        let url = state.waiting.pop_front()?;
        state.busy += 1;
        Some(url)
    }

    fn add(&self, urls: Vec<Url>) {
        let mut state = self.state.lock().expect("no worker panics with it");
        for url in urls {
            if state.known.len() < MOST_PAGES && state.known.insert(url.clone()) {
                state.waiting.push_back(url);
            }
        }
        self.changed.notify_all();
    }

    /// A worker has finished its page.
    fn done(&self) {
        self.state.lock().expect("no worker panics with it").busy -= 1;
        self.changed.notify_all();
    }

    /// Nothing else is to be visited.
    fn close(&self) {
        self.state.lock().expect("no worker panics with it").waiting.clear();
        self.changed.notify_all();
    }
}

/// Prints one article of each group of copies, and all that have none. Which of several copies came first depends on the
/// workers' luck; which of them is the original does not.
fn print_saved(index: &Index) -> Result<()> {
    let detector = index.detector()?;
    let found = detector.find();
    let groups = found.groups();
    let copies: HashSet<_> = groups.iter().flat_map(|group| &group.members[1..]).map(|member| member.id).collect();
    let mut saved = Vec::new();
    for article in index.articles() {
        let article = article?;
        if !copies.contains(&article.id) {
            saved.push((article.id, article.meta.title.unwrap_or_default()));
        }
    }
    saved.sort_unstable();
    for (id, title) in &saved {
        println!("{id}\t{title}");
    }
    eprintln!("crawl: {} articles saved, {} copies skipped", saved.len(), copies.len());
    Ok(())
}
