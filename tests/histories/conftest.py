"""The databases of the integration tests."""

from tests.integration.conftest import ground, postgres_url, postgresql_ground, sqlite_ground

__all__ = ["ground", "postgres_url", "postgresql_ground", "sqlite_ground"]
