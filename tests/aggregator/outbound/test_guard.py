from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import BadSettingError, FetchError
from aggregator.model.fault import FaultCode
from aggregator.outbound.guard import check_ip, check_url, private_hosts

LISTED = private_hosts(("intranet.example:8080", "10.1.2.3:8000", "[fd00::1]:8080", "feeds.example.org:8443"))

GOOD = {
    "http://example.org": "http://example.org/",
    "http://example.org/": "http://example.org/",
    "https://example.org/feed.xml": "https://example.org/feed.xml",
    "HTTPS://Example.ORG/Feed.XML": "https://example.org/Feed.XML",
    "http://example.org:80/feed": "http://example.org/feed",
    "https://example.org:443/feed": "https://example.org/feed",
    "http://example.org:443/feed": "http://example.org:443/feed",
    "https://example.org:80/feed": "https://example.org:80/feed",
    "http://example.org:/feed": "http://example.org/feed",
    "http://example.org./feed": "http://example.org/feed",
    "http://example.org/feed#part": "http://example.org/feed",
    "http://example.org?format=rss": "http://example.org/?format=rss",
    "http://example.org/a b": "http://example.org/a%20b",
    "http://example.org/é?q=ü": "http://example.org/%C3%A9?q=%C3%BC",
    "http://example.org/%C3%A9": "http://example.org/%C3%A9",
    'http://example.org/"<>': "http://example.org/%22%3C%3E",
    "http://example.org/@me@there.example": "http://example.org/@me@there.example",
    "http://example.org/\\back": "http://example.org/%5Cback",
    "http://bücher.example/": "http://xn--bcher-kva.example/",
    "http://xn--bcher-kva.example/": "http://xn--bcher-kva.example/",
    "http://under_score.example/": "http://under_score.example/",
    "http://feeds.web2/": "http://feeds.web2/",
    "http://1.example/": "http://1.example/",
    "  http://example.org/feed\n": "http://example.org/feed",
    "http://8.8.8.8/feed": "http://8.8.8.8/feed",
    "http://[2606:4700::1111]/": "http://[2606:4700::1111]/",
    "http://[2606:4700:0::1111]/": "http://[2606:4700::1111]/",
    "http://intranet.example:8080/x": "http://intranet.example:8080/x",
    "http://10.1.2.3:8000/x": "http://10.1.2.3:8000/x",
    "http://[fd00:0::1]:8080/x": "http://[fd00::1]:8080/x",
    "https://feeds.example.org:8443/x": "https://feeds.example.org:8443/x",
}
BAD = (
    "",
    "example.org/feed",
    "//example.org/feed",
    "/feed",
    "http:",
    "http:/example.org",
    "http:example.org",
    "http://",
    "http:///feed",
    "http://?x",
    "http://.",
    "http://..",
    "http://.example.org/",
    "http://a..example.org/",
    "http://-a.example.org/",
    "http://a-.example.org/",
    "ftp://example.org/feed",
    "file:///etc/passwd",
    "gopher://example.org/",
    "feed://example.org/",
    "javascript:alert(1)",
    "data:text/xml,<rss/>",
    "unix:/run/socket",
    "http+unix://%2Frun%2Fsocket/",
    "http://user@example.org/",
    "http://user:word@example.org/",
    "http://@example.org/",
    "http://:@example.org/",
    "http://good.example@127.0.0.1/",
    "http://good.example\\@127.0.0.1/",
    "http://good.example\\.evil.example/",
    "http://exam ple.org/",
    "http://example.org\t/",
    "http://exam\nple.org/",
    "http://example.org/\r\nHost: evil",
    "http://example.org/\x00",
    "http://%31%32%37.0.0.1/",
    "http://ex%61mple.org/",
    "http://example.org:abc/",
    "http://example.org:80:80/",
    "http://example.org:-1/",
    "http://example.org:٨٠/",
    "http://[::1/",
    "http://::1/",
    "http://[::1]x/",
    "http://[127.0.0.1]/",
    "http://[fe80::1%25eth0]/",
    "http://[v1.fe80]/",
    "http://8.8.8.08/",
    "http://08.8.8.8/",
    "http://8.8.8.8./",
    "http://8.8.2056/",
    "http://256.1.1.1/",
    "http://1.2.3.4.5/",
    "http://example.0x7f/",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 127 + "example/",
    "http://example.org/" + "a" * 5000,
)
REFUSED = (
    "http://example.org:8080/",
    "http://example.org:22/",
    "http://example.org:0/",
    "http://example.org:99999/",
    "http://intranet.example:8081/",
    "http://10.1.2.3:8001/",
    "http://10.1.2.3/",
    "http://10.1.2.4:8000/",
    "http://other.example:8443/",
    "http://127.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[fd00::1]/",
)
ODD_SPELLINGS = (
    "0",
    "0177.0.0.1",
    "0x7f000001",
    "2130706433",
    "127.1",
    "127.0.1",
    "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}\N{FULLWIDTH DIGIT SEVEN}.0.0.\N{FULLWIDTH DIGIT ONE}",
    "127。0。0。1",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "127.0.0.1.",
    "0x7f.0.0.0x1",
    "①②⑦.⓪.⓪.①",
)
FORBIDDEN_NUMBERS = (
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.171",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "::ffff:0:8.8.8.8",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:1::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "3fff:fff::1",
    "5f00::1",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "4000::1",
    "8000::1",
    "1::1",
    "fe00::1",
)
PUBLIC_NUMBERS = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.88.98.1",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700::1111",
    "2a00::1",
    "2003::1",
    "3ffe::1",
)


