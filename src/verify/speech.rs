//! Speech: is what two articles have in common only what somebody said?
//!
//! Reports of one speech, one letter or one post quote it at length, each within a text of its own. A copy has the
//! narration too: a spinner replaces the words of both, and whoever rewrites a report and leaves its quotations as they
//! are quotes what it quotes, and tells the same in between, in the same order.

use crate::article::{Tokens, flag};
use crate::lexicon::vocabulary::Vocabulary;
use crate::verify::align::Alignment;
use crate::verify::sentences::{Held, Sentences};

/// Words in common that stand alone are of the language.
const RUN: usize = 2;

/// An article with less narration than this is a speech in print.
const LEAST_NARRATION: usize = 80;

/// Articles share a speech if it makes up this share of the words they have in common, …
const SPEECH: f64 = 0.5;

/// … this share of it stands word for word in both, …
const SPEECH_KEPT: f64 = 0.4;

/// … and of the narration less than this, …
const NARRATION_KEPT: f64 = 0.3;

/// … of which so many times as much would be kept of it as is.
const MORE: f64 = 2.5;

/// A rewrite quotes what the report does, this share of the speech of either, …
const SAME_SPEECH: f64 = 0.75;

/// … or its narration comes in this share in the same order, …
const IN_ORDER: f64 = 0.6;

/// … or in this share sentence by sentence.
const PAIRED: f64 = 0.2;

/// Whether two articles share a speech and nothing else: most of the words that they have in common the shorter one quotes,
/// and its narration is not the other's.
pub(crate) fn is_all_they_share(a: &Tokens, b: &Tokens, alignment: &Alignment, vocabulary: &Vocabulary) -> bool {
    let a_is_shorter = a.are_fewer(b);
    let (shorter, longer) = if a_is_shorter { (a, b) } else { (b, a) };
    let narration = shorter.len() - quoted(shorter);
    if narration < LEAST_NARRATION {
        return false;
    }
    let (mut in_both, mut in_shorter, mut in_longer) = (0.0, 0.0, 0.0);
    for block in alignment.blocks().filter(|block| block.length >= RUN) {
        let (x, y) = if a_is_shorter { (block.a, block.b) } else { (block.b, block.a) };
        for at in 0..block.length {
            in_both += 1.0;
            in_shorter += f64::from(u8::from(is_quoted(shorter, x + at)));
            in_longer += f64::from(u8::from(is_quoted(longer, y + at)));
        }
    }
    let speech_kept = in_shorter / quoted(shorter).max(1) as f64;
    let narration_kept = (in_both - in_shorter) / narration as f64;
    let same_speech = speech_kept.min(in_longer / quoted(longer).max(1) as f64) >= SAME_SPEECH;
    in_shorter >= SPEECH * in_both
        && speech_kept >= SPEECH_KEPT.max(MORE * narration_kept)
        && narration_kept < NARRATION_KEPT
        && !(same_speech || tell_the_same(shorter, longer, vocabulary))
}

/// Whether the narration of two articles tells the same in the same order.
fn tell_the_same(shorter: &Tokens, longer: &Tokens, vocabulary: &Vocabulary) -> bool {
    let sentences = |tokens: &Tokens| Sentences::new(&narration(tokens), vocabulary);
    let held = Held::of(&sentences(shorter), &sentences(longer), vocabulary);
    held.in_order >= IN_ORDER || held.paired >= PAIRED
}

/// The words that stand in no quotation.
fn narration(tokens: &Tokens) -> Tokens {
    let narrated = (0..tokens.len()).filter(|&at| !is_quoted(tokens, at));
    let (hashes, flags) = narrated.map(|at| (tokens.hashes()[at], tokens.flags()[at])).unzip();
    Tokens::new(hashes, flags)
}

/// How many words stand in quotations.
fn quoted(tokens: &Tokens) -> usize {
    (0..tokens.len()).filter(|&at| is_quoted(tokens, at)).count()
}

