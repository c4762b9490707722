//! Alignment: which words of two articles correspond.
//!
//! Words that occur once in each article anchor the alignment; the longest chain of anchors that is in order in both
//! (Schensted, 1961) splits it into smaller problems of the same kind, as patience diff does; small ones are aligned in
//! full (Needleman and Wunsch, 1970). What remains is searched for blocks that moved. The time is nearly linear in the
//! length for articles that have words in common, and bounded for those that have not.

use std::hint::select_unpredictable;
use std::ops::Range;

use crate::article::Tokens;

/// Up to this many cells an alignment is computed in full.
const CELLS: usize = 1 << 13;

/// The shortest run of words that counts as moved: shorter ones are phrases of the language.
const MOVED: usize = 8;

/// The longest stretch between matching words that counts as one reworded site.
const SITE: usize = 16;

/// Matching words before and after a site that make it a firm one.
const FIRM: usize = 3;

/// Words between matching ones in a tight stretch.
const TIGHT: usize = 4;

const MATCH: i32 = 4;
const MISMATCH: i32 = 0;
const GAP: i32 = -1;

/// Equal words: `length` of them from `a` in the one article and from `b` in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Block {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) length: usize,
}

/// Different words in corresponding places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) a: Range<usize>,
    pub(crate) b: Range<usize>,
    /// Whether the matching words around it are [`FIRM`] or more. Between stray words that two articles happen to share,
    /// what corresponds is chance.
    pub(crate) firm: bool,
}

/// How two articles correspond.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Alignment {
    /// Blocks that are in the same order in both articles.
    pub(crate) chain: Vec<Block>,
    /// Blocks elsewhere, in the order of the second article.
    pub(crate) moved: Vec<Block>,
}

impl Alignment {
    /// Aligns two lists of tokens.
    pub(crate) fn of(a: &[u32], b: &[u32]) -> Self {
        let chain = chain(a, b);
        let moved = moved(a, b, &chain);
        Self { chain, moved }
    }

    /// Aligns two articles, the same whichever comes first: where an alignment is a matter of taste, their words decide.
    pub(crate) fn between(a: &Tokens, b: &Tokens) -> Self {
        let (a, b) = (a.hashes(), b.hashes());
        if (a.len(), a) >= (b.len(), b) { Self::of(a, b) } else { Self::of(b, a).swapped() }
    }

    /// The same with the articles in the other order.
    pub(crate) fn swapped(self) -> Self {
        let swap = |blocks: Vec<Block>| -> Vec<Block> {
            blocks.into_iter().map(|Block { a, b, length }| Block { a: b, b: a, length }).collect()
        };
        let mut moved = swap(self.moved);
        moved.sort_unstable_by_key(|block| block.b);
        Self { chain: swap(self.chain), moved }
    }

    /// How many words match.
    pub(crate) fn matched(&self) -> usize {
        self.blocks().map(|block| block.length).sum()
    }

    /// All blocks: the chain, then the moved.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = Block> + '_ {
        self.chain.iter().chain(&self.moved).copied()
    }

    /// The places where both articles have something else between the same words.
    pub(crate) fn sites(&self) -> impl Iterator<Item = Site> + '_ {
        self.chain.windows(2).filter_map(|pair| {
            let (before, after) = (pair[0], pair[1]);
            let site = Site {
                a: before.a + before.length..after.a,
                b: before.b + before.length..after.b,
                firm: before.length + after.length >= FIRM,
            };
            let fits = |range: &Range<usize>| (1..=SITE).contains(&range.len());
            (fits(&site.a) && fits(&site.b)).then_some(site)
        })
    }

    /// The sites that stand firmly.
    pub(crate) fn firm_sites(&self) -> impl Iterator<Item = Site> + '_ {
        self.sites().filter(|site| site.firm)
    }

    /// The tight stretches of the chain, as ranges of both articles: matching words with no more than [`TIGHT`] others
    /// between them, in either article. Blocks that moved are such stretches too.
    pub(crate) fn tight_stretches(&self) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + '_ {
        let close = |x: &Block, y: &Block| y.a - x.a - x.length <= TIGHT && y.b - x.b - x.length <= TIGHT;
        let of_chain = self.chain.chunk_by(close).filter_map(|stretch| {
            let (first, last) = (stretch[0], stretch[stretch.len() - 1]);
            let matched: usize = stretch.iter().map(|block| block.length).sum();
            let (a, b) = (first.a..last.a + last.length, first.b..last.b + last.length);
            (matched >= MOVED && matched * 5 >= a.len().max(b.len()) * 2).then_some((a, b))
        });
        let moved = self.moved.iter().map(|block| (block.a..block.a + block.length, block.b..block.b + block.length));
        of_chain.chain(moved)
    }

    /// How many words of each article stand in tight stretches.
    pub(crate) fn tight(&self) -> (usize, usize) {
        self.tight_stretches().fold((0, 0), |words, (a, b)| (words.0 + a.len(), words.1 + b.len()))
    }

    /// The share of one article's aligned words that are not the other's: 0 of a plain copy. `side` counts that
    /// article's words at a site.
    pub(crate) fn words_changed(&self, side: impl Fn(&Site) -> usize) -> f64 {
        let changed: usize = self.sites().map(|site| side(&site)).sum();
        let aligned = changed + self.matched();
        if aligned == 0 { 1.0 } else { changed as f64 / aligned as f64 }
    }
}

