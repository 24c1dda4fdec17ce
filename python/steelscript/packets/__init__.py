"""The module names of steelscript.packets, over the classes of steelpkt."""
