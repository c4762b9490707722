//! What a user may rely on, whatever the corpus: nothing similar is missed, nothing else is called near, strangers do
//! not share a group, and neither order nor threads change the answer.

#[path = "support/corpus.rs"]
mod corpus;

use std::collections::{HashMap, HashSet};

use corpus::{Planted, Random};
use proptest::prelude::*;
use unspin::verify::jaccard::Overlap;
use unspin::{Article, ArticleId, Comparison, Config, Detector, Error, Found, Match, Relation, View};

fn detector<'a>(articles: impl IntoIterator<Item = (&'a str, &'a str)>) -> Detector {
    detector_with(Config::default(), articles)
}

fn detector_with<'a>(config: Config, articles: impl IntoIterator<Item = (&'a str, &'a str)>) -> Detector {
    let mut detector = Detector::builder().config(config).build().unwrap();
    for (id, text) in articles {
        detector.insert(id, text).unwrap();
    }
    detector
}

fn planted(corpus: &[Planted]) -> impl Iterator<Item = (&str, &str)> {
    corpus.iter().map(|article| (article.id.as_str(), article.text.as_str()))
}

/// The ids of each group's members, the original first.
fn groups(detector: &Detector) -> Vec<Vec<String>> {
    let groups = detector.find().groups();
    groups.iter().map(|group| group.members.iter().map(|member| member.id.to_string()).collect()).collect()
}

fn together(groups: &[Vec<String>], a: &str, b: &str) -> bool {
    groups.iter().any(|group| [a, b].iter().all(|&id| group.iter().any(|member| member == id)))
}

/// Everything that was found, in words.
fn answer(found: &Found<'_>) -> Vec<String> {
    let mut matches: Vec<String> = found.matches().map(|pair| format!("{pair:?}")).collect();
    matches.sort_unstable();
    matches.extend(found.groups().iter().map(|group| format!("{group:?}")));
    matches
}

/// Articles of their own, of so many words each.
fn articles<const N: usize>(words: [usize; N], seed: u64) -> [String; N] {
    let mut random = Random::new(seed);
    words.map(|words| corpus::article(&mut random, words))
}

#[test]
fn the_types_cross_threads() {
    fn shared<T: Send + Sync>() {}
    fn crosses<T: Send + Sync + Unpin + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    crosses::<Detector>();
    crosses::<Found<'_>>();
    crosses::<Article>();
    crosses::<Comparison>();
    crosses::<Config>();
    crosses::<unspin::Builder>();
    crosses::<unspin::Group<'_>>();
    crosses::<unspin::Match<'_>>();
    shared::<Error>();
}

#[test]
fn the_order_of_the_articles_does_not_matter() {
    let corpus = corpus::generate(600, 11);
    let expected = answer(&detector(planted(&corpus)).find());
    assert!(expected.len() > 200);
    let mut reversed = corpus.clone();
    reversed.reverse();
    assert_eq!(answer(&detector(planted(&reversed)).find()), expected);
    let mut shuffled = corpus;
    shuffled.sort_by_key(|article| unspin::hash::bytes(article.id.as_bytes()));
    assert_eq!(answer(&detector(planted(&shuffled)).find()), expected);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let corpus = corpus::generate(600, 12);
    let [one, two, four] = [1, 2, 4].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| answer(&detector(planted(&corpus)).find()))
    });
    assert!(one == two && one == four);
}

/// The same answer with so little memory that words, keys and candidates go to disk in many runs.
#[test]
fn the_memory_does_not_matter() {
    let corpus = corpus::generate(600, 13);
    let expected = answer(&detector(planted(&corpus)).find());
    for memory in [0, 1 << 18, 1 << 22] {
        let folder = tempfile::tempdir().unwrap();
        let mut bounded = Detector::builder().memory(memory).temp_dir(folder.path()).build().unwrap();
        planted(&corpus).for_each(|(id, text)| bounded.insert(id, text).unwrap());
        assert!(answer(&bounded.find()) == expected, "{memory} bytes");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left, and nothing has a name");
    }
}