/// What is left to do of a chain, the next step last.
enum Step {
    Align(Range<usize>, Range<usize>),
    Add(Block),
}

/// The blocks of the best chain found between two articles, in order. An explicit stack instead of recursion: the depth
/// is the input's to choose.
fn chain(a: &[u32], b: &[u32]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut steps = vec![Step::Align(0..a.len(), 0..b.len())];
    while let Some(step) = steps.pop() {
        let (mut ra, mut rb) = match step {
            Step::Align(ra, rb) => (ra, rb),
            Step::Add(block) => {
                add(&mut blocks, block);
                continue;
            }
        };
        let prefix = common(a[ra.clone()].iter(), b[rb.clone()].iter());
        if prefix > 0 {
            add(&mut blocks, Block { a: ra.start, b: rb.start, length: prefix });
            ra.start += prefix;
            rb.start += prefix;
        }
        let suffix = common(a[ra.clone()].iter().rev(), b[rb.clone()].iter().rev());
        ra.end -= suffix;
        rb.end -= suffix;
        if suffix > 0 {
            steps.push(Step::Add(Block { a: ra.end, b: rb.end, length: suffix }));
        }
        if ra.is_empty() || rb.is_empty() {
            continue;
        }
        if ra.len() * rb.len() <= CELLS {
            in_full(a, b, ra, rb, &mut blocks);
            continue;
        }
        let (x, y) = (&a[ra.clone()], &b[rb.clone()]);
        let mut runs = Vec::new();
        for (x, y) in longest_ascending(&once_each(x, y)) {
            add(&mut runs, Block { a: ra.start + x, b: rb.start + y, length: 1 });
        }
        let mut end = (ra.end, rb.end);
        for &run in runs.iter().rev() {
            steps.push(Step::Align(run.a + run.length..end.0, run.b + run.length..end.1));
            steps.push(Step::Add(run));
            end = (run.a, run.b);
        }
        if !runs.is_empty() {
            steps.push(Step::Align(ra.start..end.0, rb.start..end.1));
        }
    }
    blocks
}

/// Adds a block behind the others, or to the last one if it continues that.
fn add(blocks: &mut Vec<Block>, block: Block) {
    match blocks.last_mut() {
        Some(last) if last.a + last.length == block.a && last.b + last.length == block.b => last.length += block.length,
        _ => blocks.push(block),
    }
}

fn common<'a>(a: impl Iterator<Item = &'a u32>, b: impl Iterator<Item = &'a u32>) -> usize {
    a.zip(b).take_while(|(x, y)| x == y).count()
}

/// Up to this many tokens are counted in a table. Where there are more, whoever picked words that meet in it could make
/// it slow.
const TABLED: usize = 1 << 12;

/// The places of the tokens that occur once on each side, in the order of the first.
fn once_each(a: &[u32], b: &[u32]) -> Vec<(usize, usize)> {
    if a.len().max(b.len()) <= TABLED { once_by_table(a, b) } else { once_by_sorting(a, b) }
}

