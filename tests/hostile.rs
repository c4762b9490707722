//! Corpora that make others run for hours or join everything: the work stays bounded, and the answer right.

#[path = "support/corpus.rs"]
mod corpus;
#[path = "support/shapes.rs"]
mod shapes;

use std::collections::HashSet;

use rayon::prelude::*;
use unspin::{Detector, Facts, Meta, Relation};

/// A detector with the texts under their numbers.
fn detector(texts: &[String]) -> Detector {
    insert(Detector::builder().build().unwrap(), texts)
}

fn insert(mut detector: Detector, texts: &[String]) -> Detector {
    let articles: Vec<_> = texts.par_iter().map(|text| detector.prepare(text)).collect();
    for (number, article) in articles.into_iter().enumerate() {
        detector.insert_article(format!("{number:06}").into(), Meta::default(), article).unwrap();
    }
    detector
}

#[test]
fn twenty_thousand_copies_of_one_article_are_one_group() {
    let detector = detector(&shapes::copies(20_000).collect::<Vec<_>>());
    let found = detector.find();
    assert_eq!(found.matches().count(), 19_999);
    let groups = found.groups();
    assert_eq!((groups.len(), groups[0].members.len()), (1, 20_000));
    assert_eq!(groups[0].original().id.as_str(), "000000");
}

#[test]
fn fifteen_hundred_light_edits_of_one_article_are_one_group() {
    let detector = detector(&shapes::light_edits(1_500).collect::<Vec<_>>());
    let found = detector.find();
    let groups = found.groups();
    assert_eq!((groups.len(), groups[0].members.len()), (1, 1_500));
}

/// Reports that differ in so many figures.
fn reports(figures: usize) -> Vec<String> {
    shapes::reports(5_000, figures).collect()
}

#[test]
fn reports_of_one_template_are_near_above_the_threshold_and_their_facts_differ() {
    let texts = reports(5);
    let detector = detector(&texts);
    let found = detector.find();
    let linked: HashSet<&str> = found.matches().flat_map(|pair| [pair.a.as_str(), pair.b.as_str()]).collect();
    assert_eq!(linked.len(), texts.len());
    for pair in found.matches() {
        assert_eq!((pair.relation, pair.scores.facts_differ), (Relation::Near, true), "{pair:?}");
    }
}

#[test]
fn strict_facts_refuse_such_reports() {
    let strict = insert(Detector::builder().facts(Facts::Strict).build().unwrap(), &reports(5)[..1_000]);
    assert_eq!(strict.find().matches().count(), 0);
}

#[test]
fn reports_of_one_template_are_not_linked_below_the_threshold() {
    // Two that differ in 18 figures share 64 % of their shingles: excerpts, were it not for the facts.
    let detector = detector(&reports(18));
    let found = detector.find();
    assert_eq!(found.matches().next(), None);
    assert!(found.groups().is_empty());
}

#[test]
fn notices_in_one_form_are_of_their_subjects() {
    // Most words are the same, and below the threshold: what tells is whom they are about, or how much it is.
    let notice = |of: &str, short: &str, price: &str, ports: &str| {
        format!(
            "{of} said it raised the price it will pay for smelted tin by four cents a pound, effective at once. The \
             increase brings {short}'s posting for ingots delivered to {ports} to {price} cents a pound. Buyers had \
             expected a rise since the tin council cut its export quota."
        )
    };
    let texts = [
        notice("Harrow Mills Inc", "Harrow", "71", "Pendle Quay"),
        notice("Tolland Metals Ltd", "Tolland", "71", "the eastern docks"),
        notice("Ostler Tin Co", "Ostler", "71", "Marsh Street"),
        notice("Harrow Mills Inc", "Harrow", "64", "any of its yards"),
        notice("Harrow Mills Inc", "the firm", "71", "its own quay") + " Shares of other makers fell.",
    ];
    let detector = detector(&texts);
    let found = detector.find();
    let pairs: Vec<_> = found.matches().map(|pair| (pair.a.as_str(), pair.b.as_str(), pair.relation)).collect();
    assert_eq!(pairs, [("000000", "000004", Relation::Excerpt)]);
}

/// A report on a flooded mine.
const FLOODED: &str = "The county of Ostermark will close its last coal mine at the end of March, two years earlier than planned, \
     after a flood in the lower galleries that the pumps could not hold back. The mine at Grubenau employs 640 \
     people and has dug brown coal since 1911. Its owner, the Velda company, said on Tuesday that a repair would \
     cost more than the coal that is left there could ever earn.\n\
     Water broke into the eastern gallery on the night of January 9 and rose by four metres within a day. Nobody \
     was hurt, since the night shift had been called up an hour before. Two of the seven pumps have failed since, \
     and the company has rented five more from a dredging firm in Holland. They lift 900 litres a second, about as \
     much as the river Velda carries in a dry summer.\n\
     The power station next to the mine burns a third of its coal. Its managers have ordered coal from Poland by \
     rail, which costs them 18 percent more, and will run only one of three boilers from April. The town of \
     Grubenau is heated by steam from the station, and its mayor, Henrike Aldag, has asked the county for a promise \
     that no flat will be cold next winter.\n\
     Most of the miners are older than fifty and may retire early under a law of 2014. For the others, some 230 men \
     and women, the company offers places in its gravel pits on the other side of the county.";