#[test]
fn a_folder_for_temporary_files_that_cannot_be_used_is_an_error() {
    let corpus = corpus::generate(40, 14);
    let mut bounded = Detector::builder().memory(0).temp_dir("/no/such/folder").build().unwrap();
    let refused = planted(&corpus).find_map(|(id, text)| bounded.insert(id, text).err());
    assert!(matches!(refused, Some(Error::Spool { .. })), "{refused:?}");
}

#[test]
fn all_similar_pairs_are_found_and_no_others_are_called_near() {
    let corpus = corpus::generate(2_000, 13);
    let sets = corpus::shingles(&corpus, 5);
    let number: HashMap<&str, u32> = corpus.iter().map(|article| article.id.as_str()).zip(0..).collect();
    for threshold in [0.5, 0.7, 0.8] {
        let truth = corpus::similar_pairs(&sets, threshold);
        assert!(truth.len() > 500);
        for view in [View::Surface, View::Both] {
            let detector = detector_with(Config { threshold, view, ..Config::default() }, planted(&corpus));
            let found = detector.find();
            let near: HashSet<(u32, u32)> = found
                .matches()
                .filter(|pair| pair.relation <= Relation::Near)
                .map(|pair| (number[pair.a.as_str()], number[pair.b.as_str()]))
                .map(|(x, y)| (x.min(y), x.max(y)))
                .collect();
            for &(x, y) in &near {
                let overlap = Overlap::of(&sets[x as usize], &sets[y as usize]);
                assert!(overlap.jaccard() >= threshold, "{overlap:?} at {threshold}");
            }
            // Of articles with the same words, each is matched with the first.
            let identical = |x: u32, y: u32| corpus[x as usize].text == corpus[y as usize].text;
            let recalled = truth.iter().filter(|&&(x, y)| near.contains(&(x, y)) || identical(x, y)).count();
            let recall = recalled as f64 / truth.len() as f64;
            assert!(recall >= 0.99, "{view:?} at {threshold}: {recalled} of {}", truth.len());
        }
    }
}

#[test]
fn exact_copies_are_always_found() {
    let mut random = Random::new(14);
    let texts: Vec<String> = (0..300).map(|words| corpus::article(&mut random, 1 + words)).collect();
    let reposts: Vec<String> =
        texts.iter().map(|text| format!("  {}\n", text.to_uppercase().replace(' ', "  "))).collect();
    for view in [View::Surface, View::Stable, View::Both] {
        let mut detector = Detector::builder().view(view).build().unwrap();
        for (number, (text, repost)) in texts.iter().zip(&reposts).enumerate() {
            detector.insert(format!("{number:03} a"), text).unwrap();
            detector.insert(format!("{number:03} b"), repost).unwrap();
        }
        let found = detector.find();
        let exact: Vec<_> = found.matches().filter(|pair| pair.relation == Relation::Exact).collect();
        assert_eq!(exact.len(), texts.len());
        assert!(exact.iter().all(|pair| pair.a.as_str()[..3] == pair.b.as_str()[..3]));
    }
}

#[test]
fn empty_articles_match_nothing() {
    let empty = ["", " \n\t ", "…!?", "\u{200b}\u{ad}", "", "--- *** ---", "___"];
    let mut detector = Detector::builder().build().unwrap();
    for (number, text) in empty.iter().enumerate() {
        detector.insert(number.to_string(), text).unwrap();
    }
    detector.insert("words", "Both sides walk away winners.").unwrap();
    assert_eq!(detector.find().matches().count(), 0);
    assert!(detector.find().groups().is_empty());
    assert_eq!(detector.compare("", "").verdict.relation, None);
}

