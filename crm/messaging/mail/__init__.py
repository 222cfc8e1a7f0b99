"""Mail that comes in: fetched over IMAP, read, told apart from what machines write. Cases are made of it above."""
