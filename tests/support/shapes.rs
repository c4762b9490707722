//! Corpora that make others run for hours or join everything, article by article.
#![allow(dead_code, reason = "each test and benchmark uses its part")]

use super::corpus::{self, Random};

/// One article again and again.
pub(crate) fn copies(count: usize) -> impl Iterator<Item = String> {
    let text = corpus::article(&mut Random::new(1), 300);
    std::iter::repeat_n(text, count)
}

/// One article with one word in a hundred replaced, each time others.
pub(crate) fn light_edits(count: usize) -> impl Iterator<Item = String> {
    let mut random = Random::new(2);
    let text = corpus::article(&mut random, 300);
    (0..count).map(move |_| corpus::replace(&text, 0.01, &mut random))
}

/// Market reports of 250 words, all the same but for so many figures. Two that differ in five of them share 82 % of their
/// shingles; two that differ in 18, 47 %.
pub(crate) fn reports(count: usize, figures: usize) -> impl Iterator<Item = String> {
    const WORDS: usize = 250;
    let mut random = Random::new(3);
    let frame = corpus::article(&mut random, WORDS);
    let frame: Vec<String> = frame.split_whitespace().take(WORDS).map(str::to_owned).collect();
    (0..count).map(move |_| {
        let mut report = frame.clone();
        for figure in 0..figures {
            report[(2 * figure + 1) * WORDS / figures / 2] = (1_000 + random.below(90_000)).to_string();
        }
        report.join(" ")
    })
}

/// Articles of three words, one in twenty of them the copy of another.
pub(crate) fn three_words(count: usize) -> impl Iterator<Item = String> {
    let different = count - count / 20;
    (0..count).map(move |number| format!("Rain stops w{}", number % different))
}

/// An article of so many words, a copy with one in a hundred replaced, a short excerpt, and another article.
pub(crate) fn huge(words: usize) -> [String; 4] {
    let mut random = Random::new(4);
    let text = corpus::article(&mut random, words);
    let edited = corpus::replace(&text, 0.01, &mut random);
    let excerpt = corpus::excerpt(&text, 780.0 / words as f64, &mut random);
    let other = corpus::article(&mut random, 400);
    [text, edited, excerpt, other]
}

/// Articles of six paragraphs out of forty: every key is hot.
pub(crate) fn stock_paragraphs(count: usize) -> impl Iterator<Item = String> {
    let mut random = Random::new(5);
    let stock: Vec<String> = (0..40).map(|_| corpus::article(&mut random, 50)).collect();
    (0..count).map(move |_| (0..6).map(|_| stock[random.below(stock.len())].as_str()).collect::<Vec<_>>().join("\n\n"))
}
