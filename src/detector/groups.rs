//! The groups that the links form.

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::article::{ArticleId, Meta};
use crate::config::{Config, Facts};
use crate::detector::nodes::Nodes;
use crate::detector::setup::Setup;
use crate::detector::sides::Sides;
use crate::group::original::{self, Claim};
use crate::group::sources;
use crate::group::union::{self, Forest, Link};
use crate::lexicon::vocabulary::Vocabulary;
use crate::verify::passages::SharedPassages;
use crate::verify::relation::{Judge, Relation, Scores};

/// An original with its copies.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'d> {
    /// Why the original is the original, in words.
    pub original_why: String,
    /// The original first, then the copies in the order of their ids.
    pub members: Vec<Member<'d>>,
}

impl<'d> Group<'d> {
    /// The member that the others are copies of.
    pub fn original(&self) -> &Member<'d> {
        &self.members[0]
    }
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'d> {
    /// The article's id.
    pub id: &'d ArticleId,
    /// What is told about it.
    pub meta: &'d Meta,
    /// How many words it has.
    pub words: usize,
    /// What makes it a copy; `None` for the original.
    pub copy: Option<Copy<'d>>,
}

/// What makes a member a copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Copy<'d> {
    /// The member it was verified against.
    pub of: &'d ArticleId,
    /// What it is to that one.
    pub relation: Relation,
    /// How alike the two are.
    pub scores: Scores,
}

/// The groups that the links of the chosen relations make, largest first, then in the order of their smallest ids.
pub(crate) fn form<'d>(
    setup: &Setup,
    nodes: &Nodes<'d>,
    vocabulary: &Vocabulary,
    links: &[Link],
    forms: impl Fn(Relation) -> bool,
) -> Vec<Group<'d>> {
    let links: Vec<&Link> = links.iter().filter(|link| forms(link.relation)).collect();
    let exact = forms(Relation::Exact);
    let config = &setup.config;
    // Copies of copies are further from each other than copies are: half the threshold still tells them from
    // strangers.
    let relaxed = Config { threshold: config.threshold / 2.0, facts: Facts::Tell, ..config.clone() };
    let words = setup.words();
    let judge = Judge { config: &relaxed, ..setup.judge(vocabulary, &words) };
    let group_of = join(nodes.len(), &links, &Sides::new(setup, nodes, judge, &[]));

    let mut nodes_of: Vec<(u32, u32)> = group_of.iter().copied().zip(0..).collect();
    nodes_of.par_sort_unstable();
    let group = |link: &Link| group_of[link.a as usize];
    let mut within: Vec<&Link> = links.into_iter().filter(|link| group(link) == group_of[link.b as usize]).collect();
    within.par_sort_by_key(|link| group(link));
    let links_of = |number: u32| {
        let start = within.partition_point(|link| group(link) < number);
        let count = within[start..].partition_point(|link| group(link) == number);
        &within[start..start + count]
    };
    let mut groups: Vec<(Group<'d>, Option<u32>)> = nodes_of
        .par_chunk_by(|x, y| x.0 == y.0)
        .filter(|named| named.len() > 1 || (exact && nodes.members(named[0].1).len() > 1))
        .map(|named| {
            let joined: Vec<u32> = named.iter().map(|&(_, node)| node).collect();
            let first = joined.iter().map(|&node| nodes.members(node)[0]).min();
            (order(nodes, &joined, links_of(joined[0]), exact), first)
        })
        .collect();
    groups.par_sort_by_key(|(group, first)| (Reverse(group.members.len()), *first));
    groups.into_iter().map(|(group, _)| group).collect()
}