#[test]
fn a_later_report_that_carries_paragraphs_over_is_no_copy() {
    let paragraphs: Vec<&str> = FLOODED.split('\n').collect();
    let carried = |at: usize, sentences: usize| {
        paragraphs[at].split_inclusive(". ").take(sentences).collect::<String>().trim_end().to_owned()
    };
    let later = [
        "Miners from Grubenau blocked the bridge over the Velda for six hours on Thursday and burned their helmets \
         before the gates of the county hall, where a committee was to hear how their mine came to be lost. Union \
         leaders want the state to step in with the money that was put by for the repair of the land.",
        &carried(0, 2),
        "“They knew since autumn that the wall was soft,” said Tilo Brandes, who has led the works council for \
         eleven years, to loud applause from the crowd on the steps. A geologist who was heard by the committee in \
         the afternoon confirmed that his office had sent two letters of warning. The owner answered neither of \
         them, he added, and a clerk found both in a drawer last week.",
        &carried(1, 2),
        &carried(3, 2),
        "Few of those who stood on the bridge would take them: the pits pay a quarter less, they say, and lie \
         ninety minutes away by bus. The committee meets again in a fortnight, and the union has called its next \
         march for that morning.",
    ]
    .join("\n");
    let detector = detector(&[FLOODED.to_owned(), later]);
    assert_eq!(detector.find().matches().next(), None);
}

#[test]
fn a_copy_on_a_page_with_other_dates_and_counters_is_one() {
    let on_page = |text: &str, foot: &str| {
        let paragraphs: Vec<&str> = text.split("\n\n").take(4).chain([foot]).collect();
        paragraphs.join("\n\n")
    };
    let original = include_str!("../data/sample/bakery-merger.txt");
    let spun = include_str!("../data/sample/bakery-merger-spun.txt");
    let detector = detector(&[
        on_page(original, "First published 28 March 2011 at 10:51, last modified 19:37, read 7120 times."),
        on_page(spun, "Posted by the desk | 14:22 | 17 June 2013 | 45 comments | 3381 views"),
    ]);
    assert_eq!(detector.find().matches().next().map(|pair| pair.relation), Some(Relation::Spun));
}

#[test]
fn words_with_one_token_are_not_the_same() {
    // Their hashes agree in the 32 bits that are kept of each word.
    let texts = ["Rain stops w92927", "Rain stops w46048", "Rain stops w92927!"];
    let [a, b, _] = texts.map(|text| unspin::text::tokenise(text).tokens);
    assert_eq!(a.hashes(), b.hashes());
    let detector = detector(&texts.map(str::to_owned));
    let found = detector.find();
    let pairs: Vec<_> = found.matches().map(|pair| (pair.a.as_str(), pair.b.as_str(), pair.relation)).collect();
    assert_eq!(pairs, [("000000", "000002", Relation::Exact)]);
}

#[test]
fn twenty_thousand_articles_of_three_words_match_only_their_copies() {
    let detector = detector(&shapes::three_words(20_000).collect::<Vec<_>>());
    let found = detector.find();
    assert!(found.matches().all(|pair| pair.relation == Relation::Exact));
    assert_eq!(found.matches().count(), 1_000);
    assert_eq!(found.groups().len(), 1_000);
}

#[test]
fn an_article_of_five_megabytes_is_found_by_its_copy_and_its_excerpt() {
    let texts = shapes::huge(780_000);
    assert!(texts[0].len() > 5_000_000);
    let detector = detector(&texts);
    let found = detector.find();
    let pairs: Vec<_> = found.matches().map(|pair| (pair.a.as_str(), pair.b.as_str(), pair.relation)).collect();
    assert!(pairs.contains(&("000000", "000001", Relation::Near)), "{pairs:?}");
    assert!(pairs.contains(&("000000", "000002", Relation::Excerpt)), "{pairs:?}");
    assert!(pairs.iter().all(|pair| pair.1 != "000003"));
}

#[test]
fn one_word_a_million_times_is_an_article_too() {
    let texts = ["spam ".repeat(1_000_000), "spam ".repeat(999_999), "eggs ".repeat(1_000_000)];
    let detector = detector(&texts);
    let found = detector.find();
    assert!(found.matches().all(|pair| pair.b.as_str() == "000001"));
}

/// Every paragraph stands in hundreds of articles, so that every key is hot.
#[test]
fn articles_made_of_stock_paragraphs_alone_are_searched_in_bounded_time() {
    let texts: Vec<String> = shapes::stock_paragraphs(2_000).collect();
    let detector = detector(&texts);
    let found = detector.find();
    let work = found.matches().count();
    assert!(work < texts.len() * 200, "{work} pairs");
    assert!(found.groups().iter().map(|group| group.members.len()).sum::<usize>() <= texts.len());
}
