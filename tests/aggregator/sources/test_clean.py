"""The sanitizer: what goes in is anything, what comes out may be shown (safety 22, 23, 25, 55)."""

import re
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.sources.clean import ATTRIBUTES, TAGS, HtmlCleaner, text_html
from aggregator.sources.nesting import DEEPEST, limit_nesting

BASE = "https://example.org/blog/post"
CLEANER = HtmlCleaner()

NAME_LIST = (
    "a abbr article b big blockquote br button caption center code dd details div dl dt em embed fieldset figure font"
    " footer form frame frameset h1 h3 head header hr html i iframe img input label legend li link main map marquee"
    " math meta mi nav nobr noscript object ol optgroup option p param plaintext pre q rp rt ruby s script section"
    " select small source span strike strong style sub summary svg table tbody td template textarea tfoot th thead"
    " title tr tt u ul var video wbr xmp"
)
NAMES = NAME_LIST.split()
VALUES = (
    "x",
    "",
    "/p?a=1&b=2",
    "javascript:alert(1)",
    "https://e.example/?utm_source=a",
    "1",
    "0",
    "data:image/png;base64,AA",
    "a b",
    "&quot;&lt;",
    "'",
    "//h.example/x",
    "mailto:a@b.example",
    "\u00a0é",
    "JaVaScRiPt:1",
    "#top",
    "?q",
    "http://[",
)
ATTRIBUTE_LIST = "href src cite width height style class id onclick srcset alt title lang data-src type name"
ATTRIBUTE_NAMES = ATTRIBUTE_LIST.split()
TEXTS = (
    "text",
    " ",
    "\n",
    "&amp;",
    "&lt;b&gt;",
    "&nbsp;",
    "<",
    ">",
    "é\u00a0",
    "&#0;",
    "&#1;",
    "\r\n",
    "日本",
    "&",
    "]]>",
)

ODDITIES = ("<!-- c -->", "<!--", "-->", "<![CDATA[", "<?pi?>", "</", "<a", '<img alt="', "<br/>", "<p/>")
seeds = st.integers(0, 2**32)


def _attributes(random):
    names = random.choices(ATTRIBUTE_NAMES, k=random.randint(0, 3))
    return "".join(f' {name}="{random.choice(VALUES)}"' for name in names)


def _tree(random, depth=0):
    if depth > 5 or random.random() < 0.25:
        return random.choice(TEXTS)
    name = random.choice(NAMES)
    inside = "".join(_tree(random, depth + 1) for _ in range(random.randint(0, 3)))
    return f"<{name}{_attributes(random)}>{inside}</{name}>"


def _soup(random):
    pieces = []
    for _ in range(random.randint(1, 25)):
        kind = random.random()
        name = random.choice(NAMES)
        if kind < 0.25:
            pieces.append(random.choice(TEXTS))
        elif kind < 0.3:
            pieces.append(random.choice(ODDITIES))
        else:
            pieces.append(f"</{name}>" if kind < 0.55 else f"<{name}{_attributes(random)}>")
    return "".join(pieces)


@pytest.mark.parametrize("make", [_tree, _soup])
@settings(max_examples=500, deadline=None)
@given(seed=seeds)
def test_safety_25_cleaning_what_is_clean_changes_nothing(make, seed):
    random = Random(seed)
    for _ in range(20):
        once = CLEANER.clean(make(random), BASE)
        assert once == CLEANER.clean(once, BASE)


@pytest.mark.parametrize("make", [_tree, _soup])
@settings(max_examples=100, deadline=None)
@given(seed=seeds)
def test_safety_22_only_allowed_tags_and_attributes_come_out(make, seed):
    random = Random(seed)
    for _ in range(20):
        out = CLEANER.clean(make(random), BASE)
        for closing, name, rest in re.findall(r"<(/?)([^\s<>/]+)([^<>]*)>", out):
            assert name in TAGS
            pairs = re.findall(r' ([a-z]+)(?:="([^"]*)")', rest)
            assert "".join(f' {key}="{value}"' for key, value in pairs) == rest
            assert {key for key, _ in pairs} <= ATTRIBUTES.get(name, set()) | ATTRIBUTES["*"] | {"rel"}
            assert not (closing and pairs)
            for key, value in pairs:
                assert key not in {"href", "src", "cite"} or re.match(r"https?://|mailto:", value)


