"""The page of one customer: head, I-D-I-C strip and tabs (interface.md, Customer 360)."""
