from workbench.notebook import *  # noqa: F403 - what its `__all__` names

__version__: str
