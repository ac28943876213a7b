"""All SQL of the product: SQLAlchemy Core over SQLite or PostgreSQL.

One module a noun; functions take a Connection (Database.read, Database.write) first, take and give model values,
never rows. What differs between the databases stands in dialects/. Tests: tests/contract runs on both.
"""
