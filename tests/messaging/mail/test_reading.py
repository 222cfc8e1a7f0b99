"""Mails as the world writes them, and what we make of each."""

import base64
import datetime as dt

import pytest

from crm.messaging.mail.parse import Mail, read_mail
from tests.messaging.mail.written import PNG, a_mail, a_mail_of, a_part, a_picture, nested

CAME = dt.datetime(2026, 11, 2, 3, 10, tzinfo=dt.UTC)
KIRIM = "Selamat pagi, café “Sinyal” €5 — terima kasih"


def read(body: bytes | str = "Sinyal hilang.", **headers: str | bytes) -> Mail:
    return read_mail(a_mail(body, **headers))


WRITTEN_IN = [
    ("utf-8", KIRIM.encode(), KIRIM),
    ("UTF-8", "Halo 🙏".encode(), "Halo 🙏"),
    ("windows-1252", KIRIM.encode("cp1252"), KIRIM),
    ("iso-8859-1", "caf\xe9 \x93tanda\x94".encode("latin-1"), "café “tanda”"),
    ("us-ascii", "caf\xe9".encode("latin-1"), "café"),
    ("gb2312", "信号没有了".encode("gb2312"), "信号没有了"),
    ("big5", "訊號".encode("big5"), "訊號"),
    ("shift_jis", "電波がない".encode("shift_jis"), "電波がない"),
    ("iso-2022-jp", "電波".encode("iso-2022-jp"), "電波"),
    ("ks_c_5601-1987", "신호".encode("euc-kr"), "신호"),
    ("koi8-r", "сигнал".encode("koi8-r"), "сигнал"),
    ("utf-16", "Sinyal".encode("utf-16"), "Sinyal"),
    ("utf-7", b"caf+AOk-", "café"),
    ("iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
    ("x-unknown", "café €".encode(), "café €"),
    ("", "naïve".encode(), "naïve"),
    ("utf-8", "Sudah café".encode("latin-1"), "Sudah café"),
    ("idna", b"Sinyal", "Sinyal"),
    ("unicode_escape", rb"C:\temp", r"C:\temp"),
    ("rot13", b"Sinyal", "Sinyal"),
    ("no such charset \xff", b"Sinyal", "Sinyal"),
]


@pytest.mark.parametrize(("charset", "content", "text"), WRITTEN_IN, ids=range(len(WRITTEN_IN)))
def test_words_arrive_in_whatever_charset_they_are_written(charset: str, content: bytes, text: str) -> None:
    kind = "text/plain" + (f'; charset="{charset}"' if charset else "")
    mail = read(base64.b64encode(content), Content_Type=kind, Content_Transfer_Encoding="base64")
    assert mail.text == text


SUBJECTS = [
    ("Sinyal hilang", "Sinyal hilang"),
    ("=?utf-8?q?Sinyal_h=C3=ADlang?=", "Sinyal hílang"),
    ("=?UTF-8?B?8J+YoSBTaW55YWw=?=", "😡 Sinyal"),
    ("=?utf-8?b?8J+Y?= =?utf-8?b?oQ==?=", "😡"),  # one letter over two words
    ("=?iso-8859-1?q?caf=E9?= dan =?utf-8?q?=C3=A9?=", "café dan é"),
    ("=?utf-8?b?not base64!?=", "=?utf-8?b?not base64!?="),
    ("=?x-none?q?Sinyal?=", "Sinyal"),
    ("Sinyal\r\n hilang\r\n\tlagi", "Sinyal hilang lagi"),
    ("Sinyal café".encode(), "Sinyal café"),
    ("Sinyal café".encode("latin-1"), "Sinyal café"),
    ("", ""),
]


@pytest.mark.parametrize(("written", "subject"), SUBJECTS)
def test_a_subject_is_read(written: str | bytes, subject: str) -> None:
    assert read(Subject=written).subject == subject


SENDERS = [
    ("Rina Maharani <rina@example.com>", "", ("Rina Maharani", "rina@example.com")),
    ('"Maharani, Rina" <rina@example.com>', "", ("Maharani, Rina", "rina@example.com")),
    ("=?utf-8?q?R=C3=ADna?= <rina@example.com>", "", ("Rína", "rina@example.com")),
    ("=?utf-8?q?Maharani=2C_Rina?= <rina@example.com>", "", ("Maharani, Rina", "rina@example.com")),
    ("rina@example.com (Rina)", "", ("Rina", "rina@example.com")),
    ("rina@example.com", "", ("", "rina@example.com")),
    ("rina@example.com <rina@example.com>", "", ("", "rina@example.com")),
    ("Rina <rina@example.com>, Budi <budi@example.com>", "", ("Rina", "rina@example.com")),
    ("Rina <<rina@example.com>>", "", ("", "rina@example.com")),
    ("Rina rina@example.com", "", ("", "rina@example.com")),
    ("Rína <rina@example.com>".encode(), "", ("Rína", "rina@example.com")),
    ("undisclosed-sender:;", "", ("", "")),
    ("", "", ("", "")),
    ("No-Reply <no-reply@formulir.example>", "Rina <rina@example.com>", ("Rina", "rina@example.com")),
    ("Rina <rina@example.com>", "kantor@example.com", ("Rina", "rina@example.com")),
]


@pytest.mark.parametrize(("written", "reply_to", "sender"), SENDERS)
def test_a_sender_is_known(written: str | bytes, reply_to: str, sender: tuple[str, str]) -> None:
    name, address = read(From=written, Reply_To=reply_to).sender
    assert address == sender[1]
    assert not sender[0] or name == sender[0]


def test_of_two_from_headers_the_first_counts() -> None:
    raw = b"From: Rina <rina@example.com>\r\nFrom: Budi <budi@example.com>\r\n\r\nHalo"
    assert read_mail(raw).sender == ("Rina", "rina@example.com")


def test_without_a_from_the_sender_header_or_the_return_path_says_who_wrote() -> None:
    assert read(From="", Sender="budi@example.com").sender[1] == "budi@example.com"
    assert read(From="", Return_Path="<ayu@example.com>").sender[1] == "ayu@example.com"


IDS = [
    ("<q1@example.com>", "<q1@example.com>"),
    ("  <q1@example.com>  (comment)", "<q1@example.com>"),
    ("q1@example.com", "<q1@example.com>"),
    ("<" + "q" * 240 + "@e.id>", "<" + "q" * 240 + "@e.id>"),
]


@pytest.mark.parametrize(("written", "name"), IDS)
def test_a_mail_is_called_by_its_message_id(written: str, name: str) -> None:
    assert read(Message_ID=written).own_id == name


NO_IDS = ["", "<>", "<q\x00q@e.id>", "<" + "q" * 300 + "@e.id>", "satu dua", "<é@e.id>".encode()]


@pytest.mark.parametrize("written", NO_IDS, ids=range(len(NO_IDS)))
def test_a_mail_without_a_good_one_is_called_by_its_bytes(written: str | bytes) -> None:
    raw = a_mail(Message_ID=written)
    assert read_mail(raw).own_id == read_mail(raw).digest
    assert read_mail(raw).own_id.startswith("sha256:")
    assert read_mail(raw).own_id != read_mail(raw + b".").own_id


def test_the_nearest_of_the_mails_it_answers_comes_first() -> None:
    mail = read(In_Reply_To="<c@e.id>", References="<a@e.id>\r\n <b@e.id> <c@e.id>")
    assert mail.answered_ids == ["<c@e.id>", "<b@e.id>", "<a@e.id>"]


def test_a_thread_of_hundreds_is_followed_from_its_near_end() -> None:
    chain = " ".join(f"<m{number}@e.id>" for number in range(500))
    ids = read(References=chain).answered_ids
    assert ids[0] == "<m499@e.id>"
    assert len(ids) == 60


TIMES = [
    ("Mon, 02 Nov 2026 10:00:00 +0700", dt.datetime(2026, 11, 2, 3, 0, tzinfo=dt.UTC)),
    ("Mon, 02 Nov 2026 03:00:00 -0000", dt.datetime(2026, 11, 2, 3, 0, tzinfo=dt.UTC)),
    ("Mon, 05 Oct 2026 03:00:00 +0000", dt.datetime(2026, 10, 5, 3, 0, tzinfo=dt.UTC)),  # we were away
    ("Mon, 02 Nov 2037 03:00:00 +0000", CAME),
    ("Thu, 01 Jan 1970 00:00:00 +0000", CAME),
    ("Mon, 99 Nov 2026 99:99:99 +9999", CAME),
    ("kemarin", CAME),
    ("", CAME),
]


@pytest.mark.parametrize(("received", "at"), TIMES)
@pytest.mark.parametrize("date", ["", "Sun, 01 Nov 2026 20:00:00 +0000", "Mon, 02 Nov 2037 03:05:00 +0000"])
def test_our_servers_word_counts_and_not_the_senders_clock(date: str, received: str, at: dt.datetime) -> None:
    by = f"from a by b with LMTP id 1; {received}" if received else ""
    assert read(Date=date, Received=by).received_at(CAME) == at


def test_of_two_forms_the_plain_one_is_read_and_the_other_looked_at() -> None:
    mail = read_mail(a_mail_of(a_part("Halo"), a_part("<p>Halo <b>Kak</b></p>", "text/html"), kind="alternative"))
    assert (mail.text, mail.html) == ("Halo", "<p>Halo <b>Kak</b></p>")


def test_html_alone_is_read_too() -> None:
    mail = read("<p>Sinyal</p><p>hilang</p>", Content_Type="text/html")
    assert mail.text == "Sinyal\n\nhilang"


def test_an_empty_plain_form_does_not_hide_the_words() -> None:
    mail = read_mail(a_mail_of(a_part("  \n"), a_part("<p>Halo</p>", "text/html"), kind="alternative"))
    assert mail.text == "Halo"


def test_a_picture_within_the_layout_comes_along() -> None:
    related = nested(
        a_part('<p>Lihat <img src="cid:foto1" alt="foto"></p>', "text/html"),
        a_picture(Content_ID="<foto1>", Content_Disposition="inline"), kind="related", boundary="dalam",
    )  # fmt: skip
    mail = read_mail(a_mail_of(related, a_part("lampiran", "application/pdf; name=bukti.pdf")))
    assert mail.text == "Lihat [foto]"
    assert mail.html == '<p>Lihat <img alt="foto"></p>'
    assert [(file.name, file.content_id) for file in mail.files] == [("foto.png", "foto1"), ("bukti.pdf", "")]
    assert mail.files[0].content == base64.b64decode(PNG)


def test_words_around_a_picture_belong_together() -> None:
    mail = read_mail(a_mail_of(a_part("Ini fotonya:"), a_picture(), a_part("Tolong dicek.")))
    assert mail.text == "Ini fotonya:\n\nTolong dicek."
    assert mail.html == ""


def test_a_footer_in_html_hides_no_plain_words() -> None:
    mail = read_mail(a_mail_of(a_part("Sinyal <hilang>"), a_part("<p>kaki</p>", "text/html")))
    assert mail.html == "<pre>Sinyal &lt;hilang&gt;</pre>\n<p>kaki</p>"


def test_a_text_file_is_a_file_and_no_words() -> None:
    mail = read_mail(a_mail_of(a_part("Terlampir."), a_part("log", Content_Disposition="attachment; filename=log.txt")))
    assert (mail.text, [file.name for file in mail.files]) == ("Terlampir.", ["log.txt"])


NAMES = [
    ('attachment; filename="bukti bayar.pdf"', "bukti bayar.pdf"),
    ("attachment; filename*=utf-8''bukti%20b%C3%A1yar.pdf", "bukti báyar.pdf"),
    ('attachment; filename="=?utf-8?q?b=C3=A1yar.pdf?="', "báyar.pdf"),
    ("attachment; filename*0=buk; filename*1=ti.pdf", "bukti.pdf"),
    ("attachment; filename*=no-such''x%FF", None),
    ("attachment", "part.pdf"),
]


@pytest.mark.parametrize(("disposition", "name"), NAMES)
def test_a_file_keeps_its_name(disposition: str, name: str | None) -> None:
    part = a_part("%PDF", "application/pdf", Content_Disposition=disposition)
    (file,) = read_mail(a_mail_of(part)).files
    assert file.content == b"%PDF"
    assert name is None or file.name == name


def test_a_mail_in_a_mail_can_be_opened_with_what_it_brings() -> None:
    words = {"From": "penipu@example.net", "Subject": "Hadiah/undian"}
    inner = a_mail_of(a_part("Ini penipuan?"), a_picture(), boundary="dalam", **words)
    mail = read_mail(a_mail_of(a_part("Tolong dicek."), a_part(inner, "message/rfc822")))
    assert mail.text == "Tolong dicek."
    assert [file.name for file in mail.files] == ["Hadiah undian.txt", "foto.png"]
    assert b"From: penipu@example.net" in mail.files[0].content
    assert b"Ini penipuan?" in mail.files[0].content


def test_what_outlook_wraps_up_is_kept_as_it_is() -> None:
    mail = read_mail(a_mail_of(a_part("Halo"), a_part("abc", "application/ms-tnef; name=winmail.dat")))
    assert mail.files == [("winmail.dat", b"abc", "")]


def test_a_part_that_lies_about_its_coding_is_kept_as_it_came() -> None:
    mail = read("ini bukan base64 !!", Content_Transfer_Encoding="base64")
    assert mail.text


def test_parts_without_an_end_are_read_all_the_same() -> None:
    raw = a_mail(b"--batas\nContent-Type: text/plain\n\nHalo", Content_Type="multipart/mixed; boundary=batas")
    assert read_mail(raw).text == "Halo"


def test_a_multipart_without_a_boundary_is_words() -> None:
    assert "Halo" in read("Halo", Content_Type="multipart/mixed").text


def test_parts_nested_without_end_come_to_one() -> None:
    part = a_part("dasar")
    for depth in range(120):
        part = nested(part, kind="mixed", boundary=f"b{depth}x")
    assert read_mail(a_mail_of(part)).files == []


def test_a_thousand_files_do_not_drown_us() -> None:
    assert len(read_mail(a_mail_of(*[a_picture()] * 200)).files) == 50


def test_a_head_of_a_megabyte_is_read() -> None:
    mail = read(To=", ".join(f"orang{number}@example.com" for number in range(40_000)), Subject="x" * 500_000)
    assert mail.sender[1] == "rina@example.com"


def test_nothing_at_all_is_a_mail_of_nobody() -> None:
    mail = read_mail(b"")
    assert (mail.text, mail.subject, mail.sender, mail.files) == ("", "", ("", ""), [])


def test_nul_and_half_letters_never_reach_the_database() -> None:
    mail = read(b"a\x00b\xed\xa0\x80c", Subject=b"x\x00y", Content_Type="text/plain; charset=utf-8")
    for text in (mail.text, mail.subject):
        assert "\x00" not in text
        text.encode()
