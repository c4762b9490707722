//! `group --format table`: groups for people to read.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::article::{ArticleId, Meta};
use crate::detector::{Group, Member, Story};
use crate::report::evidence::Substitution;
use crate::report::groups::{Explained, GroupReport};
use crate::report::style::{BOLD, CYAN, DIM, Page, YELLOW, pad, paint};
use crate::verify::relation::{Relation, Scores};

/// The column that the names of the relations stand in, and two spaces on either side.
const INDENT: usize = 12;

/// The fewest columns that an id gets beside the figures; with fewer the figures go under it.
const ID: usize = 20;

/// How many substitutions are shown of a copy.
const SITES: usize = 2;

/// Writes a few lines a group.
#[derive(Debug)]
pub struct Table<W> {
    out: W,
    page: Page,
}

impl<W: Write> Table<W> {
    /// A table on a page.
    pub fn new(out: W, page: Page) -> Self {
        Self { out, page }
    }

    fn original(&mut self, group: &Group<'_>) -> io::Result<()> {
        let member = group.original();
        write!(self.out, "  {}  ", paint(CYAN, "original"))?;
        self.named(member.id, member.meta, self.page.width - INDENT)?;
        self.detail(&group.original_why)
    }

    /// The rest of a line: an id, and what room there is of the title.
    fn named(&mut self, id: &ArticleId, meta: &Meta, room: usize) -> io::Result<()> {
        let id = self.page.text(id.as_str());
        let id = self.page.fit(&id, room);
        write!(self.out, "{}", paint(BOLD, &id))?;
        let title = meta.title.as_deref().map(|title| self.page.text(title)).unwrap_or_default();
        let left = room.saturating_sub(id.width() + 2);
        if !title.is_empty() && left >= ID.min(title.width()) {
            write!(self.out, "  {}", self.page.fit(&title, left))?;
        }
        writeln!(self.out)
    }

    fn copy(&mut self, member: &Member<'_>, original: &str, evidence: &[Substitution]) -> io::Result<()> {
        let Some(copy) = &member.copy else { return Ok(()) };
        let id = self.page.text(member.id.as_str());
        let figures = if copy.relation == Relation::Exact { String::new() } else { figures(&copy.scores) };
        let room = self.page.width - INDENT;
        let beside = room.saturating_sub(figures.width() + 2);
        write!(self.out, "  {}{}  ", paint(CYAN, copy.relation.as_str()), pad(copy.relation.as_str(), INDENT - 4))?;
        if figures.is_empty() {
            writeln!(self.out, "{}", self.page.fit(&id, room))?;
        } else if beside >= ID.min(id.width()) {
            let id = self.page.fit(&id, beside);
            writeln!(self.out, "{id}{}  {}", pad(&id, beside), paint(DIM, &figures))?;
        } else {
            writeln!(self.out, "{}", self.page.fit(&id, room))?;
            self.detail(&figures)?;
        }
        if copy.of.as_str() != original {
            self.detail(&format!("copy of {}", copy.of))?;
        }
        if copy.scores.facts_differ {
            writeln!(self.out, "{:INDENT$}{}", "", paint(YELLOW, "! figures or names differ"))?;
        }
        let arrow = self.page.sign("→");
        let sites = evidence.iter().take(SITES).map(|site| format!("{} {arrow} {}", site.original, site.copy));
        let sites = sites.collect::<Vec<_>>().join(&format!(" {} ", self.page.sign("·")));
        if sites.is_empty() { Ok(()) } else { self.detail(&sites) }
    }

    /// A line under a member.
    fn detail(&mut self, text: &str) -> io::Result<()> {
        let text = self.page.text(text);
        let text = self.page.fit(&text, self.page.width - INDENT);
        writeln!(self.out, "{:INDENT$}{}", "", paint(DIM, &text))
    }
}

impl<W: Write> GroupReport for Table<W> {
    fn group(&mut self, number: usize, group: &Group<'_>, explained: &Explained) -> io::Result<()> {
        let heading = format!("Group {number}, {} articles", group.members.len());
        writeln!(self.out, "{}", paint(BOLD, &heading))?;
        self.original(group)?;
        for (n, member) in group.members.iter().enumerate() {
            self.copy(member, group.original().id.as_str(), explained.of(n).unwrap_or_default())?;
        }
        writeln!(self.out)
    }

    fn story(&mut self, number: usize, story: &Story<'_>) -> io::Result<()> {
        let heading = format!("Story {number}, {} articles", story.members.len());
        writeln!(self.out, "{}{}", paint(BOLD, &heading), paint(DIM, &format!("  score {:.2}", story.score)))?;
        for report in &story.members {
            let group = report.group.map(|group| format!("group {group}")).unwrap_or_default();
            write!(self.out, "  {}{}  ", paint(CYAN, &group), pad(&group, INDENT - 4))?;
            self.named(report.id, report.meta, self.page.width - INDENT)?;
        }
        writeln!(self.out)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The scores, each at the same place of every line.
fn figures(scores: &Scores) -> String {
    let Scores { score, jaccard, words_changed, .. } = scores;
    format!("score {score:.2}  jaccard {jaccard:.2}  changed {:>3.0} %", words_changed * 100.0)
}
