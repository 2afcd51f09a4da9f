"""The panel of the lanes: a card each."""