/// Joins nodes by their links as [`union::join`] does: what hangs together by itself, and all such clusters at once.
fn join(count: usize, links: &[&Link], sides: &Sides<'_>) -> Vec<u32> {
    let mut clusters = Forest::new(count);
    for link in links {
        clusters.unite_any(link.a, link.b);
    }
    let mut links: Vec<(u32, &Link)> = links.iter().map(|link| (clusters.root(link.a), *link)).collect();
    links.sort_by_key(|(cluster, _)| *cluster);
    let joined = |cluster: &[(u32, &Link)]| {
        let mut nodes: Vec<u32> = cluster.iter().flat_map(|(_, link)| [link.a, link.b]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let place = |node: u32| nodes.partition_point(|&other| other < node) as u32;
        let links: Vec<Link> =
            cluster.iter().map(|&(_, link)| Link { a: place(link.a), b: place(link.b), ..*link }).collect();
        let side = |place: u32| sides.of(nodes[place as usize]);
        let resemble = |a: u32, b: u32| sides.judge.verify(&side(a), &side(b)).is_some();
        let passages = |hub: u32, other: u32| {
            let shared = SharedPassages::of(sides.judge, side(hub), side(other));
            move |third: u32| shared.are_held_by(&side(third))
        };
        let contradict = |a: u32, b: u32| sides.judge.contradict(&side(a), &side(b));
        let groups = union::join(nodes.len(), &links, resemble, passages, contradict);
        groups.into_iter().zip(&nodes).map(|(first, &node)| (node, nodes[first as usize])).collect::<Vec<_>>()
    };
    let mut group_of: Vec<u32> = (0..count as u32).collect();
    let joined: Vec<Vec<(u32, u32)>> = links.par_chunk_by(|x, y| x.0 == y.0).map(joined).collect();
    joined.into_iter().flatten().for_each(|(node, group)| group_of[node as usize] = group);
    group_of
}

/// Orders one group: chooses the original, and finds for every other member the one it was verified against.
fn order<'d>(nodes: &Nodes<'d>, joined: &[u32], links: &[&Link], exact: bool) -> Group<'d> {
    let mut members: Vec<(u32, u32)> =
        joined.iter().flat_map(|&node| nodes.members(node).iter().map(move |&entry| (entry, node))).collect();
    members.sort_unstable();
    let texts = original::texts(links, |node| nodes.words(node));
    let claim = |&(entry, node): &(u32, u32)| Claim {
        date: nodes.entries[entry as usize].meta.date,
        repairs: nodes.entries[entry as usize].article.repairs,
        words: nodes.words(node),
        text: texts.get(&node).copied().unwrap_or_default(),
    };
    let claims: Vec<Claim> = members.iter().map(claim).collect();
    let (original, original_why) = original::choose(&claims);
    let (original, root) = members[original];
    // Without exact copies the original's twins are none; those of other members are copies of it like them.
    members.retain(|&(entry, node)| exact || node != root || entry == original);

    let id = |entry: u32| &nodes.entries[entry as usize].id;
    // One entry speaks for its node: the original for its own, else the least disguised.
    let voice = |node: u32| {
        let plainest = |&&entry: &&u32| (nodes.entries[entry as usize].article.repairs, entry);
        let members = nodes.members(node);
        if node == root { original } else { members.iter().min_by_key(plainest).copied().unwrap_or(members[0]) }
    };
    let sources = sources::of(root, links);
    let copy = |entry: u32, node: u32| {
        if entry == original {
            None
        } else if exact && entry != voice(node) {
            Some(Copy { of: id(voice(node)), relation: Relation::Exact, scores: Scores::IDENTICAL })
        } else {
            let (of, link) = sources.get(&node)?;
            let changed = if link.a == node { link.changed_first } else { link.scores.words_changed };
            let scores = Scores { words_changed: changed, ..link.scores };
            Some(Copy { of: id(voice(*of)), relation: link.relation, scores })
        }
    };
    let mut listed: Vec<Member<'d>> = members
        .iter()
        .map(|&(entry, node)| {
            let held = nodes.entries[entry as usize];
            Member { id: &held.id, meta: &held.meta, words: held.article.tokens.len(), copy: copy(entry, node) }
        })
        .collect();
    listed.sort_by_key(|member| member.copy.is_some());
    Group { original_why, members: listed }
}