#[test]
fn articles_shorter_than_a_shingle_match_only_their_exact_copies() {
    let short = detector([
        ("a", "Rain stops play"),
        ("b", "Rain stops play again"),
        ("c", "Play stops rain"),
        ("d", "RAIN STOPS PLAY!"),
        ("e", "Rain"),
        ("f", "Rain stops play again today in the north"),
    ]);
    let found = short.find();
    let pairs: Vec<_> = found.matches().map(|pair| (pair.a.as_str(), pair.b.as_str(), pair.relation)).collect();
    assert_eq!(pairs, [("a", "d", Relation::Exact)]);
}

#[test]
fn a_repeated_id_is_refused_and_the_first_article_stays() {
    let mut detector = detector([("a", "one two three"), ("b", "four five six")]);
    let refused = detector.insert("b", "one two three");
    assert!(matches!(refused, Err(Error::RepeatedId { id }) if id == "b"));
    assert_eq!(detector.len(), 2);
    assert_eq!(detector.find().matches().count(), 0);
}

/// Each article keeps most of the one before it, so that neighbours are near and the ends are strangers.
#[test]
fn a_chain_is_not_one_group() {
    const LINKS: usize = 30;
    let [text] = articles([200 + LINKS * 25], 15);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut chain = Detector::builder().build().unwrap();
    for link in 0..LINKS {
        chain.insert(format!("{link:02}"), &words[link * 25..link * 25 + 200].join(" ")).unwrap();
    }
    let near: HashSet<(String, String)> =
        chain.find().matches().map(|pair| (pair.a.to_string(), pair.b.to_string())).collect();
    assert!((1..LINKS).all(|link| near.contains(&(format!("{:02}", link - 1), format!("{link:02}")))));
    for group in groups(&chain) {
        let links: Vec<usize> = group.iter().map(|id| id.parse().unwrap()).collect();
        let (first, last) = (links.iter().min().unwrap(), links.iter().max().unwrap());
        assert!(last - first < 8, "{first} and {last} have nothing in common");
    }
}

#[test]
fn articles_that_share_a_template_paragraph_are_not_one_group() {
    let mut random = Random::new(16);
    let template = corpus::article(&mut random, 120);
    let mut all = Detector::builder().build().unwrap();
    for number in 0..60 {
        let own = corpus::article(&mut random, 200);
        let text = if number % 2 == 0 { format!("{own}\n\n{template}") } else { format!("{template}\n\n{own}") };
        all.insert(format!("{number:02}"), &text).unwrap();
    }
    assert_eq!(groups(&all), Vec::<Vec<String>>::new());
}

/// What many articles of a corpus promise their readers.
const PROMO: &str = "Sign up to the morning letter of the Ardle Courier: the five stories that matter, in your inbox \
                     before breakfast, free of charge. You can leave the list at any time by following the link at the \
                     foot of each letter. Members listen to the weekly programme first and pay less for tickets.";

/// Articles of so many words of their own, each with the promotion.
fn promoted(count: usize, words: usize, seed: u64) -> Vec<(String, String)> {
    let mut random = Random::new(seed);
    let text = |random: &mut Random| format!("{}\n\n{PROMO}", corpus::article(random, words));
    (0..count).map(|number| (format!("host {number:02}"), text(&mut random))).collect()
}

fn pairs_of(all: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    all.iter().map(|(id, text)| (&**id, &**text))
}

#[test]
fn boilerplate_groups_nobody() {
    let [one, two] = articles([38, 36], 31);
    let short = [one, two].map(|own| format!("{own}\n\n{PROMO}"));
    let hosts = promoted(12, 250, 32);
    let alone = detector([("one", &*short[0]), ("two", &*short[1])]);
    assert!(together(&groups(&alone), "one", "two"));
    let among = detector(pairs_of(&hosts).chain([("one", &*short[0]), ("two", &*short[1])]));
    assert_eq!(groups(&among), Vec::<Vec<String>>::new());
    let verdict = among.find().explain("one", "two").unwrap();
    assert_eq!((verdict.relation, verdict.scores.containment), (None, 0.0));
}

