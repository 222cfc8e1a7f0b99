"""What stops a whole file. str() is translated, names columns and settings, never a customer's cell."""


class FileFault(Exception):
    """The file or its mapping cannot be used as it is."""
