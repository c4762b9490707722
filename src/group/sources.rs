//! Which member each copy of a group was verified against.

use std::collections::{HashMap, HashSet};

use crate::group::union::Link;

/// For every node that links lead to from the `root`: the node it is a copy of, and the link between them. Nodes that
/// are linked with the root are copies of it; the others of the one they are most alike to among those a step nearer.
pub(crate) fn of<'l>(root: u32, links: &[&'l Link]) -> HashMap<u32, (u32, &'l Link)> {
    let mut neighbours: HashMap<u32, Vec<(u32, &Link)>> = HashMap::new();
    for link in links {
        neighbours.entry(link.a).or_default().push((link.b, link));
        neighbours.entry(link.b).or_default().push((link.a, link));
    }
    let mut found: HashMap<u32, (u32, &Link)> = HashMap::new();
    let mut placed = HashSet::from([root]);
    let mut frontier = vec![root];
    while !frontier.is_empty() {
        let mut next: Vec<(u32, u32, &Link)> = frontier
            .iter()
            .flat_map(|&of| neighbours.get(&of).into_iter().flatten().map(move |&(to, link)| (to, of, link)))
            .filter(|(to, _, _)| !placed.contains(to))
            .collect();
        next.sort_by(|x, y| x.0.cmp(&y.0).then(y.2.scores.score.total_cmp(&x.2.scores.score)).then(x.1.cmp(&y.1)));
        next.dedup_by_key(|(to, _, _)| *to);
        frontier = next.iter().map(|(to, _, _)| *to).collect();
        placed.extend(&frontier);
        found.extend(next.into_iter().map(|(to, of, link)| (to, (of, link))));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::union::Tie;
    use crate::verify::relation::{Relation, Scores};

    fn link(a: u32, b: u32, score: f64) -> Link {
        Link {
            a,
            b,
            relation: Relation::Near,
            scores: Scores { score, ..Scores::IDENTICAL },
            changed_first: 0.0,
            loose: false,
            whole: false,
            tie: Tie::Versions,
            wording: 0,
        }
    }

    #[test]
    fn copies_of_the_original_are_its_own_and_copies_of_copies_theirs() {
        let links = [link(0, 1, 0.7), link(0, 2, 0.9), link(1, 2, 0.95), link(1, 3, 0.8), link(2, 3, 0.9)];
        let found = of(0, &links.iter().collect::<Vec<_>>());
        let source = |node: u32| found.get(&node).map(|(of, _)| *of);
        assert_eq!([1, 2, 3, 4].map(source), [Some(0), Some(0), Some(2), None]);
    }
}
