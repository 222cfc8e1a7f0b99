"""What the demo operator's cases are about: six branches and their leaves."""

from crm.cases.models import Category
from crm.cases.words import Kind
from crm.demo.people import Cast

# branch: (name, English name, division, ((code, name, English name, proposed kind[, other division]), …))
TREE: dict[str, tuple] = {
    "network": (
        "Jaringan",
        "Network",
        "network",
        (
            ("signal", "Sinyal", "Signal", Kind.COMPLAINT),
            ("data-speed", "Internet lambat", "Slow internet", Kind.COMPLAINT),
            ("roaming", "Roaming", "Roaming", Kind.PROBLEM),
            ("outage", "Gangguan wilayah", "Area fault", Kind.PROBLEM),
            ("device", "Perangkat dan pengaturan", "Devices and settings", Kind.QUESTION),
        ),
    ),
    "billing": (
        "Tagihan dan pulsa",
        "Bills and credit",
        "billing",
        (
            ("bill-amount", "Besar tagihan", "Amount of a bill", Kind.COMPLAINT),
            ("payment", "Pembayaran", "Payment", Kind.PROBLEM),
            ("credit-lost", "Pulsa terpotong", "Credit lost", Kind.COMPLAINT),
            ("topup", "Isi ulang", "Top-up", Kind.PROBLEM),
            ("suspension", "Isolir", "Suspension", Kind.PROBLEM),
            ("invoice", "Faktur dan dokumen", "Invoices and documents", Kind.REQUEST),
        ),
    ),
    "products": (
        "Produk dan paket",
        "Products and plans",
        "products",
        (
            ("package", "Paket data", "Data packages", Kind.QUESTION),
            ("plan-change", "Pindah paket", "Change of plan", Kind.REQUEST),
            ("loyalty", "Poin dan hadiah", "Points and rewards", Kind.QUESTION),
            ("new-line", "Pasang baru", "New line", Kind.REQUEST),
            ("device-plan", "Cicilan ponsel", "Phone instalments", Kind.QUESTION),
        ),
    ),
    "service": (
        "Layanan",
        "Service",
        "it",
        (
            ("sim", "Kartu SIM", "SIM card", Kind.REQUEST),
            ("registration", "Registrasi dan data diri", "Registration and identity", Kind.REQUEST, "legal"),
            ("app", "Aplikasi", "App", Kind.PROBLEM),
            ("office", "GraPARI", "GraPARI", Kind.QUESTION, ""),
            ("staff", "Sikap petugas", "Conduct of staff", Kind.COMPLAINT, ""),
        ),
    ),
    "security": (
        "Keamanan dan data pribadi",
        "Security and personal data",
        "legal",
        (
            ("fraud", "Penipuan", "Fraud", Kind.PROBLEM),
            ("spam-sms", "Pesan dan telepon pengganggu", "Unwanted messages and calls", Kind.COMPLAINT),
            ("privacy", "Data pribadi", "Personal data", Kind.REQUEST),
        ),
    ),
    "ideas": (
        "Saran dan pujian",
        "Suggestions and praise",
        "products",
        (
            ("idea", "Saran", "Suggestion", Kind.SUGGESTION),
            ("praise", "Pujian", "Praise", Kind.SUGGESTION, ""),
        ),
    ),
}


def plant(cast: Cast) -> dict[str, Category]:
    """Create the tree; returns every node by its code."""
    nodes: dict[str, Category] = {}
    for code, (name, english, division, leaves) in TREE.items():
        branch = nodes[code] = Category.objects.create(
            code=code, name=name, name_en=english, division=cast.divisions[division], position=len(nodes)
        )
        for leaf in leaves:
            nodes[leaf[0]] = _leaf(branch, leaf, cast, place=len(nodes))
    return nodes


def _leaf(branch: Category, leaf: tuple, cast: Cast, place: int) -> Category:
    """A leaf goes to its branch's division unless it names another, or with "" none."""
    code, name, english, kind, *other = leaf
    division = cast.divisions.get(other[0]) if other else branch.division
    return Category.objects.create(
        code=code, name=name, name_en=english, kind=kind, division=division, parent=branch, position=place
    )
