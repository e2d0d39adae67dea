"""Real servers for local work and for CI, without Docker: Elasticsearch and PostgreSQL under an ordinary user."""
