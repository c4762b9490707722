//! How much of each of two linked articles is in the other: are both versions of one text, or is one a part of the other?

use crate::group::union::Tie;
use crate::verify::evidence::Evidence;

/// Two articles are versions of one text if the shorter has this share of the longer one's words, …
const LENGTH: f64 = 0.7;

/// … and this share of its sentences corresponds one to one, neighbours to neighbours; …
const PAIRED: f64 = 0.5;

/// … or this share of its words stands in the same order in both. Of a part as many of the sentences must: what the
/// longer one has from another source is not seen in the shorter.
const FOLLOWS: f64 = 0.7;

/// How much of each of two articles of so many words is in the other.
pub(crate) fn between(evidence: &Evidence, [first, second]: [usize; 2]) -> Tie {
    let versions = first.min(second) as f64 >= LENGTH * first.max(second) as f64;
    let paired = if versions { PAIRED } else { FOLLOWS };
    if evidence.in_order < FOLLOWS && evidence.sentences_paired < paired {
        Tie::Overlap
    } else if versions {
        Tie::Versions
    } else if first < second {
        Tie::PartOfSecond
    } else {
        Tie::PartOfFirst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_other_is_a_version_of_it_or_a_part() {
        let follows = Evidence { in_order: 0.8, ..Evidence::default() };
        let reworded = Evidence { in_order: 0.3, sentences_paired: 0.8, ..Evidence::default() };
        for evidence in [follows, reworded] {
            assert_eq!(between(&evidence, [400, 450]), Tie::Versions);
            assert_eq!(between(&evidence, [450, 400]), Tie::Versions);
            assert_eq!(between(&evidence, [100, 450]), Tie::PartOfSecond);
            assert_eq!(between(&evidence, [450, 100]), Tie::PartOfFirst);
        }
    }

    #[test]
    fn what_corresponds_by_half_of_its_sentences_is_no_part() {
        let half = Evidence { in_order: 0.4, sentences_paired: 0.6, ..Evidence::default() };
        assert_eq!(between(&half, [400, 450]), Tie::Versions);
        assert_eq!(between(&half, [100, 450]), Tie::Overlap);
        assert_eq!(between(&Evidence { sentences_paired: 0.4, ..half }, [400, 450]), Tie::Overlap);
    }
}