#[test]
fn copies_are_found_beside_their_boilerplate_and_without_it() {
    let [text] = articles([250], 33);
    let hosts = promoted(12, 250, 34);
    let (with, without) = (format!("{text}\n\n{PROMO}"), text.replacen(' ', " also ", 1));
    let part = text.split_inclusive(' ').take(110).collect::<String>();
    let all = detector(pairs_of(&hosts).chain([("with", &*with), ("without", &*without), ("part", &*part)]));
    let groups = groups(&all);
    assert_eq!(groups.len(), 1, "{groups:?}");
    assert!(together(&groups, "with", "without") && together(&groups, "with", "part"), "{groups:?}");
}

#[test]
fn what_is_mostly_boilerplate_is_near_all_the_same() {
    let [one, two] = ["Rain in Torrin.", "Sun over Ardle."].map(|own| format!("{own} {PROMO}"));
    let hosts = promoted(12, 250, 35);
    let all = detector(pairs_of(&hosts).chain([("one", &*one), ("two", &*two)]));
    let verdict = all.find().explain("one", "two").unwrap();
    assert_eq!(verdict.relation, Some(Relation::Near));
    assert!(together(&groups(&all), "one", "two"));
}

#[test]
fn boilerplate_does_not_depend_on_order_threads_or_memory() {
    let mut all = promoted(14, 120, 36);
    all.extend(promoted(6, 30, 37).into_iter().map(|(id, text)| (format!("short {id}"), text)));
    let expected = answer(&detector(pairs_of(&all)).find());
    all.reverse();
    assert_eq!(answer(&detector(pairs_of(&all)).find()), expected);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(pool.install(|| answer(&detector(pairs_of(&all)).find())), expected);
    let mut bounded = Detector::builder().memory(1).build().unwrap();
    pairs_of(&all).for_each(|(id, text)| bounded.insert(id, text).unwrap());
    assert_eq!(answer(&bounded.find()), expected);
}

#[test]
fn a_digest_does_not_unite_the_articles_that_it_quotes() {
    let [a, b, c, own] = articles([300, 300, 300, 100], 17);
    let digest = [own.as_str(), &a, &b, &c].join("\n\n");
    let copy = a.replacen(' ', " also ", 1);
    let all = detector([("a", &*a), ("a copy", &*copy), ("b", &*b), ("c", &*c), ("digest", &*digest)]);
    let found = all.find();
    for quoted in ["a", "a copy", "b", "c"] {
        let pair = found.matches().find(|pair| pair.a.as_str() == quoted && pair.b.as_str() == "digest");
        assert_eq!(pair.map(|pair| pair.relation), Some(Relation::Excerpt), "{quoted}");
    }
    let groups = groups(&all);
    assert!(together(&groups, "a", "a copy"));
    for (x, y) in [("a", "b"), ("a", "c"), ("b", "c")] {
        assert!(!together(&groups, x, y), "{groups:?}");
    }
}

#[test]
fn a_quoted_passage_does_not_unite_its_hosts() {
    let [passage, one, two] = articles([150, 300, 300], 18);
    let hosts = [format!("{one}\n\n{passage}"), format!("{passage}\n\n{two}")];
    let all = detector([("passage", &*passage), ("one", &*hosts[0]), ("two", &*hosts[1])]);
    assert_eq!(all.find().matches().count(), 2);
    assert!(!together(&groups(&all), "one", "two"));
}

#[test]
fn articles_that_have_different_passages_of_one_text_are_not_united_by_it() {
    let [part, rest, own] = articles([300, 300, 150], 21);
    let whole = [&*part, &*rest].join("\n\n");
    let (spun, host) = (corpus::spin(&part, 0.3, 21), [&*own, &*rest].join("\n\n"));
    let all = detector([("whole", &*whole), ("spun", &*spun), ("host", &*host)]);
    let found = all.find();
    let relation = |id: &str| {
        let pair = |pair: &Match<'_>| [pair.a, pair.b].map(ArticleId::as_str).contains(&id);
        found.matches().filter(pair).map(|pair| pair.relation).collect::<Vec<_>>()
    };
    assert_eq!((relation("spun"), relation("host")), (vec![Relation::Spun], vec![Relation::Excerpt]));
    assert!(!together(&groups(&all), "spun", "host"), "{:?}", groups(&all));
}