fn is_quoted(tokens: &Tokens, at: usize) -> bool {
    tokens.flags()[at] & flag::QUOTED != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::spellings::Words;
    use crate::text::tokenise;

    const SPEECH: [&str; 3] = [
        "“We have mended this bridge nine times since my mother was mayor, and nine times the river has sent us the bill,”",
        "“Nobody who drives a school bus across it in November should have to hold her breath until the other bank,”",
        "“Give us four million and eleven months, and I will walk over the new one with every child of this town,”",
    ];

    /// A report that quotes all of it.
    fn report(narration: [&str; 4]) -> String {
        let [first, second, third, last] = narration;
        format!("{first} {} {second} {} {third} {} {last}", SPEECH[0], SPEECH[1], SPEECH[2])
    }

    fn share_a_speech(a: &str, b: &str) -> bool {
        let [a, b] = [a, b].map(|text| tokenise(text).tokens);
        let vocabulary = Vocabulary::learn(&[&a, &b], &Words::default());
        let is_all = is_all_they_share(&a, &b, &Alignment::between(&a, &b), &vocabulary);
        assert_eq!(is_all, is_all_they_share(&b, &a, &Alignment::between(&b, &a), &vocabulary));
        is_all
    }

    fn of_the_courier() -> String {
        report([
            "Mayor Ines Hartog asked the council of Velden on Tuesday night to replace the Ardle bridge outright instead of patching it.",
            "she told a packed chamber, where engineers had laid out photographs of rusted bearings.",
            "she said, drawing applause from parents in the gallery. The council will vote after Easter.",
            "she promised. Her opponents want to wait for a grant from the province, which may take six years. Until then \
             lorries have to turn back at the old mill, and the fire brigade drives round by way of Oostrum.",
        ])
    }

    fn of_the_gazette() -> String {
        format!(
            "A row over money for roads broke out among Velden's liberals this week, weeks before the party picks its \
             candidates. {} Hartog said in a speech that rivals called electioneering. “I have seen four of these speeches, \
             and after each of them the money went to the harbour, where her brother has his sheds and her uncle his \
             cranes,” treasurer Bram Oud answered, since the town has no reserves left and owes two banks already. {} \
             Hartog went on, but the motion never reached the floor because too few members had stayed that late. \
             A count of hands among those present gave neither camp a majority, people who were there say.",
            SPEECH[0], SPEECH[1]
        )
    }

    #[test]
    fn reports_that_quote_one_speech_share_nothing_else() {
        assert!(share_a_speech(&of_the_courier(), &of_the_gazette()));
    }

    #[test]
    fn of_two_of_one_length_it_does_not_matter_which_comes_first() {
        let texts = [of_the_courier(), of_the_gazette().replace(['“', '”'], "")];
        let ends = texts.each_ref().map(|text| tokenise(text).spans);
        let last = ends.each_ref().map(Vec::len).into_iter().min().expect("two") - 1;
        // One quotes and the other does not: asked both ways by `share_a_speech`.
        share_a_speech(&texts[0][..ends[0][last].range().end], &texts[1][..ends[1][last].range().end]);
    }

    #[test]
    fn a_rewrite_that_leaves_the_quotations_tells_the_same_in_between() {
        let rewritten = report([
            "On Tuesday night the council of Velden was asked by Mayor Ines Hartog for a new Ardle bridge, not another patch.",
            "the mayor told the full chamber, with photographs by engineers of bearings that had rusted on show.",
            "said Hartog, and parents in the gallery gave applause. A vote of the council follows after Easter.",
            "was her promise. Opponents would rather wait six years for a grant that the province may give. Lorries must turn \
             back at the old mill so long, and by way of Oostrum is how the fire brigade drives round.",
        ]);
        assert!(!share_a_speech(&of_the_courier(), &rewritten));
    }

    #[test]
    fn where_the_speech_is_reworded_as_the_narration_is_it_tells_nothing() {
        let spun = of_the_courier()
            .replace("mended", "fixed")
            .replace("bridge", "span")
            .replace("sent us the bill", "mailed us the invoice")
            .replace("Nobody who drives", "No one that steers")
            .replace("hold her breath", "stop breathing")
            .replace("walk over the new one", "stroll across the fresh one")
            .replace("every child", "each kid")
            .replace("asked", "begged")
            .replace("outright", "completely")
            .replace("packed chamber", "crowded hall");
        assert!(!share_a_speech(&of_the_courier(), &spun));
    }

    #[test]
    fn a_speech_in_print_has_no_narration() {
        let speech = format!("Ines Hartog, mayor of Velden, said: {} {} {}", SPEECH[0], SPEECH[1], SPEECH[2]);
        assert!(!share_a_speech(&of_the_courier(), &speech));
    }
}
