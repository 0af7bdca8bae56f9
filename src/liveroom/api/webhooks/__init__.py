"""``admin/*`` about webhooks."""
