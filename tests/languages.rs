//! Languages: the excerpts of data/languages are found in German, Spanish, Russian and Chinese, and independent
//! articles on the same event are left apart.

use std::fs;
use std::path::Path;

use unspin::{Detector, Relation};

/// A labelled pair of files.
struct Label {
    a: String,
    b: String,
    relation: String,
}

fn labels() -> Vec<Label> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/languages.labels.jsonl");
    let field = |line: &str, name: &str| {
        let (_, value) = line.split_once(&format!("\"{name}\": \"")).expect("a field of every label");
        value.split('"').next().unwrap_or_default().to_owned()
    };
    let label = |line: &str| Label { a: field(line, "a"), b: field(line, "b"), relation: field(line, "relation") };
    fs::read_to_string(file).expect("the labels").lines().map(label).collect()
}

fn detector() -> Detector {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/languages");
    let mut detector = Detector::builder().build().unwrap();
    for entry in fs::read_dir(folder).expect("the articles") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        detector.insert(name, &fs::read_to_string(&path).expect("UTF-8")).unwrap();
    }
    detector
}

/// Whether one group holds both.
fn together(detector: &Detector, label: &Label) -> bool {
    let groups = detector.find().groups();
    let holds = |group: &unspin::Group<'_>, id: &str| group.members.iter().any(|member| member.id.as_str() == id);
    groups.iter().any(|group| holds(group, &label.a) && holds(group, &label.b))
}

/// Asserts that the four pairs of a relation, one a language, are grouped, or that none is.
fn all_are(relation: &str, grouped: bool) {
    let detector = detector();
    let pairs: Vec<Label> = labels().into_iter().filter(|label| label.relation == relation).collect();
    assert_eq!(pairs.len(), 4);
    for label in pairs {
        assert_eq!(together(&detector, &label), grouped, "{} and {}", label.a, label.b);
    }
}

#[test]
fn excerpts_are_grouped_with_their_originals() {
    all_are("excerpt", true);
}

#[test]
fn spun_copies_are_grouped_with_their_originals_without_a_lexicon() {
    all_are("spun", true);
}

#[test]
fn excerpts_are_matched_as_excerpts() {
    let detector = detector();
    let found = detector.find();
    for label in labels().iter().filter(|label| label.relation == "excerpt") {
        let mut ends = [label.a.as_str(), label.b.as_str()];
        ends.sort_unstable();
        let pair = found.matches().find(|pair| [pair.a.as_str(), pair.b.as_str()] == ends);
        assert_eq!(pair.map(|pair| pair.relation), Some(Relation::Excerpt), "{} and {}", label.a, label.b);
    }
}

#[test]
fn independent_articles_on_one_event_are_not_grouped() {
    all_are("same-event", false);
}

#[test]
fn no_group_holds_two_languages() {
    for group in detector().find().groups() {
        let language = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
        let original = language(group.original().id.as_str());
        assert!(group.members.iter().all(|member| language(member.id.as_str()) == original));
    }
}
