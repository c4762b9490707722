//! Which links are joined into groups.
//!
//! Connected components let chains join strangers: A is near B, B near C, …, and the ends have nothing in common.
//! Three rules prevent it, and a fourth keeps them from parting what belongs together:
//!
//! * **Leaders.** Each group has a leader, and a link joins two groups only if the smaller one's members (up to
//!   [`WITNESSES`] of them) resemble the larger one's leader directly. This is single-link clustering held together by
//!   Hartigan's leader algorithm (*Clustering Algorithms*, 1975, chapter 3); compare the star clusters of Aslam,
//!   Pelekhov and Rus (2004). Links are taken from the strongest. What is unlike the leader, which may itself be a copy,
//!   can still join by the third rule.
//! * **Excerpts.** An excerpt link joins its two ends only: a group formed by near copies is one unit, and units that
//!   excerpts join must all be linked with each other. So an article that quotes several others never unites them, and
//!   neither does a passage that several articles quote. The same holds of a loose rewrite: what is rewritten from two
//!   reports unites them as little. Where most of either stands in the other it is one text, however edited, and two
//!   such edits of it need not be linked themselves.
//! * **Hubs.** Whom such a link joins has to do with all members of the group (up to [`WITNESSES`] of them), not with
//!   its other end alone: each member is a near copy of that end, or linked with the newcomer, or resembles it, or has
//!   the passages that the link rests on. Two reports that have different sentences of a third are not united by it. An
//!   excerpt that stands whole in its source is of no other, whatever a shortened copy of the source may lack.
//! * **Versions and parts.** Neither rule asks anything of a member that is linked with the link's end, if that leads
//!   from the member to the newcomer: a version of a version, a part of a part, or the version of a passage that stands
//!   in the member, is of one source with it, however little a spinner has left that could be compared. Only figures that
//!   disagree speak against it. Two parts of one article may be of two sources, and two hosts of one passage too.

use std::cell::LazyCell;
use std::cmp::Ordering;
use std::collections::HashMap;

use crate::verify::relation::{Relation, Scores};

/// So many members of a group speak for all when it joins a larger one.
const WITNESSES: usize = 32;

/// An excerpt that stands in its source by this share of its shingles is nothing but an excerpt.
const CONTAINED: f64 = 0.9;

/// A verified pair of nodes, `a` before `b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Link {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) relation: Relation,
    pub(crate) scores: Scores,
    /// The share of `a`'s aligned words that are not `b`'s; of `b`'s the scores tell.
    pub(crate) changed_first: f64,
    /// Whether the two have little of their wording in common line by line.
    pub(crate) loose: bool,
    /// Whether most of either stands in the other, word for word and in the same order.
    pub(crate) whole: bool,
    /// How much of each is in the other.
    pub(crate) tie: Tie,
    /// How many of the replaced words speak for `a` as the original, less those that speak for `b`.
    pub(crate) wording: i32,
}

/// How much of each of two linked nodes is in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tie {
    /// Each is a version of all of the other.
    Versions,
    /// The first is a version of a part of the second.
    PartOfSecond,
    /// The second is a version of a part of the first.
    PartOfFirst,
    /// Either has something else beside what both have.
    Overlap,
}

impl Tie {
    /// The same, seen from the second.
    fn turned(self) -> Self {
        match self {
            Self::PartOfSecond => Self::PartOfFirst,
            Self::PartOfFirst => Self::PartOfSecond,
            other => other,
        }
    }
}

/// Whether the last of a line of articles is of the source of the first: each is a version, or a part, of the one before,
/// or each of the one behind it. Two parts of one article may be of two sources, and so may two hosts of one part.
fn leads_one_way(steps: &[Option<Tie>]) -> bool {
    let has = |tie: Option<Tie>| steps.contains(&tie);
    let both_ways = has(Some(Tie::PartOfSecond)) && has(Some(Tie::PartOfFirst));
    !(both_ways || has(None) || has(Some(Tie::Overlap)))
}

