"""How personal data reads to whoever has no reason to see it. Pure."""

from crm.lib.msisdn import grouped

DOT = "•"
SHOWN, HIDDEN = 4, 4


def mask_msisdn(msisdn: str) -> str:
    """'+6281200004471' -> '+62 812-••••-4471': enough to recognise one's own number by."""
    text = grouped(msisdn)
    count = sum(letter.isdigit() for letter in text)
    shown = SHOWN if count > SHOWN + HIDDEN else 0
    return _mask_digits(text, first=max(0, count - SHOWN - HIDDEN), last=count - shown)


def _mask_digits(text: str, *, first: int, last: int) -> str:
    masked, seen = [], 0
    for letter in text:
        seen += letter.isdigit()
        masked.append(DOT if letter.isdigit() and first < seen <= last else letter)
    return "".join(masked)


def mask_email(email: str) -> str:
    """'rina.maharani@example.com' -> 'r•••@example.com'; the number of dots says nothing about the length."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}{DOT * 3}@{domain}"


def mask_address(address: str) -> str:
    """A postal address keeps its last line, the town."""
    lines = [line for line in address.splitlines() if line.strip()]
    return lines[-1] if len(lines) > 1 else DOT * 3


def mask_contact(kind: str, value: str) -> str:
    """By kind of contact point. Handles are public names and stay."""
    masks = {"msisdn": mask_msisdn, "email": mask_email, "post": mask_address}
    return masks[kind](value) if kind in masks else f"@{value}"


def mask_recipient(recipient: str) -> str:
    """A number, an address or a handle, told apart by its look: what a message goes to."""
    if "@" in recipient.lstrip("@"):
        return mask_email(recipient)
    if "\n" in recipient:
        return mask_address(recipient)
    return mask_msisdn(recipient) if recipient.startswith("+") else recipient
