"""Protection: who may give and earn, how much in a day and a month, and what the rules of a country ask for. Rules."""
