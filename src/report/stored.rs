//! Groups apart from the corpus that they were found in: as JSONL keeps them, and as the HTML report shows them.

use serde::Deserialize;

use crate::article::ArticleId;
use crate::detector;
use crate::report::groups::date;
use crate::report::jsonl::round;
use crate::verify::relation::Scores;

/// An original with its copies.
///
/// ```
/// use unspin::report::stored::Group;
/// let line = r#"{"group":0,"original":"a","original_why":"it is dated first","size":2,"members":[
///     {"id":"a","relation":"original"},{"id":"b","relation":"exact","of":"a","score":1.0}]}"#;
/// let group = Group::parse(line)?;
/// assert_eq!(group.members[1].copy.as_ref().map(|copy| copy.relation.as_str()), Some("exact"));
/// assert!(Group::parse("{}").is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Why the original is the original, in words.
    pub original_why: String,
    /// The members, the original among them.
    pub members: Vec<Member>,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The article's id.
    pub id: ArticleId,
    /// Its headline.
    pub title: Option<String>,
    /// When it was published, as RFC 3339 writes it.
    pub date: Option<String>,
    /// What makes it a copy; `None` for the original.
    pub copy: Option<Copy>,
}

/// What makes a member a copy.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy {
    /// What it is to the member that it was verified against.
    pub relation: String,
    /// The number of that member in its group.
    pub of: usize,
    /// How alike the two are, as far as it is known.
    pub scores: Option<Scores>,
    /// What the copy says instead of the original's words.
    pub evidence: Vec<Site>,
}

/// Words of the original, and what the copy has in their place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Site {
    /// The original's words.
    pub original: String,
    /// The copy's.
    pub copy: String,
}

/// A line of JSONL. Fields that are not named here are for other readers.
#[derive(Deserialize)]
struct Line {
    original: String,
    #[serde(default)]
    original_why: String,
    members: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    relation: String,
    of: Option<String>,
    score: Option<f64>,
    #[serde(default)]
    jaccard: f64,
    #[serde(default)]
    containment: f64,
    #[serde(default)]
    words_changed: f64,
    #[serde(default)]
    facts_differ: bool,
    #[serde(default)]
    evidence: Vec<Site>,
    date: Option<String>,
    title: Option<String>,
}

impl Group {
    /// A group from a line of `unspin group --format jsonl`.
    ///
    /// # Errors
    /// What the line lacks, in words.
    pub fn parse(line: &str) -> Result<Self, String> {
        let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let number = |id: &str| line.members.iter().position(|member| member.id == id);
        let original =
            number(&line.original).ok_or_else(|| format!("the original {:?} is no member", line.original))?;
        let numbers: Vec<usize> = line
            .members
            .iter()
            .map(|member| match &member.of {
                Some(of) => number(of).ok_or_else(|| format!("{of:?}, which {:?} copies, is no member", member.id)),
                None => Ok(original),
            })
            .collect::<Result<_, _>>()?;
        let members = line.members.into_iter().zip(numbers).enumerate();
        let members = members.map(|(at, (member, of))| member.stored(of, at == original)).collect();
        Ok(Self { original_why: line.original_why, members })
    }

    /// The same of a group that was just found.
    pub fn of(group: &detector::Group<'_>) -> Self {
        let mut numbers: Vec<(&ArticleId, usize)> =
            group.members.iter().enumerate().map(|(number, member)| (member.id, number)).collect();
        numbers.sort_unstable();
        let number = |id: &ArticleId| numbers.binary_search_by_key(&id, |&(id, _)| id).map_or(0, |at| numbers[at].1);
        let members = group.members.iter().map(|member| Member {
            id: member.id.clone(),
            title: member.meta.title.clone(),
            date: member.meta.date.and_then(date),
            copy: member.copy.map(|copy| Copy {
                relation: copy.relation.as_str().to_owned(),
                of: number(copy.of),
                scores: Some(copy.scores),
                evidence: Vec::new(),
            }),
        });
        Self { original_why: group.original_why.clone(), members: members.collect() }
    }
}

impl Listed {
    fn stored(self, of: usize, original: bool) -> Member {
        let Self { jaccard, containment, words_changed, facts_differ, .. } = self;
        let scores = self.score.map(|score| Scores { score, jaccard, containment, words_changed, facts_differ });
        let copy = Copy { relation: self.relation, of, scores, evidence: self.evidence };
        let copy = (!original).then_some(copy);
        Member { id: self.id.into(), title: self.title, date: self.date, copy }
    }
}

/// The scores as the report's script has them.
pub(crate) fn figures(scores: &Scores) -> [f64; 4] {
    [scores.score, scores.jaccard, scores.containment, scores.words_changed].map(round)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_wrong_with_it() {
        let wrong = |line: &str| Group::parse(line).expect_err(line);
        assert!(wrong("[]").contains("expected"), "{}", wrong("[]"));
        assert!(wrong(r#"{"members":[]}"#).contains("original"));
        assert!(wrong(r#"{"original":"a","members":[]}"#).contains("is no member"));
        let stranger =
            r#"{"original":"a","members":[{"id":"a","relation":"original"},{"id":"b","relation":"near","of":"c"}]}"#;
        assert!(wrong(stranger).contains("\"c\""));
    }

    #[test]
    fn a_group_that_was_written_and_read_is_the_same() {
        let story = "the harbour bridge will close for eleven nights while engineers replace its bearings";
        let mut detector = detector::Detector::builder().build().expect("defaults are valid");
        for id in ["a", "b", "c"] {
            detector.insert(id, story).expect("a new id");
        }
        let found = detector.find();
        let groups = found.groups();
        let mut written = Vec::new();
        crate::report::groups::write(&mut crate::report::jsonl::Jsonl(&mut written), &groups, &[], None)
            .expect("memory");
        let read = Group::parse(std::str::from_utf8(&written).expect("UTF-8")).expect("a group");
        assert_eq!(read, Group::of(&groups[0]));
    }
}
