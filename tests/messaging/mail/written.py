"""Mails as bytes, for tests: a head, a blank line, a body."""

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def a_mail(body: bytes | str = "Sinyal hilang sejak pagi.", **headers: str | bytes) -> bytes:
    """`a_mail("…", Message_ID="<a@b>", …)`; a header given as bytes goes out as it is, an empty one is left out."""
    given: dict[str, str | bytes] = {
        "From": "Rina Maharani <rina@example.com>", "To": "care@sapa.example", "Subject": "Sinyal",
        "Message-ID": "<q1@example.com>",
    }  # fmt: skip
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [name.encode() + b": " + _bytes(value) for name, value in given.items() if value]
    return b"\r\n".join(lines) + b"\r\n\r\n" + _bytes(body).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def a_part(content: bytes | str, kind: str = "text/plain; charset=utf-8", **headers: str) -> bytes:
    lines = [b"Content-Type: " + kind.encode()]
    lines += [f"{name.replace('_', '-')}: {value}".encode() for name, value in headers.items()]
    return b"\n".join(lines) + b"\n\n" + _bytes(content)


def parts(*inside: bytes, boundary: str = "batas") -> bytes:
    """The body of a multipart with this boundary."""
    mark = f"--{boundary}\n".encode()
    return b"".join(mark + part + b"\n" for part in inside) + f"--{boundary}--\n".encode()


def a_mail_of(*inside: bytes, kind: str = "mixed", boundary: str = "batas", **headers: str | bytes) -> bytes:
    content_type = f'multipart/{kind}; boundary="{boundary}"'
    return a_mail(parts(*inside, boundary=boundary), Content_Type=content_type, MIME_Version="1.0", **headers)


def nested(*inside: bytes, kind: str, boundary: str) -> bytes:
    return a_part(parts(*inside, boundary=boundary), f"multipart/{kind}; boundary={boundary}")


def a_picture(name: str = "foto.png", **headers: str) -> bytes:
    return a_part(PNG, f'image/png; name="{name}"', Content_Transfer_Encoding="base64", **headers)


def _bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
