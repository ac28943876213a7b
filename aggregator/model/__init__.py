"""The words of the house: frozen values, ids, and the ports that have more than one implementation."""
