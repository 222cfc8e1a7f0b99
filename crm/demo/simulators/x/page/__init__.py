"""The page on which one is a customer, and sees what the operator answers."""
