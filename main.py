"""Start the Gradient Workbench from a checkout: the same program as the installed `gradient-workbench`."""

if __name__ == "__main__":
    try:
        from workbench.__main__ import main

        code = main()
    except KeyboardInterrupt:  # before the program could see to it
        code = 130
    raise SystemExit(code)
