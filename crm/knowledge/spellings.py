"""Everyday Indonesian that we begin with, in words of our own. Kept in the table; supervisors change it there.

Each line: what it means, then how people write it. `-` means that the words say nothing and are left out.
"""

from crm.knowledge.models import Spelling, Word

FIRST = """
tidak: ga gak nggak enggak engga ngga gk tdk tak ndak kagak kaga
tidak bisa: gabisa gakbisa gbs
bisa: bs bisaa
sudah: udah udh sdh dah
belum: blm blum belom
habis: abis abiss
internet: internetan inet inetan internetnya onlen
sinyal: signal sinyalnya sinyall jaringan
hilang: ilang lenyap
lambat: lemot lelet lola ngelag lag lamban
kuota: quota kwota kuotanya paketan
pulsa: pulsanya
potong: kepotong kesedot kesedod terpotong kepotongan
telepon: telpon tlp telp nelpon nelepon telfon
sms: esemes
nomor: nmr nomer no
kartu: simcard sim
ganti: gnti tuker tukar
rusak: rusakk eror error
daftar: dftr ndaftar
bayar: bayaran byr mbayar
tagihan: billing bill
mahal: kemahalan bengkak membengkak
isi ulang: topup isiulang ngisi
masuk: msk mausk
mati: metong koit
blokir: keblokir terblokir
modem: router ruter
wifi: wipi waifai wi
kirim: krm ngirim
penipuan: tipu ketipu nipu penipu
poin: point
pindah: mindah pindahan
luar negeri: luarnegeri ln
panas: kepanasan
-: kak kaka min mimin gan bro sis dong sih nih deh kok ya yah yg yang ini itu di ke dari dan saya aku gue gw kami
-: tolong mohon mau ada nya untuk dengan kenapa gimana bagaimana apa apakah
-: the a an is my i to of on in and please how do
"""


def plant_spellings() -> int:
    """Those that are not there yet; what somebody has changed stays. Returns how many are new."""
    known = set(Spelling.objects.values_list("said", flat=True))
    rows = [Spelling(said=said, means=means) for said, means in first_pairs() if said not in known]
    Spelling.objects.bulk_create(rows, ignore_conflicts=True)
    Word.objects.bulk_create([Word(text=row.said) for row in rows if row.means], ignore_conflicts=True)
    return len(rows)


def first_pairs() -> list[tuple[str, str]]:
    pairs = []
    for line in FIRST.strip().splitlines():
        means, _colon, written = line.partition(": ")
        pairs += [(said, "" if means == "-" else means) for said in written.split()]
    return pairs
