"""One example of each kind of addition, as it would be written into the program: text files that the tests apply.

A file `NAME.py.txt` here is appended to, or becomes, the module that `tests/test_additions.py` names for it.
"""