impl Link {
    /// Whether it joins its two ends only.
    fn is_private(&self) -> bool {
        self.relation == Relation::Excerpt || (self.loose && self.relation > Relation::Near)
    }

    /// Whether next to all of one end stands in the other: there is nothing else in it that could be of another source.
    fn is_contained(&self) -> bool {
        self.relation == Relation::Excerpt && self.scores.containment >= CONTAINED
    }
}

/// Joins `count` nodes by their links. Gives each node the number of its group's first node; nodes of one number are
/// one group. `resemble` tells whether two nodes would pass for copies of a copy of one article; `passages`, of the first
/// node that it is given and has in common with the second, whether a third has them; `contradict` whether the figures of
/// two are others.
pub(crate) fn join<Has: Fn(u32) -> bool>(
    count: usize,
    links: &[Link],
    resemble: impl Fn(u32, u32) -> bool,
    passages: impl Fn(u32, u32) -> Has,
    contradict: impl Fn(u32, u32) -> bool,
) -> Vec<u32> {
    let mut order: Vec<&Link> = links.iter().collect();
    order.sort_by(|x, y| {
        // Versions of a whole come before its parts, so that no part keeps them out; but what stands whole in its source
        // keeps none out.
        let strength = |link: &Link| {
            let private = link.is_private();
            (private, private && link.tie != Tie::Versions && !link.is_contained(), link.relation)
        };
        (strength(x).cmp(&strength(y)))
            .then(y.scores.score.total_cmp(&x.scores.score))
            .then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    let (copies, private) = order.split_at(order.partition_point(|link| !link.is_private()));

    let mut by_ends: Vec<&Link> = links.iter().collect();
    by_ends.sort_unstable_by_key(|link| (link.a, link.b));
    let linked = |a: u32, b: u32| {
        let found = by_ends.binary_search_by_key(&(a.min(b), a.max(b)), |link| (link.a, link.b));
        found.ok().map(|place| by_ends[place])
    };
    let alike = |a: u32, b: u32| a == b || linked(a, b).is_some() || resemble(a.min(b), a.max(b));
    let mut units = Forest::new(count);
    let mut gathered = Chains::new(count);
    let mut refused = Vec::new();
    for &link in copies {
        let (x, y) = (units.root(link.a), units.root(link.b));
        if x == y {
            continue;
        }
        let (p, q) = (units.leader[x as usize], units.leader[y as usize]);
        let (absorbed, leader) = if units.first(x, y) == x { (y, p) } else { (x, q) };
        let alike = |node: u32| alike(node, leader);
        if (alike(p) && alike(q)) && gathered.of(absorbed).take(WITNESSES).all(alike) {
            let root = units.unite(x, y);
            gathered.append(root, absorbed);
        } else {
            refused.push(link);
        }
    }
    // What is unlike the leader may still be of the same source as all that the leader leads.
    let doubtful: Vec<&Link> = refused.into_iter().chain(private.iter().copied()).collect();

    let unit_of: Vec<u32> = (0..count as u32).map(|node| units.root(node)).collect();
    let mut ties: HashMap<(u32, u32), Tie> = HashMap::new();
    for link in &doubtful {
        let (x, y) = (unit_of[link.a as usize], unit_of[link.b as usize]);
        let (pair, tie) = if x <= y { ((x, y), link.tie) } else { ((y, x), link.tie.turned()) };
        ties.entry(pair).and_modify(|closest| *closest = tie.min(*closest)).or_insert(tie);
    }
    let tie = |x: u32, y: u32| match x.cmp(&y) {
        Ordering::Equal => Some(Tie::Versions),
        Ordering::Less => ties.get(&(x, y)).copied(),
        Ordering::Greater => ties.get(&(y, x)).map(|tie| tie.turned()),
    };
    let mut groups = Forest::new(count);
    let mut members = Chains::new(count);
    for link in doubtful {
        let [a, b] = [link.a, link.b].map(|node| unit_of[node as usize]);
        let (x, y) = (groups.root(a), groups.root(b));
        let all_linked = || {
            // No more than two steps: a chain of versions leads anywhere.
            let leads = |p: u32, q: u32| (p == a || q == b) && leads_one_way(&[tie(p, a), tie(a, b), tie(b, q)]);
            let linked = |p: u32, q: u32| tie(p, q).is_some() || leads(p, q);
            members.of(x).all(|p| members.of(y).all(|q| linked(p, q)))
        };
        let of_one_source = |group: u32, end: u32, newcomer: u32| {
            // Two that have most of one text have much of it in common.
            let one_text = |how: &Link| how.relation <= Relation::Near || (how.whole && link.whole);
            let near = |node: u32| node == end || linked(node, end).is_some_and(one_text);
            let step = |from: u32, how: &Link| if from == how.a { how.tie } else { how.tie.turned() };
            let leads_here = |node: u32| {
                let first = linked(node, end).map(|how| step(node, how));
                leads_one_way(&[first, Some(step(end, link))]) && !contradict(node.min(newcomer), node.max(newcomer))
            };
            let mut nodes = members.of(group).flat_map(|unit| gathered.of(unit)).take(WITNESSES);
            let shared = LazyCell::new(|| passages(end, newcomer));
            link.is_contained()
                || nodes.all(|node| near(node) || alike(node, newcomer) || leads_here(node) || shared(node))
        };
        if x != y
            && (link.whole || all_linked())
            && of_one_source(x, link.a, link.b)
            && of_one_source(y, link.b, link.a)
        {
            let root = groups.unite(x, y);
            members.append(root, if root == x { y } else { x });
        }
    }

    let roots: Vec<u32> = unit_of.iter().map(|&unit| groups.root(unit)).collect();
    first_members(&roots)
}

/// Names each group by its first node.
fn first_members(roots: &[u32]) -> Vec<u32> {
    let mut first = vec![u32::MAX; roots.len()];
    for (node, &root) in (0..).zip(roots) {
        let named = &mut first[root as usize];
        *named = (*named).min(node);
    }
    roots.iter().map(|&root| first[root as usize]).collect()
}

/// Disjoint sets with a leader each.
pub(crate) struct Forest {
    parent: Vec<u32>,
    size: Vec<u32>,
    leader: Vec<u32>,
}

impl Forest {
    pub(crate) fn new(count: usize) -> Self {
        let nodes: Vec<u32> = (0..count as u32).collect();
        Self { parent: nodes.clone(), size: vec![1; count], leader: nodes }
    }

    pub(crate) fn root(&mut self, mut node: u32) -> u32 {
        while self.parent[node as usize] != node {
            let grandparent = self.parent[self.parent[node as usize] as usize];
            self.parent[node as usize] = grandparent;
            node = grandparent;
        }
        node
    }

    /// Which of two roots a union keeps: the larger group's, the first leader's where they are equal.
    fn first(&self, x: u32, y: u32) -> u32 {
        let key = |root: u32| (std::cmp::Reverse(self.size[root as usize]), self.leader[root as usize]);
        if key(x) <= key(y) { x } else { y }
    }

    /// Unites two roots under the larger group's, whose leader leads both; the first node's where they are equal.
    pub(crate) fn unite(&mut self, x: u32, y: u32) -> u32 {
        let root = self.first(x, y);
        let other = if root == x { y } else { x };
        self.parent[other as usize] = root;
        self.size[root as usize] += self.size[other as usize];
        root
    }

    /// Unites the sets of two nodes, whatever they are.
    pub(crate) fn unite_any(&mut self, a: u32, b: u32) {
        let (x, y) = (self.root(a), self.root(b));
        if x != y {
            self.unite(x, y);
        }
    }
}

/// Numbers in chains, at first each in one of its own: lists that join at no cost, in eight bytes for each number.
struct Chains {
    next: Vec<u32>,
    /// The last number of the chain that begins with each.
    last: Vec<u32>,
}

impl Chains {
    /// Behind the last number of a chain.
    const END: u32 = u32::MAX;

    fn new(count: usize) -> Self {
        Self { next: vec![Self::END; count], last: (0..count as u32).collect() }
    }

    /// The chain that begins with a number.
    fn of(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let next = |&number: &u32| Some(self.next[number as usize]).filter(|&next| next != Self::END);
        std::iter::successors(Some(first), next)
    }

    /// Puts one chain behind another.
    fn append(&mut self, first: u32, other: u32) {
        self.next[self.last[first as usize] as usize] = other;
        self.last[first as usize] = self.last[other as usize];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(a: u32, b: u32, relation: Relation, score: f64) -> Link {
        let scores = Scores { score, ..Scores::IDENTICAL };
        Link { a, b, relation, scores, changed_first: 0.0, loose: false, whole: false, tie: Tie::Overlap, wording: 0 }
    }

    fn join<Has: Fn(u32) -> bool>(
        count: usize,
        links: &[Link],
        resemble: impl Fn(u32, u32) -> bool,
        passages: impl Fn(u32, u32) -> Has,
    ) -> Vec<u32> {
        super::join(count, links, resemble, passages, |_, _| false)
    }

    /// A link that joins its two ends only, unless its tie says more.
    fn tied(a: u32, b: u32, tie: Tie, score: f64) -> Link {
        Link { loose: true, tie, ..link(a, b, Relation::Rewrite, score) }
    }

    /// Joins nodes that have nothing in common beside what their links tell.
    fn joined(count: usize, links: &[Link]) -> Vec<u32> {
        join(count, links, |_, _| false, |_, _| |_| false)
    }

    #[test]
    fn versions_of_one_article_stay_together_though_little_is_left_to_compare() {
        let of_first = |tie: Tie| [tied(0, 1, tie, 0.8), tied(0, 2, tie, 0.7)];
        assert_eq!(joined(3, &of_first(Tie::Versions)), [0, 0, 0]);
        assert_eq!(joined(3, &of_first(Tie::Overlap)), [0, 0, 2]);
        let others = |_: u32, _: u32| true;
        assert_eq!(super::join(3, &of_first(Tie::Versions), |_, _| false, |_, _| |_| false, others), [0, 0, 2]);
    }

    #[test]
    fn a_part_does_not_keep_a_version_of_the_whole_out() {
        // 1 is a passage of 0, by the stronger link; 2 is all of it.
        let links = [tied(0, 1, Tie::PartOfFirst, 0.9), tied(0, 2, Tie::Versions, 0.6)];
        assert_eq!(joined(3, &links), [0, 0, 0]);
    }

    #[test]
    fn a_version_of_a_passage_goes_with_the_passages_host() {
        // 1 stands in 0, and 2 is a version of 1.
        let links = [tied(0, 1, Tie::PartOfFirst, 0.9), tied(1, 2, Tie::Versions, 0.6)];
        assert_eq!(joined(3, &links), [0, 0, 0]);
    }

    #[test]
    fn neither_two_parts_nor_two_hosts_are_united() {
        let parts = [tied(0, 1, Tie::PartOfFirst, 0.9), tied(0, 2, Tie::PartOfFirst, 0.6)];
        assert_eq!(joined(3, &parts), [0, 0, 2]);
        let hosts = [tied(0, 1, Tie::PartOfSecond, 0.9), tied(0, 2, Tie::PartOfSecond, 0.6)];
        assert_eq!(joined(3, &hosts), [0, 0, 2]);
        // 1 and 3 are parts of two versions of a digest.
        let digest =
            [tied(0, 1, Tie::PartOfFirst, 0.9), tied(0, 2, Tie::Versions, 0.6), tied(2, 3, Tie::PartOfFirst, 0.9)];
        let groups = joined(4, &digest);
        assert_eq!(groups[0], groups[2]);
        assert_ne!(groups[1], groups[3]);
    }

    #[test]
    fn a_chain_of_versions_leads_nowhere() {
        let links: Vec<Link> = (0..5).map(|n| tied(n, n + 1, Tie::Versions, 0.9)).collect();
        let groups = joined(6, &links);
        let largest = (0..6).map(|g| groups.iter().filter(|&&of| of == g).count()).max();
        assert_eq!(largest, Some(3), "{groups:?}");
    }

    #[test]
    fn a_part_within_a_unit_is_still_a_part() {
        // 1 is a part of 0, close enough to be of one unit with it; 2 is another part.
        let links = [
            Link { tie: Tie::PartOfFirst, ..link(0, 1, Relation::Spun, 0.95) },
            Link { tie: Tie::PartOfFirst, ..link(0, 2, Relation::Excerpt, 0.8) },
        ];
        let scores = Scores { score: 0.8, containment: 0.6, ..Scores::IDENTICAL };
        let links = links.map(|link| Link { scores: Scores { score: link.scores.score, ..scores }, ..link });
        assert_eq!(joined(3, &links), [0, 0, 2]);
    }

    #[test]
    fn chains_keep_the_order_in_which_they_were_joined() {
        let mut chains = Chains::new(6);
        for (first, other) in [(4, 1), (0, 5), (4, 0), (4, 2)] {
            chains.append(first, other);
        }
        assert_eq!(chains.of(4).collect::<Vec<_>>(), [4, 1, 0, 5, 2]);
        assert_eq!(chains.of(3).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn a_chain_of_ever_different_articles_is_cut() {
        // Neighbours are near, articles two apart resemble each other, the ends do not.
        let links: Vec<Link> = (0..9).map(|n| link(n, n + 1, Relation::Near, 0.9)).collect();
        let resemble = |a: u32, b: u32| a.abs_diff(b) <= 2;
        let groups = join(10, &links, resemble, |_, other| move |third| resemble(third, other));
        let largest = (0..10).map(|g| groups.iter().filter(|&&of| of == g).count()).max();
        assert!(largest <= Some(5), "{groups:?}");
        assert_ne!(groups[0], groups[9]);
    }

    #[test]
    fn a_copy_unlike_the_leader_joins_by_the_passages_that_all_have() {
        // 0 is the longest copy of 2, and nearest to 1; 3 was damaged otherwise, and has enough in common with 2 alone.
        let links = [
            link(0, 1, Relation::Near, 0.95),
            link(0, 2, Relation::Spun, 0.93),
            link(1, 2, Relation::Spun, 0.92),
            link(2, 3, Relation::Spun, 0.91),
        ];
        let groups = |held: bool| join(4, &links, |_, _| false, |_, _| move |_| held);
        assert_eq!(groups(true), [0, 0, 0, 0]);
        assert_eq!(groups(false), [0, 0, 0, 3]);
    }

    #[test]
    fn copies_of_copies_stay_together() {
        let links = [link(0, 1, Relation::Near, 0.9), link(1, 2, Relation::Near, 0.8)];
        assert_eq!(join(3, &links, |_, _| true, |_, _| |_| true), [0, 0, 0]);
    }

    #[test]
    fn a_digest_does_not_unite_what_it_quotes() {
        // 0 quotes 1 and 2: it goes with the stronger of the two.
        let links = [link(0, 1, Relation::Excerpt, 0.8), link(0, 2, Relation::Excerpt, 0.9)];
        assert_eq!(join(3, &links, |_, _| true, |_, _| |_| true), [0, 1, 0]);
    }

    #[test]
    fn a_loose_rewrite_of_two_reports_does_not_unite_them() {
        let loose = |a, b, score| Link { loose: true, ..link(a, b, Relation::Rewrite, score) };
        let links = [loose(0, 1, 0.8), loose(0, 2, 0.9)];
        assert_eq!(join(3, &links, |_, _| true, |_, _| |_| true), [0, 1, 0]);
        let tight = links.map(|link| Link { loose: false, ..link });
        assert_eq!(join(3, &tight, |_, _| true, |_, _| |_| true), [0, 0, 0]);
    }

    #[test]
    fn edits_of_one_text_stay_together_though_they_are_not_alike() {
        let edits = |whole: bool| {
            let edit = |copy: u32| Link { whole, ..link(0, copy, Relation::Excerpt, 0.9) };
            join(4, &[edit(1), edit(2), edit(3)], |_, _| false, |_, _| |_| false)
        };
        assert_eq!(edits(true), [0, 0, 0, 0]);
        assert_eq!(edits(false), [0, 0, 2, 3]);
    }

    #[test]
    fn a_report_does_not_unite_two_that_have_different_passages_of_it() {
        // 1 is a spun copy of 0, and has words in common with 2.
        let scores = Scores { score: 0.8, containment: 0.6, ..Scores::IDENTICAL };
        let weak =
            [Relation::Excerpt, Relation::Rewrite].map(|how| Link { scores, loose: true, ..link(1, 2, how, 0.8) });
        for weak in weak {
            let links = [link(0, 1, Relation::Spun, 0.9), weak];
            let groups = |resembles: bool, held: bool| {
                let passages = |hub: u32, other: u32| move |third: u32| held && (third, hub, other) == (0, 1, 2);
                join(3, &links, |_, _| resembles, passages)
            };
            assert_eq!(groups(false, false), [0, 0, 2]);
            assert_eq!(groups(false, true), [0, 0, 0]);
            assert_eq!(groups(true, false), [0, 0, 0]);
        }
    }

    #[test]
    fn an_excerpt_of_what_a_shortened_copy_lacks_stays_with_its_source() {
        let spun = link(0, 1, Relation::Spun, 0.9);
        let groups = |containment: f64| {
            let scores = Scores { score: 0.9, containment, ..Scores::IDENTICAL };
            join(3, &[spun, Link { scores, ..link(0, 2, Relation::Excerpt, 0.9) }], |_, _| false, |_, _| |_| false)
        };
        assert_eq!(groups(1.0), [0, 0, 0]);
        assert_eq!(groups(0.8), [0, 0, 2]);
    }

    #[test]
    fn excerpts_of_one_passage_stay_together_when_they_overlap() {
        let links = [
            link(0, 1, Relation::Excerpt, 0.8),
            link(0, 2, Relation::Excerpt, 0.9),
            link(1, 2, Relation::Excerpt, 0.7),
        ];
        assert_eq!(join(3, &links, |_, _| true, |_, _| |_| true), [0, 0, 0]);
    }

    #[test]
    fn an_excerpt_joins_its_host_with_the_hosts_copies() {
        let links = [link(0, 1, Relation::Near, 0.9), link(1, 2, Relation::Excerpt, 0.9)];
        assert_eq!(join(3, &links, |_, _| false, |_, _| |_| false), [0, 0, 0]);
    }

    #[test]
    fn the_order_of_the_links_does_not_matter() {
        let mut links = vec![
            link(0, 1, Relation::Near, 0.9),
            link(1, 2, Relation::Near, 0.9),
            link(2, 3, Relation::Excerpt, 0.9),
            link(3, 4, Relation::Excerpt, 0.9),
        ];
        let expected = join(5, &links, |a, b| a.abs_diff(b) < 2, |_, _| |_| true);
        links.reverse();
        assert_eq!(join(5, &links, |a, b| a.abs_diff(b) < 2, |_, _| |_| true), expected);
    }
}
