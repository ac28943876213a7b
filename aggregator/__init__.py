"""Broadsheet's domain, input and output, and use cases. No Flask in here."""
