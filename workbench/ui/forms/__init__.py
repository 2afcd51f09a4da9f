"""Fields and forms: a setting, declared in the engine, as something one can edit."""