/// The same by counting in a table with open addresses.
fn once_by_table(a: &[u32], b: &[u32]) -> Vec<(usize, usize)> {
    const NEVER: u16 = u16::MAX;
    const OFTEN: u16 = u16::MAX - 1;
    #[derive(Clone, Copy)]
    struct Slot {
        token: u32,
        in_a: u16,
        in_b: u16,
    }
    // Half of the slots is taken at most, so that most tokens are in the first one.
    let size = (2 * a.len()).next_power_of_two();
    let mut slots = vec![Slot { token: 0, in_a: NEVER, in_b: NEVER }; size];
    // Tokens are hashes, of which any bits will do.
    let find = |slots: &[Slot], token: u32| {
        let mut at = token as usize % size;
        // One branch and not two: whether a slot is taken is anyone's guess.
        while select_unpredictable(slots[at].in_a != NEVER, slots[at].token, token) != token {
            at = (at + 1) % size;
        }
        at
    };
    let seen = |before: u16, at: u16| if before == NEVER { at } else { OFTEN };
    let mut of_a = Vec::with_capacity(a.len());
    for (&token, at) in a.iter().zip(0..) {
        let slot = find(&slots, token);
        let in_a = seen(slots[slot].in_a, at);
        slots[slot] = Slot { token, in_a, in_b: NEVER };
        of_a.push(slot as u16);
    }
    for (&token, at) in b.iter().zip(0..) {
        let slot = find(&slots, token);
        slots[slot].in_b = seen(slots[slot].in_b, at);
    }
    let mut found = vec![(0, 0); a.len()];
    let mut count = 0;
    for slot in of_a {
        let Slot { in_a, in_b, .. } = slots[usize::from(slot)];
        // What does not count is written over by the next.
        found[count] = (usize::from(in_a), usize::from(in_b));
        count += usize::from(in_a.max(in_b) < OFTEN);
    }
    found.truncate(count);
    found
}

