"""The catalogue in the window: what there is to choose from, with a picture and a page each, from the registries."""