def code_of(check, *arguments):
    with pytest.raises(FetchError) as caught:
        check(*arguments)
    return caught.value.fault.code


@pytest.mark.parametrize(("address", "spelling"), GOOD.items())
def test_safety_02_a_good_address_has_one_spelling(address, spelling):
    assert check_url(address, LISTED).url == spelling


@pytest.mark.parametrize("spelling", GOOD.values())
def test_safety_02_the_one_spelling_stays(spelling):
    assert check_url(spelling, LISTED).url == spelling


@pytest.mark.parametrize("address", BAD)
def test_safety_02_what_is_no_web_address_is_told_so(address):
    assert code_of(check_url, address, LISTED) is FaultCode.BAD_ADDRESS


@pytest.mark.parametrize("address", REFUSED)
def test_safety_02_other_ports_and_networks_are_refused(address):
    assert code_of(check_url, address, LISTED) is FaultCode.REFUSED_ADDRESS


@pytest.mark.parametrize("number", FORBIDDEN_NUMBERS)
def test_safety_04_an_address_off_the_public_internet_is_refused(number):
    assert code_of(check_ip, number) is FaultCode.REFUSED_ADDRESS


@pytest.mark.parametrize("number", PUBLIC_NUMBERS)
def test_safety_04_a_public_address_passes(number):
    assert check_ip(number) is None


def test_safety_04_what_is_no_number_is_refused():
    assert code_of(check_ip, "example.org") is FaultCode.REFUSED_ADDRESS


@pytest.mark.parametrize("host", ODD_SPELLINGS)
def test_safety_05_no_odd_spelling_passes(host):
    assert code_of(check_url, f"http://{host}/") in (FaultCode.BAD_ADDRESS, FaultCode.REFUSED_ADDRESS)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "127.0.0.1.", "0177.0.0.1"])
def test_safety_05_no_odd_spelling_of_a_listed_host_passes(host):
    listed = private_hosts(("127.0.0.1:8000",))
    assert code_of(check_url, f"http://{host}:8000/", listed) in (FaultCode.BAD_ADDRESS, FaultCode.REFUSED_ADDRESS)


def test_safety_09_a_listed_port_opens_no_other_port():
    target = check_url("http://intranet.example:8080/", LISTED)
    assert target.listed
    assert not check_url("http://intranet.example/", LISTED).listed


def test_safety_09_nothing_is_listed_by_default():
    assert code_of(check_url, "http://10.1.2.3:8000/") is FaultCode.REFUSED_ADDRESS


@pytest.mark.parametrize(
    "entry", ["10.1.2.3", "http://intranet.example:80", "::1:8000", "intranet.example:http", ":80"]
)
def test_safety_09_a_list_that_cannot_be_read_is_told(entry):
    with pytest.raises(BadSettingError):
        private_hosts((entry,))


@given(st.text(max_size=60))
def test_any_text_gives_an_address_of_one_spelling_or_a_fault(text):
    for address in (text, f"http://{text}", f"http://example.org/{text}"):
        with contextlib.suppress(FetchError):
            target = check_url(address)
            assert target.url.isascii()
            assert check_url(target.url) == target
