//! What every format of groups has in common: which group is written, and with what evidence.

use std::io;

use crate::detector::{Group, Story};
use crate::report::evidence::{self, Explanation, Pair, Passage, Substitution, Texts};

/// A format that groups are written in.
pub trait GroupReport {
    /// Writes one group, counted from 0.
    ///
    /// # Errors
    /// What the output says.
    fn group(&mut self, number: usize, group: &Group<'_>, explained: &Explained) -> io::Result<()>;

    /// Writes some groups, of which the first has this number, each with what explains it.
    ///
    /// # Errors
    /// What the output says.
    fn groups(&mut self, first: usize, groups: &[(&Group<'_>, Explained)]) -> io::Result<()> {
        (first..).zip(groups).try_for_each(|(number, (group, explained))| self.group(number, group, explained))
    }

    /// Writes one story, counted from 0, after all groups. Formats without a place for stories leave them out.
    ///
    /// # Errors
    /// What the output says.
    fn story(&mut self, _number: usize, _story: &Story<'_>) -> io::Result<()> {
        Ok(())
    }

    /// Writes what stands at the end.
    ///
    /// # Errors
    /// What the output says.
    fn finish(&mut self) -> io::Result<()>;
}

/// The evidence of one group: a list for each member, or none at all where it was not asked for.
#[derive(Debug, Clone, Default)]
pub struct Explained(Option<Vec<Explanation>>);

impl Explained {
    /// The substitutions of the member of this number.
    pub fn of(&self, member: usize) -> Option<&[Substitution]> {
        Some(self.0.as_ref()?.get(member).map_or(&[], |found| &found.substitutions))
    }

    /// The passages of the member of this number.
    pub fn passages(&self, member: usize) -> Option<&[Passage]> {
        Some(self.0.as_ref()?.get(member).map_or(&[], |found| &found.passages))
    }
}

/// So many members are explained before their groups are written.
const BATCH: u64 = 4096;

/// Writes the groups in their order, explained where the `texts` are given, then the stories.
///
/// # Errors
/// What the output says.
pub fn write(
    report: &mut dyn GroupReport,
    groups: &[Group<'_>],
    stories: &[Story<'_>],
    texts: Option<&dyn Texts>,
) -> io::Result<()> {
    let mut first = 0;
    while first < groups.len() {
        let fits = evidence::fitting(&groups[first..], BATCH, |group| group.members.len() as u64);
        let batch = &groups[first..first + fits];
        let explained: Vec<(&Group<'_>, Explained)> = batch.iter().zip(explain(batch, texts)).collect();
        report.groups(first, &explained)?;
        first += batch.len();
    }
    stories.iter().enumerate().try_for_each(|(number, story)| report.story(number, story))?;
    report.finish()
}

fn explain(groups: &[Group<'_>], texts: Option<&dyn Texts>) -> Vec<Explained> {
    let Some(texts) = texts else { return vec![Explained::default(); groups.len()] };
    let copies = groups.iter().flat_map(|group| &group.members).filter_map(|member| Some((member.id, member.copy?)));
    let pairs: Vec<Pair<'_>> =
        copies.map(|(id, copy)| Pair { original: copy.of, copy: id, relation: copy.relation }).collect();
    let mut found = evidence::explain(texts, &pairs).into_iter();
    let list = |copy: bool, found: &mut dyn Iterator<Item = _>| if copy { found.next() } else { None };
    groups
        .iter()
        .map(|group| {
            let lists = group.members.iter().map(|member| list(member.copy.is_some(), &mut found).unwrap_or_default());
            Explained(Some(lists.collect()))
        })
        .collect()
}

/// A time as RFC 3339 writes it, in UTC.
pub(crate) fn date(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}