#[test]
fn an_excerpt_of_a_large_group_joins_it() {
    let mut random = Random::new(19);
    let text = corpus::article(&mut random, 400);
    let excerpt = corpus::excerpt(&text, 0.6, &mut random);
    let copies: Vec<String> = (0..40).map(|_| corpus::replace(&text, 0.01, &mut random)).collect();
    let mut all = detector([("original", &*text), ("excerpt", &*excerpt)]);
    for (number, copy) in copies.iter().enumerate() {
        all.insert(format!("copy {number:02}"), copy).unwrap();
    }
    let groups = groups(&all);
    assert_eq!(groups.len(), 1);
    assert!(together(&groups, "original", "excerpt"), "{groups:?}");
}

/// More excerpts than any list of articles under one key may pair with each other: each is found for what it is,
/// wherever its id stands, and whether it stands alone or in a host.
#[test]
fn each_of_a_hundred_excerpts_is_matched_with_its_source() {
    let mut random = Random::new(20);
    let text = corpus::article(&mut random, 600);
    for source in ["a source", "z source"] {
        let mut all = detector([(source, &*text)]);
        for number in 0..100 {
            let share = 0.3 + 0.4 * random.unit();
            let passage = corpus::excerpt(&text, share, &mut random);
            let own = corpus::article(&mut random, passage.split(' ').count() / 3);
            let excerpt = if number % 2 == 0 { passage } else { format!("{own}\n\n{passage}") };
            all.insert(format!("excerpt {number:02}"), &excerpt).unwrap();
        }
        let found = all.find();
        let matched: HashSet<&str> = found
            .matches()
            .filter(|pair| pair.a.as_str() == source || pair.b.as_str() == source)
            .flat_map(|pair| [pair.a.as_str(), pair.b.as_str()])
            .collect();
        assert_eq!(matched.len(), 101, "{source}");
    }
}

/// Of the relations that the shingles decide: the others also ask what is rare in the corpus.
#[test]
fn matches_agree_with_a_comparison_of_the_two() {
    let corpus = corpus::generate(300, 21);
    let texts: HashMap<&str, &str> = planted(&corpus).collect();
    let all = detector(planted(&corpus));
    for pair in all.find().matches().filter(|pair| pair.relation <= Relation::Excerpt) {
        let compared = all.compare(texts[pair.a.as_str()], texts[pair.b.as_str()]).verdict;
        assert_eq!(compared.relation, Some(pair.relation));
        assert_eq!(compared.scores.jaccard.to_bits(), pair.scores.jaccard.to_bits());
        assert_eq!(compared.scores.containment.to_bits(), pair.scores.containment.to_bits());
    }
}

#[test]
fn it_does_not_matter_which_text_comes_first() {
    let all = Detector::builder().shingle(2).build().unwrap();
    let same = |a: &str, b: &str| {
        let (there, back) = (all.compare(a, b).verdict, all.compare(b, a).verdict);
        assert_eq!(there.relation, back.relation, "{} but {}: {a:?} and {b:?}", there.why, back.why);
        assert_eq!(there.scores.facts_differ, back.scores.facts_differ, "{a:?} and {b:?}");
    };
    same(
        "said Hale the Windows 12 Windows said 12 the 34 Windows of Hale of 34 Hale Hale of deal of said of",
        "Windows said of Windows 34 Windows 34 34 12 deal of said of the 34 Hale said 12 deal said of",
    );
    let corpus = corpus::generate(1_000, 5);
    let texts: HashMap<&str, &str> = planted(&corpus).collect();
    for article in &corpus {
        let source = article.source.as_deref().unwrap_or(&article.id);
        same(&article.text, texts[source]);
    }
}

