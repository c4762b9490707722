//! A table from tokens to what is known of them, made for look-ups: tokens and values lie side by side, so that most
//! cost one access to memory.

use std::hash::{BuildHasher, RandomState};

/// The slots of the smallest table.
const SMALLEST: usize = 16;

/// Values under tokens, in an order that nobody may rely on.
#[derive(Debug, Clone)]
pub(crate) struct TokenTable<V> {
    /// Open addresses (Knuth, *The Art of Computer Programming*, volume 3, section 6.4), at most three of four taken; the
    /// token 0 marks one that is not.
    slots: Vec<(u32, V)>,
    /// The value of the token 0 itself.
    zero: Option<V>,
    taken: usize,
    /// Spreads the tokens: odd, and another in every process, so that nobody can choose words that meet.
    spread: u64,
}

impl<V> Default for TokenTable<V> {
    fn default() -> Self {
        Self { slots: Vec::new(), zero: None, taken: 0, spread: RandomState::new().hash_one(0) | 1 }
    }
}

impl<V: Copy + Default> TokenTable<V> {
    /// An empty one with room for so many tokens.
    pub(crate) fn with_room(tokens: usize) -> Self {
        let mut table = Self::default();
        table.resize((tokens * 4 / 3 + 1).next_power_of_two().max(SMALLEST));
        table
    }

    /// The value of a token.
    #[inline]
    pub(crate) fn get(&self, token: u32) -> Option<&V> {
        if token == 0 || self.slots.is_empty() {
            return self.zero.as_ref().filter(|_| token == 0);
        }
        let (held, value) = &self.slots[self.slot(token)];
        (*held == token).then_some(value)
    }

    /// What stands in the first place where a token may be: a token other than 0 is in the table at once, or has to be
    /// [looked up](Self::get).
    #[inline]
    pub(crate) fn first(&self, token: u32) -> (u32, V) {
        if self.slots.is_empty() { (0, V::default()) } else { self.slots[self.home(token)] }
    }

    /// The value of a token, which is the default one until it is changed.
    pub(crate) fn or_default(&mut self, token: u32) -> &mut V {
        if token == 0 {
            return self.zero.get_or_insert_default();
        }
        if 4 * self.taken >= 3 * self.slots.len() {
            self.resize((2 * self.slots.len()).max(SMALLEST));
        }
        let at = self.slot(token);
        let (held, value) = &mut self.slots[at];
        self.taken += usize::from(*held == 0);
        *held = token;
        value
    }

    /// How many tokens have a value.
    pub(crate) fn len(&self) -> usize {
        self.taken + usize::from(self.zero.is_some())
    }

    /// Every token with its value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &V)> {
        let others = self.slots.iter().filter(|slot| slot.0 != 0).map(|(token, value)| (*token, value));
        self.zero.iter().map(|value| (0, value)).chain(others)
    }

    /// The slot where a token is, or would be.
    #[inline]
    fn slot(&self, token: u32) -> usize {
        let last = self.slots.len() - 1;
        let mut at = self.home(token);
        while self.slots[at].0 != token && self.slots[at].0 != 0 {
            at = (at + 1) & last;
        }
        at
    }

    /// The slot where a token is looked for first.
    #[inline]
    fn home(&self, token: u32) -> usize {
        // The upper half of the product depends on all of the token.
        (u64::from(token).wrapping_mul(self.spread) >> 32) as usize & (self.slots.len() - 1)
    }

    fn resize(&mut self, slots: usize) {
        let before = std::mem::replace(&mut self.slots, vec![(0, V::default()); slots]);
        for (token, value) in before.into_iter().filter(|slot| slot.0 != 0) {
            let at = self.slot(token);
            self.slots[at] = (token, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn the_table_agrees_with_a_map(given in prop::collection::vec((0_u32..50, 1_u32..9), 0..120), scale in 1_u32..1 << 20, room in 0_usize..40) {
            let (mut table, mut naive) = (TokenTable::with_room(room), BTreeMap::new());
            for (token, more) in given {
                *table.or_default(token * scale) += more;
                *naive.entry(token * scale).or_insert(0) += more;
            }
            prop_assert_eq!(table.len(), naive.len());
            prop_assert_eq!(table.iter().map(|(token, &value)| (token, value)).collect::<BTreeMap<_, _>>(), naive.clone());
            for token in 0..50 {
                prop_assert_eq!(table.get(token * scale), naive.get(&(token * scale)));
                let (held, value) = table.first(token * scale);
                prop_assert!(held == 0 || held != token * scale || naive[&held] == value);
            }
        }
    }

    #[test]
    fn nothing_is_known_at_first() {
        let table = TokenTable::<u32>::default();
        assert_eq!((table.get(0), table.get(7), table.len()), (None, None, 0));
    }
}
