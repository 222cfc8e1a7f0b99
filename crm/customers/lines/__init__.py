"""What happens to a line: its states, number, people, registration, orders, and what follows from its dates."""