#[test]
fn every_member_of_a_group_names_another_that_it_was_verified_against() {
    let corpus = corpus::generate(1_000, 22);
    let all = detector(planted(&corpus));
    let found = all.find();
    let pairs: HashMap<(&str, &str), Relation> =
        found.matches().map(|pair| ((pair.a.as_str(), pair.b.as_str()), pair.relation)).collect();
    let mut seen = HashSet::new();
    for group in found.groups() {
        let ids: HashSet<&str> = group.members.iter().map(|member| member.id.as_str()).collect();
        assert_eq!(group.members.iter().filter(|member| member.copy.is_none()).count(), 1);
        assert!(group.original().copy.is_none() && !group.original_why.is_empty());
        for member in &group.members {
            assert!(seen.insert(member.id.clone()), "{} stands in two groups", member.id);
            let Some(copy) = &member.copy else { continue };
            assert!(ids.contains(copy.of.as_str()));
            let (a, b) = (member.id.min(copy.of), member.id.max(copy.of));
            // Two of the same words are verified by that alone.
            let relation = pairs.get(&(a.as_str(), b.as_str())).copied().unwrap_or(Relation::Exact);
            assert_eq!(relation, copy.relation);
        }
    }
}

fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,200}",
        "\\PC{0,200}",
        "([a-d] ?){0,120}",
        "((the|deal|of|12|Hale|Windows|giant|said)[ .,\n]{1,2}){0,80}",
        "([京都大学ไทยа-яß\u{301}\u{200b}&#;0-9]| |&amp;|&#x41;){0,80}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn no_two_texts_make_a_comparison_panic(a in anything(), b in anything(), shingle in 1_usize..8) {
        let detector = Detector::builder().shingle(shingle).build().unwrap();
        let compared = detector.compare(&a, &b);
        for (x, y) in compared.passages.iter().chain(&compared.substitutions) {
            prop_assert!(a.get(x.range()).is_some() && b.get(y.range()).is_some());
        }
        let scores = compared.verdict.scores;
        for share in [scores.score, scores.jaccard, scores.containment, scores.words_changed] {
            prop_assert!((0.0..=1.0).contains(&share), "{scores:?}");
        }
    }

    #[test]
    fn no_corpus_makes_the_search_panic(texts in prop::collection::vec(anything(), 0..12), threshold in 0.2_f64..1.0) {
        let config = Config { threshold, recall: 0.9, ..Config::default() };
        let mut detector = Detector::builder().config(config).build().unwrap();
        for (number, text) in texts.iter().chain(&texts).enumerate() {
            detector.insert(number.to_string(), text).unwrap();
        }
        let found = detector.find();
        let twins = texts.iter().filter(|text| !detector.prepare(text).tokens().is_empty()).count();
        prop_assert!(found.matches().count() >= twins);
        prop_assert!(found.groups().iter().map(|group| group.members.len()).sum::<usize>() >= 2 * twins);
    }
}

/// Every step changes a tenth of the words for words of another story: after ten steps nothing of the first is left.
#[test]
fn a_chain_of_slowly_replaced_words_is_not_one_group() {
    let stories = corpus::generate(40, 23);
    let originals: Vec<Vec<&str>> = stories
        .iter()
        .filter(|story| story.edit.is_none())
        .map(|story| story.text.split_whitespace().collect())
        .collect();
    let mut words: Vec<String> = originals[0].iter().take(200).map(|word| (*word).to_owned()).collect();
    let mut detector = Detector::builder().build().unwrap();
    for step in 0..21 {
        detector.insert(format!("c{step:02}"), &words.join(" ")).unwrap();
        let other = &originals[1 + step % (originals.len() - 1)];
        for place in (step % 10..words.len()).step_by(10) {
            words[place] = other[place % other.len()].to_owned();
        }
    }
    let groups = detector.find().groups();
    for group in &groups {
        let holds = |id: &str| group.members.iter().any(|member| member.id.as_str() == id);
        assert!(!(holds("c00") && holds("c20")), "{} of 21 in one group", group.members.len());
    }
}
