"""HTML of strangers: what is left of it, and how it reads."""

import pytest

from crm.messaging.mail.layout import html_of_text, safe_html, text_of_html

UNSAFE = [
    '<script>alert(1)</script>Halo',
    '<img src=x onerror="alert(1)">Halo',
    '<img src="https://lacak.example/p.gif?u=rina">Halo',
    '<a href="javascript:alert(1)">Halo</a>',
    '<a href="data:text/html,x">Halo</a>',
    '<form action="https://x.example"><input name="pin"><button>Kirim</button></form>Halo',
    '<iframe src="https://x.example"></iframe>Halo',
    '<object data="x"></object><embed src="x">Halo',
    '<link rel="stylesheet" href="https://x.example/a.css">Halo',
    '<style>body{background:url(https://x.example)}</style>Halo',
    '<p style="background:url(https://x.example)">Halo</p>',
    '<base href="https://x.example/">Halo',
    '<meta http-equiv="refresh" content="0;url=https://x.example">Halo',
    '<svg><script>alert(1)</script></svg>Halo',
    '<math><mtext><style><img src onerror=alert(1)></style></mtext></math>Halo',
    '<p id="main" class="toast" data-hx="x" hx-get="/x">Halo</p>',
    '<video src="https://x.example/v.mp4"></video>Halo',
    '<!--[if mso]><p>x</p><![endif]-->Halo',
    '<table background="https://x.example/b.png"><tr><td>Halo</td></tr></table>',
    '<scr<script>ipt>alert(1)</scr</script>ipt>Halo',
]  # fmt: skip
NEVER = (
    "script", "onerror", "x.example", "lacak", "javascript", "data:", "<form", "<input", "style", "class=", "id=",
    "hx-", "<iframe", "<svg", "<meta", "<!--",
)  # fmt: skip


@pytest.mark.parametrize("html", UNSAFE)
def test_nothing_runs_loads_or_pretends(html: str) -> None:
    safe = safe_html(html)
    assert "Halo" in safe
    assert [bad for bad in NEVER if bad in safe] == []


def test_links_open_elsewhere_and_tell_nothing() -> None:
    safe = safe_html('<a href="https://sapa.example/bayar" target="_top" onclick="x()">bayar</a>')
    assert 'href="https://sapa.example/bayar"' in safe
    assert 'rel="noopener noreferrer nofollow"' in safe
    assert 'target="_blank"' in safe
    assert "onclick" not in safe


def test_tables_and_lists_stay() -> None:
    html = '<table border="1"><tbody><tr><td colspan="2">Rp 5.000</td></tr></tbody></table><ul><li>satu</li></ul>'
    assert safe_html(html) == html


READ = [
    ("<p>Satu</p><p>Dua</p>", "Satu\n\nDua"),
    ("Satu<br>Dua<br><br>Tiga", "Satu\nDua\n\nTiga"),
    ("<div>Satu</div><div>Dua</div>", "Satu\nDua"),
    ("<ul><li>satu</li><li>dua</li></ul>", "• satu\n• dua"),
    ("<table><tr><td>Paket</td><td>50.000</td></tr><tr><td>Pajak</td><td>5.500</td></tr></table>",
     "Paket  50.000\nPajak  5.500"),
    ("<blockquote><p>Lama</p><p>Lagi</p></blockquote>Baru", "> Lama\n>\n> Lagi\n\nBaru"),
    ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n> > b"),
    ('<a href="https://a.example/x">di sini</a>', "di sini <https://a.example/x>"),
    ('<a href="https://a.example/x">https://a.example/x</a>', "https://a.example/x"),
    ('<a href="mailto:rina@example.com">rina</a>', "rina"),
    ("<pre>satu\n  dua</pre>", "satu\n  dua"),
    ("a&nbsp;b &lt;c&gt; &amp; d", "a b <c> & d"),
    ("<p>  banyak \n  spasi  </p>", "banyak spasi"),
    ("kata<b>tebal</b> lagi", "katatebal lagi"),
    ("<title>x</title><style>p{}</style><p>Halo</p>", "Halo"),
    ("<p>tidak ditutup<p>dua", "tidak ditutup\n\ndua"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("html", "text"), READ)
def test_a_layout_reads_as_text(html: str, text: str) -> None:
    assert text_of_html(html) == text


def test_text_as_html_shows_what_was_written() -> None:
    assert html_of_text("<b> & >\n  dua") == "<pre>&lt;b&gt; &amp; &gt;\n  dua</pre>"
    assert html_of_text("  \n") == ""
