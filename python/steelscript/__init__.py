# A namespace shared with other distributions named steelscript.*, of the kind that they use too.
__path__ = __import__("pkgutil").extend_path(__path__, __name__)
