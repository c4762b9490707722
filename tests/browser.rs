//! The HTML report as its readers meet it, in headless Chromium through its driver: what it shows, the keyboard, that
//! nothing from an article is more than text, and that nothing is asked of a network.
//!
//! Without `chromedriver` the tests say so and pass.

#![cfg(feature = "cli")]

#[path = "support/webdriver.rs"]
mod webdriver;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use webdriver::{Browser, keys};

/// A report over the sample articles, and the browser that shows it.
struct Reader {
    browser: Browser,
    _folder: TempDir,
    report: PathBuf,
}

fn unspin(arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_unspin")).args(arguments).arg("-q").output().expect("a program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

impl Reader {
    /// A report of these inputs, or nothing where there is no browser.
    fn of(input: &Path) -> Option<Self> {
        let browser = Browser::start()?;
        let folder = tempfile::tempdir().expect("a folder");
        let report = folder.path().join("report.html");
        let groups = folder.path().join("groups.jsonl");
        unspin(&["group", text(input), "-o", text(&groups), "--html", text(&report)]);
        let reader = Self { browser, _folder: folder, report };
        reader.open("");
        Some(reader)
    }

    fn sample() -> Option<Self> {
        Self::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample"))
    }

    fn open(&self, place: &str) {
        self.browser.open("about:blank");
        self.browser.open(&format!("file://{}{place}", self.report.display()));
    }

    fn run(&self, script: &str) -> Value {
        self.browser.run(&format!("return ({script});"))
    }

    fn says(&self, script: &str) -> String {
        self.run(script).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until something holds.
    fn wait(&self, script: &str) {
        let began = Instant::now();
        while self.run(script) != json!(true) {
            assert!(began.elapsed() < Duration::from_secs(20), "it never came true: {script}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// The text of all that a selector finds.
    fn texts(&self, selector: &str) -> Vec<String> {
        let found = self.run(&format!("[...document.querySelectorAll({selector:?})].map((e) => e.textContent)"));
        serde_json::from_value(found).expect("texts")
    }
}

/// Where the copy of this name is shown.
fn pair(reader: &Reader, id: &str) {
    reader.browser.fill("#find", id);
    reader.wait("document.querySelectorAll('#groups li').length === 1");
    reader.run("document.querySelector('#groups a').click()");
    reader.wait("!document.querySelector('#group').hidden");
    let link = format!("[...document.querySelectorAll('#copies a')].find((a) => a.textContent.includes({id:?}))");
    reader.run(&format!("{link}.click()"));
    reader.wait("document.querySelector('#texts table') !== null");
}

#[test]
fn groups_are_searched_filtered_and_ordered() {
    let Some(reader) = Reader::sample() else { return };
    let all = reader.texts("#groups li").len();
    assert_eq!(reader.says("document.querySelector('#count').textContent"), format!("{all} groups"));
    assert!(reader.texts("#figures h3").contains(&"Copies by relation".to_owned()));

    reader.browser.fill("#find", "FERRY spun");
    reader.wait("document.querySelectorAll('#groups li').length === 1");
    assert!(reader.says("document.querySelector('#groups').textContent").contains("ferry-strike"));
    assert_eq!(reader.says("document.querySelector('#count').textContent"), format!("1 of {all} groups"));
    reader.browser.fill("#find", "");
    reader.wait(&format!("document.querySelectorAll('#groups li').length === {all}"));

    reader.run("(() => { const s = document.querySelector('#relation'); s.value = 'exact'; s.dispatchEvent(new Event('change')); })()");
    assert!(reader.texts("#groups .about").iter().all(|about| about.contains("exact")));
    reader.run("(() => { const s = document.querySelector('#relation'); s.value = ''; s.dispatchEvent(new Event('change')); })()");
    reader.run("(() => { const s = document.querySelector('#order'); s.value = 'name'; s.dispatchEvent(new Event('change')); })()");
    let names = reader.texts("#groups .name");
    assert!(names.is_sorted_by_key(|name| name.to_lowercase()), "{names:?}");
}

#[test]
fn a_copy_stands_beside_its_original_with_every_kind_of_difference_marked() {
    let Some(reader) = Reader::sample() else { return };
    pair(&reader, "bakery-merger-spun.txt");
    assert!(reader.texts("#evidence mark").len() >= 2);
    assert!(reader.says("document.querySelector('#pair-why').textContent").contains("is the original"));
    for tag in ["tbody mark", "tbody del", "tbody ins"] {
        assert!(!reader.texts(&format!("#texts {tag}")).is_empty(), "{tag}");
    }
    // Both columns together are the whole of both texts.
    let column = |side: &str| reader.texts(&format!("#texts tbody td:{side}-child:not(:has(.hidden-label))")).concat();
    for (side, id) in [("first", "bakery-merger.txt"), ("last", "bakery-merger-spun.txt")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample").join(id);
        let text = fs::read_to_string(path).expect("a sample");
        let words = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(words(&column(side)), words(&text), "{id}");
    }
    let steps = reader.says("document.querySelector('#step').textContent");
    reader.run("document.querySelector('#next').click()");
    assert!(steps.ends_with("changed rows"), "{steps}");
    assert!(reader.says("document.querySelector('#step').textContent").starts_with("1 of "));
}

#[test]
fn each_kind_of_difference_has_a_line_of_its_own() {
    let Some(reader) = Reader::sample() else { return };
    // A copy with all of them. The line tells them apart, not the colour alone.
    pair(&reader, "short-marathon-spun.txt");
    let lines = reader.run(
        "['mark:not(.moved)', 'mark.moved', 'del', 'ins'].map((tag) => { \
           const style = getComputedStyle(document.querySelector('#texts tbody ' + tag)); \
           return style.textDecorationLine + ' ' + style.textDecorationStyle; })",
    );
    assert_eq!(lines, json!(["underline dotted", "underline double", "line-through solid", "underline solid"]));
    // What moved leads to where it stands in the other text.
    reader.run("document.querySelector('#texts td:first-child .moved[role=link]').focus()");
    let passage = reader.says("document.activeElement.textContent");
    reader.browser.press(keys::ENTER);
    assert_eq!(
        reader.run("document.activeElement.closest('td') === document.activeElement.closest('tr').cells[1]"),
        json!(true)
    );
    let other = reader.says("document.activeElement.textContent");
    assert!(passage.starts_with(&other) || other.starts_with(&passage), "{passage:?} {other:?}");
    assert_eq!(reader.texts(".legend li"), ["replaced", "only in the original", "only in the copy", "moved"]);
}

#[test]
fn everything_can_be_reached_with_the_keyboard() {
    let Some(reader) = Reader::sample() else { return };
    let at = || reader.says("document.activeElement.getAttribute('href') ?? document.activeElement.id");
    reader.browser.press(keys::TAB);
    assert_eq!(at(), "#main", "first the link that skips the head");
    reader.run("document.querySelector('#order').focus()");
    reader.browser.press(keys::TAB);
    assert_eq!(at(), "#/0");
    reader.browser.press(keys::DOWN);
    assert_eq!(at(), "#/1");
    reader.browser.press(keys::END);
    let last = reader.texts("#groups li").len() - 1;
    assert_eq!(at(), format!("#/{last}"));
    reader.browser.press(keys::HOME);
    reader.browser.press(keys::ENTER);
    reader.wait("!document.querySelector('#group').hidden");
    assert_eq!(at(), "group-title", "the reader starts at the head of what is new");
    reader.run("document.querySelector('#copies a').focus()");
    let copy = at();
    reader.browser.press(keys::ENTER);
    reader.wait("document.querySelector('#texts table') !== null");
    assert_eq!(at(), "pair-title");
    reader.browser.press(keys::ESCAPE);
    reader.wait("!document.querySelector('#group').hidden");
    assert_eq!(at(), copy, "and comes back to where it was");
    reader.browser.press(keys::ESCAPE);
    reader.wait("!document.querySelector('#overview').hidden");
    assert_eq!(at(), "#/0");
}

#[test]
fn the_page_is_sound_for_those_who_hear_it() {
    let Some(reader) = Reader::sample() else { return };
    for place in ["", "#/0", "#/0/1"] {
        reader.open(place);
        reader.wait("document.querySelector('main section:not([hidden]) h1').textContent !== ''");
        for (script, expected) in [
            ("document.documentElement.lang", json!("en")),
            ("document.querySelectorAll('main').length", json!(1)),
            ("[...document.querySelectorAll('h1')].filter((h) => h.offsetParent).length", json!(1)),
            ("document.title !== ''", json!(true)),
            ("[...document.querySelectorAll('input, select')].every((e) => e.labels.length === 1)", json!(true)),
            (
                "[...document.querySelectorAll('button')].filter((b) => b.offsetParent).every((b) => b.textContent.trim())",
                json!(true),
            ),
            ("[...document.querySelectorAll('svg')].every((e) => e.getAttribute('aria-label'))", json!(true)),
            (
                "new Set([...document.querySelectorAll('[id]')].map((e) => e.id)).size === document.querySelectorAll('[id]').length",
                json!(true),
            ),
            (
                "[...document.querySelectorAll('[aria-labelledby]')].every((e) => document.getElementById(e.getAttribute('aria-labelledby')))",
                json!(true),
            ),
            // No part is wider than a phone, at any width.
            ("document.documentElement.scrollWidth <= innerWidth", json!(true)),
        ] {
            assert_eq!(reader.run(script), expected, "{place}: {script}");
        }
    }
}

/// The contrast of each text with what is behind it, where it is too low: WCAG's formula.
const LOW_CONTRAST: &str = r"
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const channels = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = (element) => {
        for (let e = element; e; e = e.parentElement) {
            const colour = channels(getComputedStyle(e).backgroundColor);
            if (colour[3] > 250) return colour;
        }
        return channels(matchMedia('(prefers-color-scheme: dark)').matches ? '#000' : '#fff');
    };
    const low = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const element = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || !element.offsetParent || element.closest('[aria-disabled=true], script, style')) continue;
        const [x, y] = [light(channels(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
        const contrast = (x + 0.05) / (y + 0.05);
        if (contrast < 4.5) low.push(`${walk.currentNode.data.trim().slice(0, 20)}: ${contrast.toFixed(2)}`);
    }
    return low;
";

#[test]
fn text_stands_out_in_light_and_in_dark_and_on_a_phone() {
    let Some(reader) = Reader::sample() else { return };
    for scheme in ["light", "dark"] {
        reader.browser.prefer(scheme);
        for (place, width) in [("", 1280), ("#/0", 1280), ("#/0/1", 1280), ("", 360), ("#/0/1", 360)] {
            reader.browser.resize(width, 900);
            reader.open(place);
            if place.ends_with("/1") {
                reader.wait("document.querySelector('#texts table') !== null");
            }
            assert_eq!(reader.browser.run(LOW_CONTRAST), json!([]), "{scheme} {place}");
            assert_eq!(
                reader.run("document.documentElement.scrollWidth <= innerWidth"),
                json!(true),
                "{width} {place}"
            );
        }
    }
    let paper = reader.says("getComputedStyle(document.documentElement).backgroundColor");
    reader.browser.prefer("light");
    assert_ne!(reader.says("getComputedStyle(document.documentElement).backgroundColor"), paper);
}

#[test]
fn a_picture_of_it_can_be_taken() {
    let Some(reader) = Reader::sample() else { return };
    let picture = reader.browser.screenshot();
    assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");
    assert!(picture.len() > 20_000, "an empty page? {} bytes", picture.len());
}

#[test]
fn articles_are_never_more_than_text() {
    let evil = "</script><script>window.pwned = 1</script><img src=x onerror=\"window.pwned = 2\"> \
                <svg onload=\"window.pwned = 3\"> &lt;b&gt; {{blocks}} \u{202e}drawkcab\u{202c} \u{0} ]]> <!-- ";
    let story = "The harbour bridge will close for eleven nights from Monday while engineers replace its worn bearings, \
                 the port authority said, and ferries will run until two in the morning at half the usual fare. ";
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("evil.jsonl");
    let line =
        |id: &str, text: String| json!({"id": id, "title": format!("{id} {evil}"), "text": text}).to_string() + "\n";
    let id = "a</script><script>window.pwned = 4</script>\u{202e}";
    let copy = "b\" onmouseover=\"window.pwned = 5";
    let lines = line(id, format!("{story}{evil}{story}"))
        + &line(copy, format!("{story}{evil}{}", story.replace("worn", evil)));
    fs::write(&input, lines).expect("written");
    let Some(reader) = Reader::of(&input) else { return };

    let quiet = |place: &str| {
        assert_eq!(reader.run("window.pwned === undefined"), json!(true), "{place}");
        assert_eq!(
            reader.run("document.querySelectorAll('img, main svg[onload], main script').length"),
            json!(0),
            "{place}"
        );
        assert_eq!(
            reader.run("/[\\u202a-\\u202e\\u0000]/.test(document.body.innerText + document.title)"),
            json!(false),
            "{place}"
        );
    };
    quiet("overview");
    assert!(reader.says("document.querySelector('#groups').innerText").contains("</script>"));
    assert!(reader.texts("#groups .control").contains(&"U+202E".to_owned()));
    reader.open("#/0");
    quiet("group");
    reader.open("#/0/1");
    reader.wait("document.querySelector('#texts table') !== null");
    quiet("pair");
    assert!(
        reader.says("document.querySelector('#texts').innerText").contains("<img src=x onerror=\"window.pwned = 2\">")
    );
    assert!(reader.texts("#texts .control").contains(&"U+202E".to_owned()));
}

#[test]
fn nothing_is_asked_of_a_network() {
    let Some(reader) = Reader::sample() else { return };
    pair(&reader, "ferry-strike-spun.txt");
    let asked = reader.browser.requests();
    assert!(asked.iter().any(|address| address.starts_with("file://")), "the log works: {asked:?}");
    let other: Vec<_> = asked
        .iter()
        .filter(|address| !["file:", "data:", "about:", "blob:"].iter().any(|s| address.starts_with(s)))
        .collect();
    assert!(other.is_empty(), "{other:?}");
}

#[test]
fn stored_groups_make_the_same_page_and_without_texts_say_so() {
    let Some(reader) = Reader::sample() else { return };
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample");
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (groups, full, bare) = (path("groups.jsonl"), path("full.html"), path("bare.html"));
    unspin(&["group", text(&sample), "-o", text(&groups)]);
    unspin(&["report", text(&groups), text(&sample), "-o", text(&full)]);
    unspin(&["report", text(&groups), "-o", text(&bare)]);

    pair(&reader, "bakery-merger-spun.txt");
    let (rows, address) = (reader.texts("#texts td"), reader.says("location.hash"));
    let of = |report: PathBuf| {
        reader.browser.open("about:blank");
        reader.browser.open(&format!("file://{}{address}", report.display()));
        reader.wait("!document.querySelector('#texts').textContent.includes('Opening')");
    };
    of(full);
    assert_eq!(reader.texts("#texts td"), rows);
    of(bare);
    assert!(reader.says("document.querySelector('#texts').textContent").contains("without the texts"));
    assert!(!reader.texts("#evidence mark").is_empty(), "the stored evidence is shown");
}
