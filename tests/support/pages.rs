//! Twenty pages of made-up news sites in as many layouts: what belongs to the article, and what must be left out.
#![allow(dead_code, reason = "each test uses its part")]

/// An article that stands on the pages.
pub(crate) struct Story {
    pub(crate) title: &'static str,
    pub(crate) paragraphs: [&'static str; 6],
}

pub(crate) const STORIES: [Story; 3] = [
    Story {
        title: "Ferry line to Skerrow Island reopens after nine years",
        paragraphs: [
            "The first ferry in nine years left Port Allen for Skerrow Island on Saturday morning, with 212 passengers, \
             a brass band and one very seasick mayor on board.",
            "The crossing was given up in 2017, when the council could no longer pay for the repair of the pier. Since \
             then the 640 people of the island had to take the mail boat, which has eleven seats and does not sail when \
             the wind is above force five.",
            "\u{201c}My grandchildren have never seen my kitchen,\u{201d} said Morag Tennant, 81, who waited at the pier from six \
             o\u{2019}clock with a thermos flask. \u{201c}Today they will, and they will have to eat what I cooked.\u{201d}",
            "The new vessel, built in Gdansk for 14.6 million pounds, runs on batteries that are charged in 22 minutes at \
             either end. It carries 28 cars and is expected to make five crossings a day from April to October, and three \
             in winter.",
            "Not everybody is pleased. The owners of the mail boat say that they were promised a licence until 2030, and \
             will go to court. A group of birdwatchers fears that more visitors will disturb the terns on the northern \
             beaches, where 1,300 pairs bred last year.",
            "The council\u{2019}s transport officer, Iain Rusk, said that visitors would be kept to the marked paths. \u{201c}We have \
             nine wardens, and all of them own whistles,\u{201d} he said.",
        ],
    },
    Story {
        title: "Baker finds Roman oven under her shop",
        paragraphs: [
            "When Elsa Brandauer had the floor of her bakery in Wels taken up in March, she wanted a new drain. What she \
             got was an oven eighteen hundred years older than her own.",
            "Archaeologists of the province have now laid bare a ring of bricks two metres across, with a flue, a floor \
             of basalt and the charred remains of some forty flat loaves. They date it to the reign of Septimius Severus.",
            "\u{201c}It is the same trade on the same spot, and I am told they even had the same trouble with damp,\u{201d} said Ms \
             Brandauer, whose family has baked in the Schmidtgasse since 1911.",
            "The loaves were scored with a cross and stamped with a fish. Laboratory tests found spelt, millet and a \
             pinch of coriander. The provincial museum plans to bake after the recipe for its open day on 14 June.",
            "Until then the shop stays closed. The cost of the dig, about 96,000 euros, is borne by the province, but the \
             baker loses her takings. Neighbours have collected 7,250 euros for her in a flour bin.",
            "A pane of glass is to be let into the new floor, so that customers may look down on the old oven while they \
             wait. The drain, Ms Brandauer said, will have to go somewhere else.",
        ],
    },
    Story {
        title: "Chess club wins right to play in the park at night",
        paragraphs: [
            "The players of Linden Park may go on moving their pieces after dark. An administrative court ruled on \
             Tuesday that the town of Harrow Bend cannot shut them out at sunset.",
            "The case was brought by the Night Knights, a club of 58 members, most of whom work late in the kitchens and \
             hospitals nearby and meet at the stone tables from eleven in the evening until two.",
            "The town had argued that the lamps attract moths, and that moths attract bats, which are protected. The judge, \
             Priya Venkataraman, was not convinced. \u{201c}The court notes that the bats were there before the lamps,\u{201d} she \
             wrote in a ruling of 31 pages.",
            "She did set conditions. There may be no more than twelve boards, no radios, and no clocks with a bell. The \
             lamps must be dimmed to forty percent between May and August.",
            "\u{201c}We only ever needed enough light to tell a bishop from a pawn,\u{201d} said the club\u{2019}s president, Otis Delacroix, \
             a pastry cook. He beat the mayor in nineteen moves at the party that followed.",
            "The town has four weeks to appeal. A spokeswoman said that it would study the ruling, and that the mayor had \
             not seen the fork on c7.",
        ],
    },
];

/// What stands around articles, and belongs to none of them. A page that keeps one of these was not cleaned.
pub(crate) const CLUTTER: [&str; 12] = [
    "We and our 842 partners use cookies",
    "Sign up for our morning newsletter",
    "You might also like",
    "Ten gardens to visit before summer ends",
    "Minister denies all knowledge of swan",
    "Log in or register to comment",
    "Totally agree with this, somebody should have acted years ago",
    "All rights reserved",
    "Share on Facebook",
    "Advertisement",
    "Weather Sport Business Culture",
    "Most read this week",
];

/// A page: its layout's name, its HTML, and the number of its story.
pub(crate) struct Page {
    pub(crate) layout: &'static str,
    pub(crate) html: String,
    pub(crate) story: usize,
}

/// A layout's name and its page, where %T is the title, %1 to %6 are the paragraphs, %P all of them in `p` elements,
/// and the other letters stand for clutter.
const LAYOUTS: [(&str, &str); 20] = [
    (
        "html5 with article",
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>%T | The Skerrow Herald</title>%H</head><body>%N<main><article><h1>%T</h1>%P</article></main>%R%C%F</body></html>",
    ),
    (
        "div soup with classes",
        "<html><head><title>%T - Daily Reporter</title>%H</head><body><div class=wrapper><div class=header>%N</div><div id=content class='col-8'><div class=post><h2 class=post-title>%T</h2><div class=post-body>%P</div></div>%C</div><div class=sidebar>%R</div><div class=footer>%F</div></div></body></html>",
    ),
    (
        "table layout of the nineties",
        "<HTML><HEAD><TITLE>%T</TITLE>%H</HEAD><BODY BGCOLOR=white><TABLE WIDTH=100%><TR><TD COLSPAN=3>%N</TD></TR><TR><TD WIDTH=120 CLASS=left>%R</TD><TD><FONT SIZE=5><B>%T</B></FONT><BR><BR>%P</TD><TD WIDTH=120>%A</TD></TR><TR><TD COLSPAN=3>%F</TD></TR></TABLE></BODY></HTML>",
    ),
    (
        "paragraphs by line breaks",
        "<html><head><title>%T</title>%H</head><body>%N<div class=article-text><h1>%T</h1>%1<br><br>%2<br><br>%3<br><br>%4<br><br>%5<br><br>%6</div>%R%F</body></html>",
    ),
    (
        "unclosed paragraphs",
        "<!doctype html><title>%T</title>%H<body>%N<div class=story><h1>%T</h1><p>%1<p>%2<p>%3<p>%4<p>%5<p>%6</div>%R%C%F",
    ),
    (
        "related links between paragraphs",
        "<!DOCTYPE html><html><head><title>%T | Gazette</title>%H</head><body>%N<article><h1>%T</h1><p>%1</p><p>%2</p><aside class='related'>%R</aside><p>%3</p><p>%4</p><div class='ad-slot'>%A</div><p>%5</p><p>%6</p></article>%C%F</body></html>",
    ),
    (
        "cookie banner first",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body><div id=cookie-consent class='consent modal' role=dialog>%K<button>Accept all</button><button>Reject</button></div>%N<main><h1>%T</h1><div class=entry-content>%P</div></main>%R%F</body></html>",
    ),
    (
        "comments longer than the article",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body>%N<article class=post><header><h1>%T</h1></header><div class=entry>%P</div></article><section id=comments class=comments><h3>12 comments</h3>%C%C%C%C%C%C%C%C%C%C%C%C</section>%F</body></html>",
    ),
    (
        "microdata",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body>%N<div itemscope itemtype='http://schema.org/NewsArticle'><h1 itemprop=headline>%T</h1><div itemprop=articleBody>%P</div></div><div class=widget>%R</div>%C%F</body></html>",
    ),
    (
        "json-ld and nothing else to tell",
        "<!DOCTYPE html><html><head><title>Home</title><script type='application/ld+json'>{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\"headline\":\"%T\",\"datePublished\":\"2026-04-27T10:00:00Z\"}</script></head><body>%N<div class=x1><div class=x2><div class=x3>%P</div></div></div>%R%F</body></html>",
    ),
    (
        "live site with scripts",
        "<!DOCTYPE html><html><head><title>%T</title><style>p{color:red}</style><script>var a='<p>Advertisement</p>';</script>%H</head><body><noscript>Please enable JavaScript to read Weather Sport Business Culture.</noscript>%N<article><h1>%T</h1><p>%1</p><script>track('Most read this week');</script><p>%2</p><p>%3</p><iframe src=ad.html></iframe><p>%4</p><p>%5</p><p>%6</p></article><template><p>You might also like</p></template>%F</body></html>",
    ),
    (
        "spans in divs",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body>%N<div class=main-column><div class=headline>%T</div><div class=body-text><div><span>%1</span></div><div><span>%2</span></div><div><span>%3</span></div><div><span>%4</span></div><div><span>%5</span></div><div><span>%6</span></div></div></div>%R%C%F</body></html>",
    ),
    (
        "subheadings, a quotation and a figure",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body>%N<article><h1>%T</h1><p>%1</p><figure><img src=a.jpg alt=''><figcaption>Photo by R. Example</figcaption></figure><p>%2</p><h2>What happened</h2><blockquote><p>%3</p></blockquote><p>%4</p><h2>What comes next</h2><p>%5</p><p>%6</p></article>%R%C%F</body></html>",
    ),
    (
        "newsletter box in the middle",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body>%N<main class=content><h1>%T</h1><p>%1</p><p>%2</p><p>%3</p><div class='newsletter-signup promo'>%L</div><p>%4</p><p>%5</p><p>%6</p></main>%R%F</body></html>",
    ),
    (
        "share bars above and below",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body>%N<div role=main><h1>%T</h1><ul class='share social'>%S</ul><div class=text>%P</div><ul class='share social'>%S</ul></div>%R%F</body></html>",
    ),
    (
        "two columns of section fronts",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body>%N<div class=grid><section class=front>%R</section><section class=story-section><h1>%T</h1>%P</section><section class=front>%R%R</section></div>%F</body></html>",
    ),
    (
        "amp",
        "<!doctype html><html amp lang=en><head><meta charset=utf-8><title>%T</title>%H</head><body><amp-consent id=consent>%K</amp-consent>%N<article><h1>%T</h1><amp-ad>%A</amp-ad>%P</article><amp-list>%R</amp-list>%F</body></html>",
    ),
    (
        "wordpress",
        "<!DOCTYPE html><html><head><title>%T &#8211; A Blog</title>%H</head><body class='single single-post'><div id=page class=site>%N<div id=primary class=content-area><main id=main class=site-main><article id=post-7 class='post type-post hentry'><header class=entry-header><h1 class=entry-title>%T</h1></header><div class=entry-content>%P<div class='sharedaddy'>%S</div></div><footer class=entry-footer>Filed under: News</footer></article><div id=comments class=comments-area>%C</div></main></div><aside id=secondary class=widget-area>%R</aside>%F</div></body></html>",
    ),
    (
        "short paragraphs, one a sentence",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body>%N<div class=story-body><h1>%T</h1>%Z</div><div class=most-read>%R</div>%C%F</body></html>",
    ),
    (
        "everything in section elements",
        "<!DOCTYPE html><html><head><title>%T</title>%H</head><body><section>%N</section><section><h1>%T</h1><section><p>%1</p><p>%2</p></section><section><p>%3</p><p>%4</p></section><section><p>%5</p><p>%6</p></section></section><section class=recommended>%R</section><section class=legal>%F</section></body></html>",
    ),
];

/// All pages.
pub(crate) fn pages() -> Vec<Page> {
    let page = |(number, (layout, template)): (usize, &(&'static str, &str))| {
        let story = number % STORIES.len();
        Page { layout, html: fill(template, &STORIES[story], number), story }
    };
    LAYOUTS.iter().enumerate().map(page).collect()
}

const NAVIGATION: &str = "<nav class='site-nav menu'><ul><li><a href='/'>Home</a></li><li><a href='/w'>Weather Sport Business Culture</a></li><li><a href='/l'>Log in</a></li></ul></nav>";
const RELATED: &str = "<div class='related-links'><h3>You might also like</h3><ul><li><a href='/1'>Ten gardens to visit before summer ends</a></li><li><a href='/2'>Minister denies all knowledge of swan</a></li></ul><h3>Most read this week</h3><ul><li><a href='/3'>Ten gardens to visit before summer ends, and two to avoid</a></li></ul></div>";
const COMMENTS: &str = "<div class='comments' id='disqus_thread'><h3>Comments</h3><div class=comment><b>gull77</b><p>Totally agree with this, somebody should have acted years ago, and I said so at the time, in this very place.</p></div><p><a href='/login'>Log in or register to comment</a></p></div>";
const FOOTER: &str = "<footer class='footer'><p>Sign up for our morning newsletter</p><p>&copy; 2026 The Example Press Ltd. All rights reserved. <a href='/p'>Privacy</a> <a href='/t'>Terms</a></p></footer>";

fn fill(template: &str, story: &Story, number: usize) -> String {
    let wrapped = |texts: &[&str]| format!("<p>{}</p>\n", texts.join("</p>\n<p>"));
    let all = wrapped(&story.paragraphs);
    let sentences: Vec<&str> = story.paragraphs.iter().flat_map(|paragraph| paragraph.split_inclusive(". ")).collect();
    let sentences = wrapped(&sentences);
    let head = format!(
        "<link rel=canonical href='https://news.example/2026/{number}'><meta property='article:published_time' content='2026-04-27T10:00:00Z'><meta property='og:title' content='{}'>",
        story.title
    );
    let mut html =
        template.replace("%T", story.title).replace("%P", &all).replace("%Z", &sentences).replace("%H", &head);
    for (at, paragraph) in story.paragraphs.iter().enumerate() {
        html = html.replace(&format!("%{}", at + 1), paragraph);
    }
    for (mark, clutter) in [
        ("%N", NAVIGATION),
        ("%R", RELATED),
        ("%C", COMMENTS),
        ("%F", FOOTER),
        ("%A", "<div class=advert>Advertisement</div>"),
        ("%K", "<p>We and our 842 partners use cookies to store and access information on your device.</p>"),
        ("%L", "<h4>Sign up for our morning newsletter</h4><form><input type=email><button>Subscribe</button></form>"),
        ("%S", "<li><a href='https://social.example/s'>Share on Facebook</a></li><li><a href='mailto:'>Email</a></li>"),
    ] {
        html = html.replace(mark, clutter);
    }
    html
}