@settings(max_examples=1_000, deadline=None)
@given(st.text(max_size=200))
def test_text_is_escaped_and_stays_as_it_is(text):
    html = text_html(text)
    assert re.sub(r"</?p>|<br>", "", html).count("<") == 0
    assert CLEANER.clean(html, BASE) == html


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<b>" * 300_000,
        "<p><b>" * 150_000,
        "<table><tr><td>" * 70_000,
        "<ul><li>" * 120_000,
        "<span><div></span></div>" * 40_000,
        "<i><p></i>" * 100_000,
        "".join(f"<font size={n}><p>" for n in range(60_000)),
        "".join(f"<a href=/{n}><div>" for n in range(50_000)),
        "<svg><desc>" * 90_000,
        "<math><mi>" * 100_000,
        "<select><option>" * 60_000,
        "<button><p>" * 90_000,
        "<!--" * 250_000,
        "<" * 1_000_000,
        "&" * 1_000_000,
        "<a " * 330_000,
        '<img style="' * 80_000,
        "<iframe src=" * 80_000,
        "<a href='" * 110_000,
        "</p>" * 250_000,
        "<nobr>" * 150_000,
        "<p>" * 300_000,
        "<dd><dt>" * 120_000,
        "<applet><p>" * 90_000,
        "<template>" * 100_000,
        "<h1><i>" * 140_000,
    ],
    ids=lambda html: html[:24],
)
def test_safety_22_a_megabyte_of_nesting_is_no_work(html):
    started = time.process_time()
    CLEANER.clean(html[:1_048_576], BASE)
    # The requirement says half a second on a quiet machine; only a square in the input would reach this bound.
    assert time.process_time() - started < 10


def test_nesting_is_cut_at_its_limit_and_the_text_stays():
    deep = "<div>" * 500 + "in the deep" + "</div>" * 500
    out = CLEANER.clean(deep, BASE)
    assert out.count("<div>") == DEEPEST
    assert "in the deep" in out


def test_what_is_not_deep_is_not_touched():
    long = "<p>one</p><ul><li>two<li>three</ul>" * 500
    assert limit_nesting(long) == long


