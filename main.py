"""Start the Gradient Workbench from a checkout: the same program as the installed `gradient-workbench`."""

from workbench.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main())
