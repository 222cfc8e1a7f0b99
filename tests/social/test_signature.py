import pytest

from social.signature import signature


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kami bantu cek di DM ya. Makasih -Dhea", "Dhea"),
        ("Kami bantu cek ya ^Dhea", "Dhea"),
        ("Makasih.-Joan", "Joan"),
        ("Makasih – Joan ", "Joan"),
        ("Cek di sini -Sari https://t.co/abc", "Sari"),
        ("sinyal hilang-hilangan", ""),
        ("paket Wi-Fi", ""),
        ("nomor 0811-22", ""),
        ("Makasih ya", ""),
        ("-Dhea sudah membantu", ""),
        ("", ""),
    ],
)
def test_the_name_at_the_very_end_signs_an_answer(text: str, name: str) -> None:
    assert signature(text) == name