URLS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\rscript:alert(1)",
    "\x01javascript:alert(1)",
    "\x00javascript:alert(1)",
    "javascript\t:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "&#0000106avascript:alert(1)",
    "javascript://example.org/%0aalert(1)",
    "vbscript:msgbox(1)",
    "livescript:x",
    "mocha:x",
    "data:text/html,<script>1</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "DATA:text/html,x",
    "file:///etc/passwd",
    "ftp://example.org/x",
    "blob:https://example.org/x",
    "filesystem:https://example.org/x",
    "about:blank",
    "view-source:https://x",
    "chrome://settings",
    "resource://x",
    "jar:https://x!/y",
    "ws://example.org/",
    "intent://x#Intent;end",
    "tel:+123",
    "sms:+1",
    "skype:x",
    "magnet:?xt=1",
    "feed:https://example.org/",
    "itms://x",
    "ms-word:ofe|u|https://x",
    "urn:isbn:1",
    "http:",
    "http://",
    "https:///",
    "http:///path",
    "http://[::1",
    "http://exa mple.org:80:80/",
    "http:\\\\",
    "https://\u2028",
    "\u3000javascript:alert(1)",
    "\u00a0javascript:alert(1)",
    "\uff4aavascript:alert(1)",
    "x-javascript:1",
    "http+javascript:1",
]
SLOTS = [
    '<a href="{}">x</a>',
    '<img src="{}">',
    '<blockquote cite="{}">x</blockquote>',
    '<q cite="{}">x</q>',
    '<video poster="{}" src="{}"></video>',
    '<img srcset="{} 2x" src="https://e.example/i.png">',
    '<iframe src="{}"></iframe>',
    '<img data-src="{}">',
    '<a href="/x" ping="{}">x</a>',
]


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("url", URLS)
def test_safety_23_no_other_scheme_comes_out_of_any_slot(url, slot):
    out = CLEANER.clean(slot.replace("{}", url.replace('"', "&quot;")), BASE)
    for address in re.findall(r'(?:href|src|cite|srcset|poster|ping)="([^"]*)"', out):
        assert re.match(r"https?://[^/?#]", address), out
    assert "srcset" not in out
    assert "poster" not in out
    assert "ping" not in out


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("/a", "https://example.org/a"),
        ("a", "https://example.org/blog/a"),
        ("../a", "https://example.org/a"),
        ("?x=1", "https://example.org/blog/post?x=1"),
        ("#n", "https://example.org/blog/post#n"),
        ("//other.example/a", "https://other.example/a"),
        ("HTTPS://Other.example/A", "https://Other.example/A"),
        ("https://other.example/a b", "https://other.example/a%20b"),
        ("https://other.example/a&quot;b", "https://other.example/a%22b"),
        ("https://other.example/ä?ö", "https://other.example/ä?ö"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_safety_23_addresses_are_made_absolute(given, expected):
    assert f'href="{expected}"' in CLEANER.clean(f'<a href="{given}">x</a>', BASE)


def test_mail_addresses_are_for_links_only():
    assert CLEANER.clean('<img src="mailto:a@b.example">', BASE) == ""


TRACKERS = [
    '<img src="https://t.example/p.gif" width="1" height="1">',
    '<img src="https://t.example/p.gif" width=0 height=0>',
    '<img src="https://t.example/p.gif" height="1">',
    '<img src="https://t.example/p.gif" width="01">',
    '<img src="https://t.example/p.gif" style="display:none">',
    '<img style="display: none" src="https://t.example/p.gif">',
    '<img src="https://t.example/p.gif" style="width:1px;height:1px">',
    '<IMG SRC="https://t.example/p.gif" STYLE="WIDTH: 0px;">',
    '<img src="https://t.example/p.gif" style="visibility:hidden">',
    '<img src="http://feeds.feedburner.com/~r/x/y/~4/z" alt="">',
    '<img src="https://feeds.feedburner.com/~ff/x">',
    '<img src="https://pixel.wp.com/b.gif?x">',
    '<img src="https://stats.wordpress.com/b.gif">',
    '<img src="https://ad.doubleclick.net/x">',
    '<img src="https://www.google-analytics.com/collect">',
    '<img src="http://rc.feedsportal.com/x.gif">',
    '<img src="https://sb.scorecardresearch.com/p">',
    '<img src="https://pixel.quantserve.com/p">',
    '<img src="https://www.facebook.com/tr?id=1">',
    '<img src="https://bat.bing.com/a">',
    '<img src="https://vg05.met.vgwort.de/na/abc">',
    '<img src="https://c.statcounter.com/1">',
    '<img src="https://x.list-manage.com/track/open.php">',
    '<img src="https://u1.ct.sendgrid.net/wf/open?x">',
    '<img src="https://api.follow.it/track-rss-story-loaded/v1/x">',
    '<img src="http://feeds.wordpress.com/1.0/comments/x">',
]
PARAMETER_LIST = (
    "utm_source utm_medium utm_campaign utm_term utm_content utm_id utm_brand fbclid gclid gclsrc dclid gbraid"
    " wbraid msclkid yclid twclid ttclid li_fat_id igshid srsltid mc_cid mc_eid _hsenc _hsmi hsCtaTracking vero_id"
    " oly_anon_id oly_enc_id mkt_tok wickedid _openstat xtor ns_mchannel ns_campaign pk_campaign pk_kwd mtm_source"
    " matomo_kwd piwik_campaign at_medium at_campaign at_custom1 irclickid epik s_cid guccounter guce_referrer _ga _gl"
    " __twitter_impression ref_src ga_source fb_action_ids WT.mc_id cmpid UTM_SOURCE hsa_acc"
)
PARAMETERS = PARAMETER_LIST.split()


@pytest.mark.parametrize("html", TRACKERS)
def test_safety_55_images_that_only_count_go(html):
    assert CLEANER.clean(f"<p>{html}text</p>", BASE) == "<p>text</p>"


@pytest.mark.parametrize("name", PARAMETERS)
def test_safety_55_tracking_parameters_go(name):
    out = CLEANER.clean(f'<a href="https://e.example/a?{name}=1&amp;keep=2&amp;{name}=3">x</a>', BASE)
    assert 'href="https://e.example/a?keep=2"' in out


def test_safety_55_what_only_looks_like_tracking_stays():
    address = "https://e.example/?outm_source=1&amp;q=utm_source=x&amp;gclids=2#utm-section"
    assert address in CLEANER.clean(f'<a href="{address}">x</a>', BASE)


def test_headings_and_tables_are_kept():
    html = "<h2>Head</h2><table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>"
    assert CLEANER.clean(html, BASE) == html


def test_a_player_becomes_a_link():
    out = CLEANER.clean('<iframe src="https://video.example/embed/1?a=1&amp;b=2"></iframe>', BASE)
    assert 'href="https://video.example/embed/1?a=1&amp;b=2"' in out


def test_an_image_that_loads_late_is_shown():
    out = CLEANER.clean('<img class="lazy" src="data:image/gif;base64,R0" data-src="/late.jpg" alt="Late">', BASE)
    assert out == '<img src="https://example.org/late.jpg" alt="Late">'


@pytest.mark.parametrize("tag", ["script", "style", "svg", "template", "noscript", "textarea", "select", "title"])
def test_safety_22_what_is_no_reading_matter_goes_with_its_text(tag):
    assert CLEANER.clean(f"<p>a</p><{tag}>x</{tag}><p>b</p>", BASE) == "<p>a</p><p>b</p>"