/// The same by sorting both sides.
fn once_by_sorting(a: &[u32], b: &[u32]) -> Vec<(usize, usize)> {
    let (once_a, once_b) = (once(a), once(b));
    let mut pairs = Vec::new();
    let mut others = once_b.iter().peekable();
    for x in once_a {
        let token = x >> 32;
        while others.next_if(|&&other| other >> 32 < token).is_some() {}
        if let Some(&&y) = others.peek()
            && y >> 32 == token
        {
            pairs.push((x as u32 as usize, y as u32 as usize));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The tokens that occur once, ascending, each with its place in the lower half.
fn once(tokens: &[u32]) -> Vec<u64> {
    let mut placed: Vec<u64> = tokens.iter().zip(0..).map(|(&token, at)| u64::from(token) << 32 | at).collect();
    placed.sort_unstable();
    placed.chunk_by(|x, y| x >> 32 == y >> 32).filter(|same| same.len() == 1).map(|same| same[0]).collect()
}

/// The longest subsequence whose second parts ascend, by patience sorting.
pub(crate) fn longest_ascending(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // Of each pile the number of its top, and beside it what is compared; below each pair the one it lies on.
    let (mut tops, mut ends): (Vec<u32>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut below: Vec<Option<u32>> = Vec::with_capacity(pairs.len());
    for (&(_, y), number) in pairs.iter().zip(0..) {
        // Most pairs go on a new pile.
        let pile =
            if ends.last().is_none_or(|&end| end < y) { ends.len() } else { ends.partition_point(|&end| end < y) };
        below.push(pile.checked_sub(1).map(|pile| tops[pile]));
        if pile == tops.len() {
            tops.push(number);
            ends.push(y);
        } else {
            (tops[pile], ends[pile]) = (number, y);
        }
    }
    let mut found: Vec<_> = std::iter::successors(tops.last().copied(), |&number| below[number as usize])
        .map(|number| pairs[number as usize])
        .collect();
    found.reverse();
    found
}

/// Aligns two ranges in full, and adds the words that match.
fn in_full(a: &[u32], b: &[u32], ra: Range<usize>, rb: Range<usize>, blocks: &mut Vec<Block>) {
    let (xs, ys) = (&a[ra.clone()], &b[rb.clone()]);
    let width = ys.len() + 1;
    let mut score: Vec<i32> = (0..width as i32).map(|y| y * GAP).collect();
    score.resize(width * (xs.len() + 1), 0);
    let pair = |x: u32, y: u32| if x == y { MATCH } else { MISMATCH };
    for (i, &x) in xs.iter().enumerate() {
        let row = (i + 1) * width;
        score[row] = (i as i32 + 1) * GAP;
        for (j, &y) in ys.iter().enumerate() {
            let diagonal = score[row - width + j] + pair(x, y);
            let gap = score[row + j].max(score[row - width + j + 1]) + GAP;
            score[row + j + 1] = diagonal.max(gap);
        }
    }
    let (mut i, mut j) = (xs.len(), ys.len());
    let mut found = Vec::new();
    while i > 0 && j > 0 {
        let here = score[i * width + j];
        let (x, y) = (xs[i - 1], ys[j - 1]);
        if here == score[(i - 1) * width + j - 1] + pair(x, y) {
            (i, j) = (i - 1, j - 1);
            if x == y {
                found.push(Block { a: ra.start + i, b: rb.start + j, length: 1 });
            }
        } else if here == score[(i - 1) * width + j] + GAP {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    found.into_iter().rev().for_each(|block| add(blocks, block));
}

/// Equal runs of [`MOVED`] words or more outside the chain.
fn moved(a: &[u32], b: &[u32], chain: &[Block]) -> Vec<Block> {
    let mut free_a = uncovered(a.len(), chain.iter().map(|block| block.a..block.a + block.length));
    let free_b = uncovered(b.len(), chain.iter().map(|block| block.b..block.b + block.length));
    let mut of_a = windows(a, &free_a);
    let mut of_b = windows(b, &free_b);
    keep_shared(&mut of_a, &of_b);
    keep_shared(&mut of_b, &of_a);
    if of_b.is_empty() {
        return Vec::new();
    }
    of_a.sort_unstable();
    let mut blocks: Vec<Block> = Vec::new();
    let mut done = 0;
    for (hash, at) in of_b {
        let first = of_a.partition_point(|&(other, _)| other < hash);
        let still_free = |&&(_, from): &&(u64, usize)| free_a[from] && free_a[from + MOVED - 1];
        let Some(&(_, from)) = of_a[first..].iter().take_while(|window| window.0 == hash).find(still_free) else {
            continue;
        };
        if at < done {
            continue;
        }
        let longest = a[from..].iter().zip(&b[at..]).zip(free_a[from..].iter().zip(&free_b[at..]));
        let length = longest.take_while(|((x, y), (fa, fb))| x == y && **fa && **fb).count();
        if length < MOVED {
            continue; // two windows with one hash
        }
        free_a[from..from + length].fill(false);
        done = at + length;
        blocks.push(Block { a: from, b: at, length });
    }
    blocks
}

/// Leaves out most windows that the other article has none like.
fn keep_shared(windows: &mut Vec<(u64, usize)>, others: &[(u64, usize)]) {
    let bits = (8 * others.len()).next_power_of_two().max(64);
    let place = |hash: u64| (hash as usize % bits / 64, 1_u64 << (hash % 64));
    let mut seen = vec![0; bits / 64];
    for &(hash, _) in others {
        let (word, bit) = place(hash);
        seen[word] |= bit;
    }
    windows.retain(|&(hash, _)| {
        let (word, bit) = place(hash);
        seen[word] & bit != 0
    });
}

/// The hash and the place of every run of [`MOVED`] words that are all free.
fn windows(tokens: &[u32], free: &[bool]) -> Vec<(u64, usize)> {
    let mut windows = Vec::new();
    let mut end = 0;
    for run in free.chunk_by(|x, y| x == y) {
        let start = end;
        end += run.len();
        if run[0] && run.len() >= MOVED {
            let mut places = start..;
            crate::text::shingle::each(&tokens[start..end], MOVED, |hash| {
                windows.extend(places.next().map(|at| (hash, at)));
            });
        }
    }
    windows
}

fn uncovered(length: usize, covered: impl Iterator<Item = Range<usize>>) -> Vec<bool> {
    let mut free = vec![true; length];
    for range in covered {
        free[range].fill(false);
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(text: &str) -> Vec<u32> {
        crate::text::tokenise(text).tokens.hashes().to_vec()
    }

    #[test]
    fn changed_words_are_sites_between_equal_ones() {
        let a = tokens("both sides are walking away winners over the Windows giant today");
        let b = tokens("either side are strolling away winners over the Home windows large today");
        let alignment = Alignment::of(&a, &b);
        let sites: Vec<_> = alignment.sites().map(|site| (site.a, site.b)).collect();
        assert!(sites.contains(&(3..4, 3..4)), "{sites:?}");
        assert!(alignment.words_changed(|site| site.b.len()) > 0.2);
    }

    #[test]
    fn paragraphs_that_changed_places_are_found() {
        let first: Vec<u32> = (0..300).collect();
        let second: Vec<u32> = (1000..1200).collect();
        let (a, b) = ([first.clone(), second.clone()].concat(), [second, first].concat());
        let alignment = Alignment::of(&a, &b);
        assert_eq!(alignment.matched(), 500);
        assert_eq!(alignment.moved, [Block { a: 300, b: 0, length: 200 }]);
    }

    #[test]
    fn strangers_have_nothing_in_common() {
        let alignment = Alignment::of(&(0..500).collect::<Vec<_>>(), &(500..1000).collect::<Vec<_>>());
        assert_eq!(alignment.matched(), 0);
        assert!((alignment.words_changed(|site| site.b.len()) - 1.0).abs() < f64::EPSILON);
    }

    /// The textbook table of the longest common subsequence: no alignment can match more words in order.
    fn lcs(a: &[u32], b: &[u32]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for &x in a {
            let mut diagonal = 0;
            for (j, &y) in b.iter().enumerate() {
                let above = row[j + 1];
                row[j + 1] = if x == y { diagonal + 1 } else { above.max(row[j]) };
                diagonal = above;
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn windows_that_the_other_article_has_are_kept(a in prop::collection::vec(0_u64..90, 0..60), b in prop::collection::vec(0_u64..90, 0..60)) {
            let [a, b] = [a, b].map(|all| all.into_iter().map(crate::hash::mix).zip(0..).collect::<Vec<_>>());
            let mut kept = a.clone();
            keep_shared(&mut kept, &b);
            let is_shared = |&(hash, _): &(u64, usize)| b.iter().any(|other| other.0 == hash);
            prop_assert!(kept.iter().filter(|window| is_shared(window)).eq(a.iter().filter(|window| is_shared(window))));
            prop_assert!(kept.len() <= a.len() && (!b.is_empty() || kept.is_empty()));
        }

        #[test]
        fn blocks_are_equal_words_in_order(a in prop::collection::vec(0_u32..30, 0..200), b in prop::collection::vec(0_u32..30, 0..200)) {
            let alignment = Alignment::of(&a, &b);
            for block in alignment.blocks() {
                prop_assert_eq!(&a[block.a..block.a + block.length], &b[block.b..block.b + block.length]);
            }
            for pair in alignment.chain.windows(2) {
                prop_assert!(pair[0].a + pair[0].length <= pair[1].a && pair[0].b + pair[0].length <= pair[1].b);
            }
            let mut used = vec![0; b.len()];
            alignment.blocks().for_each(|block| used[block.b..block.b + block.length].iter_mut().for_each(|n| *n += 1));
            prop_assert!(used.iter().all(|&n| n <= 1));
            let in_order: usize = alignment.chain.iter().map(|block| block.length).sum();
            prop_assert!(in_order <= lcs(&a, &b));
        }

        #[test]
        fn counting_in_a_table_agrees_with_sorting(a in prop::collection::vec(0_u32..60, 0..90), b in prop::collection::vec(0_u32..60, 0..90), spread in 1_u32..99) {
            let [a, b] = [a, b].map(|tokens| tokens.into_iter().map(|token| token * spread).collect::<Vec<_>>());
            prop_assert_eq!(once_by_table(&a, &b), once_by_sorting(&a, &b));
        }

        #[test]
        fn small_alignments_come_close_to_the_longest_common_subsequence(a in prop::collection::vec(0_u32..50, 1..60), edits in prop::collection::vec((0_usize..60, 50_u32..60), 0..12)) {
            let mut b = a.clone();
            for (at, token) in edits {
                let at = at % b.len();
                b[at] = token;
            }
            let in_order: usize = Alignment::of(&a, &b).chain.iter().map(|block| block.length).sum();
            prop_assert!(in_order * 10 >= lcs(&a, &b) * 9);
        }
    }
}
